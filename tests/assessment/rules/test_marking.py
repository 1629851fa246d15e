"""Marking, against cases worked by hand: full, partial, zero, empty and hostile answers of each type."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    NumericAnswer,
    Option,
    Ordering,
    Pair,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    Unit,
)
from app.assessment.rules.marking import MarkReason, Said, guess_floor, mark, max_points

PLAIN = Format.PLAIN
RIGHT, PARTLY, WRONG = MarkReason.RIGHT, MarkReason.PARTLY, MarkReason.WRONG
EMPTY, UNREADABLE = MarkReason.NOT_ANSWERED, MarkReason.UNREADABLE


def options(**fractions):
    return tuple(
        Option(key=key, text=key, fraction=fraction, feedback=f"you chose {key}") for key, fraction in fractions.items()
    )


def number(value, tolerance="0", fraction=1.0):
    return NumericAnswer(
        value=None if value is None else Decimal(value), tolerance=Decimal(tolerance), fraction=fraction
    )


single = Single(text="Q", format=PLAIN, options=options(a=0.0, b=1.0, c=0.5, d=-0.5), wrong_feedback="Read again.")
multiple = Multiple(text="Q", format=PLAIN, options=options(a=1 / 3, b=1 / 3, c=1 / 3, d=-0.5))
decimals = Multiple(text="Q", format=PLAIN, options=options(a=0.33333, b=0.33333, c=0.33333))
true_false = TrueFalse(text="Q", format=PLAIN, right=False, feedback_true="No.", feedback_false="Yes.")
year = Numeric(text="Q", format=PLAIN, answers=(number("1822"), number("1822", "2", 0.5)))
pi = Numeric(text="Q", format=PLAIN, answers=(number("3.1415", "0.0005"),))
weight = Numeric(
    text="Q",
    format=PLAIN,
    answers=(number("1.5", "0.01"),),
    units=(Unit(name="kg"), Unit(name="g", multiplier=Decimal("0.001")), Unit(name="公斤")),
)
short = ShortText(
    text="Q",
    format=PLAIN,
    answers=(
        TextAnswer(text="Nazareth", fraction=1.0, feedback="That's right!"),
        TextAnswer(text="Nazereth", fraction=0.75, feedback="misspelled", feedback_format=Format.HTML),
        TextAnswer(text="*", fraction=0.0, feedback="no"),
    ),
)
matching = Matching(
    text="Q",
    format=PLAIN,
    pairs=tuple(Pair(key=key, text=key, choice=choice) for key, choice in (("1", "c"), ("2", "a"), ("3", "a"))),
    choices=tuple(Choice(key=key, text=key) for key in "abcd"),
)
ordering = Ordering(text="Q", format=PLAIN, items=tuple(Choice(key=key, text=key) for key in "dbca"))
cloze = Cloze(
    text="[[1]] [[2]] [[3]]",
    format=PLAIN,
    gaps=(
        Gap(key="1", weight=2.0, part=Single(text="", format=PLAIN, options=options(a=1.0, b=0.0))),
        Gap(key="2", part=Numeric(text="", format=PLAIN, answers=(number("5"),))),
        Gap(key="3", part=short),
    ),
)
essay = Essay(text="Q", format=PLAIN)
description = Description(text="Q", format=PLAIN)
EVERY = (single, multiple, decimals, true_false, year, pi, weight, short, matching, ordering, cloze, essay, description)


@pytest.mark.parametrize(
    ("content", "answer", "marked", "reason"),
    [
        (single, "b", 1.0, RIGHT),
        (single, "c", 0.5, PARTLY),
        (single, "a", 0.0, WRONG),
        (single, "d", 0.0, WRONG),
        (single, "", 0.0, EMPTY),
        (single, None, 0.0, EMPTY),
        (single, "z", 0.0, UNREADABLE),
        (single, ["b"], 0.0, UNREADABLE),
        (single, {"b": 1}, 0.0, UNREADABLE),
        (multiple, ["a", "b", "c"], 1.0, RIGHT),
        (multiple, ["c", "a"], 2 / 3, PARTLY),
        (multiple, ["a", "a", "a"], 1 / 3, PARTLY),
        (multiple, ["a", "b", "c", "d"], 0.5, PARTLY),
        (multiple, ["d"], 0.0, WRONG),
        (multiple, ["a", "d"], 0.0, WRONG),
        (multiple, "a", 1 / 3, PARTLY),
        (multiple, [], 0.0, EMPTY),
        (multiple, ["x"], 0.0, UNREADABLE),
        (multiple, [["a"], {}, None, 3], 0.0, UNREADABLE),
        (decimals, ["a", "b", "c"], 1.0, RIGHT),
        (true_false, False, 1.0, RIGHT),
        (true_false, "FALSE", 1.0, RIGHT),
        (true_false, True, 0.0, WRONG),
        (true_false, None, 0.0, EMPTY),
        (true_false, 0, 0.0, UNREADABLE),
        (true_false, "maybe", 0.0, UNREADABLE),
        (year, "1822", 1.0, RIGHT),
        (year, 1822, 1.0, RIGHT),
        (year, 1822.0, 1.0, RIGHT),
        (year, "１，８２２", 1.0, RIGHT),
        (year, "1824", 0.5, PARTLY),
        (year, "1820", 0.5, PARTLY),
        (year, "1824.0001", 0.0, WRONG),
        (year, "1819", 0.0, WRONG),
        (year, "NaN", 0.0, UNREADABLE),
        (year, "inf", 0.0, UNREADABLE),
        (year, float("nan"), 0.0, UNREADABLE),
        (year, True, 0.0, UNREADABLE),
        (year, 2**2000, 0.0, UNREADABLE),
        (year, "1" * 5000, 0.0, UNREADABLE),
        (year, " ", 0.0, EMPTY),
        (year, [1822], 0.0, UNREADABLE),
        # The edges of a tolerance belong to it, exactly: in binary fractions 3.142 - 3.1415 is above 0.0005.
        (pi, "3.142", 1.0, RIGHT),
        (pi, 3.142, 1.0, RIGHT),
        (pi, "3.141", 1.0, RIGHT),
        (pi, "3.1409999999999999999999999999999999", 0.0, WRONG),
        (pi, "3.1420000000000000000000000000000001", 0.0, WRONG),
        (weight, "1.5", 1.0, RIGHT),
        (weight, "1.5 kg", 1.0, RIGHT),
        (weight, "1,505 g", 1.0, RIGHT),
        (weight, "１．５ｋｇ", 1.0, RIGHT),
        (weight, "1.5公斤", 1.0, RIGHT),
        (weight, "1.5 g", 0.0, WRONG),
        (weight, "1.5 lb", 0.0, UNREADABLE),
        (weight, "kg", 0.0, UNREADABLE),
        (short, "nazareth", 1.0, RIGHT),
        (short, " ＮＡＺＡＲＥＴＨ ", 1.0, RIGHT),
        (short, "Nazereth", 0.75, PARTLY),
        (short, "Bethlehem", 0.0, WRONG),
        (short, 7, 0.0, WRONG),
        (short, "", 0.0, EMPTY),
        (short, ["Nazareth"], 0.0, UNREADABLE),
        (matching, {"1": "c", "2": "a", "3": "a"}, 1.0, RIGHT),
        (matching, {"1": "c", "2": "b"}, 1 / 3, PARTLY),
        (matching, {"1": "b", "2": "b", "3": "b"}, 0.0, WRONG),
        (matching, {}, 0.0, EMPTY),
        (matching, {"1": ""}, 0.0, EMPTY),
        (matching, {"1": "z", "2": ["a"], "9": "a"}, 0.0, UNREADABLE),
        (matching, ["c", "a", "a"], 0.0, UNREADABLE),
        (ordering, list("dbca"), 1.0, RIGHT),
        (ordering, list("bcad"), 2 / 3, PARTLY),
        (ordering, list("bdac"), 1 / 3, PARTLY),
        (ordering, list("acbd"), 0.0, WRONG),
        (ordering, list("db"), 1 / 3, PARTLY),
        (ordering, list("ddbbccaa"), 1.0, RIGHT),
        (ordering, ["d"], 0.0, WRONG),
        (ordering, [], 0.0, EMPTY),
        (ordering, ["x", {}, 1], 0.0, UNREADABLE),
        (cloze, {"1": "a", "2": "5", "3": "Nazareth"}, 1.0, RIGHT),
        (cloze, {"1": "a"}, 0.5, PARTLY),
        (cloze, {"2": 5, "3": "Nazereth"}, 0.4375, PARTLY),
        (cloze, {"1": "b", "2": "6", "3": "x"}, 0.0, WRONG),
        (cloze, {}, 0.0, EMPTY),
        (cloze, {"1": 1, "2": "x"}, 0.0, UNREADABLE),
        (cloze, "a", 0.0, UNREADABLE),
        (essay, "Some thoughts.", None, MarkReason.NEEDS_PERSON),
        (essay, 3, None, MarkReason.NEEDS_PERSON),
        (essay, " \n", 0.0, EMPTY),
        (essay, None, 0.0, EMPTY),
        (essay, ["x"], 0.0, UNREADABLE),
        (description, None, 0.0, MarkReason.NOTHING_ASKED),
    ],
)
def test_an_answer_gets_the_mark_worked_out_by_hand(content, answer, marked, reason):
    result = mark(content, answer)

    assert result.mark == (None if marked is None else pytest.approx(marked, abs=1e-12))
    assert result.reason is reason


def test_each_row_of_a_matching_has_its_own_mark():
    parts = mark(matching, {"1": "c", "2": "b"}).parts

    assert [(part.key, part.mark, part.reason) for part in parts] == [
        ("1", 1.0, RIGHT),
        ("2", 0.0, WRONG),
        ("3", 0.0, EMPTY),
    ]


def test_each_gap_of_a_cloze_has_its_own_mark():
    parts = mark(cloze, {"1": "a", "3": "Nazereth"}).parts

    assert [(part.key, part.mark, part.reason) for part in parts] == [
        ("1", 1.0, RIGHT),
        ("2", 0.0, EMPTY),
        ("3", 0.75, PARTLY),
    ]


def test_feedback_is_what_the_choice_and_the_outcome_say():
    assert mark(single, "a").feedback == (Said("you chose a", PLAIN), Said("Read again.", PLAIN))
    assert mark(single, "b").feedback == (Said("you chose b", PLAIN),)
    assert mark(multiple, ["b", "a"]).feedback == (Said("you chose a", PLAIN), Said("you chose b", PLAIN))
    assert mark(true_false, True).feedback == (Said("No.", PLAIN),)
    assert mark(short, "nazereth").feedback == (Said("misspelled", Format.HTML),)
    assert mark(cloze, {"1": "b", "3": "x"}).feedback == (Said("you chose b", PLAIN), Said("no", PLAIN))
    assert mark(single, None).feedback == ()


def test_the_first_form_that_fits_counts_as_its_author_ordered_them():
    content = ShortText(
        text="Q", format=PLAIN, answers=(TextAnswer(text="a*", fraction=0.0), TextAnswer(text="ab", fraction=1.0))
    )

    assert mark(content, "ab").reason is WRONG


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, categories=None))
    | st.sampled_from("abcd123"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from("123"), inner),
    max_leaves=12,
)


@given(st.sampled_from(EVERY), JSON)
def test_any_json_gets_a_mark_and_never_an_error(content, answer):
    result = mark(content, answer)

    assert result.mark is None or 0 <= result.mark <= 1
    assert (result.mark is None) == (result.reason is MarkReason.NEEDS_PERSON)
    assert result.reason is not RIGHT or result.mark == 1


@given(st.permutations("abcd"), st.lists(st.sampled_from("abcd")))
def test_the_order_in_which_options_are_shown_or_ticked_makes_no_difference(order, ticked):
    by_key = {option.key: option for option in multiple.options}
    shuffled = Multiple(text="Q", format=PLAIN, options=tuple(by_key[key] for key in order))

    assert mark(shuffled, ticked).mark == pytest.approx(mark(multiple, list(reversed(ticked))).mark)


@given(st.permutations("dbca"), st.integers(0, 2))
def test_putting_neighbours_right_never_costs(order, place):
    first, second = order[place : place + 2]
    better = list(order)
    if "dbca".index(first) > "dbca".index(second):
        better[place : place + 2] = [second, first]

    assert mark(ordering, better).mark >= mark(ordering, list(order)).mark


@pytest.mark.parametrize(
    ("content", "floor"),
    [
        (single, 0.25),
        (multiple, 0.25),
        (true_false, 0.5),
        (matching, 0.25),
        (ordering, 0.25),
        (year, 0.0),
        (short, 0.0),
        (cloze, 0.25),
        (essay, 0.0),
        (description, 0.0),
    ],
)
def test_a_blind_guess_can_expect_so_much(content, floor):
    assert guess_floor(content) == pytest.approx(floor)


def test_a_description_is_worth_nothing():
    assert max_points(description) == 0
    assert max_points(Single(text="Q", format=PLAIN, options=(), points=3.0)) == 3
