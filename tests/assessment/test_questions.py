"""The question bank as its authors use it."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Question
from app.assessment.rules.content import Format, Matching, Numeric, ShortText, content_to_json
from app.assessment.services import questions
from courses import queries as courses
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, submit

BANK = "/organisations/demo-university/questions/"
SINGLE = {
    "text_zh": "哪一种？",
    "text_en": "Which one?",
    "options-0-text_zh": "对的",
    "options-0-text_en": "this",
    "options-0-right": "y",
    "options-0-feedback_zh": "很好",
    "options-1-text_zh": "错的",
    "options-1-text_en": "that",
    "skill": factories.SKILL,
    "level": "3",
}


@pytest.fixture(autouse=True)
def in_english(cast):
    """The author reads English."""
    cast.coordinator.language = "en"


def only_question(db):
    return db.session.scalars(sa.select(Question)).one()


def write(client, kind, values):
    form = page(client, f"{BANK}new/?kind={kind}")
    return submit(client, form, values)


def test_a_teacher_writes_a_single_choice_in_two_languages(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    answer = write(client, "single", SINGLE)
    question = only_question(db)
    assert answer.location == f"{BANK}{question.id}/"
    assert (question.name, question.skill_code, question.level) == ("哪一种？", factories.SKILL, 3)
    version = queries.newest_version(question.id)
    assert [option.key for option in version.contents["en"].options] == ["a", "b"]
    assert version.contents["zh"].options[0].feedback == "很好"
    assert version.difficulty == Decimal("0.5")
    shown = page(client, answer.location)
    assert "this" in shown.text
    assert "Which one?" in shown.text


def test_more_rows_keep_what_was_typed_and_save_nothing(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    form = page(client, f"{BANK}new/?kind=single")
    answer = submit(client, form, {"text_zh": "哪一种？", "options-0-text_zh": "对的"}, button="more=1")
    from tests.page import read

    again = read(answer)
    values = again.values()
    assert values["options-0-text_zh"] == ["对的"]
    assert "options-9-text_zh" in values
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


def test_right_options_of_a_multiple_choice_share_the_points(sign_in, cast, db):
    write(
        sign_in(cast.coordinator),
        "multiple",
        {
            "text_zh": "哪些？",
            "options-0-text_zh": "甲",
            "options-0-right": "y",
            "options-1-text_zh": "乙",
            "options-1-right": "y",
            "options-2-text_zh": "丙",
        },
    )
    content = queries.newest_version(only_question(db).id).contents["zh"]
    assert [option.fraction for option in content.options] == [0.5, 0.5, -0.5]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("true-false", {"text_zh": "对吗？", "right": "true"}, {"type": "true-false", "right": True}),
        (
            "numeric",
            {"text_zh": "多少？", "value": "12.5", "tolerance": "0.5", "unit": "kg"},
            {
                "type": "numeric",
                "answers": [{"value": "12.5", "fraction": 1.0, "tolerance": "0.5"}],
                "units": [{"name": "kg"}],
            },
        ),
        (
            "short-text",
            {"text_zh": "叫什么？", "answers-0-text_zh": "海外仓", "answers-2-text_zh": "境外仓*"},
            {
                "type": "short-text",
                "answers": [{"text": "海外仓", "fraction": 1.0}, {"text": "境外仓*", "fraction": 1.0}],
            },
        ),
    ],
)
def test_each_kind_keeps_what_its_form_says(sign_in, cast, db, kind, values, expected):
    write(sign_in(cast.coordinator), kind, values)
    stored = queries.newest_version(only_question(db).id).content["zh"]
    assert stored == {"text": values["text_zh"], "format": "markdown", **expected}


def test_pairs_and_a_choice_that_fits_nothing_make_a_matching(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    write(
        client,
        "matching",
        {
            "text_zh": "配对",
            "text_en": "Match",
            "pairs-0-left_zh": "9610",
            "pairs-0-right_zh": "零售",
            "pairs-0-left_en": "9610",
            "pairs-0-right_en": "retail",
            "pairs-1-left_zh": "9810",
            "pairs-1-right_zh": "海外仓",
            "pairs-1-left_en": "9810",
            "pairs-1-right_en": "warehouse",
            "pairs-2-right_zh": "一般贸易",
            "pairs-2-right_en": "general",
        },
    )
    question = only_question(db)
    zh, en = (queries.newest_version(question.id).contents[language] for language in ("zh", "en"))
    assert isinstance(zh, Matching)
    assert len(zh.pairs) == 2
    assert len(zh.choices) == 3
    assert [pair.choice for pair in zh.pairs] == [pair.choice for pair in en.pairs]
    # The form shows it again as it was written.
    values = page(client, f"{BANK}{question.id}/edit/").values()
    assert values["pairs-1-right_en"] == ["warehouse"]
    assert values["pairs-2-left_zh"] == [""]
    assert values["pairs-2-right_zh"] == ["一般贸易"]


def test_nothing_right_is_refused_and_what_was_typed_stays(sign_in, cast, db):
    from tests.page import read

    form = page(sign_in(cast.coordinator), f"{BANK}new/?kind=single")
    client = sign_in(cast.coordinator)
    values = {key: value for key, value in SINGLE.items() if key != "options-0-right"}
    back = read(client.post(f"{BANK}new/?kind=single", data={**form.values(), **values}))
    assert "no option is right" in back.text
    assert back.values()["options-1-text_en"] == ["that"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "eleven"])
def test_what_is_no_number_is_refused(sign_in, cast, db, number):
    answer = write(sign_in(cast.coordinator), "numeric", {"text_zh": "多少？", "value": number})
    assert answer.status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


def test_a_skill_without_a_level_is_asked_for(sign_in, cast):
    answer = write(sign_in(cast.coordinator), "true-false", {"text_zh": "对吗？", "right": "true", "skill": "CC02"})
    assert answer.status_code == 200
    assert "Choose skill and level together" in answer.text


def test_a_revision_is_a_new_version_and_quizzes_keep_theirs(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    course = factories.course(cast)
    version = factories.question(cast.university)
    quiz = factories.give_quiz(courses.lessons_of(course.id)[0], course, [version])
    db.session.commit()
    path = f"{BANK}{version.question_id}/edit/"
    submit(client, page(client, path), {"text_zh": "请问申报哪一种？"})
    newest = queries.newest_version(version.question_id)
    assert (newest.number, newest.contents["zh"].text) == (2, "请问申报哪一种？")
    assert newest.contents["zh"].options == version.contents["zh"].options
    assert queries.items_of(quiz.id)[0].question_version_id == version.id
    submit(client, page(client, path))
    assert queries.newest_version(version.question_id).number == 2, "nothing changed, so there is no third version"


def test_fractions_of_an_import_survive_an_edit_of_its_text(sign_in, cast, db):
    from dataclasses import replace

    contents = factories.single()
    contents = {
        language: replace(
            content, options=(*content.options[:1], replace(content.options[1], fraction=0.4), content.options[2])
        )
        for language, content in contents.items()
    }
    version = factories.question(cast.university, contents)
    db.session.commit()
    client = sign_in(cast.coordinator)
    submit(client, page(client, f"{BANK}{version.question_id}/edit/"), {"text_zh": "改过"})
    kept = queries.newest_version(version.question_id).contents["zh"]
    assert [option.fraction for option in kept.options] == [1.0, 0.4, 0.0]


def test_a_form_that_would_lose_something_offers_tags_only(sign_in, cast, db):
    from app.assessment.rules.content import NumericAnswer

    contents = {
        "zh": Numeric(
            text="多少？",
            format=Format.PLAIN,
            answers=(NumericAnswer(value=Decimal(1), fraction=1.0), NumericAnswer(value=Decimal(2), fraction=0.5)),
        )
    }
    version = factories.question(cast.university, contents, skill=None)
    db.session.commit()
    client = sign_in(cast.coordinator)
    form = page(client, f"{BANK}{version.question_id}/edit/")
    assert "text_zh" not in form.values()
    submit(client, form, {"skill": factories.SKILL, "level": "1"})
    newest = queries.newest_version(version.question_id)
    assert (newest.number, newest.skill_code, newest.level) == (2, factories.SKILL, 1)
    assert newest.content["zh"] == content_to_json(contents["zh"])


def test_untagged_questions_are_found_and_tagged_together(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    for _ in range(3):
        factories.statement(cast.university)
    factories.question(cast.university)
    db.session.commit()
    found = page(client, f"{BANK}?skill=none")
    assert found.h1 == "3 questions name no skill and give no evidence"
    ticked = [box.attributes["value"] for box in found.select("tbody input[type=checkbox]")]
    client.post(f"{BANK}tags/", data={"question": ticked[:2], "skill": factories.SKILL, "level": "1"})
    assert page(client, f"{BANK}?skill=none").h1 == "One question names no skill and gives no evidence"


def test_languages_with_different_options_are_refused(cast, db):
    zh = factories.single()["zh"]
    en = factories.single("9810", "9610")["en"]
    with pytest.raises(questions.LanguagesDiffer):
        questions.create_question(cast.university.id, {"zh": zh, "en": en})


def test_accepted_words_may_differ_by_language(cast, db):
    from app.assessment.rules.content import TextAnswer

    contents = {
        language: ShortText(
            text="?", format=Format.PLAIN, answers=tuple(TextAnswer(text=t, fraction=1.0) for t in texts)
        )
        for language, texts in (("zh", ["海外仓"]), ("en", ["overseas warehouse", "warehouse abroad"]))
    }
    assert questions.create_question(cast.university.id, contents).number == 1


def test_strangers_find_no_bank(client_of, client, cast, db):
    version = factories.question(cast.university)
    db.session.commit()
    paths = [
        BANK,
        f"{BANK}new/",
        f"{BANK}{version.question_id}/",
        f"{BANK}{version.question_id}/edit/",
        f"{BANK}import/",
    ]
    for stranger in (cast.student, cast.other_coordinator, cast.recruiter):
        client_here = client_of(stranger)
        assert [client_here.get(path).status_code for path in paths] == [404] * len(paths)
    own = f"/organisations/other-university/questions/{version.question_id}/"
    assert client_of(cast.other_coordinator).get(own).status_code == 404
    assert "/sign-in/" in client.get(BANK).location


def test_the_bank_costs_the_same_with_many_questions(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    factories.question(cast.university)
    client.get(BANK)
    with statements() as few:
        client.get(BANK)
    for _ in range(20):
        factories.question(cast.university)
    db.session.commit()
    with statements() as many:
        client.get(BANK)
    assert len(many) == len(few) <= 6, many
