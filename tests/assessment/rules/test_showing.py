"""A question as a candidate meets it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.content import (
    Choice,
    Cloze,
    Format,
    Gap,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    Pair,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    letter,
)
from app.assessment.rules.marking import mark
from app.assessment.rules.showing import answer_of, drawn_order, right_answers, show


def options(count, right=0):
    return tuple(
        Option(key=letter(number), text=f"text {number}", fraction=float(number == right), feedback="SECRET")
        for number in range(count)
    )


SINGLE = Single(text="?", format=Format.PLAIN, options=options(5), general_feedback="SECRET")
MULTIPLE = Multiple(text="?", format=Format.PLAIN, options=options(4))
CONTENTS = [
    SINGLE,
    MULTIPLE,
    TrueFalse(text="?", format=Format.PLAIN, right=True, feedback_true="SECRET"),
    Numeric(text="?", format=Format.PLAIN, answers=(NumericAnswer(value=None, fraction=1, feedback="SECRET"),)),
    ShortText(text="?", format=Format.PLAIN, answers=(TextAnswer(text="SECRET", fraction=1.0),)),
    Matching(
        text="?",
        format=Format.PLAIN,
        pairs=(Pair(key="1", text="row", choice="b"),),
        choices=(Choice(key="a", text="left over"), Choice(key="b", text="fits")),
    ),
    Ordering(text="?", format=Format.PLAIN, items=tuple(Choice(key=key, text=key) for key in "cab")),
    Cloze(text="[[1]]", format=Format.PLAIN, gaps=(Gap(key="1", part=SINGLE),)),
]


@given(st.integers(0, 2**31), st.text(max_size=5), st.sets(st.text(max_size=4), max_size=8))
def test_a_drawn_order_holds_each_key_once_and_is_always_the_same(seed, place, keys):
    order = drawn_order(seed, place, keys)
    assert sorted(order) == sorted(keys)
    assert order == drawn_order(seed, place, sorted(keys, reverse=True))


def test_each_place_has_its_share_of_every_option():
    places = {drawn_order(seed, "1", "abcde").index("a") for seed in range(100)}
    assert places == {0, 1, 2, 3, 4}


@given(st.integers(0, 2**31), st.integers(0, 3))
def test_what_is_ticked_comes_back_as_its_key_whatever_the_order(seed, wanted):
    for content in (SINGLE, MULTIPLE):
        shown = show(content, None, seed=seed, place="7")
        (sign,) = [entry.sign for entry in shown.fields[0].entries if entry.text == f"text {wanted}"]
        answer = answer_of(content, {"answer": [sign]}, seed=seed, place="7")
        assert answer in (letter(wanted), [letter(wanted)])
        again = show(content, answer, seed=seed, place="7")
        assert [entry.text for entry in again.fields[0].entries if entry.is_chosen] == [f"text {wanted}"]


def test_a_sign_that_was_never_shown_is_no_answer():
    assert answer_of(SINGLE, {"answer": ["z"]}, seed=3, place="1") is None
    assert answer_of(MULTIPLE, {"answer": ["z", "a"]}, seed=None, place="1") == ["a"]


def test_nothing_shown_tells_what_is_right():
    for content in CONTENTS:
        for seed in (None, 1, 2):
            assert "SECRET" not in json.dumps(repr(show(content, None, seed=seed, place="1"))), content.kind


def test_items_to_order_are_not_shown_in_the_right_order_even_without_a_seed():
    ordering = CONTENTS[6]
    assert [entry.sign for entry in show(ordering, None, seed=None, place="1").fields[0].entries] == ["a", "b", "c"]


def test_a_gap_comes_back_as_its_key():
    cloze = CONTENTS[7]
    shown = show(cloze, None, seed=9, place="1")
    (sign,) = [entry.sign for entry in shown.fields[0].entries if entry.text == "text 0"]
    answer = answer_of(cloze, {"answer-1": [sign]}, seed=9, place="1")
    assert answer == {"1": "a"}
    assert mark(cloze, answer).mark == 1.0


def test_right_answers_are_told_in_words():
    assert [one.text for one in right_answers(SINGLE)] == ["text 0"]
    assert [(one.label, one.text) for one in right_answers(CONTENTS[5])] == [("row", "fits")]
    assert [one.truth for one in right_answers(CONTENTS[2])] == [True]
    assert [one.text for one in right_answers(CONTENTS[6])] == ["c", "a", "b"]
