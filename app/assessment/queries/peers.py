"""Reads of peer review: what waits for allocation, for whom, and what reviewers gave. Each is one statement."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.assessment.models import Answer, Attempt, HandMark, PeerReview, Question, QuestionVersion, Quiz, QuizItem
from app.assessment.rules.handmarks import MARKED_BY_PEOPLE
from app.assessment.rules.marking import MarkReason
from app.assessment.rules.peer_review import EXAMPLES
from app.db import db

WAITING = sa.and_(Answer.share.is_(None), Answer.reason == MarkReason.NEEDS_PERSON.value)
BY_TEACHER = sa.exists().where(HandMark.answer_id == Answer.id, HandMark.is_final)
IS_EXAMPLE = sa.and_(Answer.share.is_not(None), BY_TEACHER)


@dataclass(frozen=True)
class Given:
    """An answer to an item as allocation sees it."""

    answer_id: int
    author_id: int
    is_waiting: bool
    is_example: bool


def given_to(item_id: int) -> list[Given]:
    """The answers to an item, of attempts that are over, that people mark or have marked."""
    query = (
        sa.select(Answer.id, Attempt.person_id, WAITING, IS_EXAMPLE)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Answer.item_id == item_id, Attempt.submitted_at.is_not(None), sa.or_(WAITING, BY_TEACHER))
        .order_by(Answer.id)
    )
    return [Given(row[0], row[1], bool(row[2]), bool(row[3])) for row in db.session.execute(query)]


def due_item_ids(now: datetime) -> list[int]:
    """Items of quizzes that closed by `now` whose answers wait for peers, with examples enough, the oldest first.

    Not while an attempt that ended with the quiz has still to be handed in.
    """
    here, other = sa.orm.aliased(Answer), sa.orm.aliased(Attempt)
    examples = (
        sa.select(sa.func.count())
        .select_from(here)
        .where(
            here.item_id == QuizItem.id,
            here.share.is_not(None),
            sa.exists().where(HandMark.answer_id == here.id, HandMark.is_final),
        )
        .scalar_subquery()
    )
    query = (
        sa.select(QuizItem.id)
        .join(Quiz, Quiz.id == QuizItem.quiz_id)
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            Quiz.peers > 0,
            Quiz.closes_at <= now,
            Question.kind.in_(MARKED_BY_PEOPLE),
            sa.exists().where(Answer.item_id == QuizItem.id, Attempt.id == Answer.attempt_id, _is_over(), WAITING),
            ~_allocated(),
            ~sa.exists().where(other.quiz_id == Quiz.id, other.submitted_at.is_(None), other.closes_at <= now),
            examples >= EXAMPLES,
        )
        .order_by(QuizItem.id)
        .limit(100)
    )
    return list(db.session.scalars(query))


def _is_over() -> sa.ColumnElement[bool]:
    return Attempt.submitted_at.is_not(None)


def _allocated() -> sa.Exists:
    reviewed = sa.orm.aliased(Answer)
    return sa.exists().where(PeerReview.answer_id == reviewed.id, reviewed.item_id == QuizItem.id)


def is_allocated(item_id: int) -> bool:
    """Whether the answers to an item have been given to peers."""
    query = sa.select(sa.exists().where(PeerReview.answer_id == Answer.id, Answer.item_id == item_id))
    return bool(db.session.scalar(query))


def item_held(item_id: int) -> QuizItem:
    """An item with its quiz, which stays locked until the transaction ends: answers are allocated once."""
    query = (
        sa.select(QuizItem)
        .join(QuizItem.quiz)
        .where(QuizItem.id == item_id)
        .options(contains_eager(QuizItem.quiz))
        .with_for_update(of=Quiz)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()


def answers_with_peers(item_id: int) -> dict[int, bool]:
    """Which answers to an item were given to peers, each with whether peers have still to review it."""
    query = (
        sa.select(PeerReview.answer_id, sa.func.max(sa.case((PeerReview.is_open, 1), else_=0)))
        .join(Answer, Answer.id == PeerReview.answer_id)
        .where(Answer.item_id == item_id, ~PeerReview.is_calibration)
        .group_by(PeerReview.answer_id)
    )
    return {answer_id: bool(is_open) for answer_id, is_open in db.session.execute(query)}


def reviews_by(person: Person, item_id: int | None = None, *, is_ahead: bool = False) -> list[PeerReview]:
    """What a person has to review or has reviewed, the newest items first; with answers, items, questions, quizzes.

    With `is_ahead` only what is not finished. What was answered is there where one item is asked for.
    """
    answer = contains_eager(PeerReview.answer)
    query = (
        sa.select(PeerReview)
        .join(PeerReview.answer)
        .join(Answer.item)
        .where(PeerReview.reviewer_id == person.id)
        .order_by(Answer.item_id.desc(), PeerReview.is_calibration.desc(), PeerReview.id)
        .options(
            answer.contains_eager(Answer.item).options(
                joinedload(QuizItem.quiz, innerjoin=True),
                joinedload(QuizItem.version, innerjoin=True).joinedload(QuestionVersion.question, innerjoin=True),
            )
        )
    )
    if is_ahead:
        query = query.where(PeerReview.is_open, ~PeerReview.is_final)
    if item_id is None:
        return list(db.session.scalars(query.options(answer.defer(Answer.given))))
    return list(db.session.scalars(query.where(Answer.item_id == item_id)))


def answer_ids_by_item(item_ids: Collection[int]) -> dict[int, list[int]]:
    """Ids of all answers to items, by item id."""
    found: dict[int, list[int]] = defaultdict(list)
    query = sa.select(Answer.item_id, Answer.id).where(Answer.item_id.in_(item_ids))
    for item_id, answer_id in db.session.execute(query):
        found[item_id].append(answer_id)
    return found


def review_held(person: Person, answer_id: int) -> PeerReview | None:
    """A person's review of an answer, read anew. The caller holds the answer."""
    query = (
        sa.select(PeerReview)
        .where(PeerReview.reviewer_id == person.id, PeerReview.answer_id == answer_id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def examples_left(person: Person, item_id: int) -> int:
    """How many examples a person has still to mark before the answers to an item."""
    query = (
        sa.select(sa.func.count())
        .select_from(PeerReview)
        .join(Answer, Answer.id == PeerReview.answer_id)
        .where(
            PeerReview.reviewer_id == person.id,
            PeerReview.is_calibration,
            ~PeerReview.is_final,
            Answer.item_id == item_id,
        )
    )
    return db.session.scalar(query) or 0


def reviews_of(answer_id: int) -> list[PeerReview]:
    """The reviews that count of an answer, finished or not, in the order of their people."""
    query = (
        sa.select(PeerReview)
        .where(PeerReview.answer_id == answer_id, ~PeerReview.is_calibration)
        .order_by(PeerReview.reviewer_id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def reviews_in(item_id: int, learns: sa.ColumnElement[bool]) -> list[PeerReview]:
    """The reviews of the answers to an item by those of whom `learns` is true, with answers and reviewers, by name."""
    query = (
        sa.select(PeerReview)
        .join(PeerReview.answer)
        .join(PeerReview.reviewer)
        .where(Answer.item_id == item_id, learns)
        .order_by(Person.name, Person.id, PeerReview.id)
        .options(contains_eager(PeerReview.answer), contains_eager(PeerReview.reviewer))
    )
    return list(db.session.scalars(query))


def calibrations_in(item_id: int, reviewer_ids: Collection[int]) -> dict[int, list[tuple[Decimal, Decimal]]]:
    """Own mark and teacher's mark of the examples that reviewers have finished, by reviewer id."""
    query = (
        sa.select(PeerReview.reviewer_id, PeerReview.share, Answer.share)
        .join(Answer, Answer.id == PeerReview.answer_id)
        .where(
            Answer.item_id == item_id,
            PeerReview.reviewer_id.in_(reviewer_ids),
            PeerReview.is_calibration,
            PeerReview.is_final,
        )
    )
    found: dict[int, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for reviewer_id, own, true in db.session.execute(query):
        if own is not None and true is not None:
            found[reviewer_id].append((own, true))
    return found


def overdue_answer_ids(before: datetime) -> list[int]:
    """Answers given to peers before a moment that are still open to them."""
    query = (
        sa.select(PeerReview.answer_id)
        .where(PeerReview.is_open, ~PeerReview.is_calibration, PeerReview.allocated_at < before)
        .group_by(PeerReview.answer_id)
        .order_by(PeerReview.answer_id)
        .limit(500)
    )
    return list(db.session.scalars(query))


def comments_in(attempt_id: int) -> dict[int, list[str]]:
    """What peers wrote of an attempt's answers, by answer id, in no order that would tell who."""
    query = (
        sa.select(PeerReview.answer_id, PeerReview.comment)
        .join(Answer, Answer.id == PeerReview.answer_id)
        .where(Answer.attempt_id == attempt_id, PeerReview.is_final, ~PeerReview.is_calibration)
        .order_by(PeerReview.comment, PeerReview.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for answer_id, comment in db.session.execute(query):
        if comment:
            found[answer_id].append(comment)
    return found
