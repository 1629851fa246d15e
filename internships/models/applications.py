"""Applications: what students wish for, and what came of it."""

import enum
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.audit import keep_append_only
from app.clock import day_of
from app.db import (
    Model,
    Moment,
    choice,
    key,
    line,
    long_text,
    moment,
)
from internships.models.postings import Posting
from internships.rules.stages import Because, Clock, Side, Stage


class ApplicationStatus(enum.StrEnum):
    """Where an application stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    ACCEPTED = "accepted"
    OFFER_DECLINED = "offer_declined"
    UNANSWERED = "unanswered"


class EventKind(enum.StrEnum):
    """What happened to an application."""

    APPLIED = "applied"
    MOVED = "moved"
    REMINDED = "reminded"
    INTERVIEW_PROPOSED = "interview_proposed"
    INTERVIEW_CHOSEN = "interview_chosen"
    INTERVIEW_OTHERS_ASKED = "interview_others_asked"
    INTERVIEW_CANCELLED = "interview_cancelled"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OFFER_DECLINED = "offer_declined"
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFER_LAPSED = "offer_lapsed"
    WITHDRAWN = "withdrawn"
    UNANSWERED = "unanswered"


class Application(Model):
    """A student's wish for a posting: their rank of it, the enterprise's rank of them, and what came of it."""

    __tablename__ = "application"
    __table_args__ = (
        sa.UniqueConstraint("posting_id", "student_id"),
        sa.Index("ix_application_student_id_status", "student_id", "status"),
        sa.Index("ix_application_posting_id_status", "posting_id", "status"),
        sa.Index("ix_application_status_clock_at", "status", "clock_at"),
        sa.Index("ix_application_status_offer_until", "status", "offer_until"),
    )

    id: Mapped[key]
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"))
    student_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    statement: Mapped[long_text] = mapped_column(default="")
    status: Mapped[ApplicationStatus] = mapped_column(choice(ApplicationStatus), default=ApplicationStatus.OPEN)
    student_rank: Mapped[int | None]
    posting_rank: Mapped[int | None]
    # Why it ended as it did: values of the matching's explanation, kept for both sides to read.
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    applied_at: Mapped[moment]
    decided_at: Mapped[datetime | None] = mapped_column(Moment())
    # Of one that is open; a match round reads the status alone.
    stage: Mapped[Stage] = mapped_column(choice(Stage), default=Stage.RECEIVED)
    # The clock: somebody at the enterprise answers until then. None while the applicant has the next word.
    waiting_since: Mapped[datetime | None] = mapped_column(Moment())
    answer_by: Mapped[datetime | None] = mapped_column(Moment())
    clock_at: Mapped[datetime | None] = mapped_column(Moment())  # when it next asks for something
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment())
    # The first answer of a human at the enterprise: a message, an interview, an offer or a decline. Looking is none.
    answered_at: Mapped[datetime | None] = mapped_column(Moment())
    offered_at: Mapped[datetime | None] = mapped_column(Moment())
    offer_until: Mapped[datetime | None] = mapped_column(Moment())
    # Where each side reads it: kept, because whoever writes by the clock has no request that says under which name.
    student_link: Mapped[line] = mapped_column(default="")
    enterprise_link: Mapped[line] = mapped_column(default="")
    # Up to which message each side has read, and when it was last written to about one.
    student_read_id: Mapped[int] = mapped_column(default=0)
    enterprise_read_id: Mapped[int] = mapped_column(default=0)
    student_told_at: Mapped[datetime | None] = mapped_column(Moment())
    enterprise_told_at: Mapped[datetime | None] = mapped_column(Moment())

    posting: Mapped[Posting] = relationship()
    student: Mapped[Person] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether nothing has been decided and it was not withdrawn."""
        return self.status is ApplicationStatus.OPEN

    @property
    def has_offer(self) -> bool:
        """Whether an offer waits for the applicant's word; it holds a seat."""
        return self.is_open and self.stage is Stage.OFFER

    @property
    def answer_on(self) -> date | None:
        """The last day on which the enterprise may answer in time."""
        return None if self.answer_by is None else day_of(self.answer_by - timedelta(microseconds=1))

    @property
    def number(self) -> str:
        """What the receipt calls it."""
        return f"YF-{day_of(self.applied_at):%Y%m%d}-{self.id}"

    @property
    def clock(self) -> Clock | None:
        """Until when the enterprise has to answer; None where it has not, or where the applicant has the next word."""
        if not self.is_open or self.answer_by is None or self.waiting_since is None:
            return None
        return Clock(self.waiting_since, self.answer_by, self.reminders, self.reminded_at)


class ApplicationEvent(Model):
    """One thing that happened to an application: who did it, when, and the reason where it ended. Never changed."""

    __tablename__ = "application_event"

    id: Mapped[key]
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    at: Mapped[moment]
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    side: Mapped[Side] = mapped_column(choice(Side))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    stage: Mapped[Stage | None] = mapped_column(choice(Stage))
    because: Mapped[Because | None] = mapped_column(choice(Because))
    words: Mapped[long_text] = mapped_column(default="")
    # The moment that it is about: until when an offer holds, when an interview is.
    about: Mapped[datetime | None] = mapped_column(Moment())

    actor: Mapped[Person | None] = relationship()


class ApplicationMessage(Model):
    """What the applicant and the enterprise write to each other about an application. Never changed."""

    __tablename__ = "application_message"

    id: Mapped[key]
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    at: Mapped[moment]
    side: Mapped[Side] = mapped_column(choice(Side))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    body: Mapped[long_text]

    author: Mapped[Person] = relationship()


keep_append_only(ApplicationEvent)
keep_append_only(ApplicationMessage)
