"""Cohorts, those who teach and learn in them, and what each has completed."""

import enum
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.db import Exact, Model, Moment, calendar_day, choice, key, line, moment, short_code
from courses.models.courses import Course, CourseVersion


class Joining(enum.StrEnum):
    """How a student comes into a cohort, besides by a class list."""

    OPEN = "open"
    CODE = "code"
    REQUEST = "request"
    LIST = "list"


class Cohort(Model):
    """One running of one version of a course: dates, capacity, teachers, the university that teaches it.

    `version_id` is empty while the course has never been published.
    """

    __tablename__ = "cohort"

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("course_version.id"), index=True)
    # Who teaches it: the course's own university, or another one that runs its published course.
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name_zh: Mapped[line]
    name_en: Mapped[line] = mapped_column(default="")
    starts_on: Mapped[calendar_day]
    ends_on: Mapped[calendar_day]
    capacity: Mapped[int | None]
    joining: Mapped[Joining] = mapped_column(choice(Joining), default=Joining.OPEN, server_default=Joining.OPEN.value)
    # What a student types to come in, where that is how.
    code: Mapped[short_code | None] = mapped_column(unique=True)
    # How many pieces its teachers have added to the course; see `CohortMaterial`.
    materials: Mapped[int] = mapped_column(default=0)
    # Put away by those who teach it: no longer in lists, still to be read.
    archived_at: Mapped[datetime | None] = mapped_column(Moment())
    # Only where nobody ever entered it.
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    course: Mapped[Course] = relationship()
    version: Mapped[CourseVersion | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    def takes_students(self, today: date) -> bool:
        """Whether a student may come in by themselves today, in whichever way: up to the last day."""
        return self.joining is not Joining.LIST and today <= self.ends_on and not self.is_put_away

    @property
    def is_put_away(self) -> bool:
        """Whether it was archived or deleted."""
        return self.archived_at is not None or self.deleted_at is not None

    @property
    def is_open(self) -> bool:
        """Whether any student of the university may enrol without asking, while there are seats."""
        return self.joining is Joining.OPEN


class CohortTeacher(Model):
    """A teacher of a cohort: sees its learners."""

    __tablename__ = "cohort_teacher"

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)

    person: Mapped[Person] = relationship()


class CohortDate(Model):
    """When a lesson opens and is due in a cohort. Without a row it is open from the start, and due by the end."""

    __tablename__ = "cohort_date"

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True, index=True)
    opens_at: Mapped[datetime | None] = mapped_column(Moment())
    due_at: Mapped[datetime | None] = mapped_column(Moment(), index=True)


class Enrolment(Model):
    """A student in a cohort. Counts are kept on the row so that lists of learners read one table."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "person_id"),
        sa.Index("ix_enrolment_person_id_enrolled_at", "person_id", "enrolled_at"),
    )

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    enrolled_at: Mapped[moment]
    lessons_done: Mapped[int] = mapped_column(default=0)
    # What the marks come to: of what is marked so far, and with what is missing counted as nothing.
    share_so_far: Mapped[Decimal | None] = mapped_column(Exact(5, 4))
    share_final: Mapped[Decimal | None] = mapped_column(Exact(5, 4))
    completed_at: Mapped[datetime | None] = mapped_column(Moment())
    left_at: Mapped[datetime | None] = mapped_column(Moment())

    cohort: Mapped[Cohort] = relationship()
    person: Mapped[Person] = relationship()


class KeptSeat(Model):
    """A seat kept for somebody whom a class list names and who is invited: it becomes their enrolment on acceptance.

    It stands and falls with the invitation: once that is withdrawn or has expired, the seat is free.
    """

    __tablename__ = "kept_seat"

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id"), primary_key=True, index=True)


class LessonDone(Model):
    """A lesson that an enrolled student has completed: read to its end, its quiz passed, its work accepted.

    `is_decided`: not by answers but by points that a teacher gave in the gradebook, and only as long as those stand.
    """

    __tablename__ = "lesson_done"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True, index=True)
    done_at: Mapped[moment]
    is_decided: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
