"""Moodle XML written and read again: the same questions, or what they lose."""

import json
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import moodle_xml, moodle_xml_out
from app.assessment.formats.exports import ExportItem
from app.assessment.formats.items import Item, Note, Reason
from app.assessment.rules.content import (
    Attachment,
    Calculated,
    CalculatedAnswer,
    Choice,
    Cloze,
    Essay,
    FileUpload,
    Format,
    Gap,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Pair,
    QuestionKind,
    ShortText,
    Single,
    TextAnswer,
    Unit,
    Variable,
    content_to_json,
)
from app.assessment.rules.drawing import draw
from app.assessment.rules.marking import mark
from tests.assessment.formats.drawn import PICTURE, answers_to, contents

HELD = sorted(set(QuestionKind) - {QuestionKind.HOTSPOT})


def write(*contents, **more):
    return moodle_xml_out.write([ExportItem(f"N{n}", content, **more) for n, content in enumerate(contents)])


def read(text):
    return list(moodle_xml.read(text, {"CC02"}))


def plain(content):
    """`content` to compare: files in one order, entities that stand for signs of the notation as these signs."""
    stored = content_to_json(replace(content, attachments=tuple(sorted(content.attachments, key=lambda f: f.name))))
    return json.loads(json.dumps(stored).replace("&#61;", "=").replace("&#123;", "{"))


@pytest.mark.parametrize("kind", HELD)
@given(data=st.data())
def test_what_is_written_is_read_again(kind, data):
    content = data.draw(contents(kind))

    text, left_out = write(content)

    if any(each.whole for each in left_out):
        assert (left_out[0].reason.code, content.format) == (Reason.GAP_LIKE, Format.PLAIN)
        return
    (item,) = read(text)
    assert isinstance(item, Item), item
    assert plain(item.content) == plain(content)
    assert [remark.sentence for remark in item.remarks if isinstance(remark.code, Note)] == []
    assert {each.reason.code for each in left_out} <= {Note.IGNORED, Note.PLAIN_CHOICES}
    for answer in answers_to(content):
        assert mark(item.content, answer).mark == mark(content, answer).mark


@given(contents(QuestionKind.HOTSPOT))
def test_places_in_a_picture_are_left_out_and_said_so(hotspot):
    text, left_out = write(hotspot)

    assert read(text) == []
    assert [(each.whole, each.reason.sentence) for each in left_out] == [
        (True, "the format has no question of this type: hotspot")
    ]


QUESTION = Single(
    text="<p>Which?</p>",
    format=Format.HTML,
    options=(
        Option(key="a", text="CIF", fraction=1, feedback='<img src="@@PLUGINFILE@@/图-1.png">'),
        Option(key="b", text="FOB", fraction=-1 / 3),
    ),
    attachments=(PICTURE, Attachment(name="b.txt", media_type="text/plain", data="QQ==")),
    hints=("Look at who pays.",),
    penalty=0.25,
    points=2,
)


def test_the_elements_are_moodles():
    text, left_out = moodle_xml_out.write([ExportItem("Terms", QUESTION, "CC02", 2, ("export",), "Trade/Terms")])
    category, question = ElementTree.fromstring(text)

    assert left_out == []
    assert category.findtext("category/text") == "Trade/Terms"
    assert [child.tag for child in question] == [
        "name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "single", "shuffleanswers",
        "answer", "answer", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint", "tags",
    ]  # fmt: skip
    assert [answer.get("fraction") for answer in question.findall("answer")] == ["100", "-33.3333333333"]
    assert [tag.findtext("text") for tag in question.findall("tags/tag")] == ["CC02", "level-2", "export"]
    # Each file stands where a text refers to it; what no text refers to with the question's own.
    assert question.find("answer/feedback/file").attrib == {"name": "图-1.png", "path": "/", "encoding": "base64"}
    assert [file.get("name") for file in question.findall("questiontext/file")] == ["b.txt"]
    (item,) = read(text)
    assert (item.name, item.skill, item.level, item.tags, item.category) == (
        "Terms", "CC02", 2, ("export",), "Trade/Terms",
    )  # fmt: skip


def test_units_count_the_way_moodle_counts_them():
    content = Numeric(
        text="?", format=Format.PLAIN, answers=(NumericAnswer(value=Decimal("1.5"), fraction=1),),
        units=(Unit(name="kg"), Unit(name="g", multiplier=Decimal("0.001"))),
    )  # fmt: skip

    text, _ = write(content)
    question = ElementTree.fromstring(text)[0]

    assert [unit.findtext("multiplier") for unit in question.findall("units/unit")] == ["1", "1E+3"]
    assert question.findtext("showunits") == "0"
    assert mark(read(text)[0].content, "1500 g").mark == 1


