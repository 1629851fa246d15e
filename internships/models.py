"""Postings, applications, match rounds, placements and ratings."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
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
    moment,
    moment_now,
    short_name,
)
from app.reference.models import Cluster, Region, Skill


class PostingStatus(enum.StrEnum):
    """Where a posting stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class PayPeriod(enum.StrEnum):
    """What the pay is for."""

    DAY = "day"
    MONTH = "month"


class RankedBy(enum.StrEnum):
    """How an enterprise puts its applicants in order."""

    HAND = "hand"
    FIT = "fit"


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
    pay: Mapped[Decimal] = mapped_column(Exact(12, 2))
    pay_period: Mapped[PayPeriod] = mapped_column(choice(PayPeriod), default=PayPeriod.DAY)
    hours_a_week: Mapped[int] = mapped_column(default=40)
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

    organisation: Mapped[Organisation] = relationship()
    region: Mapped[Region] = relationship()
    cluster: Mapped[Cluster | None] = relationship()
    skills: Mapped[list["PostingSkill"]] = relationship(
        back_populates="posting", order_by="PostingSkill.skill_code", cascade="all, delete-orphan"
    )

    def is_open(self, today: date) -> bool:
        """Whether applications are taken today; the closing day still counts."""
        return self.status is PostingStatus.PUBLISHED and self.opens_on <= today <= self.closes_on

    @property
    def is_public(self) -> bool:
        """Whether its page can be read by all: published, or closed after having been."""
        return self.published_at is not None and self.status is not PostingStatus.DRAFT

    @property
    def seats_open(self) -> int:
        """Seats not yet filled."""
        return max(0, self.seats - self.seats_filled)


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


class RoundStatus(enum.StrEnum):
    """Where a match round stands."""

    OPEN = "open"
    RUN = "run"


class MatchRound(Model):
    """A round in which applications to its postings are matched at once. The lottery seed is published beforehand."""

    __tablename__ = "match_round"

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    seed: Mapped[short_name]
    opens_at: Mapped[moment]
    closes_at: Mapped[moment]
    status: Mapped[RoundStatus] = mapped_column(choice(RoundStatus), default=RoundStatus.OPEN)
    run_at: Mapped[datetime | None] = mapped_column(Moment())
    run_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    told_at: Mapped[datetime | None] = mapped_column(Moment())
    # The instance that was matched, the matching and its certificate: enough to replay it with the door.
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)

    organisation: Mapped[Organisation] = relationship()

    def is_closed(self, now: datetime) -> bool:
        """Whether nothing that the matching reads may change any more: from the closing moment on, and when run."""
        return self.status is RoundStatus.RUN or now >= self.closes_at

    def takes_rankings(self, now: datetime) -> bool:
        """Whether both sides may still order their choices: within [opens, closes), and not run."""
        return self.status is RoundStatus.OPEN and self.opens_at <= now < self.closes_at


class RoundPosting(Model):
    """A posting that takes part in a round: one at a time, and in another one when seats are left after its run."""

    __tablename__ = "round_posting"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("match_round.id"), primary_key=True)
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), primary_key=True, index=True)

    round: Mapped[MatchRound] = relationship()
    posting: Mapped[Posting] = relationship()


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
