"""Taking a quiz: begin, save each answer with a receipt, hand in, be marked at once, leave evidence."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import Person
from app.assessment import contexts, queries
from app.assessment.models import NO_TIME, Allowance, Answer, Attempt, Paging, QuestionVersion, Quiz, QuizItem
from app.assessment.rules import marking
from app.assessment.rules.drawing import drawn
from app.assessment.rules.tries import is_settled, reason_of, share_after, tries_allowed
from app.clock import SETTLING, day_of, microseconds
from app.db import db
from app.errors import Refused
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from app.skills.rules import elo, levels

# What a second answer to the same question still proves, after the first was marked and explained.
REPEAT_WEIGHT = Decimal("0.5")
# No answer that a person types is longer; what is longer is no answer.
MAX_ANSWER = 50_000
NOT_MET = queries.Met(0, False)
NOTHING_NOTICED: Mapping[int, Sequence[str]] = MappingProxyType({})
# What may be noticed while an answer is given; hints for people, never a verdict.
NOTICES = ("pasted", "two-pages")
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


class AnswerTooLong(Refused):
    message = _l("This answer is too long to be kept. Shorten it; what was saved before is still there.")


class AnswerChecked(Refused):
    message = _l("This answer has been checked; no further try is taken.")


class NothingToCheck(Refused):
    message = _l("Answer the question, then check it.")


class NewerAnswerKept(Refused):
    message = _l("A newer answer to this question is saved already, from another page or device. Reload to see it.")


class NoSuchItem(Refused):
    message = _l("This question does not belong to this quiz.")


@dataclass(frozen=True)
class Receipt:
    """The server's word that an answer is kept: when, which revision, and a digest of it."""

    saved_at: datetime
    revision: int
    digest: str


@dataclass(frozen=True)
class Result:
    """What one item of an attempt earned: a share of its points, None where a person must mark it, and why."""

    item: QuizItem
    share: Decimal | None
    reason: str


@dataclass(frozen=True)
class Taking:
    """An attempt that has already happened: who, the how manieth, the answers by item id, from when to when."""

    person_id: int
    number: int
    answers: Mapping[int, Any]
    started_at: datetime
    submitted_at: datetime


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
    allowance = queries.allowance_of(quiz.id, person.id)
    if not quiz.is_open(now, allowance.extra if allowance else NO_TIME):
        raise QuizClosed
    if attempts_left(quiz, allowance, len(taken)) <= 0:
        raise AttemptsUsedUp
    number = len(taken) + 1
    attempt = Attempt(
        quiz_id=quiz.id,
        person_id=person.id,
        number=number,
        seed=_seed(quiz.id, person.id, number),
        started_at=now,
        closes_at=closing(quiz, now, allowance),
    )
    attempt.quiz = quiz
    attempt.points_max = sum((item.points for item in attempt.draws(queries.items_of(quiz.id))), Decimal(0))
    if not attempt.points_max:
        raise QuizEmpty
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
            db.session.flush()
    except sa.exc.IntegrityError:
        return next(a for a in queries.attempts_of(person, [quiz.id]) if a.number == number)
    return attempt


def attempts_left(quiz: Quiz, allowance: Allowance | None, taken: int = 0) -> int:
    """How many attempts a person still has after so many."""
    return quiz.attempts_allowed + (allowance.attempts if allowance else 0) - taken


def closing(quiz: Quiz, started_at: datetime, allowance: Allowance | None) -> datetime | None:
    """When an attempt ends: its time is over, or the quiz closes, each later by what the person is allowed."""
    extra = allowance.extra if allowance else NO_TIME
    ends = [quiz.closes_at + extra] if quiz.closes_at else []
    if quiz.minutes:
        ends.append(started_at + timedelta(minutes=quiz.minutes) + extra)
    return min(ends) if ends else None


def allow(
    quiz: Quiz, person: Person, *, minutes: int, attempts: int, reason: str, by: Person, now: datetime
) -> Allowance:
    """Give a person more time and attempts than the rules do; an open attempt ends later at once. Audited."""
    allowance = queries.allowance_of(quiz.id, person.id) or Allowance(quiz_id=quiz.id, person_id=person.id)
    allowance.minutes, allowance.attempts, allowance.reason = minutes, attempts, reason
    allowance.granted_by_id, allowance.granted_at = by.id, now
    db.session.add(allowance)
    for attempt in queries.attempts_of(person, [quiz.id]):
        if attempt.is_open(now):
            attempt.closes_at = closing(quiz, attempt.started_at, allowance)
    db.session.flush()
    audit.record(
        "quiz.allow",
        quiz,
        actor_id=by.id,
        organisation_id=quiz.organisation_id,
        person_id=person.id,
        minutes=minutes,
        attempts=attempts,
        reason=reason,
    )
    return allowance


