"""When the lessons of a cohort open and are due."""

from datetime import datetime

import sqlalchemy as sa

from app.db import db
from courses.models import CohortDate
from courses.rules.dates import Dates


def dates_in(cohort_id: int | None) -> dict[int, Dates]:
    """The dates of a cohort by lesson; lessons without any are not among them."""
    query = sa.select(CohortDate.lesson_id, CohortDate.opens_at, CohortDate.due_at).where(
        CohortDate.cohort_id == cohort_id
    )
    return {lesson_id: Dates(opens_at, due_at) for lesson_id, opens_at, due_at in db.session.execute(query)}


def dates_of_lesson(cohort_id: int, lesson_id: int) -> Dates:
    """The dates of one lesson in a cohort."""
    query = sa.select(CohortDate.opens_at, CohortDate.due_at).where(
        CohortDate.cohort_id == cohort_id, CohortDate.lesson_id == lesson_id
    )
    row = db.session.execute(query).one_or_none()
    return Dates() if row is None else Dates(row[0], row[1])


def is_open(cohort_id: int, lesson_id: int, now: datetime) -> bool:
    """Whether a lesson may be read, answered and completed in a cohort."""
    opens_at = dates_of_lesson(cohort_id, lesson_id).opens_at
    return opens_at is None or opens_at <= now
