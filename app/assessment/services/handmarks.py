"""Marking by people: save, finish, take back, settle where two differ, mark many at once.

Whoever writes a mark holds the answer and its attempt, so that of two who finish at once the second sees the first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from flask import current_app
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.assessment import contexts
from app.assessment import queries as quiz_queries
from app.assessment.models import Answer, Attempt, HandMark, PeerReview, QuizItem, Rubric
from app.assessment.queries import marking as queries
from app.assessment.queries import peers as peer_queries
from app.assessment.rules import handmarks as rules
from app.assessment.rules import similarity
from app.assessment.rules.content import Essay
from app.assessment.rules.peer_review import EXAMPLES
from app.assessment.services import quizzes, work
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.skills import queries as skill_queries
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind

# Of more answers than this to one item, the newest are compared.
MOST_COMPARED = 500


class AnswerSettled(Refused):
    message = _l("This answer has its mark already.")


class MarkFinished(Refused):
    message = _l("You have finished this answer. Take that back to change your mark.")


class MarkedByOthers(Refused):
    message = _l("Others have marked this answer meanwhile; it needs no further mark.")


class NewerMarkKept(work.NewerMarksKept):
    message = _l("A newer mark for this answer is saved already, from another page or device. Reload to see it.")


class MarkMissing(Refused):
    message = _l("Give every mark, then finish.")


class OwnAnswer(Refused):
    message = _l("Nobody marks their own answer.")


class NothingToSettle(Refused):
    message = _l("There is nothing to settle: this answer is not marked yet.")


class SecondLookByAnother(Refused):
    message = _l("You are one of the two who marked this answer; somebody else settles it.")


class SheetState(StrEnum):
    """How an answer stands for one marker."""

    TO_MARK = "to mark"
    BEGUN = "begun"
    ELSEWHERE = "elsewhere"
    WITH_PEERS = "with peers"
    DIFFERING = "differing"
    SETTLED = "settled"


@dataclass(frozen=True)
class Marks:
    """What a marker enters: by row of the rubric, or one mark of so many; each None while not given."""

    rows: Mapping[int, Decimal | None]
    mark: Decimal | None = None
    comment: str = ""


@dataclass(frozen=True)
class Sheet:
    """An answer as its markers know it: by a number, with the marks so far."""

    number: int
    answer: Answer
    marks: Sequence[HandMark]
    mine: HandMark | None
    state: SheetState

    @property
    def waits_for_me(self) -> bool:
        """Whether the marker whose list this is has it to mark."""
        return self.state in (SheetState.TO_MARK, SheetState.BEGUN)

    @property
    def may_mark(self) -> bool:
        """Whether the marker may give it a mark, though perhaps peers are at it."""
        return self.waits_for_me or self.state is SheetState.WITH_PEERS

    @property
    def is_begun_by_others(self) -> bool:
        """Whether somebody else has a mark on it that is not finished."""
        return any(not mark.is_final and mark is not self.mine for mark in self.marks)

    @property
    def final(self) -> list[HandMark]:
        """The marks that count before anything is settled."""
        return [mark for mark in self.marks if mark.is_final and not mark.is_settling]

    @property
    def may_settle(self) -> bool:
        """Whether the marker may give the mark that counts alone: a second look, or a correction."""
        is_over = self.state in (SheetState.DIFFERING, SheetState.SETTLED)
        return is_over and not (len(self.final) > 1 and self.mine is not None and self.mine.is_final)


# Reading


def sheets_of(item: QuizItem, marker: Person, organisation_id: int | None = None) -> list[Sheet]:
    """The answers to an item that people mark, by number; the marker's own are not among them. Three statements.

    Only of those who learn at the organisation where the marker marks them, by default that of the quiz.

    Where peers review them, four: before the answers go to peers only the examples wait for the marker.
    """
    numbers = numbers_of(item.id)
    given = queries.hand_marks_in(item.id)
    teaching_id = organisation_id or item.quiz.organisation_id
    learns = contexts.learners_marked(marker, item.quiz, teaching_id, Attempt.person_id)
    answers = queries.answers_to_mark(item.id, marker, learns)
    peers = peer_queries.answers_with_peers(item.id) if item.quiz.peers else {}
    are_examples_there = sum(answer.share is not None for answer in answers) >= EXAMPLES
    is_for_peers = bool(item.quiz.peers) and not peers and are_examples_there
    sheets = []
    for answer in answers:
        marks = given.get(answer.id, [])
        mine = next((mark for mark in marks if mark.marker_id == marker.id and not mark.is_settling), None)
        state = _state(answer, marks, mine, is_with_peers=is_for_peers or peers.get(answer.id, False))
        sheets.append(Sheet(numbers[answer.id], answer, marks, mine, state))
    return sorted(sheets, key=lambda sheet: sheet.number)


def _state(answer: Answer, marks: Sequence[HandMark], mine: HandMark | None, *, is_with_peers: bool) -> SheetState:
    if answer.share is not None:
        return SheetState.SETTLED
    if sum(mark.is_final and not mark.is_settling for mark in marks) >= rules.MOST_MARKERS:
        return SheetState.DIFFERING
    if mine is not None and mine.is_final:
        return SheetState.ELSEWHERE
    if is_with_peers:
        return SheetState.WITH_PEERS
    return SheetState.TO_MARK if mine is None else SheetState.BEGUN


def next_to_mark(sheets: Sequence[Sheet], after: int = 0) -> Sheet | None:
    """The next answer that waits for the marker beyond a number, then from the first; those begun by others last."""
    waiting = [sheet for sheet in sheets if sheet.waits_for_me and sheet.number != after]
    return min(waiting, key=lambda one: (one.is_begun_by_others, one.number <= after, one.number), default=None)


def numbers_of(item_id: int) -> dict[int, int]:
    """The number by which markers know each answer to an item, by answer id."""
    secret: str = current_app.config["SECRET_KEY"]
    return rules.drawn_numbers(item_id, queries.answer_ids_of(item_id), secret.encode())


def hints_for(sheet: Sheet, item: QuizItem, sheets: Sequence[Sheet]) -> list[similarity.Alike]:
    """Answers of other people to an essay question that read like this one, among those that the marker may see."""
    content = next(iter(item.version.contents.values()))
    given = sheet.answer.given.get("answer")
    if not isinstance(content, Essay) or not isinstance(given, str):
        return []
    numbers = {other.answer.id: other.number for other in sheets}
    others = queries.given_by_others(item.id, sheet.answer.attempt.person_id, MOST_COMPARED)
    texts = {numbers[one]: text for one, text in others.items() if one in numbers and isinstance(text, str)}
    templates = {each.template for each in item.version.contents.values() if isinstance(each, Essay)}
    return similarity.alike(given, texts, "\n".join(templates))


def most_of(item: QuizItem) -> Decimal:
    """The most that one mark without a rubric can be: the item's points, or 100 where it is worth nothing."""
    return item.points or Decimal(100)


