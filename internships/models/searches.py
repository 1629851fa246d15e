"""Searches that people keep, to be told of what is new in them."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Model, key, line, moment


class SavedSearch(Model):
    """A query string of the list of postings, under a name. New postings are counted once a day.

    `looked_on` is the day of the last look, `looked_at` the moment up to which postings were counted.
    """

    __tablename__ = "saved_search"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "filters"),
        sa.Index("ix_saved_search_looked_on", "looked_on"),
    )

    id: Mapped[key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[line]
    filters: Mapped[str] = mapped_column(sa.String(500))
    by_mail: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[moment]
    looked_on: Mapped[date] = mapped_column(sa.Date())
    looked_at: Mapped[moment]
    found: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person] = relationship(lazy="raise")
