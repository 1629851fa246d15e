"""Places in a picture, and files: chosen without a mouse too, and marked by their areas or by a person."""

from dataclasses import replace

import pytest

from app.assessment.rules.answers import answer_from_words
from app.assessment.rules.content import (
    Area,
    Attachment,
    FileUpload,
    Format,
    Hotspot,
    Problem,
    Shape,
    content_from_json,
    content_problems,
    content_to_json,
    public_view,
)
from app.assessment.rules.marking import MarkReason, guess_floor, mark
from app.assessment.rules.showing import answer_of, right_answers, show

PORT = Hotspot(
    text="Where does the goods' customs declaration go?",
    format=Format.PLAIN,
    picture="port.png",
    width=400,
    height=300,
    attachments=(Attachment(name="port.png", media_type="image/png", data="iVBORw0KGgo="),),
    areas=(
        Area(key="a", shape=Shape.RECTANGLE, coordinates=(0, 0, 100, 100), fraction=1, text="Customs", feedback="Yes."),
        Area(key="b", shape=Shape.CIRCLE, coordinates=(200, 150, 40), fraction=0, text="Crane", feedback="It lifts."),
        Area(key="c", shape=Shape.POLYGON, coordinates=(300, 0, 400, 0, 350, 80), fraction=0.5, text="Gate"),
    ),
)
SEVERAL = replace(
    PORT,
    several=True,
    areas=(replace(PORT.areas[0], fraction=0.5), replace(PORT.areas[1], fraction=-0.5),
           replace(PORT.areas[2], fraction=0.5)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "answer", "share", "reason"),
    [
        (PORT, "a", 1, MarkReason.RIGHT),
        (PORT, ["a"], 1, MarkReason.RIGHT),
        (PORT, "c", 0.5, MarkReason.PARTLY),
        (PORT, "b", 0, MarkReason.WRONG),
        (PORT, ["a", "b"], 0, MarkReason.UNREADABLE),
        (PORT, None, 0, MarkReason.NOT_ANSWERED),
        (PORT, "z", 0, MarkReason.UNREADABLE),
        (PORT, {"x": 3}, 0, MarkReason.UNREADABLE),
        (SEVERAL, ["a", "c"], 1, MarkReason.RIGHT),
        (SEVERAL, ["a"], 0.5, MarkReason.PARTLY),
        (SEVERAL, ["a", "b", "c"], 0.5, MarkReason.PARTLY),
        (SEVERAL, ["a", "a", "a"], 0.5, MarkReason.PARTLY),
        (SEVERAL, ["b"], 0, MarkReason.WRONG),
        (SEVERAL, [], 0, MarkReason.NOT_ANSWERED),
    ],
)
def test_places_are_marked_by_their_shares(content, answer, share, reason):
    marked = mark(content, answer)
    assert (marked.mark, marked.reason) == (share, reason)


def test_who_chooses_reads_what_belongs_to_the_place():
    assert [said.text for said in mark(PORT, "b").feedback] == ["It lifts."]


def test_the_form_offers_each_place_by_name_and_tells_nothing_of_what_is_right():
    shown = show(PORT, "b", seed=1, place="1")
    (field,) = shown.fields
    assert (field.control, shown.picture.name) == ("place", "port.png")
    assert [(entry.sign, entry.text, entry.is_chosen) for entry in field.entries] == [
        ("a", "Customs", False), ("b", "Crane", True), ("c", "Gate", False),
    ]  # fmt: skip
    assert {entry.area.fraction for entry in field.entries} == {0}
    assert {entry.area.feedback for entry in field.entries} == {""}
    assert [file.name for file in shown.attachments] == ["port.png"]
    seen = str(public_view(PORT))
    assert "fraction" not in seen
    assert "lifts" not in seen
    assert "port.png" in seen


def test_the_form_brings_one_place_or_several():
    assert answer_of(PORT, {"answer": ["b"]}, seed=1, place="1") == "b"
    assert answer_of(SEVERAL, {"answer": ["a", "c"]}, seed=1, place="1") == ["a", "c"]
    assert answer_from_words(PORT, "Customs") == ["a"]


def test_what_is_right_is_told_by_name():
    assert [(right.text, right.label) for right in right_answers(PORT)] == [("Customs", "a")]
    assert [right.text for right in right_answers(SEVERAL)] == ["Customs", "Gate"]


def test_json_brings_them_back():
    for content in (PORT, SEVERAL, FileUpload(text="?", format=Format.PLAIN, suffixes=(".pdf",), most=3)):
        assert content_from_json(content_to_json(content)) == content


def test_a_guess_is_one_of_the_areas():
    assert guess_floor(PORT) == pytest.approx(1 / 3)


def changed(**area):
    return {"areas": (replace(PORT.areas[0], **area), *PORT.areas[1:])}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"attachments": ()}, Problem.NO_PICTURE),
        ({"width": 0}, Problem.NO_PICTURE),
        ({"areas": PORT.areas[:1]}, Problem.NO_AREA),
        (changed(key="b"), Problem.REPEATED_KEY),
        (changed(coordinates=(0, 0, 500, 100)), Problem.OUTLINE),
        (changed(coordinates=(100, 0, 0, 100)), Problem.OUTLINE),
        (changed(coordinates=(0, 0)), Problem.OUTLINE),
        (changed(coordinates=(float("nan"), 0, 1, 1)), Problem.OUTLINE),
        (changed(shape=Shape.POLYGON, coordinates=(0, 0, 1, 1)), Problem.OUTLINE),
        (changed(shape=Shape.CIRCLE, coordinates=(0, 0, 0)), Problem.OUTLINE),
        (changed(fraction=0), Problem.UNREACHABLE),
        (changed(fraction=2), Problem.WEIGHT),
    ],
)
def test_an_author_hears_what_is_wrong(change, problem):
    assert content_problems(replace(PORT, **change))[0] is problem


def test_files_wait_for_a_person():
    content = FileUpload(text="Hand in your plan.", format=Format.PLAIN)
    assert mark(content, {"files": [{"id": 1}]}).reason is MarkReason.NEEDS_PERSON
    assert mark(content, {"files": [{"id": 1}]}).mark is None
    for nothing in (None, [], {"files": []}):
        assert mark(content, nothing).reason is MarkReason.NOT_ANSWERED
    assert mark(content, {"files": 3}).reason is MarkReason.UNREADABLE
    assert content_problems(content) == []
