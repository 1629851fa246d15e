"""The secret by which a calendar program reads somebody's feed."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Model, moment


class CalendarToken(Model):
    """The secret part of the address of a person's feed. A new one takes the place of the old; without one no feed."""

    __tablename__ = "calendar_token"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[moment]

    person: Mapped[Person] = relationship(lazy="raise")