def test_a_calculated_question_brings_its_datasets():
    content = Calculated(
        text="{unit price} × {_n} = {={unit price}*{_n}}", format=Format.HTML,
        answers=(CalculatedAnswer(formula="{unit price} * {_n}", fraction=1),),
        variables=(
            Variable(name="unit price", values=(Decimal("1.5"), Decimal("2.25"))),
            Variable(name="_n", values=(Decimal(3), Decimal(4))),
        ),
    )  # fmt: skip

    text, left_out = write(content)
    definitions = ElementTree.fromstring(text)[0].find("dataset_definitions")
    (item,) = read(text)

    assert left_out == []
    # Moodle's names have no spaces and begin with a letter.
    assert [each.findtext("name/text") for each in definitions] == ["unit_price", "v_n"]
    assert [each.findtext("decimals/text") for each in definitions] == ["2", "0"]
    assert [draw(item.content, number).answers[0].value for number in (0, 1)] == [Decimal("4.5"), Decimal(9)]
    assert draw(item.content, 0).text == "1.5 × 3 = 4.5"


def test_files_are_handed_in_as_an_essay_without_text():
    upload = FileUpload(text="?", format=Format.HTML, guide="Look for …", suffixes=(".pdf", ".docx"), most=3)

    question = ElementTree.fromstring(write(upload)[0])[0]

    assert question.get("type") == "essay"
    assert [question.findtext(tag) for tag in ("responseformat", "attachments", "filetypeslist")] == [
        "noinline", "3", ".pdf,.docx",
    ]  # fmt: skip


def gap(part, weight=1.0, key="1"):
    return Gap(key=key, part=part, weight=weight)


def words(*forms):
    return ShortText(text="", format=Format.HTML, answers=tuple(TextAnswer(text=form, fraction=1) for form in forms))


def test_gaps_are_written_in_moodles_notation():
    options = (Option(key="a", text=r"\(x\) } 1", fraction=1, feedback="yes#"), Option(key="b", text="=2", fraction=0))
    content = Cloze(
        text="{1:MC:x [[1]] and [[2]]", format=Format.HTML,
        gaps=(gap(Single(text="", format=Format.HTML, options=options), 0.5), gap(words("L&C", "a~b"), 1.5, "2")),
    )  # fmt: skip

    text, left_out = write(content)

    assert ElementTree.fromstring(text)[0].findtext("questiontext/text") == (
        r"&#123;1:MC:x {1:MULTICHOICE_S:=\(x\) \} 1#yes\#~%0%&#61;2} and {3:SHORTANSWER:=L&amp;C~=a\~b}"
    )
    assert [each.reason.sentence for each in left_out] == ["written, but not shown there: defaultgrade"]


def test_weights_that_four_digits_cannot_hold_are_rounded():
    content = Cloze(text="[[1]] [[2]]", format=Format.HTML, gaps=(gap(words("a"), 0.001), gap(words("b"), 500.0, "2")))

    text, left_out = write(content)

    assert Note.GAP_WEIGHTS in [each.reason.code for each in left_out]
    assert "{9999:" in text


def test_right_options_of_a_gap_that_give_too_much_are_refused():
    options = (Option(key="a", text="1", fraction=1), Option(key="b", text="2", fraction=1))
    part = Multiple(text="", format=Format.HTML, options=options)

    (left_out,) = write(Cloze(text="[[1]]", format=Format.HTML, gaps=(gap(part),)))[1]

    assert (left_out.whole, left_out.reason.code) == (True, Reason.GAP_SHARES)


def test_what_moodle_does_not_show_is_told():
    lossy = Essay(
        text="\x00a\ud800", format=Format.HTML, right_feedback="ok", hints=("h",),
        attachments=(Attachment(name="gone.png", media_type="image/png"),),
    )  # fmt: skip

    text, left_out = write(lossy)

    assert {each.reason.sentence for each in left_out} == {
        "signs that XML cannot hold were left out", "files left out: 1", "written, but not shown there: hint",
        "written, but not shown there: correctfeedback",
    }  # fmt: skip
    assert read(text)[0].content.text == "a"


def test_choices_that_read_the_same_become_one():
    content = Matching(
        text="?", format=Format.HTML, pairs=(Pair(key="1", text="r", choice="a"),),
        choices=(Choice(key="a", text="<b>x</b>"), Choice(key="b", text="<b>x</b>"), Choice(key="c", text="y")),
    )  # fmt: skip

    assert {each.reason.code for each in write(content)[1]} == {Note.MERGED, Note.PLAIN_CHOICES}
