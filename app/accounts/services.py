"""Verbs over people and organisations: create, join, invite, verify, reset a password."""

import hashlib
import re
import secrets
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import current_app, url_for
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import audit, jobs, mail
from app.accounts import passwords, policies, queries
from app.accounts.models import (
    ROLES_BY_KIND,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    StudentProfile,
)
from app.accounts.rules.roster import Fate, RosterRow, fate_of
from app.db import db
from app.errors import Refused
from app.registry import registry

INVITATION_DAYS = 14
RESET_SECONDS = 3 * 60 * 60
WELCOME_DAYS = 14
SIGN_UP_SECONDS = 24 * 60 * 60
RESERVED_SLUGS = frozenset({"new"})
PLATFORM = "platform"
# Jobs of app.accounts.tasks, named here because services ask for them.
RESET_MAIL, SIGN_UP_MAIL = "accounts.reset-mail", "accounts.sign-up-mail"
WELCOME_MAILS, INVITATION_MAILS = "accounts.welcome-mails", "accounts.invitation-mails"
MAILS_AT_ONCE = 200
# Stands in a link for the secret that a job fills in, so that no job row holds a secret.
PLACE_OF_SECRET = "SECRET"  # noqa: S105, a placeholder


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


class CredentialsWrong(Refused):
    message = _l("E-mail address and password do not fit together.")


class PresentPasswordWrong(Refused):
    message = _l("This is not your present password.")


class SignUpLinkOver(Refused):
    message = _l("This link has expired. Ask for a new one.")


class LastManager(Refused):
    message = _l("Somebody has to look after this organisation. Give another person this role first.")


class CreditCodeTaken(Refused):
    message = _l("An enterprise with this credit code is registered already. Ask a colleague there to invite you.")


class NotOneOfThese(Refused):
    message = _l("This membership has ended already.")


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
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
    return plain if len(plain) >= 3 and plain not in RESERVED_SLUGS else f"org-{secrets.token_hex(4)}"


def the_platform(now: datetime) -> Organisation:
    """The organisation that runs this installation, made with the first thing that it owns."""
    query = sa.select(Organisation).where(Organisation.kind == OrganisationKind.PLATFORM).order_by(Organisation.id)
    found = db.session.scalars(query.limit(1)).one_or_none()
    if found is None:
        found = create_organisation(OrganisationKind.PLATFORM, "平台", "Platform", slug=PLATFORM)
        found.verified_at = now
        db.session.flush()
    return found


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


def invite(
    organisation: Organisation, role: Role, by: Person, now: datetime, *, email: str = ""
) -> tuple[Invitation, str]:
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
    """Use an invitation once; what was waiting for it follows. Raises InvitationOver, InvitationForSomebodyElse."""
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
    if cast("sa.CursorResult[Any]", used).rowcount != 1:
        raise InvitationOver
    membership = join(person, invitation.organisation, invitation.role, today)
    audit.record(
        "invitation.accept",
        invitation,
        actor_id=person.id,
        organisation_id=invitation.organisation_id,
        role=invitation.role.value,
    )
    for follow in registry().acceptances:
        follow(invitation, person, now)
    return membership


def verify(organisation: Organisation, by: Person, now: datetime, note: str = "") -> None:
    """An official or the platform says that an enterprise is what it says, and what was checked.

    Raises AlreadyVerified.
    """
    if organisation.verified_at is not None:
        raise AlreadyVerified
    organisation.verified_at, organisation.verified_by_id, organisation.verification_note = now, by.id, note
    audit.record("organisation.verify", organisation, actor_id=by.id, organisation_id=organisation.id, note=note)


def suspend(organisation: Organisation, reason: str, by: Person, now: datetime) -> None:
    """An enterprise may not publish until further notice, and its pages are hidden; asked twice, once."""
    if organisation.suspended_at is None:
        organisation.suspended_at, organisation.suspended_because = now, reason
        audit.record(
            "organisation.suspend", organisation, actor_id=by.id, organisation_id=organisation.id, reason=reason
        )


def reinstate(organisation: Organisation, by: Person) -> None:
    """A suspended enterprise may publish again; asked twice, once."""
    if organisation.suspended_at is not None:
        organisation.suspended_at, organisation.suspended_because = None, ""
        audit.record("organisation.reinstate", organisation, actor_id=by.id, organisation_id=organisation.id)


def set_password(person: Person, password: str) -> None:
    """A new password; every session and reset link made before stops working."""
    person.password_hash = passwords.hashed(password, about=(person.email, person.name))
    person.session_version += 1
    audit.record("person.set-password", person, actor_id=person.id)


