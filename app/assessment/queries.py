"""Reads of the question bank, quizzes, attempts and handed-in work."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.assessment.models import (
    Answer,
    Attempt,
    HandIn,
    Question,
    QuestionKind,
    QuestionVersion,
    Quiz,
    QuizItem,
    Rubric,
    RubricMark,
)
from app.db import db


def bank_of(
    organisation_id: int, *, skill: str | None = None, kind: QuestionKind | None = None, words: str = ""
) -> sa.Select[tuple[Question]]:
    """Questions of an organisation's bank, newest first, narrowed by skill, type and words of the name."""
    query = sa.select(Question).where(Question.organisation_id == organisation_id)
    if skill:
        query = query.where(Question.skill_code == (None if skill == "none" else skill))
    if kind:
        query = query.where(Question.kind == kind)
    if words:
        query = query.where(Question.name.icontains(words, autoescape=True))
    return query.order_by(Question.id.desc())


def newest_version(question_id: int) -> QuestionVersion:
    """What a question says now."""
    query = (
        sa.select(QuestionVersion)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one()


def newest_versions(question_ids: Sequence[int]) -> dict[int, QuestionVersion]:
    """What several questions say now, by question id."""
    query = (
        sa.select(QuestionVersion)
        .where(QuestionVersion.question_id.in_(question_ids))
        .order_by(QuestionVersion.number)
    )
    return {version.question_id: version for version in db.session.scalars(query)}


def items_of(quiz_id: int) -> list[QuizItem]:
    """The items of a quiz in order, with their question versions."""
    query = (
        sa.select(QuizItem)
        .where(QuizItem.quiz_id == quiz_id)
        .order_by(QuizItem.position)
        .options(joinedload(QuizItem.version))
    )
    return list(db.session.scalars(query))


def attempts_of(person: Person, quiz_ids: Sequence[int]) -> list[Attempt]:
    """A person's attempts at quizzes, oldest first, with the quizzes."""
    query = (
        sa.select(Attempt)
        .where(Attempt.person_id == person.id, Attempt.quiz_id.in_(quiz_ids))
        .order_by(Attempt.quiz_id, Attempt.number)
        .options(joinedload(Attempt.quiz))
    )
    return list(db.session.scalars(query))


def attempt_of(person: Person, attempt_id: int) -> Attempt | None:
    """One of a person's own attempts."""
    query = (
        sa.select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.person_id == person.id)
        .options(joinedload(Attempt.quiz))
    )
    return db.session.scalars(query).one_or_none()


def answers_of(attempt: Attempt) -> dict[int, Answer]:
    """The answers of an attempt by item id."""
    query = sa.select(Answer).where(Answer.attempt_id == attempt.id)
    return {answer.item_id: answer for answer in db.session.scalars(query)}


def quizzes_in(context_kind: str, context_ids: Sequence[int]) -> dict[int, Quiz]:
    """Quizzes by the id of their context."""
    query = sa.select(Quiz).where(Quiz.context_kind == context_kind, Quiz.context_id.in_(context_ids))
    return {quiz.context_id: quiz for quiz in db.session.scalars(query)}


def rubrics_of(organisation_id: int) -> list[Rubric]:
    """An organisation's rubrics with their rows."""
    query = (
        sa.select(Rubric)
        .where(Rubric.organisation_id == organisation_id)
        .order_by(Rubric.id.desc())
        .options(selectinload(Rubric.rows))
    )
    return list(db.session.scalars(query))


def newest_hand_ins(context_kind: str, context_ids: Sequence[int]) -> dict[int, HandIn]:
    """The newest version by context id."""
    query = (
        sa.select(HandIn)
        .where(HandIn.context_kind == context_kind, HandIn.context_id.in_(context_ids))
        .order_by(HandIn.number)
        .options(joinedload(HandIn.file))
    )
    return {work.context_id: work for work in db.session.scalars(query)}


def hand_ins_of(context_kind: str, context_id: int) -> list[HandIn]:
    """All versions, newest first, with their files."""
    query = (
        sa.select(HandIn)
        .where(HandIn.context_kind == context_kind, HandIn.context_id == context_id)
        .order_by(HandIn.number.desc())
        .options(joinedload(HandIn.file))
    )
    return list(db.session.scalars(query))


def marks_by(context_kind: str, context_id: int, marker: Person) -> list[RubricMark]:
    """What one marker has given one piece of work."""
    query = sa.select(RubricMark).where(
        RubricMark.context_kind == context_kind,
        RubricMark.context_id == context_id,
        RubricMark.marker_id == marker.id,
    )
    return list(db.session.scalars(query))


def marks_of(context_kind: str, context_ids: Sequence[int]) -> list[RubricMark]:
    """All marks that were given, for several pieces of work in one statement."""
    query = (
        sa.select(RubricMark)
        .where(RubricMark.context_kind == context_kind, RubricMark.context_id.in_(context_ids))
        .order_by(RubricMark.id)
    )
    return list(db.session.scalars(query))
