"""The quiz of a lesson: which questions, by which rules."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from app import audit
from app.assessment import queries as assessment
from app.assessment.models import Paging, QuestionVersion, Quiz, QuizItem
from app.assessment.rules.content import QuestionKind
from app.db import db
from courses import queries
from courses.models import QUIZ_OF_LESSON, Course, Lesson, LessonKind
from courses.services.refusals import LessonIsAssignment, PoolTooSmall
from courses.services.writing import keep_revision


@dataclass(frozen=True)
class QuizRules:
    """How a lesson's quiz is taken."""

    minutes: int | None = None
    attempts_allowed: int = 3
    pass_share: Decimal = Decimal("0.6")
    shuffles: bool = True
    paging: Paging = Paging.ONE
    # How many people mark each answer that no machine can mark.
    markers: int = 1
    # How many of those who handed in review each of them; none: only people who teach mark them.
    peers: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    # By number of the pool: how many an attempt gets, and which skill and level filled it; see `Quiz.pools`.
    pools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Asked(NamedTuple):
    """A question of a quiz: its version, its points, and the pool that it is drawn from (none: everybody gets it)."""

    version: QuestionVersion
    points: Decimal
    pool: int | None = None


def set_quiz(
    lesson: Lesson,
    course: Course,
    questions: Sequence[Asked],
    rules: QuizRules,
    *,
    actor_id: int | None = None,
    is_new: bool = False,
    now: datetime | None = None,
) -> Quiz | None:
    """Give a lesson the quiz of these questions; none takes the quiz away.

    Where the quiz is part of a revision or somebody has begun it, and its questions or points change, the lesson gets
    a new one: cohorts keep the quiz of their version, attempts the questions that they were taken with. Rules alone
    (time, attempts, opening and closing) change in place, for everybody at once. `is_new` (for a lesson just made)
    spares the questions about the old quiz. With `now` the lesson's history keeps the quiz as it was and as it becomes.
    Raises PoolTooSmall, LessonIsAssignment.
    """
    if questions and lesson.kind is LessonKind.ASSIGNMENT:
        raise LessonIsAssignment
    sizes = Counter(str(asked.pool) for asked in questions if asked.pool is not None)
    pools = {name: dict(pool) for name, pool in rules.pools.items() if sizes[name]}
    for name, pool in pools.items():
        if not 1 <= pool["take"] <= sizes[name]:
            raise PoolTooSmall(take=pool["take"], size=sizes[name])
    db.session.flush()  # questions just written get their ids
    if now is not None:
        keep_revision(lesson, now, actor_id)
    old = None if is_new or lesson.quiz_id is None else db.session.get(Quiz, lesson.quiz_id)
    wanted = [(asked.version.id, _worth(asked.version, asked.points), asked.pool) for asked in questions]
    quiz = old
    if old is not None:
        held = [(item.question_version_id, item.points, item.pool) for item in assessment.items_of(old.id)]
        if held != wanted or old.pools != pools:
            lesson.quiz_id = quiz = None
            db.session.flush()
            if not queries.is_quiz_kept(old.id) and not assessment.has_attempts(old.id):
                db.session.expunge(old)
                _delete_quiz(old.id)
    if quiz is None and wanted:
        quiz = Quiz(
            organisation_id=course.organisation_id,
            context_kind=QUIZ_OF_LESSON,
            context_id=lesson.id,
            title_zh=_title(course.title_zh, lesson.title_zh),
            title_en=_title(course.title_en, lesson.title_en) if course.title_en and lesson.title_en else "",
        )
        quiz.items = [
            QuizItem(question_version_id=version_id, position=position, points=points, pool=pool)
            for position, (version_id, points, pool) in enumerate(wanted, start=1)
        ]
        db.session.add(quiz)
    if quiz is not None:
        quiz.minutes, quiz.attempts_allowed = rules.minutes, rules.attempts_allowed
        quiz.pass_share, quiz.shuffles, quiz.paging = rules.pass_share, rules.shuffles, rules.paging
        quiz.opens_at, quiz.closes_at, quiz.pools = rules.opens_at, rules.closes_at, pools
        quiz.markers, quiz.peers = rules.markers, rules.peers
        db.session.flush()
        lesson.quiz_id = quiz.id
    if actor_id is not None:
        audit.record(
            "lesson.set-quiz",
            lesson,
            actor_id=actor_id,
            organisation_id=course.organisation_id,
            quiz_id=lesson.quiz_id,
            questions=len(questions),
        )
    db.session.flush()
    if now is not None:
        keep_revision(lesson, now, actor_id)
    return quiz


def _title(course: str, lesson: str) -> str:
    return f"{course} · {lesson}"[:300]


def _worth(version: QuestionVersion, points: Decimal) -> Decimal:
    """A text that asks nothing is worth nothing."""
    return Decimal(0) if version.question.kind is QuestionKind.DESCRIPTION else points


def _delete_quiz(quiz_id: int) -> None:
    db.session.execute(sa.delete(QuizItem).where(QuizItem.quiz_id == quiz_id))
    db.session.execute(sa.delete(Quiz).where(Quiz.id == quiz_id))