def entered(mark: HandMark | PeerReview | None, item: QuizItem) -> Marks:
    """What a marker has entered so far, as `give` takes it."""
    if mark is None:
        return Marks({})
    return Marks(rows_of(mark), rules.mark_of_share(mark.share, most_of(item)), mark.comment)


def rows_of(mark: HandMark | PeerReview) -> dict[int, Decimal]:
    """The marks by row of a rubric, as kept in JSON."""
    rows = {}
    for row_id, text in mark.rows.items():
        try:
            rows[int(row_id)] = Decimal(text)
        except (ValueError, InvalidOperation):  # nothing that this code wrote
            continue
    return rows


# Marking


def give(answer_id: int, marker: Person, rubric: Rubric | None, marks: Marks, now: datetime) -> HandMark:
    """Save what a marker enters, given at `now`; it counts once they finish.

    Raises MarkOutOfRange, OwnAnswer, AnswerSettled, MarkFinished, MarkedByOthers, and NewerMarkKept where what arrives
    late was given before what is kept.
    """
    answer = _held(answer_id)
    kept = _open_mark(answer, marker)
    if kept is not None and kept.saved_at > now:
        raise NewerMarkKept
    if kept is None:
        kept = HandMark(answer_id=answer.id, marker_id=marker.id, is_settling=False, is_final=False)
        db.session.add(kept)
    enter(kept, answer.item, rubric, marks, now)
    db.session.flush()
    return kept


