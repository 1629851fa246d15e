"""What the worker does for cohorts: seats that became free without anybody's act go to who waits first."""

from app import jobs
from app.clock import day_of
from app.db import utcnow
from courses import queries, services


def fill_free_seats() -> None:
    """Give away seats that were kept for invitations which have expired or were withdrawn."""
    now = utcnow()
    due = queries.cohorts_with_seats_to_fill(day_of(now), now)
    jobs.one_by_one("free seats given away", due, lambda cohort_id: services.fill_seats_of(cohort_id, now, day_of(now)))
