"""Taking a quiz: begin, save each answer with a receipt, hand in, be marked at once, leave evidence."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.assessment import queries
from app.assessment.models import Answer, Attempt, QuestionVersion, Quiz, QuizItem
from app.assessment.rules import marking
from app.assessment.rules.content import content_from_json
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from app.skills.rules import elo, levels

# What a second answer to the same question still proves, after the first was marked and explained.
REPEAT_WEIGHT = Decimal("0.5")
# A new item moves as if this many people had answered it: the author's judgement of its level counts for something.
ANSWERS_ASSUMED = 20


class QuizClosed(Refused):
    message = _l("This quiz is not open now.")


class QuizEmpty(Refused):
    message = _l("This quiz has no questions yet.")


class AttemptsUsedUp(Refused):
    message = _l("You have used all attempts at this quiz.")


class AttemptOver(Refused):
    message = _l("This attempt is over; answers are no longer taken. What was saved before counts.")


class NoSuchItem(Refused):
    message = _l("This question does not belong to this quiz.")


@dataclass(frozen=True)
class Receipt:
    """The server's word that an answer is kept: when, which revision, and a digest of it."""

    saved_at: datetime
    revision: int
    digest: str


def begin(quiz: Quiz, person: Person, now: datetime) -> Attempt:
    """The open attempt of `person`, or a new one. Raises QuizClosed, QuizEmpty, AttemptsUsedUp.

    Two clicks at once meet the unique (quiz, person, number): the second finds the first's attempt.
    """
    taken = [attempt for attempt in queries.attempts_of(person, [quiz.id]) if attempt.quiz_id == quiz.id]
    for attempt in taken:
        if attempt.is_open(now):
            return attempt
        if attempt.submitted_at is None:
            submit(attempt, now)
    if not quiz.is_open(now):
        raise QuizClosed
    if len(taken) >= quiz.attempts_allowed:
        raise AttemptsUsedUp
    points_max = db.session.scalar(sa.select(sa.func.sum(QuizItem.points)).where(QuizItem.quiz_id == quiz.id))
    if not points_max:
        raise QuizEmpty
    number = len(taken) + 1
    seed = int.from_bytes(hashlib.sha256(f"{quiz.id}:{person.id}:{number}".encode()).digest()[:4]) >> 1
    ends = [moment for moment in (quiz.closes_at, now + timedelta(minutes=quiz.minutes) if quiz.minutes else None) if moment]
    attempt = Attempt(
        quiz_id=quiz.id,
        person_id=person.id,
        number=number,
        seed=seed,
        started_at=now,
        closes_at=min(ends) if ends else None,
        points_max=points_max,
    )
    attempt.quiz = quiz
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
            db.session.flush()
    except sa.exc.IntegrityError:
        return next(a for a in queries.attempts_of(person, [quiz.id]) if a.number == number)
    return attempt


def save_answer(
    attempt: Attempt, item_id: int, given: Any, now: datetime, *, revision: int | None = None, flagged: bool | None = None
) -> Receipt:
    """Keep `given` as the answer to an item and say so with a receipt.

    `revision` rises with each saving in the browser; an older one that arrives late changes nothing. Raises AttemptOver,
    NoSuchItem.
    """
    if not attempt.is_open(now):
        raise AttemptOver
    if db.session.scalar(sa.select(QuizItem.quiz_id).where(QuizItem.id == item_id)) != attempt.quiz_id:
        raise NoSuchItem
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    wrapped = {"answer": given}
    # Microseconds since the epoch: rises by itself where the browser (without JavaScript) counts no revisions.
    number = revision if revision is not None else int(now.timestamp() * 1_000_000)
    statement = insert(Answer).values(
        attempt_id=attempt.id,
        item_id=item_id,
        given=wrapped,
        revision=number,
        saved_at=now,
        is_flagged=bool(flagged),
        reason="",
    )
    changes: dict[str, Any] = {"given": wrapped, "revision": number, "saved_at": now}
    if flagged is not None:
        changes["is_flagged"] = flagged
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["attempt_id", "item_id"], set_=changes, where=Answer.revision <= number
        )
    )
    return Receipt(now, number, hashlib.sha256(f"{attempt.id}:{item_id}:{number}:{given!r}".encode()).hexdigest()[:12])


