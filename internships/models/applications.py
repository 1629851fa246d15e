"""Applications: what students wish for, and what came of it."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import (
    Model,
    Moment,
    choice,
    key,
    long_text,
    moment,
)
from internships.models.postings import Posting


class ApplicationStatus(enum.StrEnum):
    """Where an application stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    MATCHED = "matched"
    NOT_MATCHED = "not_matched"


class Application(Model):
    """A student's wish for a posting: their rank of it, the enterprise's rank of them, and what came of it."""

    __tablename__ = "application"
    __table_args__ = (
        sa.UniqueConstraint("posting_id", "student_id"),
        sa.Index("ix_application_student_id_status", "student_id", "status"),
        sa.Index("ix_application_posting_id_status", "posting_id", "status"),
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

    posting: Mapped[Posting] = relationship()
    student: Mapped[Person] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether nothing has been decided and it was not withdrawn."""
        return self.status is ApplicationStatus.OPEN
