"""What stands in the calendar of learners and teachers: lessons that open and are due, quizzes, cohorts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Organisation, Person
from app.assessment.models import Quiz
from app.db import db
from courses.models import (
    Cohort,
    CohortDate,
    CohortTeacher,
    Course,
    CourseVersion,
    Enrolment,
    LessonDone,
    LessonRevision,
    VersionLesson,
)
from courses.queries.cohorts import is_listed


@dataclass(frozen=True)
class DatedLesson:
    """A lesson of a cohort with its dates, those of its quiz, and whether the reader has completed it."""

    cohort_id: int
    lesson_id: int
    course_id: int
    position: int
    title_zh: str
    title_en: str
    course_title_zh: str
    course_title_en: str
    slug: str
    opens_at: datetime | None
    due_at: datetime | None
    quiz_id: int | None
    quiz_opens_at: datetime | None
    quiz_closes_at: datetime | None
    is_done: bool


@dataclass(frozen=True)
class DatedCohort:
    """A cohort with its first and last day."""

    cohort_id: int
    course_id: int
    name_zh: str
    name_en: str
    title_zh: str
    title_en: str
    slug: str
    starts_on: date
    ends_on: date


def _mine(person: Person, *, is_teaching: bool) -> sa.ColumnElement[bool]:
    if is_teaching:
        teaches = sa.exists().where(CohortTeacher.cohort_id == Cohort.id, CohortTeacher.person_id == person.id)
        return sa.and_(teaches, is_listed())
    return sa.exists().where(
        Enrolment.cohort_id == Cohort.id, Enrolment.person_id == person.id, Enrolment.left_at.is_(None)
    )


def dated_lessons(person: Person, since: datetime, until: datetime, *, is_teaching: bool) -> list[DatedLesson]:
    """The lessons of which something happens within [since, until), in cohorts that somebody learns or teaches in."""

    def within(column: Any) -> sa.ColumnElement[bool]:
        return sa.and_(column >= since, column < until)

    done = (
        sa.exists()
        .where(LessonDone.lesson_id == VersionLesson.lesson_id, LessonDone.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.person_id == person.id)
        .correlate(VersionLesson, Cohort)
    )
    query: Any = (
        sa.select(
            Cohort.id,
            VersionLesson.lesson_id,
            Cohort.course_id,
            VersionLesson.position,
            LessonRevision.title_zh,
            LessonRevision.title_en,
            CourseVersion.title_zh,
            CourseVersion.title_en,
            Organisation.slug,
            CohortDate.opens_at,
            CohortDate.due_at,
            Quiz.id,
            Quiz.opens_at,
            Quiz.closes_at,
            done.label("is_done"),
        )
        .select_from(Cohort)
        .join(Organisation, Organisation.id == Cohort.organisation_id)
        .join(CourseVersion, CourseVersion.id == Cohort.version_id)
        .join(VersionLesson, VersionLesson.version_id == Cohort.version_id)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .outerjoin(
            CohortDate,
            sa.and_(CohortDate.cohort_id == Cohort.id, CohortDate.lesson_id == VersionLesson.lesson_id),
        )
        .outerjoin(Quiz, Quiz.id == LessonRevision.quiz_id)
        .where(
            _mine(person, is_teaching=is_teaching),
            sa.or_(
                within(CohortDate.opens_at),
                within(CohortDate.due_at),
                within(Quiz.opens_at),
                within(Quiz.closes_at),
            ),
        )
        .order_by(Cohort.id, VersionLesson.position)
        .limit(1000)
    )
    return [DatedLesson(*row) for row in db.session.execute(query)]


def dated_cohorts(person: Person, since: date, until: date, *, is_teaching: bool) -> list[DatedCohort]:
    """The cohorts that begin or end within [since, until), of those that somebody learns or teaches in."""
    query: Any = (
        sa.select(
            Cohort.id,
            Cohort.course_id,
            Cohort.name_zh,
            Cohort.name_en,
            sa.func.coalesce(CourseVersion.title_zh, Course.title_zh),
            sa.func.coalesce(CourseVersion.title_en, Course.title_en),
            Organisation.slug,
            Cohort.starts_on,
            Cohort.ends_on,
        )
        .join(Course, Course.id == Cohort.course_id)
        .join(Organisation, Organisation.id == Cohort.organisation_id)
        .outerjoin(CourseVersion, CourseVersion.id == Cohort.version_id)
        .where(
            _mine(person, is_teaching=is_teaching),
            sa.or_(
                sa.and_(Cohort.starts_on >= since, Cohort.starts_on < until),
                sa.and_(Cohort.ends_on >= since, Cohort.ends_on < until),
            ),
        )
        .order_by(Cohort.id)
        .limit(200)
    )
    return [DatedCohort(*row) for row in db.session.execute(query)]
