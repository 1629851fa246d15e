"""Certificates that anyone can check, and the keys that sign them."""

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.db import Model, Moment, key, line, long_text, moment, short_name


class CertificateState(enum.StrEnum):
    """How a certificate stands today. What comes first here is what is said of one of which several are true."""

    REVOKED = "revoked"
    RENEWED = "renewed"
    EXPIRED = "expired"
    VALID = "valid"


class Certificate(Model):
    """What an organisation certifies of a person. `code` is the address of its public page.

    Names, skills and criteria are kept as they were on the day of issue: what is on paper somewhere must not change its
    wording here. `credential` is the signed Open Badge, made once; a certificate without one waits for the key.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "source_kind", "source_id", "renewal"),
        sa.Index(
            "ix_certificate_unsigned",
            "id",
            sqlite_where=sa.text("credential IS NULL"),
            postgresql_where=sa.text("credential IS NULL"),
        ),
    )

    id: Mapped[key]
    code: Mapped[short_name] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    holder: Mapped[line]
    issuer_zh: Mapped[line]
    issuer_en: Mapped[line] = mapped_column(default="")
    criteria_zh: Mapped[long_text] = mapped_column(default="")
    criteria_en: Mapped[long_text] = mapped_column(default="")
    # [{"code", "name_zh", "name_en", "level"}]
    skills: Mapped[list[Any]] = mapped_column(default=list)
    source_kind: Mapped[short_name]
    source_id: Mapped[int]
    # 0 for the first certificate of a source, one more for each that took its place.
    renewal: Mapped[int] = mapped_column(default=0)
    renews_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificate.id"), unique=True)
    issued_at: Mapped[moment]
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    renewed_at: Mapped[datetime | None] = mapped_column(Moment())
    revoked_at: Mapped[datetime | None] = mapped_column(Moment())
    revoked_because: Mapped[line] = mapped_column(default="")
    credential: Mapped[str | None] = mapped_column(sa.Text(), deferred=True)

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
    renews: Mapped["Certificate | None"] = relationship(remote_side="Certificate.id", back_populates="renewed_by")
    renewed_by: Mapped["Certificate | None"] = relationship(back_populates="renews")

    def state(self, today: date) -> CertificateState:
        """How it stands today; the last day of validity still counts."""
        if self.revoked_at is not None:
            return CertificateState.REVOKED
        if self.renewed_at is not None:
            return CertificateState.RENEWED
        if self.valid_until is not None and self.valid_until < today:
            return CertificateState.EXPIRED
        return CertificateState.VALID


class SigningKey(Model):
    """The public half of a key that signs credentials. It stays published after it is retired."""

    __tablename__ = "signing_key"

    # RFC 7638 thumbprint
    kid: Mapped[short_name] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    # True for the one that signs now, else none, so that the database itself allows one only.
    is_current: Mapped[bool | None] = mapped_column(unique=True)
    created_at: Mapped[moment]
    retired_at: Mapped[datetime | None] = mapped_column(Moment())
