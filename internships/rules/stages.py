"""How a rolling application goes its way: the stages, who may move it where, and until when somebody has to answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ANSWER_DAYS = 14
# After the last reminder an enterprise has this long before the student is told that nobody answered.
GRACE = timedelta(days=3)


class Stage(StrEnum):
    """Where an open application stands."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    INTERVIEW = "interview"
    OFFER = "offer"


class Side(StrEnum):
    """Who did something: the applicant, the enterprise, or nobody but the clock."""

    STUDENT = "student"
    ENTERPRISE = "enterprise"
    PLATFORM = "platform"


class Because(StrEnum):
    """Why an application ended; each side has its own choice."""

    OTHERS_FIT_BETTER = "others_fit_better"
    SKILLS_MISSING = "skills_missing"
    DATES_DIFFER = "dates_differ"
    SEATS_FILLED = "seats_filled"
    WORK_CHANGED = "work_changed"
    TOOK_ANOTHER = "took_another"
    PAY = "pay"
    PLACE = "place"
    STUDIES = "studies"
    PERSONAL = "personal"
    OTHER = "other"


ENTERPRISE_REASONS = (
    Because.OTHERS_FIT_BETTER,
    Because.SKILLS_MISSING,
    Because.DATES_DIFFER,
    Because.SEATS_FILLED,
    Because.WORK_CHANGED,
    Because.OTHER,
)
STUDENT_REASONS = (
    Because.TOOK_ANOTHER,
    Because.DATES_DIFFER,
    Because.PAY,
    Because.PLACE,
    Because.STUDIES,
    Because.PERSONAL,
    Because.OTHER,
)
# Where the enterprise may move an application by itself. An offer is made, never moved to; what was looked at is not
# unread again.
MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.RECEIVED: (Stage.IN_REVIEW, Stage.INTERVIEW),
    Stage.IN_REVIEW: (Stage.INTERVIEW,),
    Stage.INTERVIEW: (Stage.IN_REVIEW,),
    Stage.OFFER: (),
}


class Due(StrEnum):
    """What an unanswered application's clock asks for."""

    NOTHING = "nothing"
    HALF_TIME = "half_time"
    LAST = "last"
    CLOSE = "close"


@dataclass(frozen=True)
class Clock:
    """An open application's clock: who waits since when, until when, and what was said to the enterprise about it."""

    since: datetime
    until: datetime
    reminders: int = 0
    reminded_at: datetime | None = None


def half_time(since: datetime, until: datetime) -> datetime:
    """The moment at which half of the time to answer is over."""
    return since + (until - since) / 2


def due(clock: Clock, now: datetime) -> Due:
    """What has to happen at `now`: a reminder at half time, one at the end, and after the grace the honest answer.

    The answer never comes before both reminders: a clock that stood still (in a match round, or while no worker ran)
    goes on with the reminder that is due, and the grace begins with it.
    """
    if clock.reminders >= 2:
        is_over = clock.reminded_at is not None and now >= max(clock.until, clock.reminded_at) + GRACE
        return Due.CLOSE if is_over else Due.NOTHING
    if now >= clock.until:
        return Due.LAST
    if clock.reminders == 0 and now >= half_time(clock.since, clock.until):
        return Due.HALF_TIME
    return Due.NOTHING


def may_move(here: Stage, there: Stage) -> bool:
    """Whether the enterprise may move an open application from one stage to the other."""
    return there in MOVES[here]
