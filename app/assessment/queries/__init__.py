"""Reads of the question bank, quizzes, attempts and handed-in work."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.assessment.models import (
    Allowance,
    Answer,
    Attempt,
    HandIn,
    Question,
    QuestionKind,
    QuestionVersion,
    Quiz,
    QuizItem,
    RubricMark,
)
from app.db import db
from app.reference.models import Skill
from app.skills.models import SkillEstimate


@dataclass(frozen=True)
class Place:
    """One item of an attempt as the palette shows it, with what was last given."""

    item_id: int
    number: int
    given: Any
    is_flagged: bool
    saved_at: datetime | None
    revision: int

    @property
    def is_answered(self) -> bool:
        """Whether something is saved as its answer."""
        return self.given is not None


@dataclass(frozen=True)
class Usage:
    """How a question has been used: in how many quizzes, by how many first answers, and their mean share."""

    quizzes: int = 0
    answers: int = 0
    mean: Decimal | None = None


@dataclass(frozen=True)
class Tested:
    """A skill that a question tests, and what a person has shown in it so far."""

    skill: Skill
    estimate: SkillEstimate | None


@dataclass(frozen=True)
class Met:
    """A question that a person has answered in earlier attempts: how often, and whether the right answer was told."""

    times: int
    is_told: bool


def bank_of(
    organisation_id: int,
    *,
    skill: str | None = None,
    level: int | None = None,
    tag: str = "",
    kind: QuestionKind | None = None,
    words: str = "",
    without: Collection[int] = (),
) -> sa.Select[Question]:
    """Questions of an organisation's bank, newest first; by skill ("none": without one) and so on."""
    query = sa.select(Question).where(Question.organisation_id == organisation_id).options(joinedload(Question.skill))
    if skill:
        query = query.where(Question.skill_code == (None if skill == "none" else skill))
    if level:
        query = query.where(Question.level == level)
    if tag:
        # Tags are kept as JSON text; a tag between its quotes is found in it on every database.
        query = query.where(sa.cast(Question.tags, sa.Text).contains(json.dumps(tag), autoescape=True))
    if kind:
        query = query.where(Question.kind == kind)
    if words:
        query = query.where(Question.name.icontains(words, autoescape=True))
    if without:
        query = query.where(Question.id.not_in(without))

    return query.order_by(Question.id.desc())


def tags_in(organisation_id: int) -> list[str]:
    """The tags that an organisation's bank uses, in order."""
    kept = sa.cast(Question.tags, sa.Text)
    query = sa.select(kept).where(Question.organisation_id == organisation_id, kept != "[]").distinct()
    return sorted({tag for tags in db.session.scalars(query) for tag in json.loads(tags)})


def questions_found(query: sa.Select[Question], most: int) -> list[Question]:
    """The first `most` of what `bank_of` finds, newest first."""
    return list(db.session.scalars(query.limit(most)))


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
        sa.select(QuestionVersion).where(QuestionVersion.question_id.in_(question_ids)).order_by(QuestionVersion.number)
    )
    return {version.question_id: version for version in db.session.scalars(query)}


def question_in(organisation_id: int, question_id: int) -> Question | None:
    """One question of an organisation's bank, with its skill."""
    query = (
        sa.select(Question)
        .where(Question.id == question_id, Question.organisation_id == organisation_id)
        .options(joinedload(Question.skill))
    )
    return db.session.scalars(query).one_or_none()


def questions_in(organisation_id: int, question_ids: Sequence[int]) -> list[Question]:
    """Those of the questions that are in an organisation's bank, in the order asked for."""
    query = sa.select(Question).where(Question.organisation_id == organisation_id, Question.id.in_(question_ids))
    found = {question.id: question for question in db.session.scalars(query)}
    return [found[question_id] for question_id in dict.fromkeys(question_ids) if question_id in found]


def versions_of(question_id: int) -> list[QuestionVersion]:
    """All that a question has said, newest first."""
    query = (
        sa.select(QuestionVersion)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
    )
    return list(db.session.scalars(query))


