"""Published versions of courses: what they hold, and what changed from one to the next."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload

from app.assessment.models import QuestionVersion, QuizItem, RubricRow
from app.db import db
from courses.models import (
    Assignment,
    Cohort,
    CompletesOn,
    Course,
    CourseVersion,
    Enrolment,
    LessonDone,
    LessonKind,
    LessonRevision,
    VersionLesson,
)
from courses.queries.cohorts import is_listed
from courses.rules.criteria import Asked


@dataclass(frozen=True)
class VersionLine:
    """A lesson in a version or in the working copy, by which the two are compared: equal ones `say` the same."""

    lesson_id: int
    position: int
    module_id: int | None
    revision_id: int | None
    number: int
    says: str
    title_zh: str
    title_en: str


def newest_version(course: Course) -> CourseVersion | None:
    """The version of a course that was published last."""
    query = sa.select(CourseVersion).where(
        CourseVersion.course_id == course.id, CourseVersion.number == course.version_number
    )
    return db.session.scalars(query).one_or_none()


def version_of(cohort: Cohort) -> CourseVersion | None:
    """The version that a cohort learns; None while the course has never been published."""
    return None if cohort.version_id is None else db.session.get(CourseVersion, cohort.version_id)


def version_numbered(course_id: int, number: int) -> CourseVersion | None:
    """A version of a course by its number."""
    query = sa.select(CourseVersion).where(CourseVersion.course_id == course_id, CourseVersion.number == number)
    return db.session.scalars(query).one_or_none()


def versions_of(course_id: int) -> list[CourseVersion]:
    """All published versions of a course, newest first, without their summaries."""
    query = (
        sa.select(CourseVersion)
        .where(CourseVersion.course_id == course_id)
        .order_by(CourseVersion.number.desc())
        .options(defer(CourseVersion.summary_zh), defer(CourseVersion.summary_en))
    )
    return list(db.session.scalars(query))


def lines_of_version(version_id: int) -> list[VersionLine]:
    """The lessons of a version in order, each with the revision that it shows."""
    query = (
        sa.select(
            VersionLesson.lesson_id,
            VersionLesson.position,
            VersionLesson.module_id,
            VersionLesson.revision_id,
            LessonRevision.number,
            LessonRevision.digest,
            LessonRevision.title_zh,
            LessonRevision.title_en,
        )
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .where(VersionLesson.version_id == version_id)
        .order_by(VersionLesson.position)
    )
    return [VersionLine(*row) for row in db.session.execute(query)]


def is_in_version(version_id: int | None, lesson_id: int) -> bool:
    """Whether a version holds a lesson."""
    query = sa.select(sa.exists().where(VersionLesson.version_id == version_id, VersionLesson.lesson_id == lesson_id))
    return bool(db.session.scalar(query))


def skills_tested_in(version_id: int) -> list[tuple[int, str, int]]:
    """What the quizzes and rubrics of a version test: (lesson id, skill code, highest level)."""
    in_quiz = (
        sa.select(VersionLesson.lesson_id, QuestionVersion.skill_code.label("code"), QuestionVersion.level)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .join(QuizItem, QuizItem.quiz_id == LessonRevision.quiz_id)
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .where(VersionLesson.version_id == version_id)
        .where(QuestionVersion.skill_code.is_not(None), QuestionVersion.level.is_not(None))
    )
    in_rubric = (
        sa.select(VersionLesson.lesson_id, RubricRow.skill_code, RubricRow.level)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .join(Assignment, Assignment.id == LessonRevision.assignment_id)
        .join(RubricRow, RubricRow.rubric_id == Assignment.rubric_id)
        .where(VersionLesson.version_id == version_id)
        .where(RubricRow.skill_code.is_not(None), RubricRow.level.is_not(None))
    )
    tested = sa.union_all(in_quiz, in_rubric).subquery()
    query = (
        sa.select(tested.c.lesson_id, tested.c.code, sa.func.max(tested.c.level))
        .group_by(tested.c.lesson_id, tested.c.code)
        .order_by(tested.c.lesson_id, tested.c.code)
    )
    return [(lesson_id, code, level) for lesson_id, code, level in db.session.execute(query)]


def asked_in(version_id: int) -> Asked:
    """How many required lessons a version has, and what they ask."""
    revision = LessonRevision
    is_work = revision.kind == LessonKind.ASSIGNMENT
    has_quiz = sa.and_(
        revision.quiz_id.is_not(None), revision.kind.not_in((LessonKind.ASSIGNMENT, LessonKind.DISCUSSION))
    )
    query = (
        sa.select(
            sa.func.count(),
            sa.func.count(sa.case((has_quiz, 1))),
            sa.func.count(sa.case((sa.and_(is_work, Assignment.completes_on == CompletesOn.PASSED), 1))),
            sa.func.count(sa.case((sa.and_(is_work, Assignment.completes_on == CompletesOn.HANDED_IN), 1))),
            sa.func.count(sa.case((revision.kind == LessonKind.DISCUSSION, 1))),
        )
        .select_from(VersionLesson)
        .join(revision, revision.id == VersionLesson.revision_id)
        .outerjoin(Assignment, Assignment.id == revision.assignment_id)
        .where(VersionLesson.version_id == version_id, revision.is_required)
    )
    return Asked(*db.session.execute(query).one())


def count_decided(enrolment_id: int, version_id: int) -> int:
    """How many required lessons of a version count as done for somebody by a teacher's decision."""
    query = (
        sa.select(sa.func.count())
        .select_from(LessonDone)
        .join(VersionLesson, VersionLesson.lesson_id == LessonDone.lesson_id)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .where(LessonDone.enrolment_id == enrolment_id, LessonDone.is_decided)
        .where(VersionLesson.version_id == version_id, LessonRevision.is_required)
    )
    return db.session.scalar(query) or 0


