"""Reads of placements and ratings."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Membership, Organisation, Person, Role
from app.db import db
from internships.models import (
    Placement,
    PlacementStatus,
    Posting,
    PostingSkill,
    Rating,
)


def placement_by_id(placement_id: int) -> Placement | None:
    """A placement with its posting, enterprise, skills and people."""
    query = (
        sa.select(Placement)
        .where(Placement.id == placement_id)
        .options(
            joinedload(Placement.posting).joinedload(Posting.organisation),
            joinedload(Placement.posting).selectinload(Posting.skills).joinedload(PostingSkill.skill),
            joinedload(Placement.student),
            joinedload(Placement.mentor),
        )
    )
    return db.session.scalars(query).one_or_none()


def placements_at(organisation: Organisation, status: PlacementStatus | None = None) -> sa.Select[Placement]:
    """Placements in an enterprise, those that end first at the top."""
    query = (
        sa.select(Placement)
        .join(Placement.posting)
        .where(Posting.organisation_id == organisation.id)
        .options(contains_eager(Placement.posting), joinedload(Placement.student), joinedload(Placement.mentor))
        .order_by(Placement.status != PlacementStatus.RUNNING, Placement.ends_on, Placement.id)
    )
    return query.where(Placement.status == status) if status else query


def placements_from(university: Organisation, status: PlacementStatus | None = None) -> sa.Select[Placement]:
    """Placements of a university's students, those that end first at the top."""
    students = sa.select(Membership.person_id).where(
        Membership.organisation_id == university.id, Membership.role == Role.STUDENT
    )
    query = (
        sa.select(Placement)
        .where(Placement.student_id.in_(students))
        .options(
            joinedload(Placement.posting).joinedload(Posting.organisation),
            joinedload(Placement.student),
            joinedload(Placement.mentor),
        )
        .order_by(Placement.status != PlacementStatus.RUNNING, Placement.ends_on, Placement.id)
    )
    return query.where(Placement.status == status) if status else query


def placements_of(student: Person) -> list[Placement]:
    """A student's own placements, newest first."""
    query = (
        sa.select(Placement)
        .where(Placement.student_id == student.id)
        .options(joinedload(Placement.posting).joinedload(Posting.organisation), joinedload(Placement.mentor))
        .order_by(Placement.starts_on.desc())
    )
    return list(db.session.scalars(query))


def placements_by_student(student_ids: Collection[int]) -> dict[int, list[Placement]]:
    """All placements of students, by student id; those without are left out."""
    found: dict[int, list[Placement]] = defaultdict(list)
    query = sa.select(Placement).where(Placement.student_id.in_(student_ids)).order_by(Placement.id)
    for placement in db.session.scalars(query):
        found[placement.student_id].append(placement)
    return found


def ratings_of(placement: Placement) -> list[Rating]:
    """What a placement was rated, by skill."""
    query = (
        sa.select(Rating)
        .where(Rating.placement_id == placement.id)
        .options(joinedload(Rating.skill))
        .order_by(Rating.skill_code)
    )
    return list(db.session.scalars(query))


def ratings_by_id(ids: Collection[int]) -> list[Rating]:
    """Ratings with their placements and postings."""
    query = (
        sa.select(Rating)
        .where(Rating.id.in_(ids))
        .options(joinedload(Rating.placement).joinedload(Placement.posting).joinedload(Posting.organisation))
    )
    return list(db.session.scalars(query))


def universities_of(placement: Placement) -> set[int]:
    """Ids of the universities whose student somebody was on any day of a placement."""
    query = sa.select(Membership.organisation_id).where(
        Membership.person_id == placement.student_id,
        Membership.role == Role.STUDENT,
        Membership.joined_on <= placement.ends_on,
        sa.or_(Membership.left_on.is_(None), Membership.left_on > placement.starts_on),
    )
    return set(db.session.scalars(query))


def mentors_of(organisation_id: int) -> list[Person]:
    """Present mentors of an enterprise, by name."""
    query = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.MENTOR,
            Membership.left_on.is_(None),
        )
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


def ratings_due(person: Person, organisation_ids: Collection[int], today: date) -> list[Placement]:
    """Placements of enterprises that have begun, are not rated, and end within two weeks or have ended."""
    query = (
        sa.select(Placement)
        .join(Placement.posting)
        .where(
            Posting.organisation_id.in_(organisation_ids),
            Placement.rated_at.is_(None),
            Placement.starts_on <= today,
            Placement.ends_on <= date.fromordinal(today.toordinal() + 14),
            sa.or_(Placement.mentor_id.is_(None), Placement.mentor_id == person.id),
        )
        .options(contains_eager(Placement.posting), joinedload(Placement.student))
        .order_by(Placement.ends_on, Placement.id)
        .limit(20)
    )
    return list(db.session.scalars(query))
