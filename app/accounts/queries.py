"""Reads of people and organisations."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Invitation, Membership, Organisation, OrganisationKind, Person, Role, StudentProfile
from app.db import db, id_after


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


def is_open_at(now: datetime) -> sa.ColumnElement[bool]:
    """The condition under which an invitation still works, for statements of those above too."""
    return sa.and_(Invitation.used_at.is_(None), Invitation.expires_at > now)


def open_invitations(organisation: Organisation, now: datetime, role: Role | None = None) -> list[Invitation]:
    """Links of an organisation that still work, newest first; those of one role, if there is one."""
    query = (
        sa.select(Invitation)
        .where(Invitation.organisation_id == organisation.id, is_open_at(now))
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        .limit(100)
    )
    if role is not None:
        query = query.where(Invitation.role == role)
    return list(db.session.scalars(query))


def open_invitations_to(
    organisation_id: int, role: Role, emails: Sequence[str], now: datetime
) -> dict[str, Invitation]:
    """Invitations in a role that still work, by address; a statement for each 500 addresses."""
    found: dict[str, Invitation] = {}
    for start in range(0, len(emails), 500):
        query = (
            sa.select(Invitation)
            .where(Invitation.organisation_id == organisation_id, Invitation.role == role, is_open_at(now))
            .where(Invitation.email.in_(emails[start : start + 500]))
            .order_by(Invitation.expires_at, Invitation.id)
        )
        found.update((invitation.email, invitation) for invitation in db.session.scalars(query))
    return found


def invitations_to_mail(ids: Collection[int], now: datetime) -> list[Invitation]:
    """Those among open invitations whose link has not been made yet, with their organisations; others wait for them."""
    query = (
        sa.select(Invitation)
        .where(Invitation.id.in_(ids), Invitation.digest.is_(None), is_open_at(now))
        .options(joinedload(Invitation.organisation, innerjoin=True))
        .order_by(Invitation.id)
        .with_for_update(of=Invitation, key_share=True)
    )
    return list(db.session.scalars(query))


def invitation_of(organisation: Organisation, invitation_id: int) -> Invitation | None:
    """An invitation of this organisation."""
    query = sa.select(Invitation).where(Invitation.id == invitation_id, Invitation.organisation_id == organisation.id)
    return db.session.scalars(query).one_or_none()


def organisation_by_credit_code(code: str) -> Organisation | None:
    """The organisation with this unified social credit code."""
    query = sa.select(Organisation).where(Organisation.credit_code == code).order_by(Organisation.id)
    return db.session.scalars(query).first()


def organisation_page(slug: str) -> Organisation | None:
    """The organisation at an address, with its region and cluster."""
    query = (
        sa.select(Organisation)
        .where(Organisation.slug == slug)
        .options(joinedload(Organisation.region), joinedload(Organisation.cluster))
    )
    return db.session.scalars(query).one_or_none()


_IS_PUBLIC = (Organisation.verified_at.is_not(None), Organisation.suspended_at.is_(None))


def public_organisations(after: int, count: int) -> list[Organisation]:
    """Organisations whose pages are public, with ids above `after`, in order."""
    query = sa.select(Organisation).where(*_IS_PUBLIC, Organisation.id > after)
    return list(db.session.scalars(query.order_by(Organisation.id).limit(count)))


def public_organisation_after(after: int, count: int) -> int | None:
    """The id of the public organisation that stands `count` places after an id."""
    return id_after(sa.select(Organisation.id).where(*_IS_PUBLIC), Organisation.id, after, count)


def organisation_with_places(organisation_id: int) -> Organisation | None:
    """An organisation with its region and cluster."""
    query = (
        sa.select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(joinedload(Organisation.region), joinedload(Organisation.cluster))
    )
    return db.session.scalars(query).one_or_none()


def enterprises(
    region_code: str | None, *, waiting: bool = True, words: str = "", cluster_code: str = ""
) -> sa.Select[Organisation]:
    """Enterprises of a region (None for all) that wait for verification, or that have it; oldest first."""
    query = (
        sa.select(Organisation)
        .where(
            Organisation.kind == OrganisationKind.ENTERPRISE,
            Organisation.verified_at.is_(None) if waiting else Organisation.verified_at.is_not(None),
        )
        .options(joinedload(Organisation.region), joinedload(Organisation.cluster))
        .order_by(Organisation.created_at, Organisation.id)
    )
    if region_code is not None:
        query = query.where(Organisation.region_code == region_code)
    if cluster_code:
        query = query.where(Organisation.cluster_code == cluster_code)
    if words:
        query = query.where(
            sa.or_(
                Organisation.name_zh.icontains(words, autoescape=True),
                Organisation.name_en.icontains(words, autoescape=True),
                Organisation.credit_code == words.upper(),
            )
        )
    return query


def count_awaiting_verification(region_code: str | None) -> tuple[int, datetime | None]:
    """How many enterprises of a region (None for all) wait, and since when the oldest does."""
    query = sa.select(sa.func.count(), sa.func.min(Organisation.created_at)).where(
        Organisation.kind == OrganisationKind.ENTERPRISE, Organisation.verified_at.is_(None)
    )
    if region_code is not None:
        query = query.where(Organisation.region_code == region_code)
    count, since = db.session.execute(query).one()
    return count, since


def contacts_of(organisation_id: int) -> list[Person]:
    """The people who act for an enterprise, in the order in which they joined."""
    query = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.RECRUITER,
            Membership.left_on.is_(None),
        )
        .order_by(Membership.id)
        .limit(10)
    )
    return list(db.session.scalars(query))


def membership_of(organisation: Organisation, membership_id: int) -> Membership | None:
    """A membership of this organisation, with its person and the organisation."""
    query = (
        sa.select(Membership)
        .where(Membership.id == membership_id, Membership.organisation_id == organisation.id)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
    )
    return db.session.scalars(query).one_or_none()


def member(organisation: Organisation, person_id: int, *roles: Role) -> Person | None:
    """A person who is one of `roles` in the organisation now."""
    query = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.id == person_id,
            Membership.organisation_id == organisation.id,
            Membership.role.in_(roles),
            Membership.left_on.is_(None),
        )
        .distinct()
    )
    return db.session.scalars(query).one_or_none()


def count_members(organisation_id: int, role: Role) -> int:
    """How many people are `role` in an organisation now."""
    query = sa.select(sa.func.count()).where(
        Membership.organisation_id == organisation_id, Membership.role == role, Membership.left_on.is_(None)
    )
    return db.session.scalar(query) or 0


def members_by_role(organisation_id: int) -> dict[Role, int]:
    """How many people are what in an organisation now."""
    query = (
        sa.select(Membership.role, sa.func.count())
        .where(Membership.organisation_id == organisation_id, Membership.left_on.is_(None))
        .group_by(Membership.role)
    )
    return dict(db.session.execute(query).all())


def people_by_email(emails: Sequence[str]) -> dict[str, Person]:
    """People by e-mail address; a statement for each 500 addresses."""
    found: dict[str, Person] = {}
    for start in range(0, len(emails), 500):
        query = sa.select(Person).where(Person.email.in_(emails[start : start + 500]))
        found.update((person.email, person) for person in db.session.scalars(query))
    return found


def memberships_in(organisation_id: int, role: Role, people: Sequence[int]) -> dict[int, Membership]:
    """Memberships in a role, past ones too, by person; a statement for each 500 people."""
    found: dict[int, Membership] = {}
    for start in range(0, len(people), 500):
        query = sa.select(Membership).where(
            Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.person_id.in_(people[start : start + 500]),
        )
        found.update((membership.person_id, membership) for membership in db.session.scalars(query))
    return found


def people_without_password(people: Collection[int]) -> list[Person]:
    """Those among `people` who have not set a password yet."""
    query = sa.select(Person).where(Person.id.in_(people), Person.password_hash == "").order_by(Person.id)
    return list(db.session.scalars(query))


def names_of(people: Collection[int]) -> dict[int, str]:
    """Names by id."""
    return dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(people))).all())


def organisations_by_id(ids: Collection[int]) -> dict[int, Organisation]:
    """Organisations by id."""
    return {found.id: found for found in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(ids)))}


def members_of(organisation: Organisation, *roles: Role, words: str = "") -> sa.Select[Membership]:
    """Present memberships of an organisation, by name; `words` searches names and addresses."""
    query = (
        sa.select(Membership)
        .join(Membership.person)
        .where(Membership.organisation_id == organisation.id, Membership.left_on.is_(None))
        .options(contains_eager(Membership.person))
        .order_by(Person.name, Person.id, Membership.id)
    )
    if words:
        query = query.where(
            sa.or_(Person.name.icontains(words, autoescape=True), Person.email.icontains(words, autoescape=True))
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
