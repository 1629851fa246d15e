"""What was decided about people while they were away from a cohort."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.assessment.models import Attempt, Quiz
from app.db import db
from courses.models import (
    QUIZ_OF_LESSON,
    Assignment,
    CompletesOn,
    GroupMember,
    LessonDone,
    Release,
    Submission,
    VersionLesson,
)
from courses.queries.grades import Tried, has_waiting, tried_of


@dataclass(frozen=True)
class TriedLesson:
    """Somebody's attempts at the quizzes of a lesson, and whether one of them passes."""

    person_id: int
    lesson_id: int
    tried: Tried
    is_passed: bool


def quizzes_tried(person_ids: Collection[int], version_id: int) -> list[TriedLesson]:
    """The attempts of people at the quizzes that the lessons of a version have or had."""
    query = (
        sa.select(
            Attempt.person_id,
            Quiz.context_id,
            Attempt.points,
            Attempt.points_max,
            Attempt.submitted_at,
            Quiz.pass_share,
            has_waiting().label("waits"),
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(
            VersionLesson, sa.and_(VersionLesson.version_id == version_id, VersionLesson.lesson_id == Quiz.context_id)
        )
        .where(Quiz.context_kind == QUIZ_OF_LESSON)
        .where(Attempt.person_id.in_(person_ids), Attempt.submitted_at.is_not(None))
        .order_by(Attempt.id)
    )
    rows: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        rows[row.person_id, row.context_id].append(row)
    return [TriedLesson(*key, tried_of(those), any(map(_passes, those))) for key, those in rows.items()]


def _passes(row: Any) -> bool:
    return row.points is not None and row.points_max > 0 and row.points >= row.points_max * row.pass_share


def works_accepted(enrolment_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(enrolment, lesson) of what people, alone or with a group, have handed in and what is enough."""
    owned = sa.union_all(
        sa.select(Submission.id, Submission.enrolment_id).where(Submission.enrolment_id.in_(enrolment_ids)),
        sa.select(Submission.id, GroupMember.enrolment_id)
        .join(GroupMember, GroupMember.group_id == Submission.group_id)
        .where(GroupMember.enrolment_id.in_(enrolment_ids)),
    ).subquery()
    query = (
        sa.select(
            Submission.id,
            owned.c.enrolment_id,
            Submission.lesson_id,
            Assignment.completes_on,
            Assignment.pass_share,
            Release.points,
            Release.points_max,
        )
        .join(owned, owned.c.id == Submission.id)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .outerjoin(Release, Release.submission_id == Submission.id)
        .where(Submission.version_number > 0)
        .order_by(Submission.id, Release.number)
    )
    # Of several releases the newest counts.
    newest = {(row.enrolment_id, row.id): row for row in db.session.execute(query)}
    return list(
        dict.fromkeys(
            (row.enrolment_id, row.lesson_id)
            for row in newest.values()
            if row.completes_on is CompletesOn.HANDED_IN or _is_enough(row.points, row.points_max, row.pass_share)
        )
    )


def _is_enough(points: Decimal | None, most: Decimal | None, share: Decimal) -> bool:
    return points is not None and most is not None and points >= share * most


def lessons_done_by(enrolment_ids: Sequence[int]) -> set[tuple[int, int]]:
    """(enrolment, lesson) of what people have completed."""
    query = sa.select(LessonDone.enrolment_id, LessonDone.lesson_id).where(LessonDone.enrolment_id.in_(enrolment_ids))
    return {(row[0], row[1]) for row in db.session.execute(query)}
