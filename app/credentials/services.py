"""Issuing and revoking certificates."""

import secrets
from datetime import datetime

import sqlalchemy as sa

from app import audit
from app.accounts.models import Person
from app.credentials.models import Certificate
from app.db import db

# Letters and digits that nobody confuses when they type a code from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def normal_code(typed: str) -> str:
    """A code as it is kept: capital letters and digits, without what people put between them."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


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
) -> Certificate:
    """The certificate of `person` for a source; asked again, the same one."""
    query = sa.select(Certificate).where(
        Certificate.person_id == person.id, Certificate.source_kind == source_kind, Certificate.source_id == source_id
    )
    kept = db.session.scalars(query).one_or_none()
    if kept is not None:
        return kept
    certificate = Certificate(
        code="".join(secrets.choice(ALPHABET) for _ in range(12)),
        person_id=person.id,
        organisation_id=organisation_id,
        title_zh=title_zh,
        title_en=title_en,
        source_kind=source_kind,
        source_id=source_id,
        issued_at=now,
    )
    db.session.add(certificate)
    audit.record("certificate.issue", certificate, actor_id=actor_id, organisation_id=organisation_id)
    return certificate


def revoke(certificate: Certificate, because: str, by: Person, now: datetime) -> None:
    """Take a certificate back; its page then says so, with the reason."""
    certificate.revoked_at, certificate.revoked_because = now, because
    audit.record(
        "certificate.revoke", certificate, actor_id=by.id, organisation_id=certificate.organisation_id, because=because
    )
