"""What is missing for a course, and which lesson is open."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.completion import Lack, Missing, Place, Step, Way, missing, opened_by

HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (Step(1, 1, Way.READING), Lack.NOT_READ),
        (Step(1, 1, Way.POST), Lack.NOT_POSTED),
        (Step(1, 1, Way.QUIZ), Lack.QUIZ_NOT_TAKEN),
        (Step(1, 1, Way.QUIZ, tries=1, is_waiting=True), Lack.ANSWERS_WAIT),
        (Step(1, 1, Way.QUIZ, tries=1, best=Decimal(4), most=Decimal(10), pass_share=HALF), Lack.QUIZ_NOT_PASSED),
        (Step(1, 1, Way.QUIZ, tries=3, tries_left=0, best=Decimal(4), most=Decimal(10)), Lack.NO_ATTEMPT_LEFT),
        (Step(1, 1, Way.WORK), Lack.NOT_HANDED_IN),
        (Step(1, 1, Way.WORK, is_handed_in=True), Lack.MARK_NOT_RELEASED),
        (Step(1, 1, Way.WORK, best=Decimal(4), most=Decimal(10), pass_share=HALF), Lack.WORK_NOT_PASSED),
    ],
)
def test_each_lesson_that_is_missing_says_why(step, reason):
    (found,) = missing([step], None, None)
    assert (found.reason, found.lesson_id, found.position) == (reason, 1, 1)


def test_a_quiz_not_passed_says_how_many_points_there_are_of_how_many_needed():
    step = Step(7, 2, Way.QUIZ, tries=1, best=Decimal(40), most=Decimal(100), pass_share=Decimal("0.6"))
    assert missing([step], None, None) == (
        Missing(Lack.QUIZ_NOT_PASSED, 7, 2, Decimal(40), Decimal("60.0"), Decimal(100)),
    )


def test_a_total_that_is_too_low_stands_last_with_both_shares():
    found = missing([Step(1, 1, Way.READING)], Decimal("0.52"), Decimal("0.6"))
    assert found[-1] == Missing(Lack.TOTAL_LOW, have=Decimal("0.52"), need=Decimal("0.6"))
    assert missing([], None, Decimal("0.6"))[0].have == 0
    assert missing([], Decimal("0.6"), Decimal("0.6")) == ()


STEPS = st.lists(
    st.builds(Step, st.integers(1, 99), st.integers(1, 99), st.sampled_from(Way), st.booleans(), st.booleans())
)


@given(STEPS)
def test_nothing_but_required_lessons_that_are_not_done_is_missing(steps):
    assert len(missing(steps, None, None)) == sum(step.is_required and not step.is_done for step in steps)


PLACES = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12).map(
    lambda told: [Place(number, required, done) for number, (required, done) in enumerate(told)]
)


@given(PLACES)
def test_out_of_order_everything_is_open(places):
    assert all(opened_by(places, place.lesson_id, sequential=False) is None for place in places)


@given(PLACES)
def test_in_order_a_lesson_opens_when_the_required_ones_before_it_are_done(places):
    for number, place in enumerate(places):
        before = [one.lesson_id for one in places[:number] if one.is_required and not one.is_done]
        expected = None if place.is_done or not before else before[0]
        assert opened_by(places, place.lesson_id, sequential=True) == expected


@given(PLACES)
def test_in_order_there_is_always_one_that_can_be_done(places):
    lacking = [one for one in places if one.is_required and not one.is_done]
    opened = [one for one in lacking if opened_by(places, one.lesson_id, sequential=True) is None]
    assert bool(opened) == bool(lacking)