def finish(answer_id: int, marker: Person, now: datetime) -> Answer:
    """Let a marker's mark count. With the last one that is needed the answer settles, or two differ.

    Raises MarkMissing, OwnAnswer, AnswerSettled, MarkFinished, MarkedByOthers.
    """
    answer = _held(answer_id)
    kept = _open_mark(answer, marker)
    if kept is None or kept.share is None:
        raise MarkMissing
    kept.is_final = True
    db.session.flush()
    _conclude(answer, marker, now)
    return answer


def take_back(answer_id: int, marker: Person) -> None:
    """Open a finished mark again, as long as the answer has not settled. Raises AnswerSettled, MarkMissing."""
    answer = _held(answer_id)
    if answer.share is not None:
        raise AnswerSettled
    kept = _mark_of(queries.hand_marks_of([answer.id]).get(answer.id, []), marker)
    if kept is None:
        raise MarkMissing
    kept.is_final = False
    db.session.flush()


def settle(answer_id: int, marker: Person, rubric: Rubric | None, marks: Marks, now: datetime) -> Answer:
    """Give the mark that counts alone: after a second look at two that differ, or to correct one, also peers'. Audited.

    Raises MarkOutOfRange, MarkMissing, OwnAnswer, NothingToSettle, SecondLookByAnother.
    """
    answer = _held(answer_id)
    if answer.attempt.person_id == marker.id:
        raise OwnAnswer
    given = queries.hand_marks_of([answer.id]).get(answer.id, [])
    final = [mark for mark in given if mark.is_final and not mark.is_settling]
    is_by_peers = answer.share is not None and any(one.is_final for one in peer_queries.reviews_of(answer.id))
    if not is_by_peers and (not final or (answer.share is None and len(final) < rules.MOST_MARKERS)):
        raise NothingToSettle
    if len(final) > 1 and any(mark.marker_id == marker.id for mark in final):
        raise SecondLookByAnother
    kept = next((mark for mark in given if mark.is_settling and mark.marker_id == marker.id), None)
    if kept is None:
        kept = HandMark(answer_id=answer.id, marker_id=marker.id, is_settling=True, is_final=True)
        db.session.add(kept)
    enter(kept, answer.item, rubric, marks, now)
    if kept.share is None:
        raise MarkMissing
    before = answer.share
    db.session.flush()
    _conclude(answer, marker, now)
    audit.record(
        "answer.settle",
        answer,
        actor_id=marker.id,
        organisation_id=answer.attempt.quiz.organisation_id,
        before=None if before is None else str(before),
        share=str(answer.share),
    )
    return answer


def finish_many(
    item: QuizItem, answer_ids: Collection[int], marker: Person, mark: Decimal, comment: str, now: datetime
) -> int:
    """Give several answers the same finished mark; returns how many took it. Audited. Raises MarkOutOfRange.

    Passed over are those that need no mark of this marker any more.
    """
    _check(mark, most_of(item))
    marked = []
    for answer in queries.hold(answer_ids):
        try:
            kept = _open_mark(answer, marker)
        except Refused:
            continue
        if kept is None:
            kept = HandMark(answer_id=answer.id, marker_id=marker.id, is_settling=False)
            db.session.add(kept)
        kept.rows, kept.share, kept.comment = {}, rules.share_of_mark(mark, most_of(item)), comment
        kept.saved_at, kept.is_final = now, True
        db.session.flush()
        _conclude(answer, marker, now)
        marked.append(answer.id)
    if marked:
        audit.record(
            "answer.mark-many",
            item,
            actor_id=marker.id,
            organisation_id=item.quiz.organisation_id,
            answers=len(marked),
            mark=str(mark),
        )
    return len(marked)


def _held(answer_id: int) -> Answer:
    (answer,) = queries.hold([answer_id])
    return answer


def _mark_of(marks: Sequence[HandMark], marker: Person) -> HandMark | None:
    return next((mark for mark in marks if mark.marker_id == marker.id and not mark.is_settling), None)


def _open_mark(answer: Answer, marker: Person) -> HandMark | None:
    """The mark that a marker has begun, if they may still give one."""
    if answer.attempt.person_id == marker.id:
        raise OwnAnswer
    marks = queries.hand_marks_of([answer.id]).get(answer.id, [])
    kept = _mark_of(marks, marker)
    if kept is not None and kept.is_final:
        raise MarkFinished
    if answer.share is not None or answer.attempt.submitted_at is None:
        raise AnswerSettled
    if sum(mark.is_final for mark in marks) >= rules.MOST_MARKERS:
        raise MarkedByOthers
    return kept


