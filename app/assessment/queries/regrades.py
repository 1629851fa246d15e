"""Reads for marking anew: versions in use, attempts, answers, and what earlier regrades changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.assessment.contexts import Marked
from app.assessment.models import Answer, Attempt, QuestionVersion, QuizItem, Regrade, RegradedAnswer
from app.db import db
from app.jobs import Job, JobStatus


def versions_in_use(question_id: int) -> list[QuestionVersion]:
    """The versions of a question that quizzes ask, oldest first."""
    query = (
        sa.select(QuestionVersion)
        .where(
            QuestionVersion.question_id == question_id,
            sa.exists().where(QuizItem.question_version_id == QuestionVersion.id),
        )
        .order_by(QuestionVersion.number)
    )
    return list(db.session.scalars(query))


def items_asking(version_id: int) -> list[QuizItem]:
    """The quiz items that ask a version."""
    query = sa.select(QuizItem).where(QuizItem.question_version_id == version_id).order_by(QuizItem.id)
    return list(db.session.scalars(query))


def attempts_at_items(item_ids: Sequence[int]) -> list[int]:
    """All attempts at the quizzes of some items, by id."""
    quizzes = sa.select(QuizItem.quiz_id).where(QuizItem.id.in_(item_ids))
    return list(db.session.scalars(sa.select(Attempt.id).where(Attempt.quiz_id.in_(quizzes)).order_by(Attempt.id)))


def hold_attempts(attempt_ids: Sequence[int]) -> None:
    """Hold some attempts until the transaction ends."""
    query = sa.select(Attempt.id).where(Attempt.id.in_(attempt_ids)).order_by(Attempt.id).with_for_update()
    db.session.execute(query).all()


def running_regrade(organisation_id: int, question_id: int) -> Job | None:
    """The job that marks answers to a question anew just now."""
    query = (
        sa.select(Job)
        .where(
            Job.organisation_id == organisation_id,
            Job.kind == "assessment.regrade",
            Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]),
        )
        .order_by(Job.id)
    )
    return next((job for job in db.session.scalars(query) if job.arguments.get("question") == question_id), None)


def marked_answers(item_ids: Sequence[int], attempt_ids: Sequence[int] | None = None, limit: int = 0) -> list[Answer]:
    """Marked answers to some items, of some attempts or of all, with attempts, quizzes, people and items."""
    query = (
        sa.select(Answer)
        .join(Answer.attempt)
        .where(Answer.item_id.in_(item_ids), Answer.share.is_not(None), Attempt.submitted_at.is_not(None))
        .order_by(Answer.id.desc())
        .options(
            joinedload(Answer.attempt, innerjoin=True).joinedload(Attempt.quiz, innerjoin=True),
            joinedload(Answer.attempt, innerjoin=True).joinedload(Attempt.person, innerjoin=True),
            joinedload(Answer.item, innerjoin=True),
        )
    )
    if attempt_ids is not None:
        query = query.where(Answer.attempt_id.in_(attempt_ids))
    return list(db.session.scalars(query.limit(limit) if limit else query))


def answers_of_own_learners(answer_ids: Sequence[int], marked: Sequence[Marked]) -> set[int]:
    """Which of some answers are among those that somebody marks, by id."""
    if not answer_ids or not marked:
        return set()
    query = (
        sa.select(Answer.id)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Answer.id.in_(answer_ids))
        .where(sa.or_(*(one.learns(Attempt.person_id, Attempt.quiz_id) for one in marked)))
    )
    return set(db.session.scalars(query))


def regrades_of(question_id: int) -> list[tuple[Regrade, int]]:
    """What has been marked anew of a question, newest first, and how many answers each changed."""
    changed = (
        sa.select(sa.func.count()).where(RegradedAnswer.regrade_id == Regrade.id).correlate(Regrade).scalar_subquery()
    )
    query = (
        sa.select(Regrade, changed)
        .where(Regrade.question_id == question_id)
        .order_by(Regrade.id.desc())
        .options(joinedload(Regrade.by), joinedload(Regrade.from_version), joinedload(Regrade.to_version))
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def regraded_items(attempt_id: int) -> dict[int, RegradedAnswer]:
    """The newest change by a regrade of each item of an attempt, by item id."""
    query = (
        sa.select(RegradedAnswer, Answer.item_id)
        .join(Answer, Answer.id == RegradedAnswer.answer_id)
        .where(Answer.attempt_id == attempt_id)
        .order_by(RegradedAnswer.id)
        .options(joinedload(RegradedAnswer.regrade, innerjoin=True))
    )
    return {row[1]: row[0] for row in db.session.execute(query)}
