"""When the lessons of a cohort open and are due."""

from datetime import datetime

import sqlalchemy as sa

from app.db import db
from courses.models import CohortDate
from courses.rules.dates import Dates

_DATES = sa.select(CohortDate.lesson_id, CohortDate.opens_at, CohortDate.due_at).where(
    CohortDate.cohort_id == sa.bindparam("cohort_id")
)
_DATES_OF_LESSON = _DATES.where(CohortDate.lesson_id == sa.bindparam("lesson_id"))


def dates_in(cohort_id: int | None) -> dict[int, Dates]:
    """The dates of a cohort by lesson; lessons without any are not among them."""
    rows = db.session.execute(_DATES, {"cohort_id": cohort_id})
    return {lesson_id: Dates(opens_at, due_at) for lesson_id, opens_at, due_at in rows}


def dates_of_lesson(cohort_id: int, lesson_id: int) -> Dates:
    """The dates of one lesson in a cohort."""
    row = db.session.execute(_DATES_OF_LESSON, {"cohort_id": cohort_id, "lesson_id": lesson_id}).one_or_none()
    return Dates() if row is None else Dates(row[1], row[2])


def is_open(cohort_id: int, lesson_id: int, now: datetime) -> bool:
    """Whether a lesson may be read, answered and completed in a cohort."""
    opens_at = dates_of_lesson(cohort_id, lesson_id).opens_at
    return opens_at is None or opens_at <= now
