"""Who may need a teacher's word, and why: by what they did, with thresholds that the page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True)
class Thresholds:
    """From when a sign counts: days without activity, failed attempts at one quiz, lessons behind the median, total."""

    quiet_days: int = 7
    failed_tries: int = 3
    behind: int = 2
    total: Decimal = Decimal("0.6")


class Sign(StrEnum):
    """Why somebody may need a word."""

    QUIET = "quiet"
    FAILED = "failed"
    BEHIND = "behind"
    OVERDUE = "overdue"
    LOW_TOTAL = "low-total"


@dataclass(frozen=True)
class Standing:
    """How somebody stands. `quiet_days` is None where nothing is open to do; `failed_tries` are those at one lesson."""

    lessons_done: int
    quiet_days: int | None = None
    failed_tries: int = 0
    overdue: int = 0
    total: Decimal | None = None
    is_completed: bool = False


@dataclass(frozen=True)
class Risk:
    """A sign with its number: days, tries, lessons behind, lessons overdue, or the total."""

    sign: Sign
    value: Decimal


def risks(standing: Standing, median_done: Decimal, thresholds: Thresholds) -> tuple[Risk, ...]:
    """The signs that count for somebody; none for who has completed the course."""
    if standing.is_completed:
        return ()
    found = []
    if standing.quiet_days is not None and standing.quiet_days >= thresholds.quiet_days:
        found.append(Risk(Sign.QUIET, Decimal(standing.quiet_days)))
    if standing.failed_tries >= thresholds.failed_tries:
        found.append(Risk(Sign.FAILED, Decimal(standing.failed_tries)))
    if median_done - standing.lessons_done >= thresholds.behind:
        found.append(Risk(Sign.BEHIND, median_done - standing.lessons_done))
    if standing.overdue:
        found.append(Risk(Sign.OVERDUE, Decimal(standing.overdue)))
    if standing.total is not None and standing.total < thresholds.total:
        found.append(Risk(Sign.LOW_TOTAL, standing.total))
    return tuple(found)


def median(values: Sequence[int]) -> Decimal:
    """The middle one, or the mean of the two in the middle; 0 of none."""
    if not values:
        return Decimal(0)
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Decimal(ordered[half])
    return Decimal(ordered[half - 1] + ordered[half]) / 2


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all do not exceed (nearest rank); None of none."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(1, -int(-share * len(ordered) // 1))
    return ordered[min(rank, len(ordered)) - 1]
