"""Those who want to come into a cohort: who asks for a place, and who waits for a seat."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Model, Moment, key, line, long_text, moment
from courses.models.cohorts import Cohort


class WaitingPlace(Model):
    """A place in the line for a seat of a full cohort. The line is in the order of `id`.

    `link` leads to the course's page: the worker, who writes when a seat is free, knows no address.
    """

    __tablename__ = "waiting_place"
    __table_args__ = (sa.UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    since: Mapped[moment]
    link: Mapped[line] = mapped_column(default="")

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class JoiningRequest(Model):
    """A student asks to come into a cohort, with a note; a teacher answers with a word. Asked again, it is open again.

    `is_accepted` is empty while nobody has answered.
    """

    __tablename__ = "joining_request"
    __table_args__ = (sa.UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    note: Mapped[long_text] = mapped_column(default="")
    asked_at: Mapped[moment]
    is_accepted: Mapped[bool | None]
    answer: Mapped[long_text] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment())
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.is_accepted is None
