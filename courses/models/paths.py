"""What has to come before a course, and courses in an order that leads somewhere."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.db import Model, Moment, key, line, long_text, moment_now
from courses.models.courses import Course


class LearningPath(Model):
    """Courses that a university recommends in an order, its own and those of others.

    `is_strict`: each course of the university's own asks for the required step before it (see `Prerequisite`).
    """

    __tablename__ = "learning_path"

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    summary_zh: Mapped[long_text] = mapped_column(default="")
    summary_en: Mapped[long_text] = mapped_column(default="")
    is_strict: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[moment_now]
    published_at: Mapped[datetime | None] = mapped_column(Moment(), index=True)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class PathStep(Model):
    """A course at its place in a path."""

    __tablename__ = "path_step"

    path_id: Mapped[int] = mapped_column(sa.ForeignKey("learning_path.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), primary_key=True, index=True)
    position: Mapped[int]
    is_required: Mapped[bool] = mapped_column(default=True)


class Prerequisite(Model):
    """What somebody must have before they enrol in a course by themselves: another course completed, or a skill shown.

    With `path_id` it comes from a strict path, and stands and falls with that.
    """

    __tablename__ = "prerequisite"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "required_course_id"),
        sa.UniqueConstraint("course_id", "skill_code"),
        sa.CheckConstraint("(required_course_id IS NULL) <> (skill_code IS NULL)", name="one"),
        sa.CheckConstraint("(skill_code IS NULL) = (level IS NULL)", name="level"),
    )

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    required_course_id: Mapped[int | None] = mapped_column(sa.ForeignKey("course.id"), index=True)
    skill_code: Mapped[str | None] = mapped_column(sa.ForeignKey("skill.code"), index=True)
    level: Mapped[int | None]
    path_id: Mapped[int | None] = mapped_column(sa.ForeignKey("learning_path.id"), index=True)

    required_course: Mapped[Course | None] = relationship(lazy="raise", foreign_keys=[required_course_id])
