"""What completes a course, and what is still missing. Answers complete a lesson, never minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Way(StrEnum):
    """By what a lesson is completed."""

    READING = "reading"
    QUIZ = "quiz"
    WORK = "work"
    POST = "post"


class Lack(StrEnum):
    """Why something is missing."""

    NOT_READ = "not-read"
    QUIZ_NOT_TAKEN = "quiz-not-taken"
    QUIZ_NOT_PASSED = "quiz-not-passed"
    NO_ATTEMPT_LEFT = "no-attempt-left"
    ANSWERS_WAIT = "answers-wait"
    NOT_HANDED_IN = "not-handed-in"
    MARK_NOT_RELEASED = "mark-not-released"
    WORK_NOT_PASSED = "work-not-passed"
    NOT_POSTED = "not-posted"
    TOTAL_LOW = "total-low"


@dataclass(frozen=True)
class Step:
    """A lesson of somebody's version, and how they stand there.

    `best` and `most` are points of the best attempt or of the released mark, `pass_share` what passes. `tries` counts
    attempts that were handed in, `tries_left` those that may still be begun; `is_waiting`: something of theirs waits
    for a person's mark.
    """

    lesson_id: int
    position: int
    way: Way
    is_required: bool = True
    is_done: bool = False
    tries: int = 0
    tries_left: int = 1
    is_waiting: bool = False
    is_handed_in: bool = False
    best: Decimal | None = None
    most: Decimal | None = None
    pass_share: Decimal | None = None


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: why, and how much there is of how much that is needed.

    Of quizzes and works `have` and `need` are points of `most`; of the total (which has no lesson) they are shares.
    """

    reason: Lack
    lesson_id: int | None = None
    position: int | None = None
    have: Decimal | None = None
    need: Decimal | None = None
    most: Decimal | None = None


def missing(steps: Sequence[Step], total: Decimal | None, pass_share: Decimal | None) -> tuple[Missing, ...]:
    """Everything that is missing for the course, in the order of its lessons, the total last; empty: completed.

    `total` is the final one, in which nothing counts as none of its points; None where nothing can be marked.
    """
    found = [_missing_of(step) for step in steps if step.is_required and not step.is_done]
    if not has_enough(total, pass_share):
        found.append(Missing(Lack.TOTAL_LOW, have=total or Decimal(0), need=pass_share))
    return tuple(found)


def has_enough(total: Decimal | None, pass_share: Decimal | None) -> bool:
    """Whether a final total is what the rules ask for; where they ask for none, any is."""
    return pass_share is None or (total or Decimal(0)) >= pass_share


def _missing_of(step: Step) -> Missing:
    reason = _reason(step)
    if reason not in (Lack.QUIZ_NOT_PASSED, Lack.WORK_NOT_PASSED, Lack.NO_ATTEMPT_LEFT):
        return Missing(reason, step.lesson_id, step.position)
    need = None if step.most is None or step.pass_share is None else step.most * step.pass_share
    return Missing(reason, step.lesson_id, step.position, step.best, need, step.most)


def _reason(step: Step) -> Lack:
    if step.way is Way.READING:
        return Lack.NOT_READ
    if step.way is Way.POST:
        return Lack.NOT_POSTED
    if step.way is Way.WORK:
        if step.best is not None:
            return Lack.WORK_NOT_PASSED
        return Lack.MARK_NOT_RELEASED if step.is_handed_in else Lack.NOT_HANDED_IN
    if step.is_waiting:
        return Lack.ANSWERS_WAIT
    if not step.tries:
        return Lack.QUIZ_NOT_TAKEN
    return Lack.QUIZ_NOT_PASSED if step.tries_left > 0 else Lack.NO_ATTEMPT_LEFT


@dataclass(frozen=True)
class Place:
    """A lesson as it stands in a course that is learnt in order."""

    lesson_id: int
    is_required: bool
    is_done: bool


def opened_by(places: Sequence[Place], lesson_id: int, *, sequential: bool) -> int | None:
    """The lesson that has to be done before another one opens; None where that is open.

    In order means: each lesson opens when the required ones before it are done. What somebody has done stays open.
    """
    if not sequential:
        return None
    for place in places:
        if place.lesson_id == lesson_id:
            return None
        if place.is_required and not place.is_done:
            done = any(other.lesson_id == lesson_id and other.is_done for other in places)
            return None if done else place.lesson_id
    return None
