"""No hidden cell can be worked out: an attacker, written apart from the code under test, tries."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reports.rules.disclosure import Bound, Cell, Order, Status, Total, attack, dominated, is_small, protect, to_base


def small(value):
    return 0 < value < 10


def cell(value):
    """A count: hidden if it is 1 to 9; a secondary cell is known to be at least 10, and large ones are missed more."""
    return Cell(value, True, 1, 9) if small(value) else Cell(value, low=10, cost=math.log1p(value))


def one_row(*counts):
    """Counts in a row and their total, which comes last."""
    return [cell(value) for value in (*counts, sum(counts))], [Total(len(counts), tuple(range(len(counts))))]


def nested_table(columns):
    """Regions with levels, and the country: cells, totals per level, orders of levels. `columns[r]` never rises."""
    columns = [*columns, [sum(level) for level in zip(*columns, strict=True)]]
    depth = len(columns[0])
    cells = [cell(value) for column in columns for value in column]
    country = (len(columns) - 1) * depth
    totals = [Total(country + k, tuple(r * depth + k for r in range(len(columns) - 1))) for k in range(depth)]
    orders = [Order(r * depth + k, r * depth + k + 1) for r in range(len(columns)) for k in range(depth - 1)]
    return cells, totals, orders


def attacked(cells, statuses, totals, orders):
    """Interval of each hidden cell, from everything shown and the meaning of the statuses, one dense programme each."""
    bounds = []
    for one, status in zip(cells, statuses, strict=True):
        known = (one.value, one.value)
        bounds.append({Status.PRIMARY: (1, 9), Status.SECONDARY: (10, None)}.get(status, known))
    equal = np.zeros((len(totals), len(cells)))
    for row, total in enumerate(totals):
        equal[row, list(total.parts)] = 1
        equal[row, total.total] = -1
    above = np.zeros((len(orders), len(cells)))
    for row, order in enumerate(orders):
        above[row, order.lower], above[row, order.upper] = 1, -1
    found = {}
    for index, status in enumerate(statuses):
        if status in (Status.PRIMARY, Status.SECONDARY):
            ends = []
            for side in (1, -1):
                goal = np.zeros(len(cells))
                goal[index] = side
                answer = linprog(
                    goal,
                    A_eq=equal,
                    b_eq=np.zeros(len(totals)),
                    A_ub=above if len(orders) else None,
                    b_ub=np.zeros(len(orders)) if len(orders) else None,
                    bounds=bounds,
                )
                assert answer.status in (0, 3), answer.message
                ends.append(side * answer.fun if answer.status == 0 else math.inf)
            found[index] = tuple(ends)
    return found


columns = st.lists(
    st.lists(st.one_of(st.integers(0, 30), st.integers(0, 9)), min_size=4, max_size=4).map(
        lambda values: sorted(values, reverse=True)
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(columns)
def test_no_hidden_cell_of_nested_levels_can_be_worked_out(values):
    cells, totals, orders = nested_table(values)
    done = protect(cells, totals, orders)
    assert not done.exposed
    for index, (low, high) in attacked(cells, done.statuses, totals, orders).items():
        promised = done.intervals[index]
        assert high - low >= 3 - 1e-3
        assert low - 1e-2 <= promised.low <= cells[index].value <= promised.high
        assert promised.high <= high + 1e-2


@settings(max_examples=30, deadline=None)
@given(columns)
def test_small_cells_are_hidden_zeros_are_shown_and_the_same_table_gives_the_same_pattern(values):
    cells, totals, orders = nested_table(values)
    done = protect(cells, totals, orders)
    for one, status in zip(cells, done.statuses, strict=True):
        assert (status is Status.PRIMARY) == small(one.value)
        assert (status is Status.ZERO) == (one.value == 0)
    assert protect(cells, totals, orders) == done


def test_a_single_small_cell_takes_a_neighbour_with_it():
    cells, totals = one_row(5, 40, 14, 300)
    done = protect(cells, totals, [])
    assert done.statuses == (Status.PRIMARY, Status.OK, Status.SECONDARY, Status.OK, Status.OK)


def test_a_neighbour_of_exactly_ten_is_no_cover_for_a_small_cell():
    cells, totals = one_row(2, 10, 50)
    done = protect(cells, totals, [])
    # With 10 alone hidden beside 2, the sum 12 would give the small cell away as 1 or 2.
    assert done.statuses[2] is Status.SECONDARY


def test_two_small_cells_cover_each_other_only_if_their_sum_leaves_room():
    assert protect(*one_row(5, 5, 50), []).statuses[2:] == (Status.OK, Status.OK)
    assert protect(*one_row(1, 1, 50), []).statuses[2] is Status.SECONDARY
    assert protect(*one_row(9, 9, 50), []).statuses[2] is Status.SECONDARY


def test_if_nothing_else_can_cover_the_total_itself_is_hidden():
    done = protect(*one_row(1, 1, 0), [])
    assert done.statuses == (Status.PRIMARY, Status.PRIMARY, Status.ZERO, Status.PRIMARY)
    assert protect(*one_row(9, 9, 0), []).statuses[3] is Status.SECONDARY


def test_a_table_without_small_cells_is_shown_whole():
    done = protect(*one_row(20, 30, 0), [])
    assert done.statuses == (Status.OK, Status.OK, Status.ZERO, Status.OK)
    assert done.intervals == {}


def test_a_rest_that_is_never_printed_covers_a_cell_but_is_not_itself_protected():
    cells = [cell(30), cell(4), Cell(26, is_published=False)]
    done = protect(cells, [Total(0, (1, 2))], [])
    assert done.statuses[0] is Status.OK
    assert list(done.intervals) == [1]


def test_a_rest_that_is_never_printed_is_covered_if_it_is_sensitive():
    cells = [cell(64), cell(30), cell(30), Cell(4, is_sensitive=True, is_published=False)]
    done = protect(cells, [Total(0, (1, 2, 3))], [])
    assert Status.SECONDARY in done.statuses[:3]
    assert done.intervals[3].low <= 4 <= done.intervals[3].high
    assert done.intervals[3].width >= 3


def test_what_one_count_says_of_another_is_reckoned_with():
    # Of 20 people 12 have evidence of one kind, and everybody of one of two: so the other kind has 8 at least.
    cells, covers = [cell(20), cell(12), cell(9)], [Bound(((1, 1.0), (2, 1.0), (0, -1.0)))]
    assert protect(cells, [], []).statuses[:2] == (Status.OK, Status.OK)
    done = protect(cells, [], [], covers)
    assert Status.SECONDARY in done.statuses[:2]
    found = attack(cells, (Status.OK, Status.OK, Status.PRIMARY), [], [], covers)
    assert (found[2].low, found[2].high) == (8.0, 9.0)


def test_a_cell_may_ask_for_a_wider_interval():
    cells = [Cell(200, True, 1, width=20), *(cell(value) for value in (15, 30, 100)), cell(345)]
    done = protect(cells, [Total(4, (0, 1, 2, 3))], [])
    assert done.intervals[0].width >= 20


def test_the_audit_finds_the_exact_interval_of_a_badly_protected_table():
    cells, totals = one_row(5, 12, 50)
    found = attack(cells, (Status.PRIMARY, Status.SECONDARY, Status.OK, Status.OK), totals, [])
    assert (found[0].low, found[0].high) == (1.0, 7.0)
    assert (found[1].low, found[1].high) == (10.0, 16.0)
    naked = attack(cells, (Status.PRIMARY, Status.OK, Status.OK, Status.OK), totals, [])
    assert naked[0].width == 0.0


def test_a_cell_that_nothing_bounds_has_no_upper_end():
    cells = [Cell(4, True, 1), Cell(4, True, 1)]
    assert attack(cells, (Status.PRIMARY, Status.PRIMARY), [Total(1, (0,))], [])[0].high == math.inf


def test_a_bound_that_the_values_break_is_refused():
    with pytest.raises(ValueError, match="cells 0, 1"):
        protect([cell(20), cell(30)], [], [], [Bound(((0, 1.0), (1, -0.8)))])


@pytest.mark.parametrize(
    ("totals", "orders", "cells"),
    [
        ([Total(2, (0, 1))], [], [cell(20), cell(20), cell(41)]),
        ([], [Order(0, 1)], [cell(20), cell(21)]),
        ([], [], [Cell(12, True, 1, 9)]),
    ],
)
def test_values_that_contradict_their_relations_are_refused(totals, orders, cells):
    with pytest.raises(ValueError, match="cell"):
        protect(cells, totals, orders)


def test_the_rule_for_students():
    assert [is_small(people) for people in (0, 1, 9, 10)] == [False, True, True, False]
    assert [is_small(expected) for expected in (0.01, 9.99, 10.0)] == [True, True, False]


def test_the_rule_for_employers():
    assert not dominated(0, 0, 0, 0)
    assert dominated(100, 2, 50, 50)
    assert not dominated(30, 3, 10, 10)
    assert dominated(100, 4, 90, 5)
    assert not dominated(100, 4, 50, 45)
    assert dominated(100, 4, 50, 45, p=25)


@given(st.floats(0, 1e6))
def test_rounding_is_to_the_nearest_five_and_half_goes_up(value):
    rounded = to_base(value)
    assert rounded % 5 == 0
    assert -2.5 <= value - rounded < 2.5


@given(st.lists(st.floats(0, 1e6), min_size=2).map(sorted))
def test_rounding_keeps_the_order(values):
    assert all(to_base(a) <= to_base(b) for a, b in pairwise(values))