def _seed(quiz_id: int, person_id: int, number: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{quiz_id}:{person_id}:{number}".encode()).digest()[:4]) >> 1


def save_answer(
    attempt: Attempt,
    item: QuizItem,
    given: Any,
    now: datetime,
    *,
    revision: int | None = None,
    flagged: bool | None = None,
    notices: Sequence[str] = (),
) -> Receipt:
    """Keep `given` as the answer to an item and say so with a receipt, in one statement.

    `revision` rises with what is given, see `app.clock.revision`; without one it is `now`. An answer given earlier that
    arrives later changes nothing and gets no receipt. The caller has loaded the attempt
    with `queries.attempt_with_item`, which keeps it from being handed in meanwhile. Raises AttemptOver, NoSuchItem,
    AnswerTooLong, NewerAnswerKept, AnswerChecked.
    """
    if not attempt.is_open(now):
        raise AttemptOver
    if item.quiz_id != attempt.quiz_id or (item.pool is not None and item not in queries.drawn_items(attempt)):
        raise NoSuchItem
    digested = json.dumps(given, ensure_ascii=False, sort_keys=True)
    if len(digested) > MAX_ANSWER:
        raise AnswerTooLong
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    wrapped = {"answer": given}
    if attempt.quiz.paging is Paging.CHECKED and (tries := _open_tries(attempt, item, now)):
        wrapped["tries"] = tries
    number = microseconds(now) if revision is None else revision
    statement = insert(Answer).values(
        attempt_id=attempt.id,
        item_id=item.id,
        given=wrapped,
        revision=number,
        saved_at=now,
        is_flagged=bool(flagged),
        reason="",
        notices=list(notices),
    )
    changes: dict[str, Any] = {"given": wrapped, "revision": number, "saved_at": now}
    if flagged is not None:
        changes["is_flagged"] = flagged
    if notices:
        changes["notices"] = list(notices)
    kept = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=["attempt_id", "item_id"], set_=changes, where=Answer.revision <= number
        ).returning(Answer.revision)
    )
    if kept is None:
        raise NewerAnswerKept
    return Receipt(now, number, hashlib.sha256(f"{attempt.id}:{item.id}:{number}:{digested}".encode()).hexdigest()[:12])


