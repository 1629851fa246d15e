"""Gaps as authors type them: read, written back, and refused where they cannot be read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.content import Cloze, Format, Gap, Numeric, ShortText, Single
from app.assessment.rules.gap_notation import GapError, read, written
from app.assessment.rules.marking import mark

TEXT = "报关方式是[[9810|代码9810]]，税率[[#12.5±0.1]]%，由[[=报关行~买家~海关]]申报。"


def cloze(text):
    shown, gaps = read(text, Format.MARKDOWN)
    return Cloze(text=shown, format=Format.MARKDOWN, gaps=gaps)


def test_three_kinds_of_gaps_are_read():
    content = cloze(TEXT)
    assert content.text == "报关方式是[[1]]，税率[[2]]%，由[[3]]申报。"
    typed, number, choice = (gap.part for gap in content.gaps)
    assert isinstance(typed, ShortText)
    assert [form.text for form in typed.answers] == ["9810", "代码9810"]
    assert isinstance(number, Numeric)
    assert (number.answers[0].value, number.answers[0].tolerance) == (Decimal("12.5"), Decimal("0.1"))
    assert isinstance(choice, Single)
    assert [(option.text, option.fraction) for option in choice.options] == [("报关行", 1), ("买家", 0), ("海关", 0)]


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ({"1": "９８１０", "2": "12.6", "3": "a"}, 1),
        ({"1": "9610", "2": "12.5", "3": "b"}, 1 / 3),
        ({"1": "9610", "2": "13", "3": "c"}, 0),
        ({}, 0),
        ("9810", 0),
    ],
)
def test_each_gap_earns_its_share(answer, share):
    assert mark(cloze(TEXT), answer).mark == pytest.approx(share)


def test_it_is_written_as_it_was_typed():
    assert written(cloze(TEXT)) == TEXT


@pytest.mark.parametrize("gap", ["#much", "#1±much", "=only", "~a~b", "=a~", "a||b", "|", " "])
def test_what_cannot_be_read_is_refused(gap):
    with pytest.raises(GapError):
        read(f"Text [[{gap}]].", Format.MARKDOWN)


def test_a_gap_that_the_notation_does_not_hold_is_not_written():
    content = cloze("[[a]]")
    heavy = Cloze(text="[[1]]", format=Format.MARKDOWN, gaps=(Gap(key="1", part=content.gaps[0].part, weight=2.0),))
    with pytest.raises(GapError):
        written(heavy)


WORDS = st.text("ab 9甲乙.,", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3, unique=True), min_size=1, max_size=4))
def test_typed_gaps_come_back(gaps):
    text = " ".join(f"x [[{'|'.join(forms)}]]" for forms in gaps)
    assert written(cloze(text)) == text
