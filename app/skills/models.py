"""The evidence ledger and the level estimates read off it."""

import enum
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.audit import keep_append_only
from app.db import Exact, Model, Moment, choice, key, line, moment, moment_now, short_code, short_name, unit_score
from app.reference.models import Skill
from app.skills.rules.levels import AssessorKind


class SourceKind(enum.StrEnum):
    """What an evidence row came from."""

    QUIZ_ITEM = "quiz_item"
    ASSIGNMENT_ROW = "assignment_row"
    COMPETITION_CRITERION = "competition_criterion"
    INTERNSHIP_RATING = "internship_rating"


class Evidence(Model):
    """One observation of one person in one skill. Append-only: a correction is a new row that supersedes an old one.

    `score` is normalised to [0, 1]; `difficulty` is the point on the ability scale at which the observation was taken
    (stored, so that later re-estimates of items do not rewrite history). `source_kind` and `source_id` name the thing
    in the feature that recorded it, without a foreign key: features lie above.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        sa.Index("ix_evidence_person_id_skill_code", "person_id", "skill_code"),
        sa.Index("ix_evidence_source_kind_source_id", "source_kind", "source_id"),
    )

    id: Mapped[key]
    # Says what this row is about in one string ("quiz_item:answer:17"), so that a retry cannot record it twice.
    unique_key: Mapped[line] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    skill_code: Mapped[str] = mapped_column(sa.ForeignKey("skill.code"), index=True)
    taxonomy_version: Mapped[short_code]
    source_kind: Mapped[SourceKind] = mapped_column(choice(SourceKind))
    source_id: Mapped[int]
    source_version: Mapped[int] = mapped_column(default=1)
    score: Mapped[unit_score]
    level_aimed: Mapped[int]
    difficulty: Mapped[Decimal] = mapped_column(Exact(8, 4))
    guess_floor: Mapped[unit_score]
    weight: Mapped[unit_score]
    assessor_kind: Mapped[AssessorKind] = mapped_column(choice(AssessorKind))
    observed_at: Mapped[moment] = mapped_column(index=True)
    recorded_at: Mapped[moment_now]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.Integer)
    flags: Mapped[list[str]] = mapped_column(default=list)
    supersedes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("evidence.id"), unique=True)

    skill: Mapped[Skill] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class SkillEstimate(Model):
    """The level of a person in a skill as of a day: computed from the ledger, never entered; safe to throw away."""

    __tablename__ = "skill_estimate"
    __table_args__ = (sa.Index("ix_skill_estimate_skill_code_shown", "skill_code", "shown"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    skill_code: Mapped[str] = mapped_column(sa.ForeignKey("skill.code"), primary_key=True)
    mean: Mapped[float]
    sd: Mapped[float]
    shown: Mapped[int]
    rows: Mapped[int]
    newest_at: Mapped[moment]
    as_of: Mapped[date] = mapped_column(sa.Date())


class PassportLink(Model):
    """A secret address under which anybody reads a passport, until it expires or is revoked."""

    __tablename__ = "passport_link"

    id: Mapped[key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token: Mapped[short_name] = mapped_column(unique=True)
    shows_name: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[moment]
    expires_at: Mapped[moment]
    revoked_at: Mapped[datetime | None] = mapped_column(Moment())
    views: Mapped[int] = mapped_column(default=0)
    viewed_at: Mapped[datetime | None] = mapped_column(Moment())

    person: Mapped[Person] = relationship(lazy="raise")

    def is_open(self, now: datetime) -> bool:
        """Whether it opens the passport: within [made, expires), and not revoked."""
        return self.revoked_at is None and now < self.expires_at


keep_append_only(Evidence)

__all__ = ["AssessorKind", "Evidence", "PassportLink", "SkillEstimate", "SourceKind"]
