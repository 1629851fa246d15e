"""Reads of certificates and keys."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import Person
from app.credentials.models import Certificate, CertificateState, SigningKey
from app.db import db


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate with this code, with its organisation, what it renews and what has renewed it."""
    query = (
        sa.select(Certificate)
        .where(Certificate.code == code)
        .options(
            joinedload(Certificate.organisation), joinedload(Certificate.renews), joinedload(Certificate.renewed_by)
        )
    )
    return db.session.scalars(query).one_or_none()


def credential_by_code(code: str) -> Certificate | None:
    """The certificate with this code, with its signed credential."""
    query = sa.select(Certificate).where(Certificate.code == code).options(undefer(Certificate.credential))
    return db.session.scalars(query).one_or_none()


def certificates_of(person_id: int) -> sa.Select[Certificate]:
    """A person's certificates, newest first."""
    return (
        sa.select(Certificate)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )


def issued_by(
    organisation_id: int, today: date, *, words: str = "", code: str = "", state: CertificateState | None = None
) -> sa.Select[Certificate]:
    """An organisation's certificates, newest first: those that a name or code finds, and that stand so today."""
    query = sa.select(Certificate).where(Certificate.organisation_id == organisation_id)
    if words:
        found = [Certificate.holder.icontains(words, autoescape=True)]
        if code:
            found.append(Certificate.code.startswith(code, autoescape=True))
        query = query.where(sa.or_(*found))
    if state is not None:
        query = query.where(*_standing(state, today))
    return query.order_by(Certificate.issued_at.desc(), Certificate.id.desc())


def _standing(state: CertificateState, today: date) -> list[sa.ColumnElement[bool]]:
    """`Certificate.state` as conditions."""
    revoked, renewed = Certificate.revoked_at.is_not(None), Certificate.renewed_at.is_not(None)
    expired = sa.func.coalesce(Certificate.valid_until < today, sa.false())
    first_true: dict[CertificateState, list[sa.ColumnElement[bool]]] = {
        CertificateState.REVOKED: [revoked],
        CertificateState.RENEWED: [sa.not_(revoked), renewed],
        CertificateState.EXPIRED: [sa.not_(revoked), sa.not_(renewed), expired],
        CertificateState.VALID: [sa.not_(revoked), sa.not_(renewed), sa.not_(expired)],
    }
    return first_true[state]


def newest_of(person_id: int, source_kind: str, source_id: int) -> Certificate | None:
    """What a person holds for a source: the first certificate, or the last of its renewals."""
    query = (
        sa.select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.source_kind == source_kind,
            Certificate.source_id == source_id,
        )
        .order_by(Certificate.renewal.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def renewal_of(certificate_id: int) -> Certificate | None:
    """What has taken the place of a certificate."""
    return db.session.scalars(sa.select(Certificate).where(Certificate.renews_id == certificate_id)).one_or_none()


def unsigned(limit: int) -> list[tuple[Certificate, str]]:
    """Certificates without a credential, oldest first, with the addresses of their holders; locked, none twice."""
    query = (
        sa.select(Certificate, Person.email)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.credential.is_(None))
        .order_by(Certificate.id)
        .limit(limit)
        .with_for_update(of=Certificate, skip_locked=True)
    )
    return [(certificate, email) for certificate, email in db.session.execute(query)]


def revoked_numbers(first: int, beyond: int) -> list[int]:
    """The ids from `first` on and below `beyond` whose certificates were revoked."""
    query = sa.select(Certificate.id).where(
        Certificate.id >= first, Certificate.id < beyond, Certificate.revoked_at.is_not(None)
    )
    return list(db.session.scalars(query))


def current_key(*, for_update: bool = False) -> SigningKey | None:
    """The key that signs now."""
    query = sa.select(SigningKey).where(SigningKey.is_current.is_(True))
    return db.session.scalars(query.with_for_update() if for_update else query).one_or_none()


def public_keys() -> dict[str, dict[str, Any]]:
    """Every key that ever signed, by its name, newest first."""
    query = sa.select(SigningKey).order_by(SigningKey.created_at.desc(), SigningKey.kid)
    return {key.kid: key.public_jwk for key in db.session.scalars(query)}
