"""Steps of a rubric's row: which may stand, which one a mark reaches, and which mark is meant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.rubrics import (
    Step,
    StepsProblem,
    mark_meant,
    problem_with,
    step_reached,
    steps_from_json,
    steps_to_json,
)

POINTS = st.decimals(0, 100, places=2, allow_nan=False)
SCALES = st.lists(POINTS, min_size=2, max_size=5, unique=True).map(
    lambda points: tuple(Step(one, f"{one} 分", "") for one in points)
)


def step(points, text="样"):
    return Step(Decimal(points), text)


@given(SCALES)
def test_steps_are_kept_as_they_were_written(steps):
    assert steps_from_json(steps_to_json(steps)) == steps
    assert problem_with(steps, Decimal(100)) is None


@given(SCALES, st.one_of(st.none(), POINTS))
def test_a_mark_reaches_the_best_step_that_it_is_enough_for(steps, mark):
    reached = step_reached(steps, mark)
    enough = [each.points for each in steps if mark is not None and each.points <= mark]
    assert (reached.points if reached else None) == (max(enough) if enough else None)


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((), None),
        ((step(5),), StepsProblem.COUNT),
        (tuple(step(each) for each in range(6)), StepsProblem.COUNT),
        ((step(5), step("10.5")), StepsProblem.OUTSIDE),
        ((step(5), step(-1)), StepsProblem.OUTSIDE),
        ((step(5), step("NaN")), StepsProblem.OUTSIDE),
        ((step(5), step("5.0")), StepsProblem.TWICE),
        ((step(5), step(10, " ")), StepsProblem.NO_TEXT),
    ],
)
def test_steps_that_tell_nothing_apart_cannot_stand(steps, problem):
    assert problem_with(steps, Decimal(10)) is problem


@given(st.one_of(st.none(), POINTS), st.one_of(st.none(), POINTS), st.one_of(st.none(), POINTS))
def test_what_was_typed_anew_counts_and_else_the_step(chosen, typed, was):
    meant = mark_meant(chosen, typed, was)
    if typed != was or chosen is None:
        assert meant == typed
    else:
        assert meant == chosen
