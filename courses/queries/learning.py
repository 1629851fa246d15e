"""What learners read: the version that their cohort learns, its lessons, how far they have come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload

from app.accounts.models import Person
from app.assessment.models import Quiz
from app.db import db
from courses.models import (
    Cohort,
    CohortDate,
    Course,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonDone,
    LessonKind,
    LessonRevision,
    VersionLesson,
)


@dataclass(frozen=True)
class LessonLine:
    """A lesson in a table of contents, when the reader completed it, and whether a teacher's decision did."""

    id: int
    position: int
    kind: LessonKind
    title_zh: str
    title_en: str
    minutes: int
    is_required: bool
    module_id: int | None
    quiz_id: int | None
    assignment_id: int | None
    done_at: datetime | None
    is_decided: bool | None = None


@dataclass(frozen=True)
class Learning:
    """A course that somebody is learning, in the words of their version, and of how many lessons it is."""

    enrolment: Enrolment
    course: Course
    lessons: int
    title_zh: str
    title_en: str


def _line(*done: Any) -> sa.Select[Any]:
    query: Any = (
        sa.select(
            VersionLesson.lesson_id,
            VersionLesson.position,
            LessonRevision.kind,
            LessonRevision.title_zh,
            LessonRevision.title_en,
            LessonRevision.minutes,
            LessonRevision.is_required,
            VersionLesson.module_id,
            LessonRevision.quiz_id,
            LessonRevision.assignment_id,
            *done,
        )
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .order_by(VersionLesson.position)
    )
    return cast("sa.Select[Any]", query)


# Every page of a course asks these; they are built once, since building a statement takes longer than asking it.
_ENROLMENT = (
    sa.select(Enrolment)
    .join(Enrolment.cohort)
    .where(Enrolment.person_id == sa.bindparam("person_id"), Cohort.course_id == sa.bindparam("course_id"))
    .options(contains_eager(Enrolment.cohort).joinedload(Cohort.version))
    .order_by(sa.case((Enrolment.left_at.is_(None), 0), else_=1), Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    .limit(1)
)
_CONTENTS = (
    _line(LessonDone.done_at, LessonDone.is_decided)
    .outerjoin(
        LessonDone,
        sa.and_(
            LessonDone.lesson_id == VersionLesson.lesson_id, LessonDone.enrolment_id == sa.bindparam("enrolment_id")
        ),
    )
    .where(VersionLesson.version_id == sa.bindparam("version_id"))
)
_LESSON_AT = (
    sa.select(LessonRevision)
    .join(VersionLesson, VersionLesson.revision_id == LessonRevision.id)
    .where(VersionLesson.version_id == sa.bindparam("version_id"), VersionLesson.position == sa.bindparam("position"))
    .options(joinedload(LessonRevision.quiz), joinedload(LessonRevision.assignment))
)


def enrolment_in(person: Person, course_id: int) -> Enrolment | None:
    """A person's enrolment in a course, with cohort and version: the present one, else the latest that they left."""
    return db.session.scalars(_ENROLMENT, {"person_id": person.id, "course_id": course_id}).one_or_none()


def contents_of(version_id: int | None, enrolment_id: int | None) -> list[LessonLine]:
    """The table of contents of a version, with what an enrolment has completed."""
    rows = db.session.execute(_CONTENTS, {"version_id": version_id, "enrolment_id": enrolment_id})
    return [LessonLine(*row) for row in rows]


def draft_contents(course_id: int) -> list[LessonLine]:
    """The table of contents as its authors have it now."""
    query = (
        sa.select(
            Lesson.id,
            Lesson.position,
            Lesson.kind,
            Lesson.title_zh,
            Lesson.title_en,
            Lesson.minutes,
            Lesson.is_required,
            Lesson.module_id,
            Lesson.quiz_id,
            Lesson.assignment_id,
            sa.null(),
        )
        .where(Lesson.course_id == course_id, Lesson.deleted_at.is_(None))
        .order_by(Lesson.position, Lesson.id)
    )
    return [LessonLine(*row) for row in db.session.execute(query)]


def lesson_at(version_id: int | None, position: int) -> LessonRevision | None:
    """A lesson of a version by its place, with its quiz and assignment."""
    return db.session.scalars(_LESSON_AT, {"version_id": version_id, "position": position}).one_or_none()


def lesson_in_version(version_id: int | None, lesson_id: int) -> LessonRevision | None:
    """What a version shows of a lesson, with its quiz and assignment."""
    query = (
        sa.select(LessonRevision)
        .join(VersionLesson, VersionLesson.revision_id == LessonRevision.id)
        .where(VersionLesson.version_id == version_id, VersionLesson.lesson_id == lesson_id)
        .options(joinedload(LessonRevision.quiz), joinedload(LessonRevision.assignment))
    )
    return db.session.scalars(query).one_or_none()


def position_in(version_id: int | None, lesson_id: int) -> int | None:
    """The place of a lesson in a version; None where the version does not hold it."""
    query = sa.select(VersionLesson.position).where(
        VersionLesson.version_id == version_id, VersionLesson.lesson_id == lesson_id
    )
    return db.session.scalar(query)


def learning_of(person: Person, limit: int = 20) -> list[Learning]:
    """The courses that a person is learning: those not completed first, the latest first."""
    query = (
        sa.select(
            Enrolment,
            Course,
            sa.func.coalesce(CourseVersion.lessons, 0),
            sa.func.coalesce(CourseVersion.title_zh, Course.title_zh),
            sa.func.coalesce(CourseVersion.title_en, Course.title_en),
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Cohort.version_id)
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None))
        .order_by(
            sa.case((Enrolment.completed_at.is_(None), 0), else_=1), Enrolment.enrolled_at.desc(), Enrolment.id.desc()
        )
        .options(contains_eager(Enrolment.cohort), defer(Course.summary_zh), defer(Course.summary_en))
        .limit(limit)
    )
    return [Learning(*row) for row in db.session.execute(query)]


def next_lesson(enrolment: Enrolment, version_id: int | None) -> LessonLine | None:
    """The first lesson of a version that an enrolment has not completed."""
    done = sa.exists().where(LessonDone.lesson_id == VersionLesson.lesson_id, LessonDone.enrolment_id == enrolment.id)
    query = _line(sa.null()).where(VersionLesson.version_id == version_id, ~done).limit(1)
    row = db.session.execute(query).one_or_none()
    return None if row is None else LessonLine(*row)


def lesson_of_quiz(quiz: Quiz) -> tuple[Lesson, Course] | None:
    """The lesson that a quiz belongs to or belonged to, and its course."""
    query = (
        sa.select(Lesson, Course)
        .join(Course, Course.id == Lesson.course_id)
        .where(Lesson.id == quiz.context_id)
        .options(defer(Lesson.body_zh), defer(Lesson.body_en))
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def place_of_quiz(person: Person, quiz: Quiz, opened_by: datetime | None = None) -> tuple[int, int] | None:
    """Where a quiz stands in the version that a person is learning: (course id, position); None where it does not.

    With `opened_by` only where its lesson is open at that moment.
    """
    query = (
        sa.select(Cohort.course_id, VersionLesson.position)
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(VersionLesson, VersionLesson.version_id == Cohort.version_id)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None), LessonRevision.quiz_id == quiz.id)
        .limit(1)
    )
    if opened_by is not None:
        query = query.where(
            ~sa.exists().where(
                CohortDate.cohort_id == Cohort.id,
                CohortDate.lesson_id == VersionLesson.lesson_id,
                CohortDate.opens_at > opened_by,
            )
        )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])