def enter(kept: HandMark | PeerReview, item: QuizItem, rubric: Rubric | None, marks: Marks, now: datetime) -> None:
    """Write what somebody entered into their mark. Raises MarkOutOfRange."""
    if rubric is None:
        _check(marks.mark, most_of(item))
        kept.rows, kept.share = {}, rules.share_of_mark(marks.mark, most_of(item))
    else:
        rows = [(row, marks.rows.get(row.id)) for row in rubric.rows]
        for row, mark in rows:
            _check(mark, row.marks_max)
        kept.rows = {str(row.id): str(mark) for row, mark in rows if mark is not None}
        kept.share = rules.share_of_rows(rules.RowMark(row.weight, row.marks_max, mark) for row, mark in rows)
    kept.comment, kept.saved_at = marks.comment, now


def _check(mark: Decimal | None, most: Decimal) -> None:
    if mark is not None and not (mark.is_finite() and 0 <= mark <= most):
        raise work.MarkOutOfRange(most=f"{most.normalize():f}")


def _conclude(answer: Answer, by: Person, now: datetime) -> None:
    """What follows from the final marks of a held answer: once they settle, its share, the points, the evidence."""
    marks = [mark for mark in queries.hand_marks_of([answer.id]).get(answer.id, []) if mark.is_final]
    outcome = rules.meaning_of(
        [rules.Given(_share(mark), mark.is_settling) for mark in marks], answer.attempt.quiz.markers
    )
    if outcome.share is not None:
        settle_on(answer, outcome.share, by, now)


def settle_on(answer: Answer, share: Decimal, by: Person | None, now: datetime) -> None:
    """Let a held answer have its share: points, evidence, what follows. `by` nobody where peers gave it."""
    is_first = answer.share is None
    answer.share, answer.reason = share, rules.reason_of(share).value
    db.session.flush()
    attempt = answer.attempt
    shares = queries.shares_in(attempt.id)
    attempt.points = sum((share * points for share, points in shares if share is not None), Decimal(0))
    _record(answer, share, by, now, is_first=is_first)
    db.session.flush()
    context = contexts.context_of(attempt.quiz)
    if context and (attempt.is_passed or not queries.waiting_in([attempt.id])):
        context.finished(attempt, now)


def _share(mark: HandMark) -> Decimal:
    if mark.share is None:
        raise MarkMissing
    return mark.share


def _record(answer: Answer, share: Decimal, by: Person | None, now: datetime, *, is_first: bool) -> None:
    """Leave the evidence of a settled answer; a correction supersedes what was recorded before.

    That an explanation was read after an earlier attempt tells nobody what to write, so it weighs as any repeat does.
    """
    attempt, version = answer.attempt, answer.item.version
    if not version.gives_evidence or attempt.submitted_at is None:
        return
    met = quiz_queries.questions_met(attempt).get(version.question_id)
    (observation,) = quizzes.observations_of(
        attempt,
        [quizzes.Result(answer.item, share, answer.reason)],
        contexts.teaching_organisation(attempt),
        attempt.submitted_at,
        repeats={version.question_id: met.times if met else 0},
        notices={answer.item_id: answer.notices},
        assessor=AssessorKind.PEER if by is None else AssessorKind.TEACHER,
        recorded_by_id=None if by is None else by.id,
    )
    root = observation.unique_key
    earlier = skill_queries.current_rows(SourceKind.QUIZ_ITEM, [root]).get(root)
    if earlier is not None:
        observation = replace(
            observation,
            unique_key=f"{root}:after:{earlier.id}",
            difficulty=earlier.difficulty,
            supersedes_id=earlier.id,
        )
    abilities = skills.record_evidence([observation], as_of=day_of(now))
    if is_first and met is None:
        quizzes.learn(version, share, abilities[attempt.person_id, str(version.skill_code)].mean)


def told(marks: Sequence[HandMark]) -> list[HandMark]:
    """Of an answer's marks those that count: the newest settling one alone, else all that are final."""
    settling = [mark for mark in marks if mark.is_settling]
    return settling[-1:] or [mark for mark in marks if mark.is_final]