def _open_tries(attempt: Attempt, item: QuizItem, now: datetime) -> list[dict[str, Any]]:
    """The tries at an item so far, held: of several sent at once each counts. Raises AnswerChecked after the last."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    blank = insert(Answer).values(
        attempt_id=attempt.id, item_id=item.id, given={"answer": None}, revision=0, saved_at=now, reason="", notices=[]
    )
    db.session.execute(blank.on_conflict_do_nothing(index_elements=["attempt_id", "item_id"]))
    answer = queries.answer_to(attempt.id, item.id, held=True)
    tries: list[dict[str, Any]] = answer.given.get("tries", []) if answer else []
    shares = [Decimal(each["share"]) for each in tries]
    if is_settled(shares, tries_allowed(item.version.content_in("zh"))):
        raise AnswerChecked
    return tries


def check(attempt: Attempt, item: QuizItem, now: datetime) -> None:
    """Mark what was just saved as a try, in a quiz that answers at once. Raises NothingToCheck.

    The caller has saved the answer in the same transaction, which has refused what must not be tried any more.
    """
    answer = queries.answer_to(attempt.id, item.id)
    given = answer.given.get("answer") if answer else None
    share, _reason = share_of(item.version, given, attempt.seed, item.id)
    if answer is None or given is None or share is None:
        raise NothingToCheck
    tries = [*answer.given.get("tries", []), {"answer": given, "share": str(share), "at": now.isoformat()}]
    answer.given = {"answer": given, "tries": tries}
    db.session.flush()


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
    if cast("sa.CursorResult[Any]", won).rowcount != 1:
        return attempt
    items = queries.drawn_items(attempt)
    answers = queries.answers_of(attempt)
    kept = {item_id: answer.given for item_id, answer in answers.items()}
    results = [
        Result(item, *share_of_kept(item.version, kept.get(item.id, {}), attempt.seed, item.id)) for item in items
    ]
    attempt.points = points_of(results)
    for result in results:
        answer = answers.get(result.item.id)
        if answer is None:
            answer = Answer(attempt_id=attempt.id, item_id=result.item.id, given={"answer": None}, revision=0)
            answer.saved_at, answer.is_flagged = handed_in_at, False
            db.session.add(answer)
        answer.share, answer.reason = result.share, result.reason
    met = queries.questions_met(attempt)
    # Where the right answer has been told, copying it shows nothing.
    new = [result for result in results if not met.get(result.item.version.question_id, NOT_MET).is_told]
    observations = observations_of(
        attempt,
        new,
        contexts.teaching_organisation(attempt),
        handed_in_at,
        repeats={question_id: one.times for question_id, one in met.items()},
        notices={item_id: answer.notices for item_id, answer in answers.items()},
    )
    abilities = skills.record_evidence(observations, as_of=day_of(handed_in_at))
    for result in results:
        version = result.item.version
        if version.gives_evidence and result.share is not None and version.question_id not in met:
            learn(version, result.share, abilities[attempt.person_id, str(version.skill_code)].mean)
    if context := contexts.context_of(attempt.quiz):
        context.finished(attempt, handed_in_at)
    return attempt


def take_many(
    quiz: Quiz, items: Sequence[QuizItem], takings: Sequence[Taking]
) -> list[tuple[Attempt, list[skills.Observation]]]:
    """Attempts that were begun, answered and handed in, marked as `submit` marks; for what comes from elsewhere.

    Nothing is recorded: the caller gives the observations to `skills.record_evidence` in as large batches as it likes,
    and tells the quiz's feature what is passed. Of the questions only the counts of first answers change. `items` come
    with their versions loaded. Two statements for each call, however many takings.
    """
    points_max = sum((item.points for item in items), Decimal(0))
    attempts = [
        Attempt(
            quiz_id=quiz.id,
            person_id=taking.person_id,
            number=taking.number,
            seed=_seed(quiz.id, taking.person_id, taking.number),
            started_at=taking.started_at,
            submitted_at=taking.submitted_at,
            points_max=points_max,
        )
        for taking in takings
    ]
    taken = []
    marked = []
    for attempt, taking in zip(attempts, takings, strict=True):
        results = results_of(items, taking.answers, attempt.seed)
        attempt.points = points_of(results)
        marked.append(results)
    db.session.add_all(attempts)
    db.session.flush()
    rows = []
    for attempt, taking, results in zip(attempts, takings, marked, strict=True):
        for result in results:
            version = result.item.version
            rows.append(
                {
                    "attempt_id": attempt.id,
                    "item_id": result.item.id,
                    "given": {"answer": taking.answers.get(result.item.id)},
                    "revision": 1,
                    "saved_at": taking.submitted_at,
                    "is_flagged": False,
                    "share": result.share,
                    "reason": result.reason,
                }
            )
            if taking.number == 1 and version.gives_evidence and result.share is not None:
                count(version, result.share)
        # What comes from elsewhere is taken quiz by quiz: a question has been met in the earlier attempts at this one.
        repeats = dict.fromkeys((item.version.question_id for item in items), taking.number - 1)
        taken.append(
            (attempt, observations_of(attempt, results, quiz.organisation_id, taking.submitted_at, repeats=repeats))
        )
    if rows:
        db.session.execute(sa.insert(Answer), rows)
    return taken


def take(
    quiz: Quiz,
    items: Sequence[QuizItem],
    person_id: int,
    number: int,
    answers: Mapping[int, Any],
    started_at: datetime,
    submitted_at: datetime,
) -> tuple[Attempt, list[skills.Observation]]:
    """One attempt that has already happened; see `take_many`."""
    return take_many(quiz, items, [Taking(person_id, number, answers, started_at, submitted_at)])[0]


def results_of(items: Sequence[QuizItem], given: Mapping[int, Any], seed: int) -> list[Result]:
    """What the answers `given` by item id earn in an attempt with `seed`; an item without one is not answered."""
    return [Result(item, *share_of(item.version, given.get(item.id), seed, item.id)) for item in items]


def points_of(results: Sequence[Result]) -> Decimal:
    """The points that results add up to; what waits for a person's mark counts nothing yet."""
    return sum((result.share * result.item.points for result in results if result.share is not None), Decimal(0))