def submit(attempt: Attempt, now: datetime) -> Attempt:
    """Hand in: mark what was saved, learn about the questions, leave evidence. Handing in twice does nothing more."""
    handed_in_at = min(now, attempt.closes_at) if attempt.closes_at else now
    won = db.session.execute(
        sa.update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(submitted_at=handed_in_at)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(attempt)
    if won.rowcount != 1:
        return attempt
    items = queries.items_of(attempt.quiz_id)
    answers = queries.answers_of(attempt)
    mark_attempt(attempt, items, answers, handed_in_at)
    observations = observations_of(attempt, items, answers, handed_in_at)
    abilities = skills.record_evidence(observations, as_of=day_of(handed_in_at))
    if attempt.number == 1:
        for item in items:
            if item.version.gives_evidence and (share := answers[item.id].share) is not None:
                learn(item.version, share, abilities[attempt.person_id, str(item.version.skill_code)].mean)
    return attempt


def mark_attempt(attempt: Attempt, items: Sequence[QuizItem], answers: dict[int, Answer], now: datetime) -> None:
    """Set the share of each item and the points of the attempt. An item without an answer gets a row that says so."""
    points = Decimal(0)
    for item in items:
        answer = answers.get(item.id)
        if answer is None:
            answer = Answer(attempt_id=attempt.id, item_id=item.id, given={"answer": None}, revision=0, saved_at=now)
            answer.is_flagged = False
            db.session.add(answer)
            answers[item.id] = answer
        answer.share, answer.reason = share_of(item.version, answer.given.get("answer"))
        if answer.share is not None:
            points += answer.share * item.points
    attempt.points = points


def share_of(version: QuestionVersion, given: Any) -> tuple[Decimal | None, str]:
    """The share of an item's points that an answer earns, and why; None where a person must mark it.

    A question in two languages is marked in each, and the better counts: a right answer in either is right.
    """
    best: marking.Marked | None = None
    for content in version.content.values():
        marked = marking.mark(content_from_json(content), given)
        if marked.mark is None:
            return None, str(marked.reason)
        if best is None or best.mark is None or marked.mark > best.mark:
            best = marked
    if best is None or best.mark is None:
        raise ValueError(f"question version {version.id} has no content")
    return Decimal(str(best.mark)).quantize(Decimal("0.000001")), str(best.reason)


def observations_of(
    attempt: Attempt, items: Sequence[QuizItem], answers: dict[int, Answer], now: datetime
) -> list[skills.Observation]:
    """What the marked answers say about skills; each item's difficulty is stored as it was when it was answered."""
    weight = REPEAT_WEIGHT ** (attempt.number - 1)
    observations = []
    for item in items:
        version, answer = item.version, answers[item.id]
        if not version.gives_evidence or answer.share is None:
            continue
        observations.append(
            skills.Observation(
                unique_key=f"quiz_item:{attempt.id}:{item.id}",
                person_id=attempt.person_id,
                skill_code=str(version.skill_code),
                source_kind=SourceKind.QUIZ_ITEM,
                source_id=attempt.id,
                source_version=version.id,
                score=answer.share,
                level=int(version.level or 1),
                difficulty=version.difficulty,
                guess_floor=floor_of(version),
                weight=weight,
                assessor=AssessorKind.MACHINE,
                observed_at=now,
                organisation_id=attempt.quiz.organisation_id,
                recorded_by_id=None,
                flags=() if attempt.number == 1 else ("repeat",),
            )
        )
    return observations


def floor_of(version: QuestionVersion) -> Decimal:
    """The share that guessing earns, by the question's first language."""
    content = next(iter(version.content.values()))
    return Decimal(str(round(marking.guess_floor(content_from_json(content)), 6)))


def learn(version: QuestionVersion, share: Decimal, ability: float) -> None:
    """Move an item's difficulty by one first answer (Elo), and count it.

    The step is that of an item with some answers behind it, and the difficulty stays within one logit of where its
    level begins: items may turn out harder or easier than they were meant, but the levels' meaning does not drift.
    """
    anchor = levels.difficulty_of_level(int(version.level or 1))
    moved = elo.after_answer(
        ability,
        float(version.difficulty),
        float(share),
        person_answers=0,
        item_answers=version.answers_count + ANSWERS_ASSUMED,
        guess_floor=float(floor_of(version)),
    ).difficulty
    version.difficulty = Decimal(str(round(min(anchor + 1, max(anchor - 1, moved)), 4)))
    version.answers_count += 1
    version.score_sum += share


def close_due(now: datetime) -> int:
    """Hand in every attempt whose time is over, in small transactions' worth; returns how many."""
    query = (
        sa.select(Attempt)
        .where(Attempt.submitted_at.is_(None), Attempt.closes_at <= now)
        .order_by(Attempt.id)
        .limit(200)
        .options(joinedload(Attempt.quiz))
    )
    due = list(db.session.scalars(query))
    for attempt in due:
        submit(attempt, now)
    return len(due)


