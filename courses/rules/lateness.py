"""What lateness costs: each day begun after the due moment takes a share of the most points off, up to a last day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

DAY = timedelta(days=1)
PLACES = Decimal("0.0001")


class Timeliness(StrEnum):
    """Whether what was received counts in full, counts less, or is not taken."""

    IN_TIME = "in time"
    LATE = "late"
    TOO_LATE = "too late"


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """`share_per_day` of the most points for each day begun; after `days_max` days nothing is taken (None: always)."""

    share_per_day: Decimal
    days_max: int | None = None


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late something was: the days begun since it was due, and the share of the most points that they cost."""

    timeliness: Timeliness
    days: int
    share: Decimal


def lateness(received_at: datetime, due_at: datetime, policy: LatePolicy) -> Lateness:
    """What is wholly received before the due moment is in time; at that moment the first late day begins."""
    if received_at < due_at:
        return Lateness(Timeliness.IN_TIME, 0, Decimal(0))
    days = (received_at - due_at) // DAY + 1
    share = min(Decimal(1), policy.share_per_day * days)
    is_over = policy.days_max is not None and days > policy.days_max
    return Lateness(Timeliness.TOO_LATE if is_over else Timeliness.LATE, days, share)


def last_moment(due_at: datetime, policy: LatePolicy) -> datetime | None:
    """The first moment at which nothing is taken any more; None where it always is."""
    return None if policy.days_max is None else due_at + policy.days_max * DAY


def deduction(points: Decimal, points_max: Decimal, share: Decimal) -> Decimal:
    """What a share of the most points takes off, never more than there is; to four places, as marks are kept."""
    return min(points, points_max * share).quantize(PLACES)