def change_password(person: Person, present: str, new: str) -> None:
    """As `set_password`, by somebody who knows the present one. Raises PresentPasswordWrong."""
    if not passwords.fits(person.password_hash, present):
        raise PresentPasswordWrong
    set_password(person, new)


def end_sessions(person: Person) -> None:
    """Sign `person` out everywhere."""
    person.session_version += 1
    audit.record("person.end-sessions", person, actor_id=person.id)


def person_signing_in(email: str, password: str) -> Person:
    """Whose address and password these are. Raises CredentialsWrong, after as much work for an unknown address."""
    found = queries.person_by_email(email)
    person_id, kept = (found.id, found.password_hash) if found is not None and found.is_active else (0, "")
    # Hashing is slow on purpose; SQLite's lock for writing is not held meanwhile.
    db.session.rollback()
    if not passwords.fits(kept, password):
        raise CredentialsWrong
    person = queries.person_with_memberships(person_id)
    if person is None:
        raise CredentialsWrong
    audit.record("person.sign-in", person, actor_id=person.id)
    return person


# ---- links that stand for a proof: of an address, or of being the person ---------------------------------------------


def _links(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose)


def link_to(endpoint: str, **values: Any) -> str:
    """A whole address for mail: under PUBLIC_URL where that is set, else under that of the request."""
    public = current_app.config["PUBLIC_URL"]
    return public + url_for(endpoint, **values) if public else url_for(endpoint, **values, _external=True)


def reset_token(person: Person) -> str:
    """The secret of a link by which `person` may set a password within three hours, once."""
    token: str = _links("password-reset").dumps([person.id, person.session_version])
    return token


def welcome_token(person: Person) -> str:
    """As `reset_token`, for somebody who did not ask for it: it holds two weeks."""
    token: str = _links("welcome").dumps([person.id, person.session_version])
    return token


def person_of_reset_token(token: str) -> Person:
    """Whose link it is. Raises ResetLinkOver."""
    for purpose, seconds in (("password-reset", RESET_SECONDS), ("welcome", WELCOME_DAYS * 24 * 60 * 60)):
        try:
            person_id, version = _links(purpose).loads(token, max_age=seconds)
        except BadSignature:
            continue
        person = db.session.get(Person, person_id)
        if person is not None and person.session_version == version and person.is_active:
            return person
    raise ResetLinkOver


def ask_for_reset(email: str, language: str) -> None:
    """Let a job look for the person and mail the link: the request does the same for an unknown address."""
    link = link_to("accounts.password_resets.edit", token=PLACE_OF_SECRET)
    jobs.enqueue(RESET_MAIL, {"email": normal_email(email), "language": language, "link": link})


def ask_for_account(email: str, name: str, language: str) -> None:
    """Let a job mail the link that finishes an account, or say to a known address that it has one already.

    The account is made only when the link is opened: who types an address has not shown that it is theirs.
    """
    email = normal_email(email)
    arguments = {
        "email": email,
        "name": name,
        "language": language,
        "link": link_to("accounts.sign_ups.edit", token=PLACE_OF_SECRET),
        "sign_in": link_to("accounts.sessions.new"),
        "reset": link_to("accounts.password_resets.new"),
    }
    jobs.enqueue(SIGN_UP_MAIL, arguments)


def sign_up_token(email: str, name: str) -> str:
    """The secret of a link by which somebody finishes an account for `email` within a day."""
    token: str = _links("sign-up").dumps([email, name])
    return token


def address_of_sign_up_token(token: str) -> tuple[str, str]:
    """E-mail address and name for which a link was made, while nobody has an account with it. Raises SignUpLinkOver."""
    try:
        email, name = _links("sign-up").loads(token, max_age=SIGN_UP_SECONDS)
    except BadSignature as error:
        raise SignUpLinkOver from error
    if queries.person_by_email(email) is not None:
        raise SignUpLinkOver
    return str(email), str(name)


def sign_up(token: str, password: str, language: str) -> Person:
    """The account of a stranger who has opened the link. Raises SignUpLinkOver and what `passwords.hashed` raises."""
    email, name = address_of_sign_up_token(token)
    person = create_person(email, name, password, language=language)
    audit.record("person.sign-up", person, actor_id=person.id)
    return person


# ---- members ---------------------------------------------------------------------------------------------------------


def draw_secret(invitation: Invitation) -> str:
    """The secret of the link of an invitation that had none; it is not kept."""
    secret = secrets.token_urlsafe(24)
    invitation.digest = digest_of(secret)
    return secret


