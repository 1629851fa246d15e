"""How an enterprise keeps its word: answers to applicants, evaluations of interns. Always with the counts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

IN_TIME = 14
"""Days within which an application is to be answered."""
LOOKED_BACK = timedelta(days=365)
FEW = 5
"""Of fewer than this nothing is said."""


@dataclass(frozen=True)
class Asked:
    """An application that its enterprise answers by itself: the day it came, and the day of the answer, if any."""

    applied_on: date
    answered_on: date | None = None


@dataclass(frozen=True)
class Record:
    """`due` applications were answered, or have waited for IN_TIME days; `placements_over` have ended."""

    due: int = 0
    answered_in_time: int = 0
    answered: int = 0
    median_days: int | None = None
    placements_over: int = 0
    evaluated: int = 0


def record_of(asked: Sequence[Asked], placements_over: int, evaluated: int, today: date) -> Record:
    """The record of one enterprise over applications made since LOOKED_BACK before `today`.

    One that is younger than IN_TIME days and has no answer says nothing yet. The median is over those answered; of two
    in the middle the longer counts.
    """
    counted = [one for one in asked if today - LOOKED_BACK <= one.applied_on <= today]
    waits = sorted((one.answered_on - one.applied_on).days for one in counted if one.answered_on is not None)
    late = sum(one.answered_on is None and (today - one.applied_on).days >= IN_TIME for one in counted)
    return Record(
        due=len(waits) + late,
        answered_in_time=sum(wait <= IN_TIME for wait in waits),
        answered=len(waits),
        median_days=waits[len(waits) // 2] if waits else None,
        placements_over=placements_over,
        evaluated=evaluated,
    )


def share_of(part: int, whole: int) -> float | None:
    """A share, or None where the whole is too small to say."""
    return part / whole if whole >= FEW else None
