"""The gradebook: what a lesson's quiz or assignment has earned. Nothing here commits."""

from datetime import datetime
from decimal import Decimal

from app.db import db
from courses.models import Enrolment, Grade


def lesson_marked(enrolment: Enrolment, lesson_id: int, points: Decimal, points_max: Decimal, now: datetime) -> None:
    """Keep what a lesson has earned somebody; called again with another mark, that one counts."""
    grade = db.session.get(Grade, (enrolment.id, lesson_id), with_for_update=True)
    if grade is None:
        grade = Grade(enrolment_id=enrolment.id, lesson_id=lesson_id)
        db.session.add(grade)
    grade.points, grade.points_max, grade.marked_at = points, points_max, now
    db.session.flush()
