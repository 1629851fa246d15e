"""Interview appointments: moments that an enterprise proposes, and the one that the applicant chose."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Moment, choice, key, line, long_text, moment
from internships.models.applications import Application


class InterviewStatus(enum.StrEnum):
    """Where an appointment stands."""

    PROPOSED = "proposed"
    CHOSEN = "chosen"
    OTHERS_ASKED = "others_asked"
    CANCELLED = "cancelled"


class Interview(Model):
    """An appointment: proposed with some moments to choose from, at a place or under a link."""

    __tablename__ = "interview"
    __table_args__ = (sa.Index("ix_interview_status_chosen_at", "status", "chosen_at"),)

    id: Mapped[key]
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    proposed_at: Mapped[moment]
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    minutes: Mapped[int] = mapped_column(default=30)
    place: Mapped[line] = mapped_column(default="")
    link: Mapped[line] = mapped_column(default="")
    words: Mapped[long_text] = mapped_column(default="")
    status: Mapped[InterviewStatus] = mapped_column(choice(InterviewStatus), default=InterviewStatus.PROPOSED)
    chosen_at: Mapped[datetime | None] = mapped_column(Moment())

    application: Mapped[Application] = relationship()
    slots: Mapped[list["InterviewSlot"]] = relationship(order_by="InterviewSlot.at", cascade="all, delete-orphan")

    @property
    def is_standing(self) -> bool:
        """Whether it waits for a choice or has one."""
        return self.status is not InterviewStatus.CANCELLED


class InterviewSlot(Model):
    """One moment at which an interview could begin."""

    __tablename__ = "interview_slot"
    __table_args__ = (sa.UniqueConstraint("interview_id", "at"),)

    id: Mapped[key]
    interview_id: Mapped[int] = mapped_column(sa.ForeignKey("interview.id"))
    at: Mapped[moment]
