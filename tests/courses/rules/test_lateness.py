"""What lateness costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.lateness import DAY, LatePolicy, Timeliness, deduction, last_moment, lateness

DUE = datetime(2026, 12, 1, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SHARES = st.decimals(0, 1, places=4)
POLICIES = st.builds(LatePolicy, SHARES, st.none() | st.integers(0, 30))
GAPS = st.timedeltas(timedelta(days=-40), timedelta(days=40))


@pytest.mark.parametrize(
    ("after", "days", "timeliness"),
    [
        (-TICK, 0, Timeliness.IN_TIME),
        (timedelta(0), 1, Timeliness.LATE),
        (DAY - TICK, 1, Timeliness.LATE),
        (DAY, 2, Timeliness.LATE),
        (2 * DAY - TICK, 2, Timeliness.LATE),
        (2 * DAY, 3, Timeliness.TOO_LATE),
    ],
)
def test_each_day_begun_counts_and_after_the_last_nothing_is_taken(after, days, timeliness):
    found = lateness(DUE + after, DUE, LatePolicy(Decimal("0.1"), 2))
    assert (found.days, found.timeliness, found.share) == (days, timeliness, Decimal("0.1") * days)


def test_with_no_late_days_nothing_is_taken_from_the_due_moment_on():
    policy = LatePolicy(Decimal(0), 0)
    assert lateness(DUE - TICK, DUE, policy).timeliness is Timeliness.IN_TIME
    assert lateness(DUE, DUE, policy).timeliness is Timeliness.TOO_LATE


@given(POLICIES, GAPS)
def test_the_last_moment_is_the_first_at_which_nothing_is_taken(policy, gap):
    last = last_moment(DUE, policy)
    is_over = lateness(DUE + gap, DUE, policy).timeliness is Timeliness.TOO_LATE
    assert is_over is (last is not None and DUE + gap >= max(last, DUE))


@given(POLICIES, GAPS, GAPS)
def test_who_is_later_never_loses_less(policy, one, other):
    earlier, later = sorted((one, other))
    assert lateness(DUE + earlier, DUE, policy).share <= lateness(DUE + later, DUE, policy).share <= 1


@given(SHARES, st.decimals(0, 500, places=2), st.decimals(500, 1000, places=2))
def test_what_is_taken_off_is_never_more_than_there_is(share, points, most):
    taken = deduction(points, most, share)
    assert 0 <= taken <= points
    assert taken == points or taken == (most * share).quantize(Decimal("0.0001"))
