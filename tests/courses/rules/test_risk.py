"""Who may need a word: signs by thresholds that are given."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.risk import Risk, Sign, Standing, Thresholds, median, percentile, risks

LIMITS = Thresholds(quiet_days=7, failed_tries=3, behind=2, total=Decimal("0.6"))


def test_each_sign_counts_from_its_threshold_on():
    fine = Standing(3, quiet_days=6, failed_tries=2, overdue=0, total=Decimal("0.6"))
    assert risks(fine, Decimal(4), LIMITS) == ()
    poor = Standing(2, quiet_days=7, failed_tries=3, overdue=1, total=Decimal("0.5999"))
    assert risks(poor, Decimal(4), LIMITS) == (
        Risk(Sign.QUIET, Decimal(7)),
        Risk(Sign.FAILED, Decimal(3)),
        Risk(Sign.BEHIND, Decimal(2)),
        Risk(Sign.OVERDUE, Decimal(1)),
        Risk(Sign.LOW_TOTAL, Decimal("0.5999")),
    )


def test_nobody_is_quiet_while_nothing_is_open_and_nothing_is_marked():
    assert risks(Standing(0), Decimal(1), LIMITS) == ()


@given(st.builds(Standing, st.integers(0, 9), st.integers(0, 90), st.integers(0, 9), st.integers(0, 9)))
def test_who_has_completed_the_course_is_left_in_peace(standing):
    done = Standing(standing.lessons_done, standing.quiet_days, 9, 9, Decimal(0), is_completed=True)
    assert risks(done, Decimal(90), LIMITS) == ()


@given(st.lists(st.integers(0, 60), min_size=1))
def test_as_many_lie_at_or_above_the_median_as_at_or_below(values):
    middle = median(values)
    below, above = sum(value <= middle for value in values), sum(value >= middle for value in values)
    assert below * 2 >= len(values)
    assert above * 2 >= len(values)


@given(st.lists(st.floats(0, 1000), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_of_nothing_there_is_no_median_and_no_percentile():
    assert median([]) == 0
    assert percentile([], 0.9) is None
