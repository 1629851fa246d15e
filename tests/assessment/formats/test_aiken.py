"""Aiken, strictly: what is not in its form is refused with the line and the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import aiken
from app.assessment.formats.items import Item, Reason
from app.assessment.rules.content import Format, Problem

GOOD = "What?\nA) one\nB. two\nANSWER: B"


def read(text):
    return list(aiken.read(text))


def outcome(text):
    return [(item.line, item.name if isinstance(item, Item) else item.remark.code) for item in read(text)]


def test_moodles_examples_are_taken(question_files):
    first, second = read((question_files / "moodle-questions.aiken.txt").read_text("utf-8"))

    assert first.content.text == "The Moodle project was started by:"
    assert [(option.key, option.text, option.fraction) for option in first.content.options] == [
        ("a", "Petr Skoda", 0), ("b", "Martin Dougiamas", 1), ("c", "Eloy Lafuente", 0), ("d", "Tim Hunt", 0),
    ]  # fmt: skip
    # Its text is plain: markup in it is shown, not obeyed.
    assert (second.line, second.content.format) == (8, Format.PLAIN)
    assert '<html class="cool"> & images' in second.content.text
    assert [option.fraction for option in second.content.options] == [1, 0]


def test_a_question_may_run_over_lines_and_stand_apart_from_its_options():
    (item,) = read("\n\nWhat\nis it?\n\nA) one\n\nB) two\n\nANSWER: A\n")

    assert (item.line, item.content.text) == (3, "What\nis it?")


def test_questions_need_no_blank_line_between():
    assert outcome(f"{GOOD}\n{GOOD}") == [(1, "What?"), (5, "What?")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("What?\nA) one\nB) two", Reason.NO_ANSWER_LINE),
        ("What?", Reason.NO_OPTIONS),
        ("What?\nANSWER: A", Reason.NO_OPTIONS),
        ("What?\nA) one\nB) two\nANSWER: C", Reason.ANSWER_NOT_OPTION),
        ("What?\nA) one\nB) two\nANSWER: A, B", Reason.ANSWER_LINE),
        ("What?\nA) one\nB) two\nAnswer: A", Reason.ANSWER_LINE),
        ("What?\nA) one\nB) two\nANSWER：A", Reason.ANSWER_LINE),
        ("What?\nA) one\nB) two\nANSWER:", Reason.ANSWER_LINE),
        ("What?\nA) one\nC) two\nANSWER: A", Reason.OPTION_ORDER),
        ("What?\nA) one\nA) two\nANSWER: A", Reason.OPTION_ORDER),
        ("What?\nA) one\ngoes on\nB) two\nANSWER: A", Reason.BROKEN_OPTIONS),
        ("What?\nA) one\nb) two\nANSWER: A", Reason.BROKEN_OPTIONS),
        ("What?\nA) one\nANSWER: A", Problem.FEW_OPTIONS),
        ("What?\nA)\nB) two\nANSWER: B", Problem.EMPTY_OPTION),
        ("A) one\nB) two\nANSWER: B", Reason.NO_QUESTION),
        ("ANSWER: B", Reason.NO_QUESTION),
    ],
)
def test_a_slip_costs_one_item_and_says_where(text, reason):
    assert outcome(f"{GOOD}\n\n{text}\n\n{GOOD}") == [
        (1, "What?"),
        (6, reason),
        (8 + text.count("\n"), "What?"),
    ]


LINES = st.sampled_from(["What?", "A) one", "B. two", "C) three", "ANSWER: A", "ANSWER: D", "answer: B", "", " ", "x"])


@given(st.lists(LINES).map("\n".join) | st.text(st.characters(codec=None, categories=None)))
def test_no_text_breaks_the_reader_and_none_vanishes(text):
    items = read(text)

    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert bool(items) == bool(text.strip())
    assert text.count("ANSWER: A") <= len(items)


@given(st.lists(st.sampled_from([GOOD, "What?\nA) one\nB) two\nANSWER: Z", "Only a text."])))
def test_items_are_those_taken_and_those_refused(written):
    assert [isinstance(item, Item) for item in read("\n\n".join(written))] == [each == GOOD for each in written]
