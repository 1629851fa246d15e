"""Every kind of question is written in a form, seen as candidates see it, and revised without loss."""

import io
from decimal import Decimal

import pytest

from app.assessment import queries
from app.assessment.forms import FORMS, form_for
from app.assessment.rules.content import QuestionKind, content_to_json
from app.assessment.rules.drawing import draw
from app.assessment.rules.marking import mark
from app.assessment.services import questions
from tests.assessment.test_questions import BANK, only_question, write
from tests.page import page, submit

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
TAGS = {"skill": "CC02", "level": "2"}
CALCULATED = {
    "text_zh": "货值 {cost} 美元，运费 {freight} 美元。到岸成本是多少？",
    "formula": "({cost} + {freight}) * 1.1",
    "tolerance": "0.5",
    "digits": "2",
    "unit": "USD",
    "variables-0-name": "cost",
    "variables-0-low": "100",
    "variables-0-high": "200",
    "variables-0-decimals": "0",
    "variables-1-name": "freight",
    "variables-1-low": "10.5",
    "variables-1-high": "20.5",
    "variables-1-decimals": "1",
    **TAGS,
}
HOTSPOT = {
    "text_zh": "海关在哪里？",
    "width": "400",
    "height": "300",
    "areas-0-text_zh": "海关",
    "areas-0-shape": "rectangle",
    "areas-0-coordinates": "0, 0, 100, 100",
    "areas-0-right": "y",
    "areas-1-text_zh": "码头",
    "areas-1-shape": "circle",
    "areas-1-coordinates": "200，150，40",
    **TAGS,
}
ORDERING = {
    "text_zh": "按顺序排列出口步骤。",
    "text_en": "Put the steps of exporting in order.",
    "order-0-text_zh": "签合同",
    "order-0-text_en": "Sign",
    "order-1-text_zh": "报关",
    "order-1-text_en": "Declare",
    "order-2-text_zh": "装船",
    "order-2-text_en": "Load",
    **TAGS,
}
CLOZE = {"text_zh": "申报[[9810]]，税率[[#13]]%。", "text_en": "Declare [[9810]] at [[#13]] %.", **TAGS}


@pytest.fixture(autouse=True)
def in_english(cast):
    """The author reads English."""
    cast.coordinator.language = "en"


def written(db):
    return queries.newest_version(only_question(db).id).contents


def test_a_calculated_question_is_written_with_its_ranges(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    answer = write(client, "calculated", CALCULATED)
    content = written(db)["zh"]
    assert content.kind is QuestionKind.CALCULATED
    first, second = content.variables
    assert len(first.values) == len(second.values) == 20
    assert (min(first.values), max(first.values)) == (100, 200)
    assert all(value == value.quantize(Decimal("0.1")) for value in second.values)
    asked = draw(content, 3)
    right = (first.values[3] + second.values[3]) * Decimal("1.1")
    assert mark(asked, str(right)).mark == 1
    assert str(first.values[3]) in asked.text
    assert "{cost}" not in page(client, answer.location).select(".prose")[0].text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variables-1-name": ""}, "“freight” has no range."),
        ({"variables-1-low": "30"}, "Say from what to what “freight” is drawn."),
        ({"variables-0-name": "{x}"}, "is no name"),
        ({"formula": "({cost} + {freight}"}, "a formula cannot be worked out"),
        ({"formula": "{cost} / ({freight} - {freight})"}, "a formula cannot be worked out"),
        ({"variables-0-low": "NaN"}, "Say from what to what “cost” is drawn."),
    ],
)
def test_what_is_wrong_with_a_calculated_question_is_said(sign_in, cast, db, change, message):
    client = sign_in(cast.coordinator)
    answer = write(client, "calculated", {**CALCULATED, **change})
    assert answer.status_code == 200
    assert message in answer.get_data(as_text=True)


