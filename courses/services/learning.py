"""Completing lessons and courses. What completes a lesson is an answer, never time spent. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.assessment.models import Attempt, Quiz
from app.db import db
from courses import queries
from courses.models import (
    QUIZ_OF_LESSON,
    Course,
    Enrolment,
    LessonDone,
    LessonKind,
    LessonRevision,
)
from courses.queries import grades as grade_queries
from courses.services.completion import check_completion, mark_done, require_turn
from courses.services.grades import lesson_marked
from courses.services.refusals import CompletedByWork, QuizNotPassed


def read_to_end(enrolment: Enrolment, lesson: LessonRevision, course: Course, now: datetime) -> None:
    """The learner says that a page is read.

    Raises QuizNotPassed or CompletedByWork where that is not what counts, LessonNotOpen where others come before it.
    """
    require_turn(enrolment, lesson.lesson_id)
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
    if not mark_done(enrolment, lesson_id, now):
        return False
    return check_completion(enrolment, course, now)


def complete_lessons(enrolment: Enrolment, done: Sequence[tuple[int, datetime]], lessons_total: int) -> None:
    """Lessons completed in the past by somebody who had completed none: (lesson id, when), in order of time.

    For what comes from elsewhere: one statement. The certificates of those who did all `lessons_total` are issued by
    `certify_completed`, once all that they have shown is recorded.
    """
    if not done:
        return
    db.session.execute(
        sa.insert(LessonDone),
        [{"enrolment_id": enrolment.id, "lesson_id": lesson_id, "done_at": at} for lesson_id, at in done],
    )
    enrolment.lessons_done = len(done)
    if len(done) == lessons_total:
        enrolment.completed_at = done[-1][1]


def quiz_finished(attempt: Attempt, now: datetime) -> None:
    """What a finished, marked or re-marked attempt means: the best one stands in the gradebook, a passed one completes
    its lesson for whoever is enrolled.

    What was completed stays so when a regrade takes points away; the gradebook shows what they now are.
    """
    found = queries.lesson_of_quiz(attempt.quiz)
    if found is None:
        return
    lesson, course = found
    enrolment = queries.enrolment_in(attempt.person, course.id)
    if enrolment is None or enrolment.left_at is not None:
        return
    db.session.flush()
    tried = grade_queries.tried_at(enrolment.person_id, [lesson.id]).get(lesson.id)
    if tried is not None and tried.best is not None and tried.most is not None:
        lesson_marked(enrolment, lesson.id, tried.best, tried.most, now)
    if attempt.is_passed:
        complete_lesson(enrolment, lesson.id, course, now)
