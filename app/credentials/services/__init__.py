"""Issuing, renewing and revoking certificates, and signing what is issued."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Organisation, Person
from app.clock import day_of, end_of
from app.credentials import queries
from app.credentials.models import Certificate, CertificateState
from app.credentials.rules import badges, papers, signatures
from app.credentials.rules.papers import PaperFinding
from app.credentials.services import keys
from app.credentials.services.keys import KeyMissing
from app.db import db
from app.errors import Refused
from app.logs import log

# Letters and digits that nobody confuses when they type a code from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# Where a demo is reached. Never the address of a request: whoever asks could make it up, and we would sign it.
DEMO_SITE = "http://127.0.0.1:5000"
SIGNED_AT_ONCE = 500


class AlreadyRenewed(Refused):
    message = _l("This certificate has been renewed already. Go on from the newest one.")


class AlreadyRevoked(Refused):
    message = _l("This certificate has been revoked already.")


class EndsTooEarly(Refused):
    message = _l("A certificate is valid until today at least.")


class NotSignedYet(Refused):
    message = _l("This certificate has not been signed yet. Come back in a minute.")


# What says no longer what holds is not printed anew; its credential stays, for the list of revocations speaks of it.
NO_PAPER = {
    CertificateState.REVOKED: _l("This certificate was revoked, so that there is no paper of it any more."),
    CertificateState.RENEWED: _l("This certificate was renewed. Print the one that has taken its place."),
}
# The last part of the status list: beyond it there is no id that a row could have.
LAST_PART = (2**31 - 1) // badges.LIST_LENGTH


def normal_code(typed: str) -> str:
    """A code as it is kept: capital letters and digits, without what people put between them."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


def code_in(address: str) -> str:
    """The code in the address of a certificate's page; empty where there is none."""
    return normal_code(address.rstrip("/").rpartition("/")[2])


def issue(
    person: Person,
    organisation_id: int,
    title_zh: str,
    title_en: str,
    *,
    source_kind: str,
    source_id: int,
    now: datetime,
    actor_id: int | None,
    criteria_zh: str = "",
    criteria_en: str = "",
    skills: Sequence[Mapping[str, Any]] = (),
    valid_until: date | None = None,
) -> Certificate:
    """The certificate of `person` for a source; asked again, the same one, or what has renewed it.

    `skills` are what was shown: code, name_zh, name_en, level. Whatever it says stays as it is today. Without the key
    it is issued all the same, and signed as soon as the key is back.
    """
    kept = queries.newest_of(person.id, source_kind, source_id)
    if kept is not None:
        return kept
    organisation = db.session.get_one(Organisation, organisation_id)
    certificate = Certificate(
        title_zh=title_zh,
        title_en=title_en,
        criteria_zh=criteria_zh,
        criteria_en=criteria_en,
        skills=[_frozen(skill) for skill in skills],
        source_kind=source_kind,
        source_id=source_id,
        valid_until=valid_until,
    )
    made = _add(certificate, person, organisation, now)
    if made is not certificate:
        return made
    audit.record("certificate.issue", certificate, actor_id=actor_id, organisation_id=organisation_id)
    return certificate


def renew(certificate: Certificate, valid_until: date | None, by: Person, now: datetime) -> Certificate:
    """A new certificate in the place of another, which then points to it; also how a revocation is made good.

    Asked twice for the same, the same one. Raises AlreadyRenewed, or EndsTooEarly for a day that is over.
    """
    if valid_until is not None and valid_until < day_of(now):
        raise EndsTooEarly
    db.session.refresh(certificate, ["renewed_at"], with_for_update=True)
    if certificate.renewed_at is not None:
        newer = queries.renewal_of(certificate.id)
        if newer is not None and newer.valid_until == valid_until:
            return newer
        raise AlreadyRenewed
    copied = ("title_zh", "title_en", "criteria_zh", "criteria_en", "skills", "source_kind", "source_id")
    newer = Certificate(
        **{name: getattr(certificate, name) for name in copied},
        renewal=certificate.renewal + 1,
        renews_id=certificate.id,
        valid_until=valid_until,
    )
    certificate.renewed_at = now
    made = _add(newer, certificate.person, certificate.organisation, now)
    if made is newer:
        audit.record(
            "certificate.renew",
            newer,
            actor_id=by.id,
            organisation_id=newer.organisation_id,
            renews=certificate.code,
            valid_until=valid_until.isoformat() if valid_until else None,
        )
    return made


