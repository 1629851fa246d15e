"""Reads of people and organisations."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Invitation, Membership, Organisation, OrganisationKind, Person, Role, StudentProfile
from app.db import db


def person_with_memberships(person_id: int) -> Person | None:
    """A person with memberships and their organisations, in one statement."""
    query = (
        sa.select(Person)
        .where(Person.id == person_id)
        .options(joinedload(Person.memberships).joinedload(Membership.organisation))
    )
    return db.session.scalars(query).unique().one_or_none()


def person_by_email(email: str) -> Person | None:
    """The person who signs in with `email`."""
    return db.session.scalars(sa.select(Person).where(Person.email == email.strip().lower())).one_or_none()


def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation at an address."""
    return db.session.scalars(sa.select(Organisation).where(Organisation.slug == slug)).one_or_none()


def profile_of(person: Person) -> StudentProfile | None:
    """What a student has said of themselves."""
    return db.session.get(StudentProfile, person.id)


def invitation_by_digest(digest: str) -> Invitation | None:
    """The invitation whose secret has this digest."""
    query = sa.select(Invitation).where(Invitation.digest == digest).options(joinedload(Invitation.organisation))
    return db.session.scalars(query).one_or_none()


def enterprises_awaiting_verification(region_code: str) -> sa.Select[tuple[Organisation]]:
    """Enterprises of a region that nobody has verified yet, oldest first."""
    return (
        sa.select(Organisation)
        .where(
            Organisation.kind == OrganisationKind.ENTERPRISE,
            Organisation.region_code == region_code,
            Organisation.verified_at.is_(None),
        )
        .order_by(Organisation.created_at, Organisation.id)
    )


def members_of(organisation: Organisation, *roles: Role) -> sa.Select[tuple[Membership]]:
    """Present memberships of an organisation, by name."""
    query = (
        sa.select(Membership)
        .join(Membership.person)
        .where(Membership.organisation_id == organisation.id, Membership.left_on.is_(None))
        .options(joinedload(Membership.person))
        .order_by(Person.name, Person.id)
    )
    return query.where(Membership.role.in_(roles)) if roles else query


def student_regions(day: date) -> dict[int, str]:
    """The region of each person who is a student on `day` or left within twelve months before, by person id.

    Somebody who is at two universities counts where they went last.
    """
    query = (
        sa.select(Membership.person_id, Organisation.region_code)
        .join(Membership.organisation)
        .join(Membership.person)
        .where(
            Membership.role == Role.STUDENT,
            Person.is_active,
            Membership.joined_on <= day,
            sa.or_(Membership.left_on.is_(None), Membership.left_on > day - timedelta(days=365)),
            Organisation.region_code.is_not(None),
        )
        .order_by(Membership.joined_on, Membership.id)
    )
    return {person: str(region) for person, region in db.session.execute(query)}
