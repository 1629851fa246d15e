"""Marks that people give: shares, and what the marks of two people mean."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.handmarks import (
    APART,
    Given,
    Meaning,
    RowMark,
    drawn_numbers,
    mark_of_share,
    meaning_of,
    reason_of,
    share_of_mark,
    share_of_rows,
)

shares = st.decimals(0, 1, places=4)
weights = st.decimals(0, 100, places=2)


@st.composite
def row_marks(draw, *, filled=True):
    most = draw(st.decimals(1, 1000, places=2))
    mark = draw(st.decimals(0, most, places=2) if filled else st.none() | st.decimals(0, most, places=2))
    return RowMark(draw(weights), most, mark)


@given(st.lists(row_marks(filled=False), max_size=8))
def test_a_rubric_gives_a_share_exactly_when_every_row_that_weighs_has_a_mark(rows):
    share = share_of_rows(rows)
    counting = [row for row in rows if row.weight > 0]
    assert (share is not None) == (bool(counting) and all(row.mark is not None for row in counting))
    assert share is None or 0 <= share <= 1


@given(st.lists(row_marks(), min_size=1, max_size=8), st.integers(1, 50))
def test_weights_count_by_their_proportion_alone(rows, factor):
    scaled = [RowMark(row.weight * factor, row.most, row.mark) for row in rows]
    before, after = share_of_rows(rows), share_of_rows(scaled)
    assert before is None or abs(before - after) <= Decimal("0.000001")


@given(st.lists(row_marks(), min_size=1, max_size=8), st.data())
def test_a_higher_mark_never_lowers_the_share(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    higher = data.draw(st.decimals(rows[at].mark, rows[at].most, places=2))
    raised = [*rows[:at], RowMark(rows[at].weight, rows[at].most, higher), *rows[at + 1 :]]
    before, after = share_of_rows(rows), share_of_rows(raised)
    assert before is None or after >= before


def test_a_share_of_a_rubric_worked_out_by_hand():
    rows = [RowMark(Decimal(2), Decimal(10), Decimal(7)), RowMark(Decimal(1), Decimal(4), Decimal(1))]
    assert share_of_rows(rows) == Decimal("0.55")  # (2 × 0.7 + 1 × 0.25) / 3
    assert share_of_rows([]) is None


def test_where_nothing_can_be_earned_nothing_is_divided_by_it():
    empty = RowMark(Decimal(2), Decimal(0), Decimal(0))
    assert share_of_rows([empty, RowMark(Decimal(1), Decimal(4), Decimal(1))]) == Decimal("0.25")
    assert share_of_rows([empty]) is None
    assert share_of_mark(Decimal(0), Decimal(0)) == 0


@given(st.decimals(1, 1000, places=2), st.data())
def test_a_single_mark_comes_back_as_it_was_given(most, data):
    mark = data.draw(st.decimals(0, most, places=2))
    assert mark_of_share(share_of_mark(mark, most), most) == mark


def test_no_mark_is_no_share():
    assert share_of_mark(None, Decimal(5)) is None
    assert mark_of_share(None, Decimal(5)) is None


@given(st.lists(shares, max_size=1), st.just(2))
def test_with_two_markers_one_mark_waits_for_the_other(marks, needed):
    assert meaning_of([Given(share) for share in marks], needed).meaning is Meaning.WAITING


@given(shares, shares)
def test_two_marks_settle_on_their_mean_or_differ(first, second):
    found = meaning_of([Given(first), Given(second)], 2)
    if abs(first - second) > APART:
        assert (found.meaning, found.share) == (Meaning.DIFFERING, None)
    else:
        assert found.meaning is Meaning.SETTLED
        assert min(first, second) <= found.share <= max(first, second)
        assert abs(found.share - (first + second) / 2) <= Decimal("0.000001")


@given(shares, shares, st.integers(1, 2))
def test_the_order_of_two_marks_does_not_matter(first, second, needed):
    assert meaning_of([Given(first), Given(second)], needed) == meaning_of([Given(second), Given(first)], needed)


def test_marks_apart_by_just_the_limit_do_not_differ():
    assert meaning_of([Given(Decimal("0.5")), Given(Decimal("0.7"))], 2).share == Decimal("0.6")
    assert meaning_of([Given(Decimal("0.5")), Given(Decimal("0.7001"))], 2).meaning is Meaning.DIFFERING


@given(st.lists(shares, max_size=3), st.lists(shares, min_size=1, max_size=3), st.integers(1, 2))
def test_a_settling_mark_counts_alone_and_the_newest_of_several(marks, settling, needed):
    given_marks = [*(Given(share) for share in marks), *(Given(share, is_settling=True) for share in settling)]
    found = meaning_of(given_marks, needed)
    assert (found.meaning, found.share) == (Meaning.SETTLED, settling[-1])


@given(shares)
def test_one_mark_settles_where_one_person_marks(share):
    assert meaning_of([Given(share)], 1).share == share
    assert reason_of(share) == ("right" if share == 1 else "partly right" if share else "wrong")


@given(st.sets(st.integers(1, 100_000), max_size=300), st.integers(1, 50), st.binary(min_size=1, max_size=8))
def test_each_answer_has_a_number_of_its_own_that_later_answers_do_not_change(ids, item_id, secret):
    numbers = drawn_numbers(item_id, ids, secret)
    assert set(numbers) == ids
    assert len(set(numbers.values())) == len(ids)
    assert all(number >= 1000 for number in numbers.values())
    if ids:
        first = sorted(ids)[: len(ids) // 2]
        earlier = drawn_numbers(item_id, first, secret)
        assert {one: numbers[one] for one in first} == earlier


def test_a_number_tells_neither_order_nor_item():
    numbers = drawn_numbers(1, range(1, 101), b"secret")
    in_order = [numbers[one] for one in range(1, 101)]
    assert in_order != sorted(in_order)
    assert numbers != drawn_numbers(2, range(1, 101), b"secret")
    assert numbers != drawn_numbers(1, range(1, 101), b"another")