def revoke(certificate: Certificate, because: str, by: Person, now: datetime) -> None:
    """Take a certificate back, for good; its page then says so, with the reason.

    Asked twice with the same reason, nothing happens. Raises AlreadyRevoked for another reason.
    """
    db.session.refresh(certificate, ["revoked_at", "revoked_because"], with_for_update=True)
    if certificate.revoked_at is not None:
        if certificate.revoked_because == because:
            return
        raise AlreadyRevoked
    certificate.revoked_at, certificate.revoked_because = now, because
    audit.record(
        "certificate.revoke", certificate, actor_id=by.id, organisation_id=certificate.organisation_id, because=because
    )


def _frozen(skill: Mapping[str, Any]) -> dict[str, Any]:
    return {name: skill[name] for name in ("code", "name_zh", "name_en")} | {"level": int(skill["level"])}


def _add(certificate: Certificate, person: Person, organisation: Organisation, now: datetime) -> Certificate:
    """Put a new certificate into the register and sign it; where two did at once, the one that was first."""
    certificate.code = "".join(secrets.choice(ALPHABET) for _ in range(12))
    certificate.person_id, certificate.organisation_id = person.id, organisation.id
    certificate.holder = person.name
    certificate.issuer_zh, certificate.issuer_en = organisation.name_zh, organisation.name_en
    certificate.issued_at = now
    try:
        with db.session.begin_nested():
            db.session.add(certificate)
            db.session.flush()
    except sa.exc.IntegrityError:
        first = queries.newest_of(person.id, certificate.source_kind, certificate.source_id)
        if first is None:
            raise
        return first
    try:
        _sign(certificate, person.email, now)
    except KeyMissing:
        log.warning("certificate not signed: key missing", certificate=certificate.code)
    return certificate


# ---- signing --------------------------------------------------------------------------------------------------------


def site() -> str:
    """The address that credentials name as their home."""
    found: str = current_app.config["PUBLIC_URL"] or DEMO_SITE
    return found


def sign_waiting(now: datetime) -> int:
    """Sign what was issued without a key, some at a time; returns how many. Raises KeyMissing."""
    waiting = queries.unsigned(SIGNED_AT_ONCE)
    for certificate, email in waiting:
        _sign(certificate, email, now)
    db.session.flush()
    return len(waiting)


def _sign(certificate: Certificate, email: str, now: datetime) -> None:
    badge = badges.Badge(
        number=certificate.id,
        page=page_of(certificate),
        holder=certificate.holder,
        email=email,
        salt=secrets.token_hex(8),
        titles=(certificate.title_zh, certificate.title_en),
        criteria=(certificate.criteria_zh, certificate.criteria_en),
        organisation=(certificate.issuer_zh, certificate.issuer_en),
        source=f"{certificate.source_kind}/{certificate.source_id}",
        skills=certificate.skills,
        issued_at=certificate.issued_at,
        ends=end_of(certificate.valid_until) if certificate.valid_until else None,
    )
    certificate.credential = signatures.signed(badges.credential(badge, site()), keys.current_key_or_first(now))


def credential_of(certificate: Certificate) -> str:
    """The signed credential as it was handed out the first time. Raises NotSignedYet."""
    if certificate.credential is None:
        raise NotSignedYet
    return certificate.credential


def page_of(certificate: Certificate) -> str:
    """The address of a certificate's page, as its credential names it: never that of a request."""
    return f"{site()}/certificates/{certificate.code}/"


def signed_paper(content: bytes) -> bytes:
    """A PDF of ours with the signature of the whole file. Raises KeyMissing."""
    return papers.signed(content, keys.current_key())


def check_paper(content: bytes) -> PaperFinding:
    """Whether a PDF is, byte for byte, one that was issued here."""
    return papers.checked(content, queries.public_keys())


def status_list(part: int, now: datetime) -> str:
    """The signed list of what was revoked among some of the certificates. Raises KeyMissing."""
    first = part * badges.LIST_LENGTH
    revoked = queries.revoked_numbers(first, first + badges.LIST_LENGTH)
    return signatures.signed(badges.status_list(part, revoked, site(), now), keys.current_key())


def check(token: str, now: datetime) -> signatures.Verdict:
    """Whether one of the platform's keys signed `token`, and whether it holds at `now` but for a revocation."""
    return signatures.checked(token, queries.public_keys(), now)
