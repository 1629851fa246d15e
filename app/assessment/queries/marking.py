"""Reads of answers that people mark, and of the marks that they gave. Each is one statement."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from app.accounts.models import Person
from app.assessment.contexts import Marked
from app.assessment.models import (
    Answer,
    Attempt,
    HandMark,
    PeerReview,
    Question,
    QuestionVersion,
    Quiz,
    QuizItem,
    Rubric,
    RubricRow,
)
from app.assessment.rules.content import QuestionKind
from app.assessment.rules.handmarks import MARKED_BY_PEOPLE, MOST_MARKERS
from app.assessment.rules.marking import MarkReason
from app.assessment.rules.peer_review import EXAMPLES
from app.db import db
from app.reference.models import Skill
from app.skills.models import Evidence, SourceKind

NEEDS_PERSON = MarkReason.NEEDS_PERSON.value
MARKED_OR_WAITING = sa.or_(
    Answer.reason == NEEDS_PERSON,
    sa.exists().where(HandMark.answer_id == Answer.id),
    sa.exists().where(PeerReview.answer_id == Answer.id),
)


@dataclass(frozen=True)
class ItemToMark:
    """An item of a quiz whose answers people mark, and how its answers stand for one marker."""

    item_id: int
    position: int
    question: str
    kind: QuestionKind
    quiz_id: int
    title_zh: str
    title_en: str
    to_mark: int
    elsewhere: int
    differing: int
    settled: int


def items_to_mark(marker: Person, marked: Sequence[Marked]) -> list[ItemToMark]:
    """The items of quizzes that have answers for people to mark, among what is `marked`, the marker's own left out.

    `to_mark` wait for the marker, `elsewhere` for somebody else, `differing` for a second look. What peers are to
    review waits elsewhere, but for as many answers as are missing as examples.
    """
    if not marked:
        return []
    final = sa.and_(HandMark.answer_id == Answer.id, HandMark.is_final, ~HandMark.is_settling)
    reviewed = sa.and_(PeerReview.answer_id == Answer.id, ~PeerReview.is_calibration)
    answers = (
        sa.select(
            Answer.item_id,
            Answer.share,
            sa.select(sa.func.count()).select_from(HandMark).where(final).scalar_subquery().label("given"),
            sa.exists().where(final, HandMark.marker_id == marker.id).label("is_mine"),
            sa.exists().where(reviewed).label("is_allocated"),
            sa.exists().where(reviewed, PeerReview.is_open).label("is_with_peers"),
        )
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(QuizItem, QuizItem.id == Answer.item_id)
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            Question.kind.in_(MARKED_BY_PEOPLE),
            sa.or_(
                *(
                    sa.and_(QuizItem.quiz_id.in_(one.quizzes), one.learns(Attempt.person_id, QuizItem.quiz_id))
                    for one in marked
                )
            ),
            Attempt.submitted_at.is_not(None),
            Attempt.person_id != marker.id,
            MARKED_OR_WAITING,
        )
        .subquery()
    )
    is_open, is_full = answers.c.share.is_(None), answers.c.given >= MOST_MARKERS
    is_elsewhere = sa.or_(answers.c.is_mine, answers.c.is_with_peers)

    def count(*conditions: Any) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))

    query = (
        sa.select(
            QuizItem.id,
            QuizItem.position,
            Question.name,
            Question.kind,
            Quiz.id,
            Quiz.title_zh,
            Quiz.title_en,
            count(is_open, ~is_full, ~is_elsewhere),
            count(is_open, ~is_full, is_elsewhere),
            count(is_open, is_full),
            count(~is_open),
            Quiz.peers,
            count(answers.c.is_allocated),
        )
        .join(answers, answers.c.item_id == QuizItem.id)
        .join(Quiz, Quiz.id == QuizItem.quiz_id)
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .group_by(QuizItem.id, Question.id, Quiz.id)
        .order_by(Quiz.id.desc(), QuizItem.position)
    )
    rows: Any = db.session.execute(query)
    return [_for_marker(ItemToMark(*row[:-2]), row[-2] > 0 and not row[-1]) for row in rows]


def _for_marker(item: ItemToMark, is_for_peers: bool) -> ItemToMark:
    """The item as it stands for the marker where its answers will go to peers: only the examples are theirs to mark."""
    if not is_for_peers:
        return item
    to_mark = min(item.to_mark, max(0, EXAMPLES - item.settled))
    return replace(item, to_mark=to_mark, elsewhere=item.elsewhere + item.to_mark - to_mark)


def item_to_mark(item_id: int) -> QuizItem | None:
    """An item that people mark, with its version and quiz."""
    query = (
        sa.select(QuizItem)
        .join(QuizItem.quiz)
        .join(QuizItem.version)
        .join(QuestionVersion.question)
        .where(QuizItem.id == item_id, Question.kind.in_(MARKED_BY_PEOPLE))
        .options(
            contains_eager(QuizItem.quiz), contains_eager(QuizItem.version).contains_eager(QuestionVersion.question)
        )
    )
    return db.session.scalars(query).one_or_none()


def answer_ids_of(item_id: int) -> list[int]:
    """Ids of all answers to an item, also of attempts that are still open."""
    return list(db.session.scalars(sa.select(Answer.id).where(Answer.item_id == item_id)))


def answers_to_mark(item_id: int, marker: Person, learns: sa.ColumnElement[bool]) -> list[Answer]:
    """The answers to an item that people mark or marked, without what was given, with attempts and people.

    Open attempts, the marker's own answers and those of whom `learns` is not true are left out.
    """
    query = (
        sa.select(Answer)
        .join(Answer.attempt)
        .join(Attempt.person)
        .where(
            Answer.item_id == item_id,
            Attempt.submitted_at.is_not(None),
            Attempt.person_id != marker.id,
            learns,
            MARKED_OR_WAITING,
        )
        .options(defer(Answer.given), contains_eager(Answer.attempt).contains_eager(Attempt.person))
    )
    return list(db.session.scalars(query))


def hand_marks_in(item_id: int) -> dict[int, list[HandMark]]:
    """All marks that people gave the answers to an item, by answer id, in the order in which they were saved."""
    query = (
        sa.select(HandMark)
        .join(Answer, Answer.id == HandMark.answer_id)
        .where(Answer.item_id == item_id)
        .order_by(HandMark.saved_at, HandMark.id)
        .options(joinedload(HandMark.marker, innerjoin=True))
    )
    return _by_answer(db.session.scalars(query))


def hand_marks_of(answer_ids: Collection[int]) -> dict[int, list[HandMark]]:
    """The marks that people gave answers, by answer id, in the order in which they were saved."""
    query = sa.select(HandMark).where(HandMark.answer_id.in_(answer_ids)).order_by(HandMark.saved_at, HandMark.id)
    return _by_answer(db.session.scalars(query))


def hand_marks_of_attempt(attempt_id: int) -> dict[int, list[HandMark]]:
    """The marks that people gave the answers of an attempt, by answer id, in the order in which they were saved."""
    query = (
        sa.select(HandMark)
        .join(Answer, Answer.id == HandMark.answer_id)
        .where(Answer.attempt_id == attempt_id)
        .order_by(HandMark.saved_at, HandMark.id)
    )
    return _by_answer(db.session.scalars(query))


def _by_answer(marks: sa.ScalarResult[HandMark]) -> dict[int, list[HandMark]]:
    found: dict[int, list[HandMark]] = defaultdict(list)
    for mark in marks:
        found[mark.answer_id].append(mark)
    return found


def given_by_others(item_id: int, person_id: int, limit: int) -> dict[int, Any]:
    """What other people than one answered to an item in attempts that are over, by answer id, the newest first."""
    query = (
        sa.select(Answer.id, Answer.given)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Answer.item_id == item_id, Attempt.submitted_at.is_not(None), Attempt.person_id != person_id)
        .order_by(Answer.id.desc())
        .limit(limit)
    )
    return {answer_id: given.get("answer") for answer_id, given in db.session.execute(query)}


def hold(answer_ids: Collection[int]) -> list[Answer]:
    """Answers with attempt, quiz and item, read anew and locked with their attempts until the transaction ends.

    Locked in one order, so that two who mark many never wait for each other. (SQLite lets one writer in at a time.)
    """
    query = (
        sa.select(Answer)
        .join(Answer.attempt)
        .where(Answer.id.in_(answer_ids))
        .order_by(Attempt.id, Answer.id)
        .options(
            contains_eager(Answer.attempt).joinedload(Attempt.quiz, innerjoin=True),
            contains_eager(Answer.attempt).joinedload(Attempt.person, innerjoin=True),
            joinedload(Answer.item, innerjoin=True).joinedload(QuizItem.version, innerjoin=True),
        )
        .with_for_update(of=(Attempt, Answer))
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def shares_in(attempt_id: int) -> list[tuple[Decimal | None, Decimal]]:
    """Share and points of each answer of an attempt."""
    query = (
        sa.select(Answer.share, QuizItem.points)
        .join(QuizItem, QuizItem.id == Answer.item_id)
        .where(Answer.attempt_id == attempt_id)
    )
    return [(share, points) for share, points in db.session.execute(query)]


_WAITING = (
    sa.select(Answer.attempt_id, sa.func.count())
    .where(
        Answer.attempt_id.in_(sa.bindparam("attempt_ids", expanding=True)),
        Answer.share.is_(None),
        Answer.reason == NEEDS_PERSON,
    )
    .group_by(Answer.attempt_id)
)


def waiting_in(attempt_ids: Collection[int]) -> dict[int, int]:
    """How many answers wait for a person's mark, by attempt that has any."""
    return {row[0]: row[1] for row in db.session.execute(_WAITING, {"attempt_ids": list(attempt_ids)})}


def evidence_of(attempt_id: int) -> list[tuple[Evidence, Skill]]:
    """The evidence rows of an attempt with their skills, in the order in which they were recorded."""
    query = (
        sa.select(Evidence, Skill)
        .join(Skill, Skill.code == Evidence.skill_code)
        .where(Evidence.source_kind == SourceKind.QUIZ_ITEM, Evidence.source_id == attempt_id)
        .order_by(Evidence.id)
    )
    return [(evidence, skill) for evidence, skill in db.session.execute(query)]


def rubric_by_id(rubric_id: int) -> Rubric:
    """A rubric with its rows in order."""
    query = sa.select(Rubric).where(Rubric.id == rubric_id).options(selectinload(Rubric.rows))
    return db.session.scalars(query).one()


def rubric_rows(row_ids: Collection[int]) -> list[RubricRow]:
    """Rows of rubrics in their order, whichever rubric they belong to."""
    query = sa.select(RubricRow).where(RubricRow.id.in_(row_ids)).order_by(RubricRow.rubric_id, RubricRow.position)
    return list(db.session.scalars(query))