def share_of(version: QuestionVersion, given: Any, seed: int, item_id: int) -> tuple[Decimal | None, str]:
    """The share of an item's points that an answer earns, and why; None where a person must mark it.

    A question in two languages is marked in each, and the better counts: a right answer in either is right.
    """
    marked = best_mark(version, given, seed, item_id)
    return (None if marked.mark is None else Decimal(str(round(marked.mark, 6)))), marked.reason.value


def share_of_kept(
    version: QuestionVersion, kept: Mapping[str, Any], seed: int, item_id: int
) -> tuple[Decimal | None, str]:
    """The share that a kept answer earns, and why: that of its tries where it was checked at once, else its own."""
    tries = kept.get("tries")
    if not tries:
        return share_of(version, kept.get("answer"), seed, item_id)
    shares = [share_of(version, each["answer"], seed, item_id)[0] or Decimal(0) for each in tries]
    share = round(share_after(shares, next(iter(version.contents.values())).penalty), 6)
    return share, reason_of(share).value


def best_mark(version: QuestionVersion, given: Any, seed: int, item_id: int) -> marking.Marked:
    """The mark of an answer in the language in which it earns most."""
    marks = [marking.mark(drawn(content, seed, str(item_id)), given) for content in version.contents.values()]
    return max(marks, key=lambda marked: -1.0 if marked.mark is None else marked.mark)


def observations_of(
    attempt: Attempt,
    results: Sequence[Result],
    organisation_id: int,
    now: datetime,
    *,
    repeats: Mapping[int, int],
    notices: Mapping[int, Sequence[str]] = NOTHING_NOTICED,
    assessor: AssessorKind = AssessorKind.MACHINE,
    recorded_by_id: int | None = None,
) -> list[skills.Observation]:
    """What the marked answers say about skills; each item's difficulty is stored as it was when it was answered.

    `repeats` tells by question id how often the person has answered the question before, in whatever quiz; `notices` by
    item id what was noticed, which is written beside and weighs nothing. Where a person gave the mark, `assessor` and
    `recorded_by_id` say so.
    """
    observations = []
    for result in results:
        version = result.item.version
        if not version.gives_evidence or result.share is None:
            continue
        earlier = repeats.get(version.question_id, 0)
        observations.append(
            skills.Observation(
                unique_key=f"quiz_item:{attempt.id}:{result.item.id}",
                person_id=attempt.person_id,
                skill_code=str(version.skill_code),
                source_kind=SourceKind.QUIZ_ITEM,
                source_id=attempt.id,
                source_version=version.id,
                score=result.share,
                level=int(version.level or 1),
                difficulty=version.difficulty,
                guess_floor=version.guess_floor,
                weight=REPEAT_WEIGHT**earlier,
                assessor=assessor,
                observed_at=now,
                organisation_id=organisation_id,
                recorded_by_id=recorded_by_id,
                flags=(*(("repeat",) if earlier else ()), *notices.get(result.item.id, ())),
            )
        )
    return observations


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
        guess_floor=float(version.guess_floor),
    ).difficulty
    version.difficulty = Decimal(str(round(min(anchor + 1, max(anchor - 1, moved)), 4)))
    count(version, share)


def count(version: QuestionVersion, share: Decimal) -> None:
    """One more first answer to a question, for its mean."""
    version.answers_count += 1
    version.score_sum += share


def due_attempts(now: datetime) -> list[int]:
    """Attempts whose time is over and that nobody has handed in, by id, the oldest first; some hundreds at a time.

    An answer that came in time may still wait to be written, so they are due only when that is over.
    """
    query = (
        sa.select(Attempt.id)
        .where(Attempt.submitted_at.is_(None), Attempt.closes_at <= now - SETTLING)
        .order_by(Attempt.id)
        .limit(500)
    )
    return list(db.session.scalars(query))


def submit_due(attempt_id: int, now: datetime) -> None:
    """Hand in one of `due_attempts`."""
    query = sa.select(Attempt).where(Attempt.id == attempt_id).options(joinedload(Attempt.quiz))
    submit(db.session.scalars(query).one(), now)
