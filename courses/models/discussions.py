"""Questions of learners about a lesson, their answers, who is named in them, what others object to."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Model, Moment, hex_digest, key, line, long_text, moment
from courses.models.cohorts import Cohort
from courses.models.courses import Lesson

WAY_BACK = timedelta(days=30)  # for what somebody deleted


class Post(Model):
    """A question, or (with a parent) an answer to one. It belongs to a lesson in a cohort.

    `is_taught`: whoever wrote it taught the cohort then. The time to an answer is that from a question's `created_at`
    to that of its first answer that is taught. `unique_key` is made of what was sent, so that sending twice posts once.
    """

    __tablename__ = "post"
    __table_args__ = (
        sa.Index("ix_post_cohort_id_lesson_id_created_at", "cohort_id", "lesson_id", "created_at"),
        sa.Index("ix_post_author_id_cohort_id_lesson_id", "author_id", "cohort_id", "lesson_id"),
    )

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    unique_key: Mapped[hex_digest] = mapped_column(unique=True)
    title: Mapped[line] = mapped_column(default="")
    body: Mapped[long_text]
    is_taught: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[moment]
    edited_at: Mapped[datetime | None] = mapped_column(Moment())
    accepted_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment())
    hidden_at: Mapped[datetime | None] = mapped_column(Moment())
    hidden_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    hidden_because: Mapped[line] = mapped_column(default="")
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    lesson: Mapped[Lesson] = relationship(lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise", foreign_keys=[author_id])

    @property
    def is_shown(self) -> bool:
        """Whether everybody in the cohort may read it."""
        return self.hidden_at is None and self.deleted_at is None

    def is_readable_by(self, person_id: int, moderates: bool) -> bool:
        """Whether somebody in the cohort may read what it says: what is hidden or deleted, author and teachers."""
        return self.is_shown or moderates or person_id == self.author_id

    def may_come_back(self, now: datetime) -> bool:
        """Whether it is deleted, and not for too long."""
        return self.deleted_at is not None and now - self.deleted_at <= WAY_BACK


class PostText(Model):
    """What a post said before it was edited."""

    __tablename__ = "post_text"

    id: Mapped[key]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    title: Mapped[line] = mapped_column(default="")
    body: Mapped[long_text]
    replaced_at: Mapped[moment]


class Mention(Model):
    """Somebody of the cohort whom a post names, and when they came to read it."""

    __tablename__ = "mention"
    __table_args__ = (sa.Index("ix_mention_person_id_read_at", "person_id", "read_at"),)

    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(Moment())

    post: Mapped[Post] = relationship(lazy="raise")


class PostReport(Model):
    """Somebody objects to a post, once; teachers hide it or leave it, which settles it."""

    __tablename__ = "post_report"

    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    because: Mapped[line]
    reported_at: Mapped[moment]
    settled_at: Mapped[datetime | None] = mapped_column(Moment())
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
