"""The clock of an application, and where the enterprise may move it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from internships.rules.stages import GRACE, MOVES, Clock, Due, Stage, due, half_time, may_move

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
minutes = st.integers(0, 60 * 24 * 90)


def after(clock, asked, now):
    """The clock when what it asked for was done."""
    if asked is Due.HALF_TIME:
        return Clock(clock.since, clock.until, 1, now)
    return Clock(clock.since, clock.until, 2, now) if asked is Due.LAST else clock


@given(st.integers(1, 60), st.lists(minutes, max_size=40))
def test_nobody_is_told_before_the_enterprise_was_reminded_and_had_its_grace(days, looks):
    clock = Clock(SINCE, SINCE + timedelta(days=days))
    seen = []
    for at in sorted(looks):
        now = SINCE + timedelta(minutes=at)
        asked = due(clock, now)
        if asked is not Due.NOTHING:
            seen.append((asked, now))
        if asked is Due.CLOSE:
            break
        clock = after(clock, asked, now)
    kinds = [kind for kind, _now in seen]
    assert kinds in ([], [Due.HALF_TIME], [Due.LAST], [Due.HALF_TIME, Due.LAST]) or kinds[-2:] == [Due.LAST, Due.CLOSE]
    assert all(kinds.count(kind) <= 1 for kind in Due)
    moments = dict(seen)
    if Due.CLOSE in moments:
        assert moments[Due.CLOSE] >= max(clock.until, moments[Due.LAST] + GRACE)


@given(st.integers(1, 60), minutes)
def test_what_was_done_is_not_asked_for_again(days, at):
    clock, now = Clock(SINCE, SINCE + timedelta(days=days)), SINCE + timedelta(minutes=at)
    asked = due(clock, now)
    if asked is not Due.CLOSE:
        assert due(after(clock, asked, now), now) is Due.NOTHING


@given(st.integers(1, 60))
def test_half_time_lies_in_the_middle(days):
    until = SINCE + timedelta(days=days)
    assert half_time(SINCE, until) - SINCE == until - half_time(SINCE, until)


@given(st.sampled_from(Stage), st.sampled_from(Stage))
def test_no_move_makes_or_undoes_an_offer_or_unreads(here, there):
    if may_move(here, there):
        assert there in MOVES[here]
        assert Stage.OFFER not in (here, there)
        assert there is not Stage.RECEIVED
        assert here is not there
