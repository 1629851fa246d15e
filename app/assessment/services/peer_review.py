"""Peer review: give answers to those who handed in, take their marks, settle on them or leave it to a teacher.

Whoever finishes a review holds the answer, so that of two who finish at once the second sees the first.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.assessment import contexts
from app.assessment.models import Answer, PeerReview, QuizItem, Rubric
from app.assessment.queries import marking as marking_queries
from app.assessment.queries import peers as queries
from app.assessment.rules import handmarks as marking
from app.assessment.rules import peer_review as rules
from app.assessment.services import handmarks
from app.clock import SETTLING, day_of, end_of
from app.db import db
from app.errors import Refused

# Days after the one on which answers are given to peers; the last of them ends the reviews.
REVIEW_DAYS = 7


class ExamplesMissing(Refused):
    message = _l("Mark %(examples)s answers first: peers begin with them, and are measured by your marks.")


class QuizStillOpen(Refused):
    message = _l("The quiz is still open. Its answers go to peers when it closes.")


class NobodyToReview(Refused):
    message = _l("There is no answer that peers could review, or nobody else to review it.")


class ReviewOver(Refused):
    message = _l("The time for reviewing this answer is over.")


class ReviewFinished(Refused):
    message = _l("You have finished this review.")


class ExamplesFirst(Refused):
    message = _l("Mark the examples first.")


class CommentMissing(Refused):
    message = _l("Write a comment of at least a few words, then finish.")


class ReviewState(StrEnum):
    """How a review stands for the one who has to give it."""

    EXAMPLES_FIRST = "examples first"
    TO_REVIEW = "to review"
    BEGUN = "begun"
    FINISHED = "finished"
    NOT_NEEDED = "not needed"
    OVER = "over"


@dataclass(frozen=True)
class Task:
    """An answer that somebody reviews, by its number."""

    number: int
    review: PeerReview
    state: ReviewState
    due_at: datetime

    @property
    def answer(self) -> Answer:
        """The answer, as the pages of marking ask for it."""
        return self.review.answer

    @property
    def waits(self) -> bool:
        """Whether it can be reviewed now."""
        return self.state in (ReviewState.TO_REVIEW, ReviewState.BEGUN)

    @property
    def is_ahead(self) -> bool:
        """Whether it has still to be reviewed, now or after the examples."""
        return self.waits or self.state is ReviewState.EXAMPLES_FIRST


def due_at(allocated_at: datetime) -> datetime:
    """Until when answers given to peers at a moment are reviewed: the end of the seventh day after."""
    return end_of(day_of(allocated_at) + timedelta(days=REVIEW_DAYS))


# Allocation


def allocate(item_id: int, now: datetime, *, actor_id: int | None = None) -> int:
    """Give the answers to an item that wait to peers, once; returns how many. Audited.

    What is handed in later waits for a teacher. Raises QuizStillOpen, ExamplesMissing, NobodyToReview.
    """
    item = queries.item_held(item_id)
    quiz = item.quiz
    if queries.is_allocated(item_id):
        return 0
    if quiz.closes_at is not None and now < quiz.closes_at + SETTLING:
        raise QuizStillOpen
    given = queries.given_to(item_id)
    examples = [rules.HandedIn(one.answer_id, one.author_id) for one in given if one.is_example]
    if len(examples) < rules.EXAMPLES:
        raise ExamplesMissing(examples=rules.EXAMPLES)
    seed = f"{quiz.id}:{item.id}"
    found = rules.allocate(
        [rules.HandedIn(one.answer_id, one.author_id, one.is_waiting) for one in given], quiz.peers, seed
    )
    reviewed = {answer_id: people for answer_id, people in found.items() if people}
    if not reviewed:
        raise NobodyToReview
    rows = [(answer_id, person, False) for answer_id, people in reviewed.items() for person in people]
    for person in sorted({person for _answer, person, _example in rows}):
        rows += [(answer_id, person, True) for answer_id in rules.examples_for(person, examples, seed)]
    db.session.add_all(
        PeerReview(answer_id=answer_id, reviewer_id=person, is_calibration=is_example, allocated_at=now)
        for answer_id, person, is_example in rows
    )
    db.session.flush()
    audit.record(
        "quiz.allocate-peers",
        item,
        actor_id=actor_id,
        organisation_id=quiz.organisation_id,
        answers=len(reviewed),
        peers=quiz.peers,
    )
    return len(reviewed)


def items_due(now: datetime) -> list[int]:
    """Items whose answers go to peers now: their quiz has closed, and all that came in time is handed in."""
    return queries.due_item_ids(now - SETTLING)


def overdue(now: datetime) -> list[int]:
    """Answers whose time for review is over and that nobody has looked at since."""
    return queries.overdue_answer_ids(_overdue_before(now))


def close_examples(now: datetime) -> None:
    """Let examples take no more marks once the time for review is over."""
    db.session.execute(
        sa.update(PeerReview)
        .where(PeerReview.is_open, PeerReview.is_calibration, PeerReview.allocated_at < _overdue_before(now))
        .values(is_open=False)
        .execution_options(synchronize_session=False)
    )


def _overdue_before(now: datetime) -> datetime:
    """What was given to peers before this moment is over."""
    return end_of(day_of(now - SETTLING) - timedelta(days=REVIEW_DAYS + 1))


# Reviewing


def tasks_of(person: Person, now: datetime, item_id: int | None = None, *, is_ahead: bool = False) -> list[Task]:
    """What somebody has to review: item by item, examples first, then by number. Two statements.

    With `is_ahead` without what is finished.
    """
    reviews = queries.reviews_by(person, item_id, is_ahead=is_ahead)
    if not reviews:
        return []
    secret: str = current_app.config["SECRET_KEY"]
    answers = queries.answer_ids_by_item({review.answer.item_id for review in reviews})
    numbers = {item: marking.drawn_numbers(item, ids, secret.encode()) for item, ids in answers.items()}
    by_item: dict[int, list[PeerReview]] = defaultdict(list)
    for review in reviews:
        by_item[review.answer.item_id].append(review)
    tasks = []
    for item, those in by_item.items():
        is_needed = any(not one.is_calibration and _waits(one) for one in those)
        has_examples = any(one.is_calibration and not one.is_final for one in those)
        found = [
            Task(numbers[item][one.answer_id], one, _state(one, now, is_needed, has_examples), due_at(one.allocated_at))
            for one in those
        ]
        tasks += sorted(found, key=lambda task: (not task.review.is_calibration, task.number))
    return tasks


def _waits(review: PeerReview) -> bool:
    return review.is_open and not review.is_final and (review.is_calibration or review.answer.share is None)


def _state(review: PeerReview, now: datetime, is_needed: bool, has_examples: bool) -> ReviewState:
    if review.is_final:
        return ReviewState.FINISHED
    if not review.is_open or now >= due_at(review.allocated_at):
        return ReviewState.OVER
    if not _waits(review) or not is_needed:
        return ReviewState.NOT_NEEDED
    if has_examples and not review.is_calibration:
        return ReviewState.EXAMPLES_FIRST
    return ReviewState.TO_REVIEW if review.saved_at is None else ReviewState.BEGUN


def following(tasks: Sequence[Task], after: Task | None = None) -> Task | None:
    """What to review next: of the tasks after one, then from the first."""
    place = tasks.index(after) + 1 if after is not None else 0
    rest = [*tasks[place:], *tasks[:place]]
    return next((task for task in rest if task.waits and task is not after), None)


def give(answer_id: int, reviewer: Person, rubric: Rubric | None, marks: handmarks.Marks, now: datetime) -> PeerReview:
    """Save what a reviewer enters, given at `now`; it counts once they finish.

    Raises MarkOutOfRange, ReviewOver, ReviewFinished, AnswerSettled, ExamplesFirst, and NewerMarkKept where what
    arrives late was given before what is kept.
    """
    answer, review = _held(answer_id, reviewer, now)
    if review.saved_at is not None and review.saved_at > now:
        raise handmarks.NewerMarkKept
    handmarks.enter(review, answer.item, rubric, marks, now)
    db.session.flush()
    return review


def finish(answer_id: int, reviewer: Person, now: datetime) -> PeerReview:
    """Let a review count, for good. With the last one the answer settles, or waits for a teacher.

    Raises MarkMissing, CommentMissing (examples need none), ReviewOver, ReviewFinished, AnswerSettled, ExamplesFirst.
    """
    answer, review = _held(answer_id, reviewer, now)
    if review.share is None:
        raise handmarks.MarkMissing
    if not review.is_calibration and not rules.says_something(review.comment):
        raise CommentMissing
    review.is_final = True
    db.session.flush()
    if not review.is_calibration:
        _conclude(answer, now, is_over=False)
    return review


def conclude_overdue(answer_id: int, now: datetime) -> None:
    """Let the reviews of an answer that are there speak, as no more will come."""
    (answer,) = marking_queries.hold([answer_id])
    _conclude(answer, now, is_over=True)


def _held(answer_id: int, reviewer: Person, now: datetime) -> tuple[Answer, PeerReview]:
    (answer,) = marking_queries.hold([answer_id])
    review = queries.review_held(reviewer, answer_id)
    if review is None or not review.is_open or now >= due_at(review.allocated_at):
        raise ReviewOver
    if review.is_final:
        raise ReviewFinished
    if not review.is_calibration:
        if answer.share is not None:
            raise handmarks.AnswerSettled
        if queries.examples_left(reviewer, answer.item_id):
            raise ExamplesFirst
    return answer, review


def _conclude(answer: Answer, now: datetime, *, is_over: bool) -> None:
    """What follows from the finished reviews of a held answer once all are in, or no more will come."""
    reviews = queries.reviews_of(answer.id)
    final = [review for review in reviews if review.is_final]
    if not is_over and len(final) < len(reviews):
        return
    for review in reviews:
        review.is_open = False
    db.session.flush()
    if answer.share is not None or any(
        mark.is_final for mark in marking_queries.hand_marks_of([answer.id]).get(answer.id, [])
    ):
        return
    found = outcome_of(answer, final)
    if found.share is not None:
        handmarks.settle_on(answer, found.share, None, now)


def outcome_of(answer: Answer, final: Sequence[PeerReview]) -> marking.Outcome:
    """What finished reviews of an answer mean where no more will come."""
    needed = rules.enough(answer.attempt.quiz.peers)
    calibrations = calibrations_of(answer.item_id, [review.reviewer_id for review in final])
    return rules.meaning_of(
        [rules.PeerMark(review.share or Decimal(0), calibrations[review.reviewer_id]) for review in final], needed
    )


def calibrations_of(item_id: int, reviewer_ids: Sequence[int]) -> dict[int, rules.Calibration]:
    """How reviewers of an item mark beside the teacher, by id."""
    pairs = queries.calibrations_in(item_id, reviewer_ids)
    return {reviewer: rules.calibrate(pairs.get(reviewer, [])) for reviewer in reviewer_ids}


# What a teacher sees


@dataclass(frozen=True)
class ReviewerRow:
    """Somebody who reviews answers to an item: how they mark, how many they have finished of how many."""

    name: str
    calibration: rules.Calibration
    finished: int
    allocated: int


@dataclass(frozen=True)
class AnswerRow:
    """An answer that peers could not settle, by its number: their marks, and whether these lie apart or are too few."""

    number: int
    shares: Sequence[Decimal]
    is_apart: bool


@dataclass(frozen=True)
class Overview:
    """How the peer review of an item stands."""

    reviewers: Sequence[ReviewerRow]
    needing: Sequence[AnswerRow]
    with_peers: int
    settled: int
    due_at: datetime | None


def overview_of(item: QuizItem, reader: Person, organisation_id: int) -> Overview:
    """Who reviews how, and which answers need a teacher, of those whom the reader marks there. Three statements."""
    learns = contexts.learners_marked(reader, item.quiz, organisation_id, PeerReview.reviewer_id)
    reviews = queries.reviews_in(item.id, learns)
    numbers = handmarks.numbers_of(item.id)
    people = {review.reviewer_id: review.reviewer for review in reviews}
    calibrations = calibrations_of(item.id, list(people))
    by_person: dict[int, list[PeerReview]] = defaultdict(list)
    by_answer: dict[int, list[PeerReview]] = defaultdict(list)
    for review in reviews:
        if not review.is_calibration:
            by_person[review.reviewer_id].append(review)
            by_answer[review.answer_id].append(review)
    rows = [
        ReviewerRow(one.name, calibrations[key], sum(each.is_final for each in by_person[key]), len(by_person[key]))
        for key, one in people.items()
    ]
    needing, with_peers = [], 0
    for answer_id, those in by_answer.items():
        if those[0].answer.share is None:
            if any(review.is_open for review in those):
                with_peers += 1
                continue
            final = [review.share for review in those if review.is_final and review.share is not None]
            is_apart = len(final) >= rules.enough(item.quiz.peers)
            needing.append(AnswerRow(numbers[answer_id], sorted(final), is_apart))
    return Overview(
        rows,
        sorted(needing, key=lambda one: one.number),
        with_peers,
        sum(those[0].answer.share is not None for those in by_answer.values()),
        due_at(reviews[0].allocated_at) if reviews else None,
    )
