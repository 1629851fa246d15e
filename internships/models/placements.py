"""Placements, and how mentors rated them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import (
    Model,
    Moment,
    calendar_day,
    choice,
    key,
    long_text,
    moment,
    moment_now,
)
from app.reference.models import Skill
from internships.models.postings import Posting


class PlacementStatus(enum.StrEnum):
    """Where a placement stands."""

    RUNNING = "running"
    FINISHED = "finished"
    ENDED_EARLY = "ended_early"


class Placement(Model):
    """A student at work in an enterprise, from the match to the last day."""

    __tablename__ = "placement"
    __table_args__ = (sa.Index("ix_placement_student_id_status", "student_id", "status"),)

    id: Mapped[key]
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), unique=True)
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), index=True)
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    starts_on: Mapped[calendar_day]
    ends_on: Mapped[calendar_day]
    status: Mapped[PlacementStatus] = mapped_column(choice(PlacementStatus), default=PlacementStatus.RUNNING)
    created_at: Mapped[moment_now]
    rated_at: Mapped[datetime | None] = mapped_column(Moment())

    posting: Mapped[Posting] = relationship()
    student: Mapped[Person] = relationship(foreign_keys=[student_id])
    mentor: Mapped[Person | None] = relationship(foreign_keys=[mentor_id])


class Rating(Model):
    """What a mentor says a student showed at work in one skill: a level from 0 to 4 and an example."""

    __tablename__ = "rating"
    __table_args__ = (sa.UniqueConstraint("placement_id", "skill_code"),)

    id: Mapped[key]
    placement_id: Mapped[int] = mapped_column(sa.ForeignKey("placement.id"))
    skill_code: Mapped[str] = mapped_column(sa.ForeignKey("skill.code"))
    level: Mapped[int]
    example: Mapped[long_text]
    rated_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    rated_at: Mapped[moment]

    placement: Mapped[Placement] = relationship()
    skill: Mapped[Skill] = relationship()
