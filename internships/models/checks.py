"""Checks of postings: who asks for them, and what was decided."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.db import Model, choice, key, long_text, moment
from internships.models.postings import Posting


class Checked(enum.StrEnum):
    """Which postings are checked: for the platform before they are published, for a university before its students
    see them."""

    NONE = "none"
    UNVERIFIED = "unverified"
    ALL = "all"


class CheckRule(Model):
    """What an organisation has decided about checking postings. The platform's own rule counts for publishing."""

    __tablename__ = "posting_check_rule"

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    checked: Mapped[Checked] = mapped_column(choice(Checked))


class CheckDecision(enum.StrEnum):
    """What came of a check."""

    APPROVED = "approved"
    SENT_BACK = "sent_back"


class PostingCheck(Model):
    """One decision of an organisation about a posting. The newest one of each organisation counts."""

    __tablename__ = "posting_check"
    __table_args__ = (sa.Index("ix_posting_check_organisation_id_posting_id", "organisation_id", "posting_id"),)

    id: Mapped[key]
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    decision: Mapped[CheckDecision] = mapped_column(choice(CheckDecision))
    reason: Mapped[long_text] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(sa.Integer)
    decided_at: Mapped[moment]

    posting: Mapped[Posting] = relationship()
    organisation: Mapped[Organisation] = relationship()
