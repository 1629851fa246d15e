"""Reads of the evidence ledger and of the estimates made from it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.clock import end_of
from app.db import db
from app.reference.models import Skill
from app.skills.models import AssessorKind, Evidence, PassportLink, SkillEstimate, SourceKind


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What estimation needs of one evidence row."""

    person_id: int
    skill_code: str
    score: Decimal
    difficulty: Decimal
    guess_floor: Decimal
    weight: Decimal
    assessor_kind: AssessorKind
    observed_at: datetime


def standing_rows() -> sa.Select[int, str, Decimal, Decimal, Decimal, Decimal, AssessorKind, datetime]:
    """The statement of a `LedgerRow` for each row that no newer row supersedes; to be narrowed."""
    newer = aliased(Evidence)
    return sa.select(
        Evidence.person_id,
        Evidence.skill_code,
        Evidence.score,
        Evidence.difficulty,
        Evidence.guess_floor,
        Evidence.weight,
        Evidence.assessor_kind,
        Evidence.observed_at,
    ).where(~sa.exists().where(newer.supersedes_id == Evidence.id))


def countable_rows(
    people: Collection[int] | None = None, codes: Collection[str] | None = None, *, until: date | None = None
) -> list[LedgerRow]:
    """Rows that no newer row supersedes, of the given people and skills, or of all."""
    query = standing_rows()
    if people is not None:
        query = query.where(Evidence.person_id.in_(people))
    if codes is not None:
        query = query.where(Evidence.skill_code.in_(codes))
    if until is not None:
        query = query.where(Evidence.observed_at < end_of(until))
    return [LedgerRow(*row) for row in db.session.execute(query)]


def current_rows(source_kind: SourceKind, keys: Sequence[str]) -> dict[str, Evidence]:
    """The rows that now stand for what `keys` recorded first, by that key: the first row, or what supersedes it."""
    found: dict[str, Evidence] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        query = sa.select(Evidence).where(Evidence.unique_key.in_(part), Evidence.source_kind == source_kind)
        found |= {row.unique_key: row for row in db.session.scalars(query)}
    # Chains are short: one step for each time that something was corrected.
    while superseded := {row.id: key for key, row in found.items()}:
        newer = sa.select(Evidence).where(Evidence.supersedes_id.in_(superseded))
        steps = {superseded[int(row.supersedes_id or 0)]: row for row in db.session.scalars(newer)}
        if not steps:
            break
        found |= steps
    return found


def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of `keys` the ledger already holds."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        found.update(db.session.scalars(sa.select(Evidence.unique_key).where(Evidence.unique_key.in_(part))))
    return found


def estimates_of(people: Collection[int], codes: Collection[str] | None = None) -> list[SkillEstimate]:
    """Kept estimates of people, in all skills or some."""
    query = sa.select(SkillEstimate).where(SkillEstimate.person_id.in_(people))
    if codes is not None:
        query = query.where(SkillEstimate.skill_code.in_(codes))
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Kept:
    """Mean and standard deviation of a kept estimate, in logits."""

    mean: float
    sd: float


# Built once: a list of postings asks it, and building takes longer than asking.
_POSTERIORS = sa.select(SkillEstimate.skill_code, SkillEstimate.mean, SkillEstimate.sd).where(
    SkillEstimate.person_id == sa.bindparam("person_id"),
    SkillEstimate.skill_code.in_(sa.bindparam("codes", expanding=True)),
)


def posteriors_of(person_id: int, codes: Collection[str]) -> dict[str, Kept]:
    """Kept estimates of one person in some skills, by skill, without the objects."""
    rows = db.session.execute(_POSTERIORS, {"person_id": person_id, "codes": list(codes)})
    return {code: Kept(mean, sd) for code, mean, sd in rows}


def people_with_evidence() -> list[int]:
    """Ids of everybody who has an evidence row."""
    return list(db.session.scalars(sa.select(Evidence.person_id).distinct().order_by(Evidence.person_id)))


def pairs_with_evidence(people: Collection[int]) -> list[tuple[int, str]]:
    """The (person, skill) pairs in which people have rows."""
    query = sa.select(Evidence.person_id, Evidence.skill_code).where(Evidence.person_id.in_(people)).distinct()
    return [(person, skill) for person, skill in db.session.execute(query)]


def rows_of(person_id: int, skill_code: str) -> list[Evidence]:
    """All rows of a person in a skill, newest first, superseded ones too."""
    query = (
        sa.select(Evidence)
        .where(Evidence.person_id == person_id, Evidence.skill_code == skill_code)
        .order_by(Evidence.observed_at.desc(), Evidence.id.desc())
        .options(joinedload(Evidence.skill))
    )
    return list(db.session.scalars(query))


def shown_lately(person_id: int, count: int) -> list[tuple[SkillEstimate, Skill]]:
    """The skills that a person has shown, with the newest evidence first."""
    query = (
        sa.select(SkillEstimate, Skill)
        .join(Skill, Skill.code == SkillEstimate.skill_code)
        .where(SkillEstimate.person_id == person_id, SkillEstimate.shown > 0)
        .order_by(SkillEstimate.newest_at.desc(), SkillEstimate.skill_code)
        .limit(count)
    )
    return [(estimate, skill) for estimate, skill in db.session.execute(query)]


def passport_with_skills(person_id: int) -> list[tuple[SkillEstimate, Skill]]:
    """A person's kept estimates with their skills, by family, the best shown first."""
    query = (
        sa.select(SkillEstimate, Skill)
        .join(Skill, Skill.code == SkillEstimate.skill_code)
        .where(SkillEstimate.person_id == person_id)
        .order_by(Skill.family, SkillEstimate.shown.desc(), SkillEstimate.mean.desc(), SkillEstimate.skill_code)
    )
    return [(estimate, skill) for estimate, skill in db.session.execute(query)]


def links_of(person_id: int) -> list[PassportLink]:
    """The addresses under which a person shows their passport, newest first."""
    query = (
        sa.select(PassportLink).where(PassportLink.person_id == person_id).order_by(PassportLink.id.desc()).limit(50)
    )
    return list(db.session.scalars(query))


def link_of(person_id: int, link_id: int) -> PassportLink | None:
    """One of a person's own addresses."""
    query = sa.select(PassportLink).where(PassportLink.id == link_id, PassportLink.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def link_by_token(token: str) -> PassportLink | None:
    """The address with this secret, with whose passport it shows."""
    query = sa.select(PassportLink).where(PassportLink.token == token).options(joinedload(PassportLink.person))
    return db.session.scalars(query).one_or_none()
