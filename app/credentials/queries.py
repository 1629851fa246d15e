"""Reads of certificates."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.credentials.models import Certificate
from app.db import db


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate with this code, with its person and organisation."""
    query = (
        sa.select(Certificate)
        .where(Certificate.code == code)
        .options(joinedload(Certificate.person), joinedload(Certificate.organisation))
    )
    return db.session.scalars(query).one_or_none()


def certificates_of(person_id: int) -> sa.Select[Certificate]:
    """A person's certificates with their organisations, newest first."""
    return (
        sa.select(Certificate)
        .where(Certificate.person_id == person_id)
        .options(joinedload(Certificate.organisation))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
