"""What authors write, its history, and what is published of it.

A lesson's row is its working copy: authors change it at will. Each save also appends a revision, which never changes.
A published version lists revisions in order; a cohort learns one version, whatever authors do meanwhile.
"""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.assessment.models import Quiz
from app.db import Model, Moment, choice, hex_digest, key, line, long_text, moment, moment_now, short_name
from app.files import StoredFile
from app.reference.models import Skill
from courses.models.assignments import Assignment

# What a quiz of a lesson says it belongs to.
QUIZ_OF_LESSON = "lesson"


class CourseStatus(enum.StrEnum):
    """Whether a course can be found."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class LessonKind(enum.StrEnum):
    """Any but an assignment or a discussion may end in a quiz: then passing it completes the lesson."""

    PAGE = "page"
    VIDEO = "video"
    FILE = "file"
    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    DISCUSSION = "discussion"


class Course(Model):
    """What a university teaches. Title, summary and rules here are the working copy; see `CourseVersion`.

    `rules` says how marks make a total and what completes the course: see `courses.rules.grading`.
    """

    __tablename__ = "course"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "slug"),)

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    slug: Mapped[short_name]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    summary_zh: Mapped[long_text] = mapped_column(default="")
    summary_en: Mapped[long_text] = mapped_column(default="")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    status: Mapped[CourseStatus] = mapped_column(choice(CourseStatus), default=CourseStatus.DRAFT, index=True)
    # The number of the newest published version; 0 before the first.
    version_number: Mapped[int] = mapped_column(default=0, server_default="0")
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[moment_now]
    published_at: Mapped[datetime | None] = mapped_column(Moment())
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    organisation: Mapped[Organisation] = relationship()

    @property
    def is_published(self) -> bool:
        """Whether students can find it."""
        return self.status is CourseStatus.PUBLISHED and self.deleted_at is None


class Module(Model):
    """A part of a course: lessons that belong together."""

    __tablename__ = "module"

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    position: Mapped[int]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    # The lessons that it held when it was dissolved.
    held: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())


class Lesson(Model):
    """A lesson as its authors have it now. `position` counts through the whole course, whatever its modules.

    `name` stays the same for ever and is part of its file's name. `settings` hold what only its kind has:
    {"files": {name: stored file}, "video": name, "captions": {language: name}, "cues": {question id: seconds}}.
    `revision_number` is that of the revision which this row equals, 0 before the first: who saves what began from an
    older one learns that somebody else was there.
    """

    __tablename__ = "lesson"
    __table_args__ = (sa.Index("ix_lesson_course_id_position", "course_id", "position"),)

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    module_id: Mapped[int | None] = mapped_column(sa.ForeignKey("module.id"), index=True)
    position: Mapped[int]
    name: Mapped[short_name] = mapped_column(default="", server_default="")
    kind: Mapped[LessonKind] = mapped_column(
        choice(LessonKind), default=LessonKind.PAGE, server_default=LessonKind.PAGE.value
    )
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=20)
    is_required: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    # The category of the gradebook in which its quiz or assignment counts; none: it does not.
    category: Mapped[short_name] = mapped_column(default="", server_default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    quiz_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quiz.id"), unique=True)
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignment.id"), unique=True)
    revision_number: Mapped[int] = mapped_column(default=0, server_default="0")
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    course: Mapped[Course] = relationship()
    quiz: Mapped[Quiz | None] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise", foreign_keys=[assignment_id])


class LessonRevision(Model):
    """A lesson as it was saved once; never changed. `is_aside`: written while another saved, kept for the writer."""

    __tablename__ = "lesson_revision"
    __table_args__ = (sa.UniqueConstraint("lesson_id", "number"),)

    id: Mapped[key]
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"))
    number: Mapped[int]
    kind: Mapped[LessonKind] = mapped_column(choice(LessonKind))
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=20)
    is_required: Mapped[bool] = mapped_column(default=True)
    category: Mapped[short_name] = mapped_column(default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quiz_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quiz.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignment.id"), index=True)
    # Of what this row says, so that a file or an earlier state is found by what it held.
    digest: Mapped[hex_digest] = mapped_column(default="")
    saved_at: Mapped[moment]
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    is_aside: Mapped[bool] = mapped_column(default=False)

    lesson: Mapped[Lesson] = relationship(lazy="raise")
    quiz: Mapped[Quiz | None] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")
    saved_by: Mapped[Person | None] = relationship(lazy="raise")


class LessonDraft(Model):
    """What somebody is writing and has not saved, one for each person and lesson; it survives a crash.

    `content` holds the fields of the form; `sequence` orders what arrives, so that what comes late changes nothing.
    """

    __tablename__ = "lesson_draft"

    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    based_on: Mapped[int]
    content: Mapped[dict[str, Any]]
    sequence: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    saved_at: Mapped[moment]


class CourseFile(Model):
    """A file of a course by its name: pictures of texts, videos, captions, what learners download.

    The same name again is a new row; revisions of lessons refer to the stored file that the name meant then.
    """

    __tablename__ = "course_file"
    __table_args__ = (sa.Index("ix_course_file_course_id_name", "course_id", "name"),)

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    name: Mapped[short_name]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    added_at: Mapped[moment]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment())

    file: Mapped[StoredFile] = relationship()


class CourseVersion(Model):
    """What was published at a time: titles, modules, rules, and (in `VersionLesson`) revisions of lessons in order."""

    __tablename__ = "course_version"
    __table_args__ = (sa.UniqueConstraint("course_id", "number"),)

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    number: Mapped[int]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    summary_zh: Mapped[long_text] = mapped_column(default="")
    summary_en: Mapped[long_text] = mapped_column(default="")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # [{"id": …, "title_zh": …, "title_en": …}] in order.
    modules: Mapped[list[Any]] = mapped_column(default=list)
    # Kept here so that lists of courses count nothing.
    lessons: Mapped[int]
    required: Mapped[int]
    minutes: Mapped[int]
    # What is new in it, for those who decide whether to move a cohort.
    note_zh: Mapped[long_text] = mapped_column(default="")
    note_en: Mapped[long_text] = mapped_column(default="")
    published_at: Mapped[moment]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    course: Mapped[Course] = relationship(lazy="raise")


class VersionLesson(Model):
    """A lesson at its place in a published version."""

    __tablename__ = "version_lesson"

    version_id: Mapped[int] = mapped_column(sa.ForeignKey("course_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), index=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson_revision.id"), index=True)
    module_id: Mapped[int | None] = mapped_column(sa.ForeignKey("module.id"))

    revision: Mapped[LessonRevision] = relationship(lazy="raise")


class LessonSkill(Model):
    """A skill that a lesson of the newest version supplies, up to a level: what its quiz or rubric tests."""

    __tablename__ = "lesson_skill"

    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True)
    skill_code: Mapped[str] = mapped_column(sa.ForeignKey("skill.code"), primary_key=True, index=True)
    level: Mapped[int]

    lesson: Mapped[Lesson] = relationship()
    skill: Mapped[Skill] = relationship()
