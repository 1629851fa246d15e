"""Panel scores and ranks: exact, trimmed after the absent are dropped, ties shared."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules.decimals import mean, rounded
from competitions.rules.marks import Mark, Method, Note, Remark
from competitions.rules.panel import panel_score
from competitions.rules.ranking import rank_entries

MARKS = st.lists(st.decimals(-100, 100, places=3), min_size=1, max_size=12)
DIGITS = st.integers(0, 6)


def half_up(value, digits):
    """Half up by the definition: the nearest multiple, the one farther from zero if there are two."""
    scaled = abs(value) * 10**digits
    whole = scaled.numerator // scaled.denominator
    nearest = whole + (scaled - whole >= Fraction(1, 2))
    return Fraction(-nearest if value < 0 else nearest, 10**digits)


def mark(entry, judge, criterion, value):
    return Mark(entry, judge, criterion, None if value is None else Decimal(value))


def marks_of(**entries):
    """One criterion, as many judges as marks."""
    return [mark(entry, f"J{n}", "Pitch", value) for entry, values in entries.items() for n, value in enumerate(values)]


@given(MARKS, DIGITS)
def test_a_mean_is_rounded_once_from_its_exact_value(values, digits):
    found = mean(values, digits)
    assert Fraction(found) == half_up(sum(map(Fraction, values)) / len(values), digits)
    assert -found.as_tuple().exponent == digits


@given(st.decimals(-(10**6), 10**6, places=8), DIGITS)
def test_half_goes_up(value, digits):
    assert Fraction(rounded(value, digits)) == half_up(Fraction(value), digits)


def test_a_rounded_nothing_has_no_sign():
    assert str(rounded(Decimal("-0.001"), 2)) == "0.00"


@given(MARKS, DIGITS, st.randoms(use_true_random=False))
def test_the_order_of_the_judges_is_nothing(values, digits, random):
    shuffled = random.sample(values, len(values))
    assert panel_score(shuffled, trim=True, digits=digits) == panel_score(values, trim=True, digits=digits)


@given(MARKS)
def test_one_judge_gone_wild_moves_a_trimmed_score_no_further_than_the_others_marks(values):
    honest = [min(max(value, Decimal(0)), Decimal(10)) for value in values]
    for wild in (Decimal(-1000), Decimal(1000)):
        score = panel_score([*honest, honest[0], wild], trim=True, digits=6)
        assert min(honest) <= score <= max(honest)


@pytest.mark.parametrize(
    ("values", "score"),
    [(["9"], "9.00"), (["9", "4"], "6.50"), (["9", "4", "5"], "5.00"), (["5", "5", "5", "9"], "5.00")],
)
def test_only_one_highest_and_one_lowest_are_dropped_and_only_from_three_on(values, score):
    assert panel_score([Decimal(value) for value in values], trim=True, digits=2) == Decimal(score)


def test_an_absent_judge_is_no_lowest_mark():
    ranking = rank_entries([*marks_of(a=["9", "8", "7", None])], method=Method.TRIMMED)
    assert ranking.rows[0].total == Decimal("8.00")


def test_two_marks_are_not_trimmed_and_it_is_said():
    row = rank_entries(marks_of(a=["9", "8", None]), method=Method.TRIMMED).rows[0]
    assert row.total == Decimal("8.50")
    assert row.notes == (Note(Remark.NOT_TRIMMED, "Pitch"),)
    assert rank_entries(marks_of(a=["9", "8", None]), method=Method.MEAN).rows[0].notes == ()


def test_without_a_mark_there_is_no_total_no_rank_and_the_last_place():
    ranking = rank_entries(marks_of(a=[None, None], b=["1", "2"]), method=Method.MEAN)
    assert [(row.entry, row.rank, row.total) for row in ranking.rows] == [("b", 1, Decimal("1.50")), ("a", None, None)]
    assert ranking.rows[1].notes == (Note(Remark.NO_MARK, "Pitch"),)


def test_an_entry_that_nobody_marked_on_one_criterion_has_no_total():
    marks = [mark("a", "J1", "Pitch", "9"), mark("a", "J1", "Plan", "9"), mark("b", "J1", "Pitch", "9")]
    rows = rank_entries(marks, method=Method.MEAN).rows
    assert (rows[1].entry, rows[1].total, rows[1].scores) == ("b", None, {"Pitch": Decimal("9.00"), "Plan": None})


def test_equal_totals_share_a_rank_and_are_listed_by_entry():
    ranking = rank_entries(marks_of(d=["7"], b=["8"], c=["8.00"], a=["9"]), method=Method.MEAN)
    assert [(row.rank, row.entry) for row in ranking.rows] == [(1, "a"), (2, "b"), (2, "c"), (4, "d")]


def test_each_weighted_score_is_rounded_before_the_sum():
    # 1.15 and 1.15 at weight 0.3 are 0.345 each: 0.35 + 0.35, not 0.69.
    marks = [mark("a", "J1", "Pitch", "1.15"), mark("a", "J1", "Plan", "1.15")]
    weights = {"Pitch": Decimal("0.3"), "Plan": Decimal("0.3")}
    assert rank_entries(marks, weights, Method.MEAN).rows[0].total == Decimal("0.70")


@given(st.lists(st.lists(st.decimals(0, 10, places=2), min_size=1, max_size=5), min_size=1, max_size=8))
def test_ranks_count_those_who_are_better(entries):
    ranking = rank_entries(marks_of(**{f"e{n}": values for n, values in enumerate(entries)}), method=Method.TRIMMED)
    totals = [row.total for row in ranking.rows]
    assert totals == sorted(totals, reverse=True)
    for row in ranking.rows:
        assert row.rank == 1 + sum(total > row.total for total in totals)


@pytest.mark.parametrize(
    ("marks", "weights"),
    [
        ([mark("a", "J1", "Pitch", "NaN")], None),
        ([mark("a", "J1", "Pitch", "-Infinity")], None),
        ([mark("a", "J1", "Pitch", "1e13")], None),
        ([mark("a", "J1", "Pitch", "1e-30")], None),
        ([mark("a", "J1", "Pitch", "1"), mark("a", "J1", "Pitch", "1")], None),
        ([mark("a", "J1", "Pitch", "1")], {}),
        ([mark("a", "J1", "Pitch", "1")], {"Pitch": Decimal(1), "Plan": Decimal(1)}),
        ([mark("a", "J1", "Pitch", "1")], {"Pitch": Decimal("NaN")}),
        ([mark("a", "J1", "Pitch", "1")], {"Pitch": Decimal(-1)}),
    ],
)
@pytest.mark.parametrize("method", list(Method))
def test_marks_and_weights_that_make_no_sense_are_refused(marks, weights, method):
    with pytest.raises(ValueError):
        rank_entries(marks, weights, method)
