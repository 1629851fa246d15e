"""What authors read about their questions: a quiz, a question, the coverage of the bank."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from app.accounts.services import create_person
from app.assessment import queries
from app.assessment.models import Quiz, QuizItem
from app.assessment.rules.item_analysis import Flag, Verdict
from app.assessment.services import analysis, questions, quizzes
from app.clock import today
from app.db import utcnow
from app.skills.models import AssessorKind, Evidence, SourceKind
from courses import queries as courses
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page

HOME = "/organisations/demo-university/"
BANK = f"{HOME}questions/"


@pytest.fixture(autouse=True)
def in_english(cast):
    """The author reads English."""
    cast.coordinator.language = "en"


def make_quiz(cast, db, count=4, level=2):
    """A quiz of single choices, `a` right, in no course."""
    made = Quiz(
        organisation_id=cast.university.id, context_kind="none", context_id=0, title_zh="通关测验", title_en="Clearance"
    )
    made.items = [
        QuizItem(version=factories.question(cast.university, level=level), position=number + 1)
        for number in range(count)
    ]
    db.session.add(made)
    db.session.commit()
    return made


def people(db, count, start=0):
    """So many learners."""
    made = [create_person(f"learner-{start + number}@demo.example", f"学员{start + number}") for number in range(count)]
    db.session.flush()
    return made


def take(quiz, takers, given, number=1):
    """Each of `takers` gives `given(person's number, item's number)` to each item."""
    items = queries.items_of(quiz.id)
    now = utcnow()
    taken = []
    for who, person in enumerate(takers):
        answers = {item.id: given(who, place) for place, item in enumerate(items)}
        taken.append(quizzes.Taking(person.id, number, answers, now - timedelta(minutes=9), now))
    return quizzes.take_many(quiz, items, taken)


def rising(who, place):
    """The later people know more: they are right in more of the items; the first item is keyed wrong."""
    if place == 0:
        return "b" if who >= 15 else "a"
    return "a" if who >= 4 * place else "bcd"[who % 3]


@pytest.fixture
def taken(cast, db):
    """Thirty-two people took a quiz whose first question has the wrong key."""
    quiz = make_quiz(cast, db, count=6)
    take(quiz, people(db, 32), rising)
    db.session.commit()
    return quiz


def analysis_page(client, quiz, **more):
    return page(client, f"{BANK}quizzes/{quiz.id}/analysis/", **more)


# ---- a quiz --------------------------------------------------------------------------------------------------------


def test_an_author_reads_which_question_needs_a_look(sign_in, cast, taken):
    shown = analysis_page(sign_in(cast.coordinator), taken)
    assert shown.h1 == "1 of 6 questions needs a look"
    assert "From 32 first attempts" in shown.text
    assert "The key may be wrong" in shown.text
    assert "Option: 9610" in shown.text
    assert "reliability (Cronbach’s alpha)" in shown.text
    assert len(shown.select("figure[data-chart] tbody tr")) == 6


def test_the_analysis_reads_in_chinese_too(sign_in, cast, db, taken):
    cast.coordinator.language = "zh"
    db.session.commit()
    client = sign_in(cast.coordinator)
    question_id = taken.items[0].version.question_id
    for path in (f"quizzes/{taken.id}/analysis/", "quizzes/", f"{question_id}/analysis/"):
        page(client, f"{BANK}{path}", language="zh")
    page(client, f"{BANK}coverage/", language="zh")


def test_no_person_stands_on_the_page_or_in_the_file(sign_in, cast, taken):
    client = sign_in(cast.coordinator)
    for path in ("", "download/"):
        assert "学员" not in client.get(f"{BANK}quizzes/{taken.id}/analysis/{path}").text


def test_fewer_than_five_attempts_tell_nothing(sign_in, cast, db):
    quiz = make_quiz(cast, db)
    take(quiz, people(db, 4), rising)
    client = sign_in(cast.coordinator)
    shown = analysis_page(client, quiz)
    assert shown.h1 == "Too few attempts to judge the questions"
    assert not shown.select(".page-content table")
    rows = table(client, f"{BANK}quizzes/{quiz.id}/analysis/download/")
    assert {(row["n"], row["facility"], row["flags"]) for row in rows} == {("4", "", "")}


def test_a_class_without_flags_is_not_called_sound_before_thirty(sign_in, cast, db):
    quiz = make_quiz(cast, db)
    take(quiz, people(db, 12), lambda who, place: "a" if who >= 2 * place else "b")
    client = sign_in(cast.coordinator)
    shown = analysis_page(client, quiz)
    assert shown.h1 == "Nothing speaks against the questions so far"
    assert "Too few to judge" in shown.text
    asked = page(client, f"{BANK}{quiz.items[0].version.question_id}/analysis/")
    assert asked.h1 == "Nothing speaks against this question so far"


def test_second_attempts_and_open_ones_are_left_out(cast, db):
    quiz = make_quiz(cast, db)
    takers = people(db, 6)
    take(quiz, takers, lambda _who, _place: "b")
    take(quiz, takers, lambda _who, _place: "a", number=2)
    quizzes.begin(quiz, cast.student, utcnow())
    found = analysis.of_quiz(quiz, today())
    assert (found.people, found.mean) == (6, 0)
    assert [one.statistics.facility for one in found.items] == [0] * 4


def test_an_answer_that_waits_for_a_mark_is_no_wrong_answer(cast, db):
    quiz = make_quiz(cast, db, count=2)
    made = take(quiz, people(db, 12), lambda who, _place: "a" if who % 2 else "b")
    for attempt, _observations in made[:6]:
        answer = queries.answers_of(attempt)[quiz.items[0].id]
        answer.share = None
    db.session.flush()
    found = analysis.of_quiz(quiz, today())
    assert [one.statistics.n for one in found.items] == [6, 12]
    assert found.people == 12


def test_the_file_holds_what_the_page_says(sign_in, cast, db, taken):
    taken.items[1].version.question.name = "=cmd"
    client = sign_in(cast.coordinator)
    rows = table(client, f"{BANK}quizzes/{taken.id}/analysis/download/")
    found = analysis.of_quiz(taken, today())
    assert (rows[0]["flags"], rows[1]["name"]) == ("key-suspect", "'=cmd")
    for row, one in zip(rows, found.items, strict=True):
        assert float(row["facility"]) == pytest.approx(one.statistics.facility, abs=1e-4)
        assert float(row["discrimination"]) == pytest.approx(one.statistics.discrimination.value, abs=1e-4)
    assert found.items[0].statistics.flags == (Flag.KEY_SUSPECT,)


def table(client, path):
    answer = client.get(path)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_quizzes_are_listed_with_how_many_took_them(sign_in, cast, db, taken):
    empty = make_quiz(cast, db)
    shown = page(sign_in(cast.coordinator), f"{BANK}quizzes/")
    cells = [[cell.text(strip=True) for cell in row.css("td")][:3] for row in shown.select("tbody tr")]
    assert cells[0][:2] == ["4", "0"]
    assert cells[1][:2] == ["6", "32"]
    assert f"/quizzes/{empty.id}/analysis/" in shown.select("tbody a")[0].attributes["href"]


def test_the_workshop_leads_to_the_analysis_of_a_quiz_that_was_taken(sign_in, cast, db):
    course = factories.course(cast)
    lesson = courses.lessons_of(course.id)[0]
    quiz = factories.give_quiz(lesson, course, [factories.question(cast.university)])
    db.session.commit()
    client = sign_in(cast.coordinator)
    editor = f"{HOME}courses/{course.id}/lessons/{lesson.id}/quiz/"
    assert "How its questions work" not in page(client, editor).links
    take(quiz, people(db, 1), rising)
    assert page(client, editor).links["How its questions work"] == f"{BANK}quizzes/{quiz.id}/analysis/"


# ---- what predicts -------------------------------------------------------------------------------------------------


def rated(person, score, db, kind=SourceKind.INTERNSHIP_RATING):
    """A rating at work of a person in the skill that the questions test."""
    return Evidence(
        unique_key=f"test:{kind}:{person.id}",
        person_id=person.id,
        skill_code=factories.SKILL,
        taxonomy_version="test",
        source_kind=kind,
        source_id=1,
        score=Decimal(score),
        level_aimed=2,
        difficulty=Decimal("-0.5"),
        guess_floor=Decimal(0),
        weight=Decimal(1),
        assessor_kind=AssessorKind.EMPLOYER,
        observed_at=utcnow(),
        organisation_id=1,
    )


def test_an_item_is_compared_with_what_people_showed_elsewhere(cast, db):
    quiz = make_quiz(cast, db, count=2)
    takers = people(db, 20)
    take(quiz, takers, lambda who, place: "a" if who >= 10 or place else "b")
    for who, person in enumerate(takers):
        row = rated(person, "0.9" if who >= 10 else "0.1", db)
        row.organisation_id = cast.university.id
        db.session.add(row)
    db.session.flush()
    found = analysis.of_quiz(quiz, today())
    assert [(one.prediction.n, one.prediction.verdict) for one in found.items] == [
        (20, Verdict.PREDICTS),
        (20, Verdict.TOO_FEW),  # everybody was right, so nothing can go with anything
    ]
    version = quiz.items[0].version
    asked = analysis.of_question(version.question, [version], today())
    assert asked.prediction.verdict is Verdict.PREDICTS


def test_evidence_of_quizzes_is_no_evidence_from_elsewhere(cast, db):
    quiz = make_quiz(cast, db, count=2)
    takers = people(db, 20)
    take(quiz, takers, lambda who, place: "a" if who >= 10 or place else "b")
    for who, person in enumerate(takers):
        row = rated(person, "0.9" if who >= 10 else "0.1", db, SourceKind.QUIZ_ITEM)
        row.organisation_id = cast.university.id
        db.session.add(row)
    db.session.flush()
    prediction = analysis.of_quiz(quiz, today()).items[0].prediction
    assert (prediction.n, prediction.verdict) == (0, Verdict.TOO_FEW)


# ---- a question ----------------------------------------------------------------------------------------------------


def test_a_question_is_read_option_by_option(sign_in, cast, taken):
    client = sign_in(cast.coordinator)
    question_id = taken.items[0].version.question_id
    bank = page(client, f"{BANK}{question_id}/")
    assert bank.links["Analysis"] == f"{BANK}{question_id}/analysis/"
    shown = page(client, f"{BANK}{question_id}/analysis/")
    assert shown.h1 == "This question needs a look"
    assert "Draws the strong" in shown.text
    assert "Where its level begins" in shown.text
    assert shown.links["Clearance"] == f"{BANK}quizzes/{taken.id}/analysis/"


def test_versions_are_compared_and_a_person_counts_once(sign_in, cast, db, taken):
    version = taken.items[1].version
    contents = factories.single("9810", "9610", "9710", feedback="!")
    newer = questions.revise_question(version.question, contents, skill_code=factories.SKILL, level=2)
    later = Quiz(organisation_id=cast.university.id, context_kind="none", context_id=0, title_zh="新测验")
    later.items = [QuizItem(version=newer, position=1), QuizItem(version=taken.items[2].version, position=2)]
    db.session.add(later)
    db.session.flush()
    again = [attempt.person for attempt, _ in take(later, people(db, 6, start=100), lambda _who, _place: "a")]
    from app.accounts.models import Person

    known = db.session.query(Person).filter(Person.email == "learner-0@demo.example").one()
    take(later, [known], lambda _who, _place: "a")
    db.session.flush()
    found = analysis.of_question(version.question, queries.versions_of(version.question_id), today())
    assert found.people == 32 + len(again)
    assert [(one.version.number, one.statistics.n) for one in found.versions] == [(2, 6), (1, 32)]
    assert [(part.quiz.id, part.statistics.n) for part in found.quizzes] == [(later.id, 6), (taken.id, 32)]
    client = sign_in(cast.coordinator)
    path = f"{BANK}{version.question_id}/analysis/"
    assert "answers to version 2" in page(client, path).text
    assert "answers to version 1" in page(client, f"{path}?version=1").text
    assert "answers to version 2" in page(client, f"{path}?version=77").text


def test_a_question_that_few_answered_says_so(sign_in, cast, db):
    version = factories.question(cast.university)
    db.session.commit()
    shown = page(sign_in(cast.coordinator), f"{BANK}{version.question_id}/analysis/")
    assert shown.h1 == "Too few answers to judge this question"
    assert "No quiz holds it yet." in shown.text


def test_a_statement_and_a_typed_answer_are_read_too(sign_in, cast, db):
    from app.assessment.rules.content import Format, Numeric, NumericAnswer

    number = {"zh": Numeric(text="?", format=Format.PLAIN, answers=(NumericAnswer(value=Decimal(2), fraction=1.0),))}
    quiz = Quiz(organisation_id=cast.university.id, context_kind="none", context_id=0, title_zh="测验")
    quiz.items = [
        QuizItem(version=factories.statement(cast.university), position=1),
        QuizItem(version=factories.question(cast.university, number, skill=None), position=2),
    ]
    db.session.add(quiz)
    db.session.flush()
    take(quiz, people(db, 12), lambda who, place: "2" if place else bool(who % 3))
    client = sign_in(cast.coordinator)
    truth = page(client, f"{BANK}{quiz.items[0].version.question_id}/analysis/")
    assert len(truth.select(".bar-line")) == 2
    typed = page(client, f"{BANK}{quiz.items[1].version.question_id}/analysis/")
    assert not typed.select(".bar-line")
    assert "names no skill" in analysis_page(client, quiz).text


# ---- coverage ------------------------------------------------------------------------------------------------------


def test_coverage_counts_questions_by_skill_and_level_and_leads_to_them(sign_in, cast, db):
    for level in (1, 3, 3):
        factories.question(cast.university, level=level)
    factories.statement(cast.university)
    factories.question(cast.other_university, level=1)
    db.session.commit()
    client = sign_in(cast.coordinator)
    shown = page(client, f"{BANK}coverage/")
    assert shown.h1 == "77 of 78 skills have no question"
    (filled,) = [row for row in shown.select("tbody tr") if factories.SKILL in row.text()]
    assert [link.attributes["href"] for link in filled.css("a")] == [
        f"{BANK}?skill={factories.SKILL}&level=1",
        f"{BANK}?skill={factories.SKILL}&level=3",
    ]
    assert page(client, f"{BANK}?skill={factories.SKILL}&level=3").h1 == "2 questions fit"
    rows = table(client, f"{BANK}coverage/download/")
    assert len(rows) == 78
    (row,) = [row for row in rows if row["skill"] == factories.SKILL]
    assert [row[f"level_{level}"] for level in (1, 2, 3, 4)] == ["1", "0", "2", "0"]
    assert page(client, BANK).links["Coverage"] == f"{BANK}coverage/"


# ---- who may, and what it costs ------------------------------------------------------------------------------------


def test_strangers_find_no_analysis(client_of, client, cast, taken):
    question_id = taken.items[0].version.question_id
    paths = [
        f"{BANK}quizzes/",
        f"{BANK}quizzes/{taken.id}/analysis/",
        f"{BANK}quizzes/{taken.id}/analysis/download/",
        f"{BANK}{question_id}/analysis/",
        f"{BANK}coverage/",
        f"{BANK}coverage/download/",
    ]
    for stranger in (cast.student, cast.other_coordinator, cast.recruiter):
        here = client_of(stranger)
        assert [here.get(path).status_code for path in paths] == [404] * len(paths)
    # Nor under the stranger's own organisation.
    here = client_of(cast.other_coordinator)
    for path in paths[1:4]:
        assert here.get(path.replace("demo-university", "other-university")).status_code == 404
    assert all("/sign-in/" in client.get(path).location for path in paths)
    assert client_of(cast.coordinator).get(f"{BANK}quizzes/999999/analysis/").status_code == 404


def test_the_pages_cost_the_same_with_many_people_and_questions(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    quiz = make_quiz(cast, db, count=2)
    take(quiz, people(db, 6), rising)
    db.session.commit()

    def paths(one):
        return (
            f"{BANK}quizzes/{one.id}/analysis/",
            f"{BANK}{one.items[0].version.question_id}/analysis/",
            f"{BANK}coverage/",
            f"{BANK}quizzes/",
        )

    few = [cost(client, path) for path in paths(quiz)]
    large = make_quiz(cast, db, count=12)
    take(large, people(db, 40, start=50), rising)
    db.session.commit()
    many = [cost(client, path) for path in paths(large)]
    assert many == few
    assert max(few) <= 9, few


def cost(client, path):
    client.get(path)
    with statements() as asked:
        assert client.get(path).status_code == 200
    return len(asked)
