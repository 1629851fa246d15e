"""Placements: a mentor is named, the student is rated once, and the rating becomes evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from app.skills.rules.levels import LEVELS
from internships.models import Placement, PlacementStatus, Rating

MIN_EXAMPLE = 5


class AlreadyRated(Refused):
    message = _l("This placement has been rated. A rating is not changed; it is part of the record.")


class ExampleMissing(Refused):
    message = _l("Give an example for each skill: what did you see?")


class PlacementOver(Refused):
    message = _l("This placement is already over.")


@dataclass(frozen=True)
class Given:
    """What a mentor gives for one skill: a level from 0 (not seen at level 1) to 4, and an example."""

    level: int
    example: str


def name_mentor(placement: Placement, mentor: Person, *, by: Person) -> None:
    """Say who looks after the student and will rate them."""
    placement.mentor_id = mentor.id
    audit.record(
        "placement.name-mentor",
        placement,
        actor_id=by.id,
        organisation_id=placement.posting.organisation_id,
        mentor=mentor.id,
    )


def rate(
    placement: Placement, given: Mapping[str, Given], *, by: Person, now: datetime, refresh: bool = True
) -> list[skills.Observation]:
    """Keep a rating per skill and record it as evidence. Raises AlreadyRated, ExampleMissing.

    A rating of level r says of each level ℓ whether the student works at it. So it becomes four observations of a
    quarter of the weight each, at the difficulty of each level: right where r ≥ ℓ, else wrong. One at the rated level
    alone would tell nothing of how far beyond or below it the student is.
    """
    if any(len(one.example.strip()) < MIN_EXAMPLE for one in given.values()):
        raise ExampleMissing
    won = db.session.execute(
        sa.update(Placement)
        .where(Placement.id == placement.id, Placement.rated_at.is_(None))
        .values(rated_at=now)
        .execution_options(synchronize_session=False)
        .returning(Placement.id)
    ).first()
    if won is None:
        raise AlreadyRated
    db.session.refresh(placement, ["rated_at"])
    ratings = [
        Rating(
            placement_id=placement.id,
            skill_code=code,
            level=one.level,
            example=one.example.strip(),
            rated_by_id=by.id,
            rated_at=now,
        )
        for code, one in sorted(given.items())
    ]
    db.session.add_all(ratings)
    db.session.flush()
    seen = [
        observation
        for rating in ratings
        for observation in observations_of(rating, placement.student_id, placement.posting.organisation_id)
    ]
    skills.record_evidence(seen, as_of=day_of(now), refresh=refresh)
    audit.record("placement.rate", placement, actor_id=by.id, organisation_id=placement.posting.organisation_id)
    return seen


def observations_of(rating: Rating, student_id: int, organisation_id: int) -> list[skills.Observation]:
    """The evidence that one rating is; see `rate`."""
    return [
        skills.Observation(
            unique_key=f"internship_rating:{rating.id}:{level}",
            person_id=student_id,
            skill_code=rating.skill_code,
            source_kind=SourceKind.INTERNSHIP_RATING,
            source_id=rating.id,
            score=Decimal(1 if rating.level >= level else 0),
            level=level,
            assessor=AssessorKind.EMPLOYER,
            observed_at=rating.rated_at,
            organisation_id=organisation_id,
            recorded_by_id=rating.rated_by_id,
            weight=Decimal("0.25"),
        )
        for level in LEVELS
    ]


def finish(placement: Placement, today: date, *, by: Person) -> None:
    """End a placement: finished on or after its last day, else ended early; either side may. Raises PlacementOver."""
    if placement.status is not PlacementStatus.RUNNING:
        raise PlacementOver
    if today < placement.ends_on:
        placement.status = PlacementStatus.ENDED_EARLY
        placement.ends_on = max(today, placement.starts_on)
    else:
        placement.status = PlacementStatus.FINISHED
    audit.record(
        "placement.end",
        placement,
        actor_id=by.id,
        organisation_id=placement.posting.organisation_id,
        status=placement.status.value,
    )