def send_invitation(invitation: Invitation, link: str, inviter: str, language: str) -> None:
    """Mail the link of an invitation that was made for an address, in the name of `inviter`."""
    mail.write(
        invitation.email,
        "invitation",
        language=language,
        inviter=inviter,
        organisation=invitation.organisation,
        link=link,
        days=INVITATION_DAYS,
    )


def withdraw_invitation(invitation: Invitation, by: Person, now: datetime) -> None:
    """Make an unused link stop working. Raises InvitationOver."""
    if not invitation.is_open(now):
        raise InvitationOver
    invitation.expires_at = now
    audit.record("invitation.withdraw", invitation, actor_id=by.id, organisation_id=invitation.organisation_id)


def join_by_invitation(
    invitation: Invitation, email: str, name: str, password: str, language: str, now: datetime, today: date
) -> Person:
    """A new account made on an invitation, and its use at once. Raises what `create_person` and `accept` raise."""
    if not invitation.is_open(now):
        raise InvitationOver
    if invitation.email and invitation.email != normal_email(email):
        raise InvitationForSomebodyElse
    person = create_person(email, name, password, language=language)
    audit.record("person.sign-up", person, actor_id=person.id, organisation_id=invitation.organisation_id)
    accept(invitation, person, now, today)
    return person


def end_membership(membership: Membership, by: Person, today: date) -> None:
    """`membership` ends today. Raises NotOneOfThese, LastManager."""
    if membership.left_on is not None:
        raise NotOneOfThese
    organisation = membership.organisation
    manages = membership.role is policies.MANAGER_BY_KIND[organisation.kind]
    if manages and queries.count_members(organisation.id, membership.role) < 2:
        raise LastManager
    membership.left_on = today
    audit.record(
        "membership.end",
        membership,
        actor_id=by.id,
        organisation_id=organisation.id,
        person_id=membership.person_id,
        role=membership.role.value,
    )


@dataclass(frozen=True)
class RosterPlan:
    """What taking a table would do, by address, and what that rests on: accounts and open invitations by address."""

    fates: dict[str, Fate]
    people: dict[str, Person]
    invitations: dict[str, Invitation]


@dataclass(frozen=True)
class RosterResult:
    """Whoever of a table is a member now, in its order; open invitations of the others; how many had which fate."""

    people: list[Person]
    invitations: list[Invitation]
    counts: Counter[Fate]


def plan_roster(organisation: Organisation, rows: Sequence[RosterRow], role: Role, now: datetime) -> RosterPlan:
    """What taking a checked table would do with each of its people; nothing is kept."""
    people = queries.people_by_email([row.email for row in rows])
    memberships = queries.memberships_in(organisation.id, role, [person.id for person in people.values()])
    present = {person_id for person_id, membership in memberships.items() if membership.left_on is None}
    members = {email for email, person in people.items() if person.id in present}
    elsewhere = [email for email in people if email not in members]
    invitations = queries.open_invitations_to(organisation.id, role, elsewhere, now)
    fates = {row.email: fate_of(row.email, people, members, invitations) for row in rows}
    return RosterPlan(fates, people, invitations)


