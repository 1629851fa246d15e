"""The gradebook: what quizzes and assignments earned, a cohort's own columns, overrides, and what changed when."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app import audit
from app.accounts.models import Person
from app.db import Exact, Model, Moment, choice, exact_mark, key, line, moment, short_name


class Cell:
    """What a cell of the gradebook holds. An override, given with a reason, wins over what was earned.

    `revision` rises with each change, so that who changes what they saw some time ago learns that it is another now.
    """

    override_points: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    override_max: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    override_reason: Mapped[line] = mapped_column(default="", server_default="")
    override_at: Mapped[datetime | None] = mapped_column(Moment())
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime | None] = mapped_column(Moment())

    @declared_attr
    def override_by_id(self) -> Mapped[int | None]:
        """Who gave the override."""
        return mapped_column(sa.ForeignKey("person.id"))


class Grade(Cell, Model):
    """The points of one enrolment in one lesson: of the best attempt at its quiz, or of its released work."""

    __tablename__ = "grade"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True, index=True)
    points: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    points_max: Mapped[exact_mark]
    marked_at: Mapped[datetime | None] = mapped_column(Moment())


class GradeColumn(Model):
    """A column that a cohort's teacher added to the gradebook: for what happens outside of the lessons."""

    __tablename__ = "grade_column"

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    category: Mapped[short_name] = mapped_column(default="")
    points_max: Mapped[exact_mark]
    created_at: Mapped[moment]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())


class ColumnGrade(Cell, Model):
    """The points of one enrolment in a column that a teacher added; given by hand, so always an override."""

    __tablename__ = "column_grade"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    column_id: Mapped[int] = mapped_column(sa.ForeignKey("grade_column.id"), primary_key=True, index=True)


class ChangeKind(enum.StrEnum):
    """What changed a cell."""

    MARK = "mark"
    OVERRIDE = "override"
    CLEARED = "cleared"
    IMPORT = "import"


class GradeChange(Model):
    """One change of a cell: what counted before and after, who did it, when and why. Never changed."""

    __tablename__ = "grade_change"
    __table_args__ = (
        sa.Index("ix_grade_change_enrolment_id_lesson_id", "enrolment_id", "lesson_id"),
        sa.Index("ix_grade_change_enrolment_id_column_id", "enrolment_id", "column_id"),
    )

    id: Mapped[key]
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    lesson_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lesson.id"))
    column_id: Mapped[int | None] = mapped_column(sa.ForeignKey("grade_column.id"))
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    points_before: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    points_after: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    points_max: Mapped[exact_mark]
    reason: Mapped[line] = mapped_column(default="")
    at: Mapped[moment]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship(lazy="raise")


audit.keep_append_only(GradeChange)
