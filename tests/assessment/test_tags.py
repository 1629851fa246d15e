"""Tags: from a file, in the form, as a filter of the bank."""

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.formats import gift
from app.assessment.formats.items import Item
from app.assessment.models import Question
from app.assessment.services import questions
from app.reference.files import skill_codes
from tests.courses import factories
from tests.page import page, submit

BANK = "/organisations/demo-university/questions/"


@pytest.fixture(autouse=True)
def in_english(cast):
    """The author reads English."""
    cast.coordinator.language = "en"


def tagged(cast, db, *tags):
    """A question with tags."""
    version = factories.question(cast.university)
    version.question.tags = list(tags)
    db.session.commit()
    return version.question


def test_tags_of_a_file_come_into_the_bank(cast, db):
    text = "// [tag:CC02] [tag:level-2] [tag:Exam 2026] [tag:期末]\n::Q::Ask? {=yes ~no}\n"
    items = [item for item in gift.read(text, skill_codes()) if isinstance(item, Item)]
    taken = questions.take_questions(items, "en", cast.university.id, None)
    assert [(question.skill_code, question.tags) for question in taken] == [("CC02", ["exam 2026", "期末"])]


def test_an_author_tags_a_question_without_making_a_version(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    question = tagged(cast, db, "old")
    path = f"{BANK}{question.id}/edit/"
    form = page(client, path)
    assert form.values()["tag_line"] == ["old"]
    submit(client, form, {"tag_line": "Exam，海外仓, exam"})
    db.session.expire_all()
    assert db.session.scalars(sa.select(Question)).one().tags == ["exam", "海外仓"]
    assert queries.newest_version(question.id).number == 1
    shown = page(client, f"{BANK}{question.id}/")
    assert shown.links["海外仓"] == f"{BANK}?tag=%E6%B5%B7%E5%A4%96%E4%BB%93"


def test_a_new_question_takes_tags(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    form = page(client, f"{BANK}new/?kind=true-false")
    submit(client, form, {"text_zh": "对吗？", "right": "true", "tag_line": "a; b"})
    assert db.session.scalars(sa.select(Question)).one().tags == ["a", "b"]


def test_tagging_skills_together_leaves_tags_alone(cast, db):
    question = tagged(cast, db, "kept")
    assert questions.tag_questions([question], "CC01", 3, None) == 1
    assert question.tags == ["kept"]


@pytest.mark.parametrize("tag", ["exam", "海外仓", '50%_"\\/'])
def test_the_bank_is_filtered_by_the_whole_tag(sign_in, cast, db, tag):
    tagged(cast, db, tag, "other")
    tagged(cast, db, f"{tag} more")
    tagged(cast, db)
    assert [question.tags for question in db.session.scalars(queries.bank_of(cast.university.id, tag=tag))] == [
        [tag, "other"]
    ]
    client = sign_in(cast.coordinator)
    assert client.get(BANK, query_string={"tag": tag}).text.count('name="question"') == 1
    assert sorted([tag, "other", f"{tag} more"]) == queries.tags_in(cast.university.id)
    assert queries.tags_in(cast.other_university.id) == []


def test_the_bank_is_filtered_by_level(sign_in, cast, db):
    factories.question(cast.university, level=1)
    factories.question(cast.university, level=3)
    db.session.commit()
    client = sign_in(cast.coordinator)
    assert page(client, f"{BANK}?level=3").h1 == "One question fits"
    assert page(client, f"{BANK}?level=9").h1 == "2 questions in the bank"