def usage_of(question_ids: Sequence[int]) -> dict[int, Usage]:
    """How questions have been used, by question id, in one statement."""
    quizzes = (
        sa.select(sa.func.count(QuizItem.quiz_id.distinct()))
        .join(QuestionVersion, QuestionVersion.id == QuizItem.question_version_id)
        .where(QuestionVersion.question_id == Question.id)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Question.id,
            quizzes,
            sa.func.sum(QuestionVersion.answers_count),
            sa.func.sum(QuestionVersion.score_sum),
        )
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.id.in_(question_ids))
        .group_by(Question.id)
    )
    return {
        question_id: Usage(used, answers, score / answers if answers else None)
        for question_id, used, answers, score in db.session.execute(query)
    }


def quiz_by_id(quiz_id: int) -> Quiz | None:
    """A quiz."""
    return db.session.get(Quiz, quiz_id)


def items_of(quiz_id: int) -> list[QuizItem]:
    """The items of a quiz in order, with their question versions."""
    query = (
        sa.select(QuizItem)
        .where(QuizItem.quiz_id == quiz_id)
        .order_by(QuizItem.position)
        .options(joinedload(QuizItem.version))
    )
    return list(db.session.scalars(query))


# Built once: a lesson's page asks it, and building takes longer than asking.
_ATTEMPTS = (
    sa.select(Attempt)
    .where(
        Attempt.person_id == sa.bindparam("person_id"), Attempt.quiz_id.in_(sa.bindparam("quiz_ids", expanding=True))
    )
    .order_by(Attempt.quiz_id, Attempt.number)
    .options(joinedload(Attempt.quiz))
)


def attempts_of(person: Person, quiz_ids: Sequence[int]) -> list[Attempt]:
    """A person's attempts at quizzes, oldest first, with the quizzes."""
    return list(db.session.scalars(_ATTEMPTS, {"person_id": person.id, "quiz_ids": quiz_ids}))


def attempt_of(person: Person, attempt_id: int) -> Attempt | None:
    """One of a person's own attempts."""
    query = (
        sa.select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.person_id == person.id)
        .options(joinedload(Attempt.quiz))
    )
    return db.session.scalars(query).one_or_none()


