"""Postings: what enterprises offer, and the skills that they ask for."""

import enum
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.db import (
    Exact,
    Model,
    Moment,
    calendar_day,
    choice,
    exact_mark,
    key,
    line,
    long_text,
    moment_now,
)
from app.reference.models import Cluster, Region, Skill


class PostingStatus(enum.StrEnum):
    """Where a posting stands."""

    DRAFT = "draft"
    CHECKING = "checking"
    PUBLISHED = "published"
    CLOSED = "closed"


class PayPeriod(enum.StrEnum):
    """What the pay is for."""

    DAY = "day"
    MONTH = "month"


class AllowanceKind(enum.StrEnum):
    """What an enterprise gives beside the pay."""

    MEALS = "meals"
    HOUSING = "housing"
    TRANSPORT = "transport"
    PHONE = "phone"
    INSURANCE = "insurance"
    OTHER = "other"


class RankedBy(enum.StrEnum):
    """How an enterprise puts its applicants in order; `both`: by hand first, the rest by fit."""

    HAND = "hand"
    FIT = "fit"
    BOTH = "both"


class Posting(Model):
    """An internship that an enterprise offers: seats, dates, pay, place, and the skills it asks for with levels."""

    __tablename__ = "posting"
    __table_args__ = (
        sa.Index("ix_posting_status_closes_on", "status", "closes_on"),
        sa.Index("ix_posting_organisation_id_status", "organisation_id", "status"),
    )

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    city_zh: Mapped[line]
    city_en: Mapped[line] = mapped_column(default="")
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"), index=True)
    cluster_code: Mapped[str | None] = mapped_column(sa.ForeignKey("cluster.code"), index=True)
    is_remote: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int]
    seats_filled: Mapped[int] = mapped_column(default=0)
    seats_offered: Mapped[int] = mapped_column(default=0)  # held by offers that wait for a word
    pay: Mapped[Decimal] = mapped_column(Exact(12, 2))
    pay_period: Mapped[PayPeriod] = mapped_column(choice(PayPeriod), default=PayPeriod.DAY)
    hours_a_week: Mapped[int] = mapped_column(default=40)
    # ISO 639-1 codes of the languages that the work is done in.
    languages: Mapped[list[str]] = mapped_column(default=list)
    starts_on: Mapped[calendar_day]
    ends_on: Mapped[calendar_day]
    opens_on: Mapped[calendar_day]
    closes_on: Mapped[calendar_day]
    min_year: Mapped[int] = mapped_column(default=2)
    majors: Mapped[list[str]] = mapped_column(default=list)
    ranked_by: Mapped[RankedBy] = mapped_column(choice(RankedBy), default=RankedBy.FIT)
    status: Mapped[PostingStatus] = mapped_column(choice(PostingStatus), default=PostingStatus.DRAFT)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[moment_now]
    published_at: Mapped[datetime | None] = mapped_column(Moment())
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment())
    closed_because: Mapped[line] = mapped_column(default="")

    organisation: Mapped[Organisation] = relationship()
    region: Mapped[Region] = relationship()
    cluster: Mapped[Cluster | None] = relationship()
    skills: Mapped[list["PostingSkill"]] = relationship(
        back_populates="posting", order_by="PostingSkill.skill_code", cascade="all, delete-orphan"
    )
    allowances: Mapped[list["PostingAllowance"]] = relationship(
        order_by="PostingAllowance.kind", cascade="all, delete-orphan"
    )

    def is_open(self, today: date) -> bool:
        """Whether applications are taken today; the closing day still counts."""
        return self.status is PostingStatus.PUBLISHED and self.opens_on <= today <= self.closes_on

    @property
    def is_public(self) -> bool:
        """Whether its page can be read by all: published, or closed after having been."""
        return self.published_at is not None and self.status in (PostingStatus.PUBLISHED, PostingStatus.CLOSED)

    @property
    def may_be_handed_in(self) -> bool:
        """Whether its enterprise may still send it out or have it checked."""
        return self.status is PostingStatus.DRAFT

    @property
    def seats_open(self) -> int:
        """Seats neither filled nor held by an offer."""
        return max(0, self.seats - self.seats_filled - self.seats_offered)


class PostingSkill(Model):
    """A skill that a posting asks for, at a level, with a weight among the others."""

    __tablename__ = "posting_skill"
    __table_args__ = (sa.Index("ix_posting_skill_skill_code_level", "skill_code", "level"),)

    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), primary_key=True)
    skill_code: Mapped[str] = mapped_column(sa.ForeignKey("skill.code"), primary_key=True)
    level: Mapped[int]
    weight: Mapped[exact_mark] = mapped_column(default=Decimal(1))

    posting: Mapped[Posting] = relationship(back_populates="skills")
    skill: Mapped[Skill] = relationship()


class PostingAllowance(Model):
    """What an enterprise gives beside the pay: a sum for the period of the pay, or words where there is no sum."""

    __tablename__ = "posting_allowance"

    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), primary_key=True)
    kind: Mapped[AllowanceKind] = mapped_column(choice(AllowanceKind), primary_key=True)
    amount: Mapped[Decimal | None] = mapped_column(Exact(12, 2))
    note: Mapped[line] = mapped_column(default="")
