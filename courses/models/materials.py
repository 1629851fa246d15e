"""What those who teach a cohort add to its course: pieces of their own between the lessons."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Model, Moment, key, line, long_text, moment
from app.files import StoredFile
from courses.models.cohorts import Cohort


class CohortMaterial(Model):
    """A piece that stands after a lesson, or before all of them, in one cohort's table of contents."""

    __tablename__ = "cohort_material"

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), index=True)
    # None: before the first lesson.
    after_lesson_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lesson.id"))
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    link: Mapped[line] = mapped_column(default="")
    visible_from: Mapped[datetime | None] = mapped_column(Moment())
    # How often it was saved: who began from an older state is told.
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[moment]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    changed_by: Mapped[Person | None] = relationship(lazy="raise")

    def is_visible(self, now: datetime) -> bool:
        """Whether learners see it."""
        return self.deleted_at is None and (self.visible_from is None or self.visible_from <= now)


class CohortMaterialFile(Model):
    """A file that belongs to a piece."""

    __tablename__ = "cohort_material_file"

    id: Mapped[key]
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort_material.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    file: Mapped[StoredFile] = relationship(lazy="raise")