def take_roster(
    organisation: Organisation, rows: Sequence[RosterRow], role: Role, by: Person, now: datetime, today: date
) -> RosterResult:
    """Bring the people of a checked table in as `role`: accounts are made where there are none, and only these join.

    To be named by a table is no consent: whoever has an account and is not a member gets an invitation, once while it
    is open. Taking the same table again changes nothing. New people get a mail with a link to set a password. Raises
    RoleNotForKind.
    """
    if role not in ROLES_BY_KIND[organisation.kind]:
        raise RoleNotForKind
    # One table of an organisation after the other: two with the same people would invite them twice.
    locked = sa.select(Organisation.id).where(Organisation.id == organisation.id)
    db.session.execute(locked.with_for_update(key_share=True))
    plan = plan_roster(organisation, rows, role, now)
    counts = Counter(plan.fates.values())
    new: dict[str, Person] = {}
    # One statement for all, and ids read afterwards: SQLite would insert row by row to hand ids back.
    if counts[Fate.NEW]:
        fresh = [row for row in rows if plan.fates[row.email] is Fate.NEW]
        accounts = [{"email": row.email, "name": row.name, "created_at": now} for row in fresh]
        db.session.execute(sa.insert(Person), accounts)
        new = queries.people_by_email([row.email for row in fresh])
        joining = {"organisation_id": organisation.id, "role": role, "joined_on": today}
        db.session.execute(sa.insert(Membership), [{"person_id": person.id, **joining} for person in new.values()])
    invited: dict[str, Invitation] = {}
    if counts[Fate.INVITED]:
        emails = [email for email, fate in plan.fates.items() if fate is Fate.INVITED]
        inviting = {
            "organisation_id": organisation.id,
            "role": role,
            "created_by_id": by.id,
            "created_at": now,
            "expires_at": now + timedelta(days=INVITATION_DAYS),
        }
        db.session.execute(sa.insert(Invitation), [{"email": email, **inviting} for email in emails])
        invited = queries.open_invitations_to(organisation.id, role, emails, now)
    if new or invited:
        audit.record(
            "roster.take",
            organisation,
            actor_id=by.id,
            organisation_id=organisation.id,
            role=role.value,
            created=len(new),
            invited=len(invited),
        )
    welcome = {"organisation": organisation.id, "link": _place_for_secret("accounts.password_resets.edit", "token")}
    _enqueue_mails(WELCOME_MAILS, "people", [person.id for person in new.values()], welcome, organisation, by)
    invitation = {"inviter": by.name, "link": _place_for_secret("accounts.invitations.show", "secret")}
    _enqueue_mails(INVITATION_MAILS, "invitations", [one.id for one in invited.values()], invitation, organisation, by)
    db.session.flush()
    people, invitations = plan.people | new, plan.invitations | invited
    return RosterResult(
        [people[row.email] for row in rows if plan.fates[row.email] in (Fate.NEW, Fate.HERE)],
        [invitations[row.email] for row in rows if plan.fates[row.email] in (Fate.INVITED, Fate.WAITING)],
        counts,
    )


def _place_for_secret(endpoint: str, parameter: str) -> str:
    return link_to(endpoint, **{parameter: PLACE_OF_SECRET})


def _enqueue_mails(
    kind: str, what: str, ids: Sequence[int], more: dict[str, Any], organisation: Organisation, by: Person
) -> None:
    """Small jobs: each is one short transaction, so that nobody waits for a lock while a school's mail is written."""
    for start in range(0, len(ids), MAILS_AT_ONCE):
        part = {what: list(ids[start : start + MAILS_AT_ONCE]), **more}
        jobs.enqueue(kind, part, actor_id=by.id, organisation_id=organisation.id)


# ---- organisations and profiles --------------------------------------------------------------------------------------


def register_enterprise(
    person: Person,
    today: date,
    *,
    name_zh: str,
    name_en: str,
    credit_code: str,
    region_code: str,
    cluster_code: str | None,
    city_zh: str,
    city_en: str,
) -> Organisation:
    """An unverified enterprise, with `person` as recruiter and mentor. Raises CreditCodeTaken, SlugTaken."""
    if queries.organisation_by_credit_code(credit_code) is not None:
        raise CreditCodeTaken
    organisation = create_organisation(
        OrganisationKind.ENTERPRISE,
        name_zh,
        name_en,
        credit_code=credit_code,
        region_code=region_code,
        cluster_code=cluster_code,
        city_zh=city_zh,
        city_en=city_en,
    )
    for role in (Role.RECRUITER, Role.MENTOR):
        join(person, organisation, role, today)
    audit.record("organisation.register", organisation, actor_id=person.id, organisation_id=organisation.id)
    return organisation


def describe_organisation(
    organisation: Organisation, by: Person, *, name_en: str, about_zh: str, about_en: str, website: str = ""
) -> None:
    """Change what an organisation says of itself. Its Chinese name is the one that was verified, and stays."""
    organisation.name_en, organisation.about_zh, organisation.about_en = name_en, about_zh, about_en
    organisation.website = website
    audit.record("organisation.describe", organisation, actor_id=by.id, organisation_id=organisation.id)


def save_settings(person: Person, *, name: str, language: str, time_zone: str) -> None:
    """How a person is called and spoken to."""
    person.name, person.language, person.time_zone = name, language, time_zone
    audit.record("person.save-settings", person, actor_id=person.id)


def save_profile(
    person: Person, *, major: str, year: int, graduates_on: date, birth_month: date, about: str
) -> StudentProfile:
    """Keep what a student says of themselves: graduation counts to the end of its month, birth from its first day."""
    profile = queries.profile_of(person)
    if profile is None:
        profile = StudentProfile(person_id=person.id)
        db.session.add(profile)
    profile.major, profile.year, profile.about = major, year, about
    profile.graduates_on = graduates_on.replace(day=monthrange(graduates_on.year, graduates_on.month)[1])
    profile.birth_month = birth_month.replace(day=1)
    audit.record("profile.save", profile, actor_id=person.id, person_id=person.id)
    return profile