def attempt_with_item(
    person: Person, attempt_id: int, item_id: int, *, alone: bool = False
) -> tuple[Attempt, QuizItem] | None:
    """A person's own attempt and one of its items, to save an answer.

    The attempt's row stays locked for others who write it until the transaction ends: an answer is either saved before
    the attempt is handed in, and then marked, or refused. With `alone` no other answer is saved meanwhile either.
    (SQLite lets one writer in at a time anyway.)
    """
    query = (
        sa.select(Attempt, QuizItem)
        .join(QuizItem, QuizItem.quiz_id == Attempt.quiz_id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person.id, QuizItem.id == item_id)
        .options(joinedload(QuizItem.version, innerjoin=True), joinedload(Attempt.quiz, innerjoin=True))
        .with_for_update(read=not alone, of=Attempt)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def answer_to(attempt_id: int, item_id: int, *, held: bool = False) -> Answer | None:
    """The answer to one item of an attempt, as it stands in the database now; `held` until the transaction ends."""
    query = sa.select(Answer).where(Answer.attempt_id == attempt_id, Answer.item_id == item_id)
    if held:
        query = query.with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def drawn_items(attempt: Attempt) -> list[QuizItem]:
    """The items that an attempt gets, in order, with their question versions."""
    return attempt.draws(items_of(attempt.quiz_id))


def palette_of(attempt: Attempt) -> list[Place]:
    """The items that an attempt gets, in order, each with what was last given."""
    query = (
        sa.select(QuizItem, Answer)
        .outerjoin(Answer, sa.and_(Answer.item_id == QuizItem.id, Answer.attempt_id == attempt.id))
        .where(QuizItem.quiz_id == attempt.quiz_id)
        .order_by(QuizItem.position)
    )
    answers: dict[QuizItem, Answer | None] = {row[0]: row[1] for row in db.session.execute(query)}
    return [
        Place(item.id, number, answer.given.get("answer"), answer.is_flagged, answer.saved_at, answer.revision)
        if (answer := answers[item]) is not None
        else Place(item.id, number, None, False, None, 0)
        for number, item in enumerate(attempt.draws(list(answers)), start=1)
    ]


def allowance_of(quiz_id: int, person_id: int) -> Allowance | None:
    """What a person has beyond the rules of a quiz."""
    query = sa.select(Allowance).where(Allowance.quiz_id == quiz_id, Allowance.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def allowances_of(quiz_id: int) -> list[Allowance]:
    """All allowances of a quiz, by name, with their people."""
    query = (
        sa.select(Allowance)
        .join(Person, Person.id == Allowance.person_id)
        .where(Allowance.quiz_id == quiz_id)
        .order_by(Person.name, Person.id)
        .options(contains_eager(Allowance.person))
    )
    return list(db.session.scalars(query))


def item_by_id(item_id: int) -> QuizItem:
    """An item with its question version."""
    query = sa.select(QuizItem).where(QuizItem.id == item_id).options(joinedload(QuizItem.version, innerjoin=True))
    return db.session.scalars(query).one()


def tested_skill(person: Person, code: str) -> Tested:
    """A skill and what a person has shown in it."""
    query = (
        sa.select(Skill, SkillEstimate)
        .outerjoin(SkillEstimate, sa.and_(SkillEstimate.skill_code == Skill.code, SkillEstimate.person_id == person.id))
        .where(Skill.code == code)
    )
    return Tested(*db.session.execute(query).one())


def quiz_titles_of_attempts(attempt_ids: Sequence[int]) -> dict[int, tuple[int, str, str]]:
    """The person and the quiz's title in both languages, by attempt id."""
    query = (
        sa.select(Attempt.id, Attempt.person_id, Quiz.title_zh, Quiz.title_en)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.id.in_(attempt_ids))
    )
    return {attempt_id: (person_id, zh, en) for attempt_id, person_id, zh, en in db.session.execute(query)}


def has_attempts(quiz_id: int) -> bool:
    """Whether anybody has begun a quiz."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Attempt.quiz_id == quiz_id))))


def answers_of(attempt: Attempt) -> dict[int, Answer]:
    """The answers of an attempt by item id."""
    query = sa.select(Answer).where(Answer.attempt_id == attempt.id)
    return {answer.item_id: answer for answer in db.session.scalars(query)}


def questions_met(attempt: Attempt) -> dict[int, Met]:
    """The questions of an attempt's quiz that its person has met in earlier attempts at any quiz, by question id.

    The result tells what is right once a quiz is passed or its last attempt is used.
    """
    here = (
        sa.select(QuestionVersion.question_id)
        .join(QuizItem, QuizItem.question_version_id == QuestionVersion.id)
        .where(QuizItem.quiz_id == attempt.quiz_id)
    )
    query = (
        sa.select(QuestionVersion.question_id, Attempt)
        .join(QuizItem, QuizItem.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.quiz_id == QuizItem.quiz_id)
        .where(
            Attempt.person_id == attempt.person_id,
            Attempt.id != attempt.id,
            # People may mark an answer long after it was given: what was met since then is no repeat.
            Attempt.submitted_at <= attempt.submitted_at,
            QuestionVersion.question_id.in_(here),
        )
        .options(joinedload(Attempt.quiz, innerjoin=True))
    )
    met: dict[int, Met] = {}
    for question_id, earlier in db.session.execute(query):
        before = met.get(question_id, Met(0, False))
        is_told = earlier.is_passed or earlier.number >= earlier.quiz.attempts_allowed
        met[question_id] = Met(before.times + 1, before.is_told or is_told)
    return met


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
