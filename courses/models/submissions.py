"""What learners hand in: groups that work together, drafts, versions with their files."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.audit import keep_append_only
from app.db import Model, Moment, choice, hex_digest, key, long_text, moment, short_code
from app.files import StoredFile
from courses.models.assignments import Assignment
from courses.models.cohorts import Cohort, Enrolment
from courses.models.courses import Lesson


class WorkGroup(Model):
    """Learners of one cohort who hand in together in one lesson. Who knows the code can join while there is room."""

    __tablename__ = "work_group"
    __table_args__ = (sa.Index("ix_work_group_cohort_id_lesson_id", "cohort_id", "lesson_id"),)

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"))
    # Within its cohort and lesson, from 1: what it is called.
    number: Mapped[int]
    code: Mapped[short_code] = mapped_column(unique=True)
    made_at: Mapped[moment]

    members: Mapped[list["GroupMember"]] = relationship(back_populates="group", order_by="GroupMember.enrolment_id")


class GroupMember(Model):
    """Who belongs to a group; to one only in each lesson."""

    __tablename__ = "group_member"

    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True, index=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("work_group.id"), index=True)

    group: Mapped[WorkGroup] = relationship(back_populates="members")
    enrolment: Mapped[Enrolment] = relationship()


class WorkState(enum.StrEnum):
    """How far a piece of work is. `returned`: a teacher asks for another version of what was marked."""

    DRAFT = "draft"
    WAITING = "waiting"
    BEGUN = "begun"
    MARKED = "marked"
    RELEASED = "released"
    RETURNED = "returned"


class Submission(Model):
    """The work of one person or one group in one lesson, from its first draft to its released marks.

    `handed_in_at` is when the newest version was received, `released_at` when marks were released first.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("lesson_id", "enrolment_id"),
        sa.Index("ix_submission_cohort_id_lesson_id_state", "cohort_id", "lesson_id", "state"),
        sa.CheckConstraint("(enrolment_id IS NULL) <> (group_id IS NULL)", name="one_owner"),
    )

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"))
    # What was asked when it was handed in last: a changed assignment never re-marks what is there.
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("work_group.id"), unique=True)
    state: Mapped[WorkState] = mapped_column(choice(WorkState), default=WorkState.DRAFT)
    # The number of the newest version; 0 before the first.
    version_number: Mapped[int] = mapped_column(default=0)
    # Where somebody has more time than the cohort.
    own_due_at: Mapped[datetime | None] = mapped_column(Moment())
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment(), index=True)
    released_at: Mapped[datetime | None] = mapped_column(Moment(), index=True)

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    lesson: Mapped[Lesson] = relationship(lazy="raise")
    assignment: Mapped[Assignment] = relationship(lazy="raise")
    enrolment: Mapped[Enrolment | None] = relationship(lazy="raise")
    group: Mapped[WorkGroup | None] = relationship(lazy="raise")

    @property
    def is_handed_in(self) -> bool:
        """Whether there is a version of it."""
        return self.version_number > 0


class SubmissionDraft(Model):
    """What somebody writes and has not handed in; each member of a group has their own, so none is overwritten."""

    __tablename__ = "submission_draft"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    text: Mapped[long_text] = mapped_column(default="")
    link: Mapped[long_text] = mapped_column(default="")
    # The microsecond at which it was written: what arrives late changes nothing.
    revision: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    saved_at: Mapped[moment]

    person: Mapped[Person] = relationship(lazy="raise")


class SubmissionVersion(Model):
    """What was handed in once; never changed. `receipt` is a digest of what was received and when."""

    __tablename__ = "submission_version"
    __table_args__ = (sa.UniqueConstraint("submission_id", "number"),)

    id: Mapped[key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    number: Mapped[int]
    text: Mapped[long_text] = mapped_column(default="")
    link: Mapped[long_text] = mapped_column(default="")
    handed_in_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    handed_in_at: Mapped[moment]
    # When it was due as it was handed in; none of what was handed in before this was kept.
    due_at: Mapped[datetime | None] = mapped_column(Moment())
    # Of what it holds, whenever it came: by this a second click is known.
    content_digest: Mapped[hex_digest]
    receipt: Mapped[hex_digest]

    handed_in_by: Mapped[Person] = relationship(lazy="raise")
    files: Mapped[list["SubmissionFile"]] = relationship(
        order_by="SubmissionFile.id", primaryjoin="SubmissionVersion.id == SubmissionFile.version_id", viewonly=True
    )


class SubmissionFile(Model):
    """A file or recording of a draft (no version yet) or of a version."""

    __tablename__ = "submission_file"

    id: Mapped[key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission_version.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    is_recording: Mapped[bool] = mapped_column(default=False)
    # Taken out of the draft; it can be brought back.
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


keep_append_only(SubmissionVersion)
