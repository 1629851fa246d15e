"""What a learner notes down for themselves."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Moment, key, long_text, moment
from courses.models.courses import Lesson


class LessonNote(Model):
    """A person's private note on a lesson. `sequence` orders what arrives: what was typed earlier changes nothing."""

    __tablename__ = "lesson_note"
    __table_args__ = (sa.UniqueConstraint("person_id", "lesson_id"),)

    id: Mapped[key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), index=True)
    body: Mapped[long_text] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    saved_at: Mapped[moment]
    # What it held when it was emptied last.
    emptied_body: Mapped[long_text] = mapped_column(default="", server_default="")
    emptied_at: Mapped[datetime | None] = mapped_column(Moment())

    lesson: Mapped[Lesson] = relationship(lazy="raise")