def test_places_in_a_picture_are_written(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    answer = write(client, "hotspot", {**HOTSPOT, "picture": (io.BytesIO(PNG), "port.png")})
    content = written(db)["zh"]
    assert [(area.key, area.text, area.coordinates, area.fraction) for area in content.areas] == [
        ("a", "海关", (0, 0, 100, 100), 1), ("b", "码头", (200, 150, 40), 0),
    ]  # fmt: skip
    assert content.attachments[0].media_type == "image/png"
    shown = page(client, answer.location)
    assert len(shown.select("svg.places image")) == 1
    page(client, answer.location, language="zh")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"picture": (io.BytesIO(b"<svg onload=alert(1)>"), "x.svg")}, "Choose a PNG, JPEG or GIF picture"),
        ({"picture": (io.BytesIO(PNG), "x.png"), "areas-0-coordinates": "here"}, "coordinates are numbers"),
        ({"picture": (io.BytesIO(PNG), "x.png"), "areas-0-coordinates": "0,0,900,900"}, "an area has no outline"),
        ({}, "the picture is missing"),
    ],
)
def test_what_is_wrong_with_places_is_said(sign_in, cast, db, change, message):
    client = sign_in(cast.coordinator)
    answer = write(client, "hotspot", {**HOTSPOT, **change})
    assert answer.status_code == 200
    assert message in answer.get_data(as_text=True)


def test_an_order_is_written_in_both_languages(sign_in, cast, db):
    write(sign_in(cast.coordinator), "ordering", ORDERING)
    contents = written(db)
    assert [item.text for item in contents["en"].items] == ["Sign", "Declare", "Load"]
    assert [item.key for item in contents["zh"].items] == [item.key for item in contents["en"].items]
    assert mark(contents["zh"], [item.key for item in contents["en"].items]).mark == 1


def test_a_text_with_gaps_is_written(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    answer = write(client, "cloze", CLOZE)
    content = written(db)["en"]
    assert content.text == "Declare [[1]] at [[2]] %."
    assert mark(content, {"1": "9810", "2": "13"}).mark == 1
    assert "9810" not in page(client, answer.location).select(".prose")[0].text()


@pytest.mark.parametrize(
    ("text", "message"), [("no gap", "double brackets"), ("[[#x]]", "This gap cannot be read: #x")]
)
def test_what_is_wrong_with_a_gap_is_said(sign_in, cast, db, text, message):
    answer = write(sign_in(cast.coordinator), "cloze", {**CLOZE, "text_zh": text})
    assert answer.status_code == 200
    assert message in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("calculated", CALCULATED),
        ("hotspot", {**HOTSPOT, "picture": (io.BytesIO(PNG), "port.png")}),
        ("ordering", ORDERING),
        ("cloze", CLOZE),
    ],
)
def test_saving_it_again_as_it_is_changes_nothing(sign_in, cast, db, kind, values):
    client = sign_in(cast.coordinator)
    if "picture" in values:
        values = {**values, "picture": (io.BytesIO(PNG), "port.png")}
    answer = write(client, kind, values)
    before = {language: content_to_json(content) for language, content in written(db).items()}
    again = submit(client, page(client, f"{answer.location}edit/"))
    assert again.location == answer.location
    db.session.expire_all()
    assert {language: content_to_json(content) for language, content in written(db).items()} == before
    assert len(queries.versions_of(only_question(db).id)) == 1


def test_every_kind_that_asks_something_has_a_form():
    assert set(FORMS) == set(QuestionKind) - {QuestionKind.DESCRIPTION}


def test_hints_and_penalty_of_an_import_stay_when_a_question_is_revised(sign_in, cast, db):
    from dataclasses import replace

    from tests.courses import factories

    contents = {name: replace(one, hints=("Look again.",), penalty=0.5) for name, one in factories.single().items()}
    version = questions.create_question(cast.university.id, contents, skill_code="CC02", level=2)
    db.session.commit()
    assert form_for(contents) is not None
    client = sign_in(cast.coordinator)
    submit(client, page(client, f"{BANK}{version.question_id}/edit/"), {"text_zh": "换一种问法？"})
    newest = queries.newest_version(version.question_id).contents["zh"]
    assert (newest.text, newest.hints, newest.penalty) == ("换一种问法？", ("Look again.",), 0.5)
