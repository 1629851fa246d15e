"""What quizzes and assignments of a course have earned: one row for each person and lesson."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Exact, Model, Moment, exact_mark


class Grade(Model):
    """The points of one enrolment in one lesson: of the best attempt at its quiz, or of its released work."""

    __tablename__ = "grade"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True, index=True)
    points: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    points_max: Mapped[exact_mark]
    marked_at: Mapped[datetime | None] = mapped_column(Moment())
