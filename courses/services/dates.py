"""The dates of a cohort's lessons. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.db import db
from app.errors import Refused
from courses import queries
from courses.models import Cohort, CohortDate
from courses.rules.dates import Dates
from courses.services.refusals import LessonNotOpen


class DueBeforeOpen(Refused):
    message = _l("A lesson is due after it opens.")


def set_dates(cohort: Cohort, dates: Mapping[int, Dates], actor_id: int | None) -> None:
    """Make these the dates of a cohort: what is not named opens at the start and is due by the end.

    Raises DueBeforeOpen.
    """
    kept = {lesson_id: one for lesson_id, one in dates.items() if not one.is_empty}
    if any(one.opens_at and one.due_at and one.due_at <= one.opens_at for one in kept.values()):
        raise DueBeforeOpen
    db.session.execute(sa.delete(CohortDate).where(CohortDate.cohort_id == cohort.id))
    rows = [
        {"cohort_id": cohort.id, "lesson_id": lesson_id, "opens_at": one.opens_at, "due_at": one.due_at}
        for lesson_id, one in sorted(kept.items())
    ]
    if rows:
        db.session.execute(sa.insert(CohortDate), rows)
    audit.record(
        "cohort.set-dates", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id, lessons=len(rows)
    )


def require_open(cohort_id: int, lesson_id: int, now: datetime) -> None:
    """Raises LessonNotOpen before a lesson opens in a cohort."""
    if not queries.is_open(cohort_id, lesson_id, now):
        raise LessonNotOpen
