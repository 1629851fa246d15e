"""When the lessons of a cohort open and are due, by one rule for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Dates:
    """When a lesson opens and is due; None: from the start, and by the end."""

    opens_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether neither says anything."""
        return self.opens_at is None and self.due_at is None


def weekly(
    lesson_ids: Sequence[int], first: date, zone: tzinfo, *, per_week: int = 1, days_to_do: int = 7
) -> dict[int, Dates]:
    """So many lessons a week from a day on, at its midnight; each is due at the end of its last day.

    The due moment is one minute before midnight, since that is how people write the end of a day.
    """
    found = {}
    for place, lesson_id in enumerate(lesson_ids):
        day = first + timedelta(weeks=place // per_week)
        last = day + timedelta(days=days_to_do - 1)
        found[lesson_id] = Dates(datetime.combine(day, time(0, 0), zone), datetime.combine(last, time(23, 59), zone))
    return found


def shifted(dates: Mapping[int, Dates], days: int, zone: tzinfo) -> dict[int, Dates]:
    """All dates some days later, or earlier for a negative number; the clock on the wall shows the same time."""

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone) + timedelta(days=days)

    return {lesson_id: Dates(moved(one.opens_at), moved(one.due_at)) for lesson_id, one in dates.items()}