def completed_enrolments() -> list[tuple[Enrolment, Course, CourseVersion]]:
    """Everybody's completed courses with the versions that they learnt, in the order of their completion."""
    query = (
        sa.select(Enrolment, Course, CourseVersion)
        .join(Enrolment.cohort)
        .join(Course, Course.id == Cohort.course_id)
        .join(CourseVersion, CourseVersion.id == Cohort.version_id)
        .where(Enrolment.completed_at.is_not(None))
        .options(contains_eager(Enrolment.cohort), joinedload(Enrolment.person))
        .order_by(Enrolment.completed_at, Enrolment.id)
    )
    return [(enrolment, course, version) for enrolment, course, version in db.session.execute(query)]


def _lacking(enrolment_id: sa.ColumnElement[int] | int, version_id: int) -> sa.Select[int]:
    done = (
        sa.exists()
        .where(LessonDone.lesson_id == VersionLesson.lesson_id, LessonDone.enrolment_id == enrolment_id)
        .correlate(VersionLesson, Enrolment)  # by itself it would see no further than the statement around it
    )
    return (
        sa.select(sa.func.count())
        .select_from(VersionLesson)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .where(VersionLesson.version_id == version_id, LessonRevision.is_required, ~done)
    )


def count_lacking(enrolment: Enrolment, version_id: int) -> int:
    """How many required lessons of a version an enrolment has not completed."""
    return db.session.scalar(_lacking(enrolment.id, version_id)) or 0


def progress_by_version(cohort_id: int, version_id: int) -> list[tuple[Enrolment, int, int]]:
    """Of everybody in a cohort, measured by a version: lessons done, required lessons lacking."""
    done = (
        sa.select(sa.func.count())
        .select_from(LessonDone)
        .join(VersionLesson, VersionLesson.lesson_id == LessonDone.lesson_id)
        .where(LessonDone.enrolment_id == Enrolment.id, VersionLesson.version_id == version_id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    lacking = _lacking(Enrolment.id.expression, version_id).correlate(Enrolment).scalar_subquery()
    query = sa.select(Enrolment, done, lacking).where(Enrolment.cohort_id == cohort_id).order_by(Enrolment.id)
    return [(enrolment, some, left) for enrolment, some, left in db.session.execute(query)]


def versions_showing(lesson_id: int) -> dict[int, list[int]]:
    """The numbers of the versions that show each revision of a lesson, by revision id."""
    query = (
        sa.select(VersionLesson.revision_id, CourseVersion.number)
        .join(CourseVersion, CourseVersion.id == VersionLesson.version_id)
        .where(VersionLesson.lesson_id == lesson_id)
        .order_by(CourseVersion.number)
    )
    found: dict[int, list[int]] = {}
    for revision_id, number in db.session.execute(query):
        found.setdefault(revision_id, []).append(number)
    return found


def cohorts_learning(version_id: int) -> int:
    """How many cohorts learn a version."""
    query = sa.select(sa.func.count()).select_from(Cohort).where(Cohort.version_id == version_id)
    return db.session.scalar(query) or 0


def cohorts_by_version(course_id: int, organisation_id: int) -> list[tuple[Cohort, int | None]]:
    """The cohorts of a course that an organisation teaches, and the number of the version that each learns."""
    query = (
        sa.select(Cohort, CourseVersion.number)
        .outerjoin(CourseVersion, CourseVersion.id == Cohort.version_id)
        .where(Cohort.course_id == course_id, Cohort.organisation_id == organisation_id, is_listed())
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
        .limit(200)
    )
    return [(cohort, number) for cohort, number in db.session.execute(query)]


def effect_of_moving(cohort_id: int, version_id: int) -> tuple[int, int]:
    """Of those who learn in a cohort now: how many have not completed it, and how many would by a version."""
    lacking = _lacking(Enrolment.id.expression, version_id).correlate(Enrolment).scalar_subquery()
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((lacking == 0, 1), else_=0)), 0)).where(
        Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None), Enrolment.completed_at.is_(None)
    )
    row = db.session.execute(query).one()
    return row[0], row[1]
