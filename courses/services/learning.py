"""Completing lessons and courses. What completes a lesson is an answer, never time spent. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.assessment.models import Attempt, Quiz
from app.db import db
from courses import queries
from courses.models import (
    QUIZ_OF_LESSON,
    Course,
    CourseVersion,
    Enrolment,
    LessonDone,
    LessonKind,
    LessonRevision,
)
from courses.services.certificates import certify
from courses.services.refusals import CompletedByWork, QuizNotPassed


def read_to_end(enrolment: Enrolment, lesson: LessonRevision, course: Course, now: datetime) -> None:
    """The learner says that a page is read. Raises QuizNotPassed or CompletedByWork where that is not what counts."""
    if lesson.kind in (LessonKind.ASSIGNMENT, LessonKind.DISCUSSION):
        raise CompletedByWork
    if lesson.quiz_id is not None and not _has_passed(enrolment.person_id, lesson.lesson_id):
        raise QuizNotPassed
    complete_lesson(enrolment, lesson.lesson_id, course, now)


def _has_passed(person_id: int, lesson_id: int) -> bool:
    query = (
        sa.select(Attempt.points, Attempt.points_max, Quiz.pass_share)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Quiz.context_id == lesson_id)
        .where(Attempt.person_id == person_id, Attempt.points.is_not(None))
    )
    return any(
        points is not None and most and points >= most * share for points, most, share in db.session.execute(query)
    )


def complete_lesson(enrolment: Enrolment, lesson_id: int, course: Course, now: datetime) -> bool:
    """Count a lesson as completed, once; with the last required one the course, which brings its certificate.

    A lesson that the cohort's version does not hold is noted, and counts if the cohort moves to one that does. Returns
    whether the course was completed by it.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {"enrolment_id": enrolment.id, "lesson_id": lesson_id, "done_at": now}
    adding = insert(LessonDone).values(**row).on_conflict_do_nothing().returning(LessonDone.lesson_id)
    if db.session.execute(adding).first() is None:
        return False
    in_version = queries.is_in_version(enrolment.cohort.version_id, lesson_id)
    if in_version:
        db.session.execute(
            sa.update(Enrolment)
            .where(Enrolment.id == enrolment.id)
            .values(lessons_done=Enrolment.lessons_done + 1)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(enrolment, ["lessons_done"])
    return check_completion(enrolment, course, now)


def check_completion(enrolment: Enrolment, course: Course, now: datetime) -> bool:
    """Complete the course where nothing is lacking any more; returns whether that happened now."""
    version = None if enrolment.completed_at is not None else queries.version_of(enrolment.cohort)
    if version is None or queries.count_lacking(enrolment, version.id):
        return False
    complete_course(enrolment, course, version, now)
    return True


def complete_lessons(
    enrolment: Enrolment, course: Course, done: Sequence[tuple[int, datetime]], lessons_total: int
) -> None:
    """Lessons completed in the past by somebody who had completed none: (lesson id, when), in order of time.

    For what comes from elsewhere: one statement, and the certificate where all `lessons_total` are done.
    """
    if not done:
        return
    db.session.execute(
        sa.insert(LessonDone),
        [{"enrolment_id": enrolment.id, "lesson_id": lesson_id, "done_at": at} for lesson_id, at in done],
    )
    enrolment.lessons_done = len(done)
    if len(done) == lessons_total:
        complete_course(enrolment, course, None, done[-1][1])


def complete_course(enrolment: Enrolment, course: Course, version: CourseVersion | None, now: datetime) -> None:
    """The course is completed, in the words of the version that was learnt; the certificate follows."""
    enrolment.completed_at = now
    certify(enrolment, course, version, now)


def quiz_finished(attempt: Attempt, now: datetime) -> None:
    """A passed quiz completes its lesson for whoever is enrolled."""
    if not attempt.is_passed:
        return
    found = queries.lesson_of_quiz(attempt.quiz)
    if found is None:
        return
    lesson, course = found
    enrolment = queries.enrolment_in(attempt.person, course.id)
    if enrolment is not None and enrolment.left_at is None:
        complete_lesson(enrolment, lesson.id, course, now)
