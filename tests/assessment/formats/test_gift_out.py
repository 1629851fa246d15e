"""GIFT written and read again: what the notation holds comes back as it was, and what it does not is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import gift, gift_out
from app.assessment.formats.exports import ExportItem
from app.assessment.formats.items import Item, Note, Reason
from app.assessment.rules.content import (
    DEFAULT_PENALTY,
    Attachment,
    Description,
    Essay,
    Format,
    Matching,
    Option,
    Problem,
    QuestionKind,
    ShortText,
    Single,
    TextAnswer,
    matched,
)
from tests.assessment.formats.drawn import contents, without

HELD = ["single", "multiple", "true-false", "numeric", "short-text", "matching", "essay", "description"]
YES_NO = Single(
    text="Is {x} = #1?", format=Format.HTML,
    options=(Option(key="a", text="yes", fraction=1, feedback="~ right"), Option(key="b", text="%50%", fraction=0)),
)  # fmt: skip


def write(*contents, **more):
    return gift_out.write([ExportItem(f"N{n}", content, **more) for n, content in enumerate(contents)])


def read(text):
    return list(gift.read(text, {"CC02"}))


def held(content):
    """`content` without what GIFT has no place for."""
    changes = {
        "attachments": (), "hints": (), "penalty": DEFAULT_PENALTY, "points": 1.0, "right_feedback": "",
        "partly_feedback": "", "wrong_feedback": "", "shuffle": True, "units": (), "guide": "", "template": "",
        "match_case": False,
    }  # fmt: skip
    if isinstance(content, Description):
        changes |= {"general_feedback": "", "general_feedback_format": None}
    return without(content, **changes)


@pytest.mark.parametrize("kind", HELD)
@given(data=st.data())
def test_what_is_written_is_read_again(kind, data):
    content = data.draw(contents(QuestionKind(kind)))

    text, left_out = write(content)

    if any(each.whole for each in left_out):
        assert [each.reason.code for each in left_out] == [Reason.ARROW]
        assert "->" in str(content)
        return
    (item,) = read(text)
    assert isinstance(item, Item), item
    assert item.content == held(content)
    assert (held(content) != content) <= bool(left_out)


@pytest.mark.parametrize("kind", sorted(set(QuestionKind) - set(HELD)))
@given(data=st.data())
def test_a_type_that_gift_does_not_have_is_left_out_and_said_so(kind, data):
    text, left_out = write(YES_NO, data.draw(contents(kind)))

    assert [(each.name, each.whole, each.reason.code) for each in left_out] == [("N1", True, Reason.NO_SUCH_TYPE)]
    assert [item.content for item in read(text)] == [YES_NO]


def test_the_notation_is_moodles():
    text, left_out = gift_out.write(
        [
            ExportItem("A: b", YES_NO, "CC02", 2, ("export",), "Trade/Terms"),
            ExportItem("B", Essay(text="?", format=Format.PLAIN)),
        ]
    )

    assert left_out == []
    assert text == (
        "::B::[plain]?{}\n"
        "\n$CATEGORY: Trade/Terms\n"
        "\n// [tag:CC02] [tag:level-2] [tag:export]\n"
        "::A\\: b::[html]Is \\{x\\} \\= \\#1?{\n\t=yes#\\~ right\n\t~%0%[html]%50%\n}\n"
    )
    essay, single = read(text)
    assert (single.name, single.skill, single.level, single.tags, single.category) == (
        "A: b", "CC02", 2, ("export",), "Trade/Terms",
    )  # fmt: skip
    assert (essay.category, essay.content.kind) == ("", "essay")


def test_what_is_lost_is_told_one_by_one():
    file = Attachment(name="a.png", media_type="image/png", data="AAAA")
    lossy = replace(
        YES_NO, attachments=(file,), hints=("h",), penalty=0.5, points=2, shuffle=False, wrong_feedback="no"
    )

    _, left_out = write(lossy, tags=("a]b",))

    assert not any(each.whole for each in left_out)
    assert {each.reason.code for each in left_out} == {
        Note.FILES_LEFT_OUT, Note.HINTS, Note.PENALTY_LEFT_OUT, Note.POINTS_LEFT_OUT, Note.ORDER_LEFT_OUT,
        Note.FEEDBACK_LEFT_OUT, Note.TAG_LEFT_OUT,
    }  # fmt: skip


def test_a_choice_without_a_whole_option_is_refused():
    content = without(
        YES_NO, options=(replace(YES_NO.options[0], fraction=0.9), replace(YES_NO.options[1], fraction=0.5))
    )

    assert [each.reason.code for each in write(content)[1]] == [Reason.NO_FULL_OPTION]


def test_two_whole_options_stay_one_choice():
    both = replace(YES_NO, options=tuple(replace(option, fraction=1.0) for option in YES_NO.options))

    (item,) = read(write(both)[0])

    assert item.content == both


def test_an_arrow_in_a_form_is_refused():
    content = ShortText(text="?", format=Format.PLAIN, answers=(TextAnswer(text="a->b", fraction=1),))

    (left_out,) = write(content)[1]

    assert left_out.reason.sentence == "-> in a text would be read as the arrow of a pair: a->b"


def test_a_question_that_cannot_be_asked_is_not_written():
    broken = replace(YES_NO, options=YES_NO.options[:1])

    assert write(broken)[0] == ""
    assert [each.reason.code for each in write(broken)[1]] == [Problem.FEW_OPTIONS]


def test_full_width_braces_in_a_text_come_back():
    text = Description(text="｛x｝", format=Format.PLAIN)

    (item,) = read(write(text)[0])

    assert item.content == text


def test_choices_that_belong_to_no_row_are_rows_without_text():
    pairs, choices = matched([("a", None, "x")], ["y", "z"])

    text, _ = write(Matching(text="?", format=Format.PLAIN, pairs=pairs, choices=choices))

    assert "\t=a -> x\n" in text
    assert "\t= -> y\n" in text
