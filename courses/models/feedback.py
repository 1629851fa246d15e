"""What teachers say about what was handed in: marks being given, notes in the margin, and what was released."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.audit import keep_append_only
from app.db import Exact, Model, Moment, exact_mark, key, long_text, moment
from courses.models.submissions import SubmissionVersion


class Marking(Model):
    """The marks that are being given to one piece of work; learners see nothing of them until they are released.

    `rows` is {row id: {"mark": "3.5" or "", "comment": "…"}}; without a rubric `points` is the one mark. `revision`
    counts what was saved: who saves what began from an older one learns that somebody else was there.
    """

    __tablename__ = "marking"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_version.id"), index=True)
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    points: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    comment: Mapped[long_text] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[moment]
    saved_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))

    saved_by: Mapped[Person] = relationship(lazy="raise")


class MarginNote(Model):
    """A comment beside one line of the text of a version; learners read it once it is released."""

    __tablename__ = "margin_note"

    id: Mapped[key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_version.id"), index=True)
    line: Mapped[int]
    body: Mapped[long_text]
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[moment]
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    written_by: Mapped[Person] = relationship(lazy="raise")


class Release(Model):
    """Marks as they were released once; never changed. A later one says why it is there.

    `rows` are as in `Marking`, `margin` is [{"line": 3, "body": "…"}]. `points` count after `deduction` was taken off
    for lateness.
    """

    __tablename__ = "mark_release"
    __table_args__ = (sa.UniqueConstraint("submission_id", "number"),)

    id: Mapped[key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_version.id"), index=True)
    number: Mapped[int]
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    margin: Mapped[list[Any]] = mapped_column(default=list)
    comment: Mapped[long_text] = mapped_column(default="")
    points: Mapped[exact_mark]
    points_max: Mapped[exact_mark]
    late_days: Mapped[int] = mapped_column(default=0)
    deduction: Mapped[exact_mark] = mapped_column(default=Decimal(0))
    due_at: Mapped[datetime | None] = mapped_column(Moment())
    # The revision of the marks that it shows.
    revision: Mapped[int]
    reason: Mapped[long_text] = mapped_column(default="")
    released_at: Mapped[moment]
    released_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))

    released_by: Mapped[Person] = relationship(lazy="raise")
    version: Mapped[SubmissionVersion] = relationship(lazy="raise")


keep_append_only(Release)
