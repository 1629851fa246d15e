"""Laws of the record of an enterprise and of the figures of clusters."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from internships.rules.filling import FEW as FEW_SEATS
from internships.rules.filling import Offered, filling
from internships.rules.records import FEW, IN_TIME, LOOKED_BACK, Asked, Record, record_of, share_of

TODAY = date(2026, 11, 24)
days = st.integers(0, 500)


@st.composite
def asked(draw):
    applied = TODAY - timedelta(days=draw(days))
    wait = draw(st.none() | st.integers(0, 60))
    answered = None if wait is None else applied + timedelta(days=wait)
    return Asked(applied, answered if answered is None or answered <= TODAY else None)


@given(st.lists(asked(), max_size=30), st.randoms())
def test_a_record_is_free_of_the_order_and_its_counts_are_within_each_other(applications, chance):
    found = record_of(applications, 3, 2, TODAY)
    shuffled = list(applications)
    chance.shuffle(shuffled)
    assert record_of(shuffled, 3, 2, TODAY) == found
    assert 0 <= found.answered_in_time <= found.answered <= found.due <= len(applications)
    assert (found.median_days is None) == (found.answered == 0)


@given(st.lists(asked(), max_size=30))
def test_the_counts_are_those_of_counting_one_by_one(applications):
    due = in_time = answered = 0
    for one in applications:
        if one.applied_on < TODAY - LOOKED_BACK:
            continue
        if one.answered_on is not None:
            due, answered = due + 1, answered + 1
            in_time += one.answered_on - one.applied_on <= timedelta(days=IN_TIME)
        elif TODAY - one.applied_on >= timedelta(days=IN_TIME):
            due += 1
    found = record_of(applications, 0, 0, TODAY)
    assert (found.due, found.answered, found.answered_in_time) == (due, answered, in_time)


@given(st.lists(asked(), max_size=20))
def test_answering_one_that_is_late_never_lowers_what_is_answered(applications):
    before = record_of(applications, 0, 0, TODAY)
    late = Asked(TODAY - timedelta(days=IN_TIME))
    waiting = record_of([*applications, late], 0, 0, TODAY)
    answered = record_of([*applications, Asked(late.applied_on, TODAY)], 0, 0, TODAY)
    assert waiting.due == answered.due == before.due + 1
    assert (waiting.answered, answered.answered) == (before.answered, before.answered + 1)


def test_what_came_today_and_waits_says_nothing_yet():
    assert record_of([Asked(TODAY), Asked(TODAY - timedelta(days=IN_TIME - 1))], 0, 0, TODAY) == Record()


def test_of_two_answers_in_the_middle_the_longer_counts():
    answers = [Asked(TODAY - timedelta(days=20), TODAY - timedelta(days=20 - wait)) for wait in (1, 2, 6, 9)]
    assert record_of(answers, 0, 0, TODAY).median_days == 6


def test_a_share_is_made_of_enough_only():
    assert share_of(FEW - 1, FEW - 1) is None
    assert share_of(1, FEW) == 1 / FEW


@st.composite
def offered(draw):
    seats = draw(st.integers(1, 9))
    filled = draw(st.integers(0, seats))
    published = TODAY - timedelta(days=draw(st.integers(0, 300)))
    full = published + timedelta(days=draw(st.integers(0, 90))) if filled == seats else None
    return Offered(draw(st.sampled_from("ABC")), seats, filled, draw(st.booleans()), published, full)


@given(st.lists(offered(), max_size=40))
def test_the_clusters_together_hold_every_seat_once(postings):
    found = filling(postings)
    assert [one.cluster for one in found] == sorted({one.cluster for one in postings})
    assert sum(one.seats for one in found) == sum(one.seats for one in postings)
    assert sum(one.filled for one in found) == sum(one.filled for one in postings)
    assert sum(one.full for one in found) == sum(one.full_on is not None for one in postings)
    for one in found:
        assert one.share is not None
        assert 0 <= one.share <= 1
        assert one.seats_open <= one.seats - one.filled
        assert one.is_told == (one.filled >= FEW_SEATS)
        assert (one.median_days is None) == (one.full == 0)
