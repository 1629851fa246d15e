"""Reads of what first answers say about questions. Their people are counted and compared, and never shown."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.assessment.models import Answer, Attempt, Question, QuestionKind, QuestionVersion, Quiz, QuizItem
from app.db import db
from app.skills.models import Evidence, SourceKind
from app.skills.queries import LedgerRow, standing_rows


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """An answer of somebody's first attempt at a quiz; `share` is None while it waits for a mark."""

    attempt_id: int
    person_id: int
    item_id: int
    share: Decimal | None
    given: Any


@dataclass(frozen=True, slots=True)
class AnswerToQuestion:
    """A person's first answer to a question in whatever quiz, with what the attempt earned on its other items.

    `rest` is a share of their points; None where there are none, or where one waits for a mark.
    """

    person_id: int
    quiz_id: int
    version_id: int
    share: Decimal
    given: Any
    rest: Decimal | None


@dataclass(frozen=True, slots=True)
class QuizUse:
    """A quiz with how many questions it has, how many people handed in a first attempt, and their mean share."""

    id: int
    title_zh: str
    title_en: str
    created_at: datetime
    questions: int
    people: int
    mean: float | None


def first_answers_of(quiz_id: int, among: sa.Select[int] | None = None) -> list[FirstAnswer]:
    """The answers of all first attempts at a quiz that are handed in; with `among` (ids of people) of theirs only."""
    query = (
        sa.select(Answer.attempt_id, Attempt.person_id, Answer.item_id, Answer.share, Answer.given)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Attempt.quiz_id == quiz_id, Attempt.number == 1, Attempt.submitted_at.is_not(None))
        .order_by(Answer.attempt_id, Answer.item_id)
    )
    if among is not None:
        query = query.where(Attempt.person_id.in_(among))
    return [
        FirstAnswer(attempt_id, person_id, item_id, share, (given or {}).get("answer"))
        for attempt_id, person_id, item_id, share, given in db.session.execute(query)
    ]


def first_answers_to(question_id: int) -> list[AnswerToQuestion]:
    """Each person's first handed-in answer to a question; left out while that one waits for a mark."""
    other = aliased(Answer)
    waits = sa.exists().where(other.attempt_id == Answer.attempt_id, other.id != Answer.id, other.share.is_(None))
    query = (
        sa.select(
            Attempt.person_id,
            Attempt.quiz_id,
            QuizItem.question_version_id,
            QuizItem.points,
            Answer.share,
            Answer.given,
            Attempt.points,
            Attempt.points_max,
            waits,
        )
        .join(QuizItem, QuizItem.id == Answer.item_id)
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(QuestionVersion.question_id == question_id, Attempt.submitted_at.is_not(None))
        .order_by(Attempt.submitted_at, Attempt.id, QuizItem.position)
    )
    found: list[AnswerToQuestion] = []
    seen: set[int] = set()
    for person_id, quiz_id, version_id, worth, share, given, points, most, is_waiting in db.session.execute(query):
        if person_id in seen:
            continue
        seen.add(person_id)
        if share is None:
            continue
        others = most - worth
        known = others > 0 and points is not None and not is_waiting
        rest = min(max((points - share * worth) / others, Decimal(0)), Decimal(1)) if known else None
        found.append(AnswerToQuestion(person_id, quiz_id, version_id, share, (given or {}).get("answer"), rest))
    return found


def evidence_elsewhere(
    codes: Collection[str], *, quiz_id: int = 0, question_id: int = 0, among: sa.Select[int] | None = None
) -> list[LedgerRow]:
    """What those who took a quiz, or answered a question, have shown of skills outside quizzes.

    At work, in contests, in marked assignments: rows that no newer row supersedes. With `among` of those people only.
    """
    takers = sa.select(Attempt.person_id).where(Attempt.submitted_at.is_not(None))
    if quiz_id:
        takers = takers.where(Attempt.quiz_id == quiz_id)
    if among is not None:
        takers = takers.where(Attempt.person_id.in_(among))
    if question_id:
        takers = (
            takers.join(QuizItem, QuizItem.quiz_id == Attempt.quiz_id)
            .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
            .where(QuestionVersion.question_id == question_id)
        )
    query = standing_rows().where(
        Evidence.person_id.in_(takers),
        Evidence.skill_code.in_(codes),
        Evidence.source_kind != SourceKind.QUIZ_ITEM,
    )
    return [LedgerRow(*row) for row in db.session.execute(query)]


def quizzes_with(question_id: int) -> list[tuple[Quiz, QuestionVersion]]:
    """The quizzes that hold a version of a question, newest first, with that version."""
    query = (
        sa.select(Quiz, QuestionVersion)
        .join(QuizItem, QuizItem.quiz_id == Quiz.id)
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .where(QuestionVersion.question_id == question_id)
        .order_by(Quiz.id.desc())
    )
    return [(quiz, version) for quiz, version in db.session.execute(query)]


def quiz_uses_in(organisation_id: int) -> list[QuizUse]:
    """The quizzes of an organisation, newest first, with how they have been used."""
    items = sa.select(sa.func.count(QuizItem.id)).where(QuizItem.quiz_id == Quiz.id).scalar_subquery()
    first = sa.and_(Attempt.quiz_id == Quiz.id, Attempt.number == 1, Attempt.submitted_at.is_not(None))
    share = sa.case((Attempt.points_max > 0, sa.cast(Attempt.points, sa.Float) / sa.cast(Attempt.points_max, sa.Float)))
    query = (
        sa.select(
            Quiz.id, Quiz.title_zh, Quiz.title_en, Quiz.created_at, items, sa.func.count(Attempt.id), sa.func.avg(share)
        )
        .outerjoin(Attempt, first)
        .where(Quiz.organisation_id == organisation_id)
        .group_by(Quiz.id, Quiz.title_zh, Quiz.title_en, Quiz.created_at)
        .order_by(Quiz.id.desc())
    )
    return [QuizUse(*row) for row in db.session.execute(query)]


def coverage_of(organisation_id: int) -> dict[tuple[str | None, int | None], int]:
    """How many questions of a bank that ask something test each skill at each level; None where one is not named."""
    query = (
        sa.select(Question.skill_code, Question.level, sa.func.count(Question.id))
        .where(Question.organisation_id == organisation_id, Question.kind != QuestionKind.DESCRIPTION)
        .group_by(Question.skill_code, Question.level)
    )
    return {(skill, level): count for skill, level, count in db.session.execute(query)}
