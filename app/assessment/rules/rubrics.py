"""The steps of a rubric's row: what work looks like that earns so many of its marks, the best step first or not.

Marks are decimals from 0 to the most marks of the row. A mark between two steps is as good as one on a step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

FEWEST_STEPS = 2
MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """How many marks work earns at this step, and what it shows there."""

    points: Decimal
    text_zh: str
    text_en: str = ""

    @property
    def key(self) -> str:
        """The marks as a form and the database write them: without needless zeros."""
        return f"{self.points.normalize():f}"


class StepsProblem(StrEnum):
    """Why steps cannot stand in a row."""

    COUNT = "count"
    OUTSIDE = "outside"
    TWICE = "twice"
    NO_TEXT = "no-text"


def problem_with(steps: Sequence[Step], most: Decimal) -> StepsProblem | None:
    """What is wrong with the steps of a row of at most `most` marks; None is right, and so is no step at all."""
    if not steps:
        return None
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        return StepsProblem.COUNT
    if any(not (step.points.is_finite() and 0 <= step.points <= most) for step in steps):
        return StepsProblem.OUTSIDE
    if len({step.points for step in steps}) < len(steps):
        return StepsProblem.TWICE
    return None if all(step.text_zh.strip() for step in steps) else StepsProblem.NO_TEXT


def step_reached(steps: Iterable[Step], mark: Decimal | None) -> Step | None:
    """The best step whose marks a mark reaches; None below all of them and where there is no mark."""
    reached = [step for step in steps if mark is not None and step.points <= mark]
    return max(reached, key=lambda step: step.points, default=None)


def mark_meant(chosen: Decimal | None, typed: Decimal | None, was: Decimal | None) -> Decimal | None:
    """The mark that a marker means who saw `was`, has chosen a step and typed a mark.

    Without script both stand in the form at once. What was typed anew counts, and else the step.
    """
    return chosen if chosen is not None and typed == was else typed


def steps_from_json(kept: Iterable[dict[str, Any]]) -> tuple[Step, ...]:
    """Steps as they are kept, in their order."""
    return tuple(Step(Decimal(one["points"]), one["text_zh"], one.get("text_en", "")) for one in kept)


def steps_to_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps as they are kept: marks as text, so that no digit is lost."""
    return [{"points": step.key, "text_zh": step.text_zh, "text_en": step.text_en} for step in steps]
