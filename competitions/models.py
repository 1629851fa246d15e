"""Competitions, teams, judges, results."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.assessment.models import Rubric
from app.db import Exact, Model, Moment, choice, key, line, long_text, moment, moment_now, short_name
from app.reference.models import Cluster


class CompetitionStatus(enum.StrEnum):
    """Where a competition stands."""

    DRAFT = "draft"
    OPEN = "open"
    JUDGING = "judging"
    PUBLISHED = "published"


class RankingMethod(enum.StrEnum):
    """How panel marks become a ranking."""

    MIXED = "mixed"
    TRIMMED = "trimmed"
    MEAN = "mean"


class Competition(Model):
    """A contest: teams hand in work by a deadline, judges mark it by a rubric, a ranking is published."""

    __tablename__ = "competition"
    __table_args__ = (sa.Index("ix_competition_status_closes_at", "status", "closes_at"),)

    id: Mapped[key]
    slug: Mapped[short_name] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    cluster_code: Mapped[str | None] = mapped_column(sa.ForeignKey("cluster.code"))
    rubric_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rubric.id"))
    method: Mapped[RankingMethod] = mapped_column(choice(RankingMethod), default=RankingMethod.MIXED)
    opens_at: Mapped[moment]
    closes_at: Mapped[moment]
    team_min: Mapped[int] = mapped_column(default=3)
    team_max: Mapped[int] = mapped_column(default=5)
    judges_per_entry: Mapped[int] = mapped_column(default=3)
    status: Mapped[CompetitionStatus] = mapped_column(choice(CompetitionStatus), default=CompetitionStatus.DRAFT)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[moment_now]
    published_at: Mapped[datetime | None] = mapped_column(Moment())
    # How judges were assigned (seed, whether the graph is connected), and, once published, how the ranking was
    # computed: criteria with weights, whether severities were corrected and if not why, the judges' severities.
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)

    organisation: Mapped[Organisation] = relationship()
    cluster: Mapped[Cluster | None] = relationship()
    rubric: Mapped[Rubric | None] = relationship()

    @property
    def is_draft(self) -> bool:
        """Whether only its organisers see it."""
        return self.status is CompetitionStatus.DRAFT

    @property
    def is_published(self) -> bool:
        """Whether its ranking is public."""
        return self.status is CompetitionStatus.PUBLISHED

    def is_closed(self, now: datetime) -> bool:
        """Whether the deadline has passed."""
        return now >= self.closes_at

    def takes_entries(self, now: datetime) -> bool:
        """Whether teams may enter and hand in: within [opens, closes) by the server's clock."""
        return self.status is CompetitionStatus.OPEN and self.opens_at <= now < self.closes_at


class Team(Model):
    """A team in one competition. Judges know it by its number only."""

    __tablename__ = "team"
    __table_args__ = (
        sa.UniqueConstraint("competition_id", "number"),
        sa.UniqueConstraint("competition_id", "name"),
    )

    id: Mapped[key]
    competition_id: Mapped[int] = mapped_column(sa.ForeignKey("competition.id"))
    number: Mapped[int]
    name: Mapped[line]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    captain_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    # Part of the signed link by which members join; a new one ends the old link.
    join_code: Mapped[short_name] = mapped_column(unique=True)
    entered_at: Mapped[moment]
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment())

    competition: Mapped[Competition] = relationship()
    organisation: Mapped[Organisation] = relationship()
    captain: Mapped[Person] = relationship()
    members: Mapped[list["TeamMember"]] = relationship(
        back_populates="team", order_by="TeamMember.id", cascade="all, delete-orphan"
    )


class TeamMember(Model):
    """A person in a team; nobody is in two teams of one competition."""

    __tablename__ = "team_member"
    __table_args__ = (sa.UniqueConstraint("competition_id", "person_id"),)

    id: Mapped[key]
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), index=True)
    competition_id: Mapped[int] = mapped_column(sa.ForeignKey("competition.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    joined_at: Mapped[moment]

    team: Mapped[Team] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()


class Judge(Model):
    """A person who marks entries of a competition."""

    __tablename__ = "judge"
    __table_args__ = (sa.UniqueConstraint("competition_id", "person_id"),)

    id: Mapped[key]
    competition_id: Mapped[int] = mapped_column(sa.ForeignKey("competition.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    added_at: Mapped[moment]

    competition: Mapped[Competition] = relationship()
    person: Mapped[Person] = relationship()


class Assignment(Model):
    """An entry that a judge is to mark, or has declared a conflict with."""

    __tablename__ = "judge_assignment"
    __table_args__ = (sa.UniqueConstraint("judge_id", "team_id"),)

    id: Mapped[key]
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"))
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), index=True)
    has_conflict: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None] = mapped_column(Moment())

    judge: Mapped[Judge] = relationship()
    team: Mapped[Team] = relationship()


class Result(Model):
    """A team's place: corrected and raw total side by side, with the uncertainty. Rows are made at publication.

    `position` counts the rows of a ranking from 1, so that a page of it is one range of one index.
    """

    __tablename__ = "result"
    __table_args__ = (sa.UniqueConstraint("competition_id", "position"),)

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), primary_key=True)
    competition_id: Mapped[int] = mapped_column(sa.ForeignKey("competition.id"))
    position: Mapped[int]
    place: Mapped[int | None]
    total: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    raw: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    sd: Mapped[Decimal | None] = mapped_column(Exact(12, 4))
    note: Mapped[line] = mapped_column(default="")
    # By criterion: {"C1": {"mean": "…", "marks": {"J1": "…"}}}, so that a page needs one read.
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict)

    team: Mapped[Team] = relationship()
