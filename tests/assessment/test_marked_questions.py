"""Writing questions that people mark: essays and files, their guides and criteria."""

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Question, Rubric
from tests.assessment import handwriting
from tests.courses import factories
from tests.page import page, read, submit

BANK = "/organisations/demo-university/questions/"


@pytest.fixture(autouse=True)
def in_english(cast):
    """The author reads English."""
    cast.coordinator.language = "en"


def criterion(number, **values):
    return {f"criteria-{number}-{name}": value for name, value in values.items()}


def test_an_author_writes_an_essay_with_criteria(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    here = page(client, f"{BANK}new/?kind=essay")
    values = {
        "text_zh": "为什么选 9810？",
        "text_en": "Why 9810?",
        "guide_zh": "看理由。",
        "template_zh": "1. 方式：",
        "skill": "CC02",
        "level": "2",
        **criterion(0, title_zh="理由", title_en="Reason", weight="3", descriptor_zh="说明理由"),
        **criterion(1, title_zh="表达", weight="1", marks_max="5"),
    }
    answer = submit(client, here, values)
    question = db.session.scalars(sa.select(Question)).one()
    contents = queries.newest_version(question.id).contents
    assert (contents["zh"].guide, contents["zh"].template, contents["en"].guide) == ("看理由。", "1. 方式：", "")
    rubric = db.session.get(Rubric, question.rubric_id)
    assert [(row.title_zh, row.weight, row.marks_max) for row in rubric.rows] == [("理由", 3, 10), ("表达", 1, 5)]
    assert "说明理由" in page(client, answer.location).text
    here = page(client, f"{BANK}{question.id}/edit/")
    assert here.values()["criteria-0-weight"] == ["3"]
    submit(client, here)
    db.session.expire_all()
    assert question.rubric_id == rubric.id  # nothing changed
    submit(client, here, criterion(0, weight="2"))
    db.session.expire_all()
    assert question.rubric_id != rubric.id
    gone = {f"criteria-{number}-{name}": "" for number in (0, 1) for name in ("title_zh", "title_en", "weight")}
    submit(client, here, gone)
    db.session.expire_all()
    assert question.rubric_id is None


def test_a_criterion_needs_a_title_and_a_weight(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    here = page(client, f"{BANK}new/?kind=essay")
    wrong = {
        "text_zh": "为什么？",
        **criterion(0, title_en="Reason"),
        **criterion(1, title_zh="表达", weight="NaN"),
        **criterion(2, title_zh="长度", weight="1", marks_max="0"),
    }
    answer = read(submit(client, here, wrong))
    for sentence in (
        "Give the criterion a title in Chinese.",
        "Give the criterion a weight above zero.",
        "Enter a number from 1",
    ):
        assert sentence in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


def test_an_author_asks_for_files(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    here = page(client, f"{BANK}new/?kind=file")
    answer = submit(client, here, {"text_zh": "交申报单。", "most": "3", "suffixes": [".pdf", ".docx"]})
    question = db.session.scalars(sa.select(Question)).one()
    content = queries.newest_version(question.id).contents["zh"]
    assert (content.most, content.suffixes) == (3, (".pdf", ".docx"))
    assert "At most 3 files: .pdf, .docx" in page(client, answer.location).text
    assert page(client, f"{BANK}{question.id}/edit/").values()["suffixes"] == [".pdf", ".docx"]


def test_the_forms_read_in_chinese_too(sign_in, cast):
    cast.coordinator.language = "zh"
    client = sign_in(cast.coordinator)
    for kind in ("essay", "file"):
        page(client, f"{BANK}new/?kind={kind}")


def test_more_rows_for_criteria(sign_in, cast):
    client = sign_in(cast.coordinator)
    here = page(client, f"{BANK}new/?kind=essay")
    more = read(submit(client, here, button="more=1"))
    assert len(more.select("[id^=criteria-][id$=-weight]")) > len(here.select("[id^=criteria-][id$=-weight]"))


def test_a_corrected_wording_leaves_what_people_marked(client_of, cast, db):
    from app.assessment.services import questions, regrades

    world = handwriting.world(cast)
    answer = world.marked(world.answered(cast.student), cast.coordinator, 7)
    question = world.item.version.question
    newest = questions.revise_question(
        question, handwriting.essay(guide="更清楚的说明"), skill_code=factories.SKILL, level=2
    )
    db.session.flush()
    answer = db.session.get(type(answer), answer.id)
    assert list(regrades.changes(newest, [answer])) == []


def test_a_criterion_of_an_essay_has_steps_too(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    here = page(client, f"{BANK}new/?kind=essay")
    steps = {
        "criteria-0-steps-0-points": "4",
        "criteria-0-steps-0-text_zh": "理由一条",
        "criteria-0-steps-1-points": "10",
        "criteria-0-steps-1-text_zh": "理由三条",
        "criteria-0-steps-1-text_en": "Three reasons",
    }
    values = {"text_zh": "为什么选 9810？", **criterion(0, title_zh="理由"), **steps}
    answer = submit(client, here, values)
    question = db.session.scalars(sa.select(Question)).one()
    [row] = db.session.get(Rubric, question.rubric_id).rows
    assert [(step.key, step.text_zh) for step in row.scale] == [("10", "理由三条"), ("4", "理由一条")]
    assert "Three reasons" in page(client, answer.location).text
    submit(client, page(client, f"{BANK}{question.id}/edit/"))
    db.session.expire_all()
    assert question.rubric_id == row.rubric_id  # nothing changed
