"""Certificates that anyone can check."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.db import Model, Moment, key, line, moment, short_name


class Certificate(Model):
    """What an organisation certifies of a person. `code` is the address of its public page."""

    __tablename__ = "certificate"
    __table_args__ = (sa.UniqueConstraint("person_id", "source_kind", "source_id"),)

    id: Mapped[key]
    code: Mapped[short_name] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    source_kind: Mapped[short_name]
    source_id: Mapped[int]
    issued_at: Mapped[moment]
    revoked_at: Mapped[datetime | None] = mapped_column(Moment())
    revoked_because: Mapped[line] = mapped_column(default="")

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
