"""Verbs over people and organisations: create, join, invite, verify, reset a password."""

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import audit
from app.accounts import passwords, queries
from app.accounts.models import ROLES_BY_KIND, Invitation, Membership, Organisation, OrganisationKind, Person, Role
from app.db import db
from app.errors import Refused

INVITATION_DAYS = 14
RESET_SECONDS = 3 * 60 * 60


class EmailUnusable(Refused):
    message = _l("“%(email)s” is not an e-mail address.")


class EmailTaken(Refused):
    message = _l("There is already an account with this e-mail address. Sign in, then open the link again.")


class SlugTaken(Refused):
    message = _l("There is already an organisation with this address or name.")


class RoleNotForKind(Refused):
    message = _l("This role does not exist in this kind of organisation.")


class InvitationOver(Refused):
    message = _l("This invitation was used or has expired. Ask for a new one.")


class InvitationForSomebodyElse(Refused):
    message = _l("This invitation was written for another e-mail address.")


class ResetLinkOver(Refused):
    message = _l("This link was used or has expired. Ask for a new one.")


class AlreadyVerified(Refused):
    message = _l("This enterprise has already been verified.")


def normal_email(email: str) -> str:
    """The form in which an address is kept: checked, lower case. Raises EmailUnusable."""
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise EmailUnusable(email=email[:100]) from error
    return found.normalized.lower()


def create_person(email: str, name: str, password: str | None = None, *, language: str = "") -> Person:
    """A new person; without a password they first set one by a reset link. Raises EmailTaken, EmailUnusable."""
    email = normal_email(email)
    if queries.person_by_email(email) is not None:
        raise EmailTaken
    person = Person(email=email, name=" ".join(name.split())[:100], language=language)
    if password is not None:
        person.password_hash = passwords.hashed(password, about=(email, name))
    db.session.add(person)
    db.session.flush()
    return person


def slug_for(name: str) -> str:
    """An address made from a name; Chinese names get a short random one."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return plain if len(plain) >= 3 else f"org-{secrets.token_hex(4)}"


def create_organisation(
    kind: OrganisationKind,
    name_zh: str,
    name_en: str = "",
    *,
    slug: str | None = None,
    region_code: str | None = None,
    cluster_code: str | None = None,
    city_zh: str = "",
    city_en: str = "",
    credit_code: str = "",
) -> Organisation:
    """A new, unverified organisation. Raises SlugTaken."""
    slug = slug or slug_for(name_en or name_zh)
    if queries.organisation_by_slug(slug) is not None:
        raise SlugTaken
    organisation = Organisation(
        kind=kind,
        slug=slug,
        name_zh=name_zh,
        name_en=name_en,
        region_code=region_code,
        cluster_code=cluster_code,
        city_zh=city_zh,
        city_en=city_en,
        credit_code=credit_code,
    )
    db.session.add(organisation)
    db.session.flush()
    return organisation


def join(person: Person, organisation: Organisation, role: Role, on: date) -> Membership:
    """Make `person` a `role` of `organisation` from `on`; joining again after leaving renews. Raises RoleNotForKind."""
    if role not in ROLES_BY_KIND[organisation.kind]:
        raise RoleNotForKind
    query = sa.select(Membership).where(
        Membership.person_id == person.id, Membership.organisation_id == organisation.id, Membership.role == role
    )
    membership = db.session.scalars(query).one_or_none()
    if membership is None:
        membership = Membership(person_id=person.id, organisation_id=organisation.id, role=role, joined_on=on)
        db.session.add(membership)
    elif membership.left_on is not None:
        membership.joined_on, membership.left_on = on, None
    db.session.flush()
    return membership


def digest_of(secret: str) -> str:
    """What is kept of a secret link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(organisation: Organisation, role: Role, by: Person, now: datetime, *, email: str = "") -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is shown once and not kept. Raises RoleNotForKind."""
    if role not in ROLES_BY_KIND[organisation.kind]:
        raise RoleNotForKind
    secret = secrets.token_urlsafe(24)
    invitation = Invitation(
        digest=digest_of(secret),
        organisation_id=organisation.id,
        role=role,
        email=normal_email(email) if email else "",
        created_by_id=by.id,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    db.session.add(invitation)
    audit.record("invitation.create", invitation, actor_id=by.id, organisation_id=organisation.id, role=role.value)
    return invitation, secret


def accept(invitation: Invitation, person: Person, now: datetime, today: date) -> Membership:
    """Use an invitation once. Raises InvitationOver, InvitationForSomebodyElse."""
    if not invitation.is_open(now):
        raise InvitationOver
    if invitation.email and invitation.email != person.email:
        raise InvitationForSomebodyElse
    # One statement decides between two people who click at once.
    used = db.session.execute(
        sa.update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now, used_by_id=person.id)
    )
    if used.rowcount != 1:
        raise InvitationOver
    membership = join(person, invitation.organisation, invitation.role, today)
    audit.record(
        "invitation.accept",
        invitation,
        actor_id=person.id,
        organisation_id=invitation.organisation_id,
        role=invitation.role.value,
    )
    return membership


def verify(organisation: Organisation, by: Person, now: datetime) -> None:
    """An official or the platform says that an enterprise is what it says. Raises AlreadyVerified."""
    if organisation.verified_at is not None:
        raise AlreadyVerified
    organisation.verified_at, organisation.verified_by_id = now, by.id
    audit.record("organisation.verify", organisation, actor_id=by.id, organisation_id=organisation.id)


def set_password(person: Person, password: str) -> None:
    """A new password; every session and reset link made before stops working."""
    person.password_hash = passwords.hashed(password, about=(person.email, person.name))
    person.session_version += 1
    audit.record("person.set-password", person, actor_id=person.id)


def _reset_links() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="password-reset")


def reset_token(person: Person) -> str:
    """The secret of a link by which `person` may set a password within three hours, once."""
    token: str = _reset_links().dumps([person.id, person.session_version])
    return token


def person_of_reset_token(token: str) -> Person:
    """Whose link it is. Raises ResetLinkOver."""
    try:
        person_id, version = _reset_links().loads(token, max_age=RESET_SECONDS)
    except BadSignature as error:
        raise ResetLinkOver from error
    person = db.session.get(Person, person_id)
    if person is None or person.session_version != version or not person.is_active:
        raise ResetLinkOver
    return person
