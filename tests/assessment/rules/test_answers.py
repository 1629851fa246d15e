"""Answers that come from a form, and answers in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.answers import answer_from_form, answer_from_words
from app.assessment.rules.content import (
    Choice,
    Cloze,
    Description,
    Essay,
    Format,
    Gap,
    Matching,
    Multiple,
    Numeric,
    Option,
    Ordering,
    ShortText,
    Single,
    TrueFalse,
    matched,
)
from app.assessment.rules.marking import mark

PLAIN = Format.PLAIN


def options(*texts):
    return tuple(
        Option(key=key, text=text, fraction=float(key == "a")) for key, text in zip("abcdef", texts, strict=False)
    )


single = Single(text="Q", format=PLAIN, options=options("no one", "Grant", "b", "Ａ ｘ"))
multiple = Multiple(text="Q", format=PLAIN, options=options("Grant", "Grant's wife", "no one"))
true_false = TrueFalse(text="Q", format=PLAIN, right=True)
numeric = Numeric(text="Q", format=PLAIN, answers=())
short = ShortText(text="Q", format=PLAIN, answers=())
pairs, choices = matched([("Canada", None, "Ottawa"), ("Japan", None, "Tokyo")], ["Oslo"])
matching = Matching(text="Q", format=PLAIN, pairs=pairs, choices=choices)
keys = {choice.text: choice.key for choice in choices}
ordering = Ordering(text="Q", format=PLAIN, items=(Choice(key="b", text="first"), Choice(key="a", text="second")))
cloze = Cloze(
    text="[[1]] [[2]] [[3]]",
    format=PLAIN,
    gaps=(Gap(key="1", part=single), Gap(key="2", part=short), Gap(key="3", part=multiple)),
)
essay = Essay(text="Q", format=PLAIN)
description = Description(text="Q", format=PLAIN)
EVERY = (single, multiple, true_false, numeric, short, matching, ordering, cloze, essay, description)


@pytest.mark.parametrize(
    ("content", "fields", "answer"),
    [
        (single, {"answer": ["b"]}, "b"),
        (single, {"answer": [""]}, None),
        (single, {}, None),
        (multiple, {"answer": ["a", "", "b"]}, ["a", "b"]),
        (multiple, {}, None),
        (true_false, {"answer": ["true"]}, True),
        (true_false, {"answer": ["false"]}, False),
        (true_false, {"answer": ["x"]}, None),
        (numeric, {"answer": ["１８２２"]}, "１８２２"),
        (short, {"answer": ["  Nazareth "]}, "  Nazareth "),
        (essay, {"answer": ["Dear Sir,\n"]}, "Dear Sir,\n"),
        (essay, {"answer": [" \n"]}, None),
        (matching, {"answer-1": ["a"], "answer-2": [""], "answer-9": ["a"]}, {"1": "a"}),
        (matching, {"answer-1": [""]}, None),
        (ordering, {"answer": ["b", "a"]}, ["b", "a"]),
        (cloze, {"answer-1": ["a"], "answer-2": ["x"], "answer-3": ["a", "b"]}, {"1": "a", "2": "x", "3": ["a", "b"]}),
        (description, {"answer": ["x"]}, None),
    ],
)
def test_a_form_gives_the_answer_that_was_filled_in(content, fields, answer):
    assert answer_from_form(content, fields) == answer


@given(
    st.sampled_from(EVERY),
    st.dictionaries(st.sampled_from(["answer", "answer-1", "answer-2", "x"]), st.lists(st.text(), max_size=3)),
)
def test_any_form_can_be_marked(content, fields):
    result = mark(content, answer_from_form(content, fields))

    assert result.mark is None or 0 <= result.mark <= 1


@pytest.mark.parametrize(
    ("content", "words", "answer"),
    [
        (single, "no one", "a"),
        (single, "NO  ONE", "a"),
        (single, "a x", "d"),
        (single, "b", "c"),  # the option that reads "b" goes before the option with the key b
        (single, "D", "d"),
        (single, "nobody", "nobody"),
        (single, 3, 3),
        (multiple, ["Grant", "grant's WIFE", "c"], ["a", "b", "c"]),
        (multiple, "Grant", ["a"]),
        (multiple, None, []),
        (true_false, "T", True),
        (true_false, "false", False),
        (true_false, True, True),
        (true_false, "perhaps", "perhaps"),
        (numeric, 1822, 1822),
        (short, "x", "x"),
        (matching, {"Canada": "Ottawa", "japan": "Oslo"}, {"1": keys["Ottawa"], "2": keys["Oslo"]}),
        (matching, {"1": keys["Ottawa"]}, {"1": keys["Ottawa"]}),
        (matching, [["Japan", "Tokyo"]], {"2": keys["Tokyo"]}),
        (matching, ["Ottawa", "Tokyo"], {"1": keys["Ottawa"], "2": keys["Tokyo"]}),
        (matching, "Ottawa", "Ottawa"),
        (ordering, ["second", "first"], ["a", "b"]),
        (ordering, "first", "first"),
        (cloze, ["Grant", "x", ["no one"]], {"1": "b", "2": "x", "3": ["c"]}),
        (cloze, {"1": "Grant", "7": "x"}, {"1": "b"}),
        (cloze, "x", "x"),
        (essay, "Dear Sir", "Dear Sir"),
    ],
)
def test_other_programs_may_answer_in_words(content, words, answer):
    assert answer_from_words(content, words) == answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from("123"), inner),
    max_leaves=8,
)


@given(st.sampled_from(EVERY), JSON)
def test_any_json_in_words_can_be_marked(content, words):
    result = mark(content, answer_from_words(content, words))

    assert result.mark is None or 0 <= result.mark <= 1
