"""What teachers tell a cohort, and who has read it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Model, Moment, key, line, long_text, moment


class Announcement(Model):
    """A message of those who teach a cohort to all who learn in it."""

    __tablename__ = "announcement"
    __table_args__ = (sa.Index("ix_announcement_cohort_id_written_at", "cohort_id", "written_at"),)

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    written_at: Mapped[moment]
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    changed_at: Mapped[datetime | None] = mapped_column(Moment())
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    written_by: Mapped[Person | None] = relationship(lazy="raise")


class AnnouncementRead(Model):
    """Somebody has read an announcement: their first page does not show it any more."""

    __tablename__ = "announcement_read"

    announcement_id: Mapped[int] = mapped_column(sa.ForeignKey("announcement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    read_at: Mapped[moment]
