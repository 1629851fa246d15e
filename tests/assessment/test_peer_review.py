"""Peer review: answers go to those who handed in, who are measured by a teacher's marks before theirs count."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import tasks
from app.assessment.contexts import marked_by
from app.assessment.models import Answer, PeerReview
from app.assessment.queries import marking as marking_queries
from app.assessment.queries import peers as queries
from app.assessment.services import handmarks
from app.assessment.services import peer_review as services
from app.assessment.services.handmarks import Marks, SheetState
from app.assessment.services.work import MarkOutOfRange
from app.clock import SETTLING
from app.db import utcnow
from app.skills.models import AssessorKind, Evidence
from tests.assessment import handwriting
from tests.assessment.peers import COMMENT, Reviewed, reviewed


@pytest.fixture
def world(cast, db) -> Reviewed:
    """Six learners whose essays two peers each review; the teacher has marked two."""
    return reviewed(cast)


def again(db, answer):
    return db.session.get_one(Answer, answer.id, populate_existing=True)


def test_each_answer_goes_to_two_others_and_each_learner_marks_two_examples_first(db, world):
    assert services.allocate(world.item.id, utcnow()) == 4
    rows = db.session.scalars(sa.select(PeerReview)).all()
    counted = [row for row in rows if not row.is_calibration]
    assert sorted(row.answer_id for row in counted) == sorted(2 * [answer.id for answer in world.waiting])
    examples = {answer.id for answer in world.examples}
    assert {row.answer_id for row in rows if row.is_calibration} == examples
    authors = {answer.id: answer.attempt.person_id for answer in world.answers}
    assert all(row.reviewer_id != authors[row.answer_id] for row in rows)


def test_answers_are_allocated_once(world):
    assert services.allocate(world.item.id, utcnow()) == 4
    assert services.allocate(world.item.id, utcnow()) == 0


def test_nothing_is_allocated_before_a_teacher_has_marked_the_examples(cast, db):
    world = reviewed(cast, examples=1)
    with pytest.raises(services.ExamplesMissing):
        services.allocate(world.item.id, utcnow())


def test_nothing_is_allocated_while_the_quiz_is_open(cast, db, world):
    world.quiz.closes_at = utcnow() + timedelta(hours=1)
    with pytest.raises(services.QuizStillOpen):
        services.allocate(world.item.id, utcnow())


def test_where_nobody_else_is_there_nothing_is_allocated(db, cast):
    world = handwriting.world(cast, peers=2, attempts_allowed=3)
    answers = [world.answered(cast.student) for _number in range(3)]
    for answer in answers[:2]:
        world.marked(answer, cast.coordinator, 5)
    with pytest.raises(services.NobodyToReview):
        services.allocate(world.item.id, utcnow())


def test_the_worker_allocates_when_the_quiz_has_closed_and_nobody_can_come_in_time_any_more(db, world):
    now = utcnow()
    assert services.items_due(now) == []
    world.quiz.closes_at = now
    db.session.flush()
    assert services.items_due(now + SETTLING - timedelta(seconds=1)) == []
    assert services.items_due(now + SETTLING) == [world.item.id]
    world.quiz.closes_at = now - timedelta(hours=1)
    db.session.commit()
    tasks.review_by_peers()
    assert queries.is_allocated(world.item.id)
    assert services.items_due(utcnow()) == []


def test_a_quiz_without_peers_stays_with_its_teachers(cast, db):
    world = reviewed(cast, peers=0)
    world.quiz.closes_at = utcnow() - timedelta(hours=1)
    db.session.flush()
    assert services.items_due(utcnow()) == []


def test_peers_settle_an_answer_and_leave_their_kind_of_evidence(db, world):
    world.allocate()
    answer = world.waiting[0]
    first, second = world.reviewers(answer)
    world.calibrated(first)
    world.calibrated(second)
    world.review(answer, first, "7.5")
    assert again(db, answer).share is None
    world.review(answer, second, "7.5")
    assert again(db, answer).share == Decimal("0.75")
    attempt = handwriting.attempt_of(answer)
    assert attempt.points == Decimal("17.5")
    rows = db.session.scalars(
        sa.select(Evidence).where(Evidence.source_id == attempt.id, Evidence.assessor_kind == AssessorKind.PEER)
    ).all()
    assert [(row.score, row.recorded_by_id) for row in rows] == [(Decimal("0.75"), None)]
    # Reviewing itself shows nothing.
    assert db.session.scalar(sa.select(sa.func.count()).where(Evidence.recorded_by_id == first.id)) == 0


def test_who_is_always_too_kind_by_the_same_changes_nothing(db, world):
    world.allocate()
    answer = world.waiting[0]
    first, second = world.reviewers(answer)
    world.calibrated(first, more="0.2")
    world.calibrated(second)
    world.review(answer, first, 9)
    world.review(answer, second, 7)
    assert again(db, answer).share == Decimal("0.7")


def test_marks_that_lie_apart_wait_for_a_teacher_whose_mark_counts_alone(cast, db, world):
    world.allocate()
    answer = world.waiting[0]
    for reviewer, mark in zip(world.reviewers(answer), (2, 9), strict=True):
        world.calibrated(reviewer)
        world.review(answer, reviewer, mark)
    assert again(db, answer).share is None
    assert world.state(answer) is SheetState.TO_MARK
    (row,) = services.overview_of(world.item, world.cast.coordinator, world.cast.university.id).needing
    assert (row.number, row.shares, row.is_apart) == (world.number(answer), [Decimal("0.2"), Decimal("0.9")], True)
    world.marked(answer, cast.coordinator, 6)
    assert again(db, answer).share == Decimal("0.6")
    assert db.session.scalars(
        sa.select(Evidence.assessor_kind).where(Evidence.recorded_by_id == cast.coordinator.id)
    ).all() == 3 * [AssessorKind.TEACHER]


def test_a_teacher_corrects_what_peers_settled(cast, db, world):
    answer = world.settled_by_peers()
    assert world.state(answer) is SheetState.SETTLED
    with pytest.raises(handmarks.AnswerSettled):
        handmarks.give(answer.id, cast.coordinator, None, Marks({}, Decimal(3)), utcnow())
    handmarks.settle(answer.id, cast.coordinator, None, Marks({}, Decimal(3)), utcnow())
    assert again(db, answer).share == Decimal("0.3")
    newest = db.session.scalars(sa.select(Evidence).order_by(Evidence.id.desc())).first()
    assert newest.assessor_kind is AssessorKind.TEACHER
    assert newest.supersedes_id is not None


def test_a_teacher_may_mark_what_is_with_peers_and_they_are_asked_no_more(cast, db, world):
    world.allocate()
    answer = world.waiting[0]
    reviewer = world.reviewers(answer)[0]
    world.calibrated(reviewer)
    assert world.state(answer) is SheetState.WITH_PEERS
    world.marked(answer, cast.coordinator, 4)
    assert world.task(answer, reviewer).state is services.ReviewState.NOT_NEEDED
    with pytest.raises(handmarks.AnswerSettled):
        world.review(answer, reviewer, 9)


def test_after_the_last_day_most_of_the_marks_are_enough_and_fewer_are_not(cast, db):
    world = reviewed(cast, peers=3)
    world.allocate()
    enough, few = world.waiting[:2]
    for answer, count in ((enough, 2), (few, 1)):
        for reviewer in world.reviewers(answer)[:count]:
            world.calibrated(reviewer)
            world.review(answer, reviewer, 5)
    unfinished = world.reviewers(few)[2]
    assert services.overdue(utcnow()) == []
    world.time_passes(services.REVIEW_DAYS + 1)
    with pytest.raises(services.ReviewOver):
        world.review(few, unfinished, 5)
    tasks.review_by_peers()
    assert again(db, enough).share == Decimal("0.5")
    assert again(db, few).share is None
    assert world.state(few) is SheetState.TO_MARK
    assert services.overdue(utcnow()) == []
    assert not any(review.is_open for review in queries.reviews_in(world.item.id, sa.true()))
    assert services.tasks_of(unfinished, utcnow(), is_ahead=True) == []
    needing = {
        row.number: row.is_apart
        for row in services.overview_of(world.item, world.cast.coordinator, world.cast.university.id).needing
    }
    assert needing[world.number(few)] is False
    assert len(needing) == 3


def test_the_last_day_ends_in_shanghai(world):
    world.allocate()
    allocated_at = queries.reviews_in(world.item.id, sa.true())[0].allocated_at
    end = services.due_at(allocated_at)
    assert timedelta(days=7) < end - allocated_at <= timedelta(days=8)
    assert services.overdue(end + SETTLING - timedelta(seconds=1)) == []
    assert len(services.overdue(end + SETTLING)) == 4


def test_what_is_handed_in_later_waits_for_a_teacher(db, world):
    world.allocate()
    late = world.answered(world.learner("late"))
    assert services.allocate(world.item.id, utcnow()) == 0
    assert world.state(late) is SheetState.TO_MARK


def test_only_the_missing_examples_wait_for_the_teacher_before_peers_begin(cast, db):
    world = reviewed(cast, examples=1)
    assert world.counts() == (1, 4)
    assert [world.state(answer) for answer in world.waiting] == 5 * [SheetState.TO_MARK]
    world.marked(world.waiting[0], cast.coordinator, 5)
    assert world.counts() == (0, 4)
    assert world.state(world.waiting[1]) is SheetState.WITH_PEERS
    world.allocate()
    assert world.counts() == (0, 4)


def test_a_review_needs_examples_a_mark_and_some_words_and_is_final(db, world):
    world.allocate()
    answer = world.waiting[0]
    reviewer = world.reviewers(answer)[0]
    now = utcnow()
    with pytest.raises(services.ExamplesFirst):
        services.give(answer.id, reviewer, None, Marks({}, Decimal(5)), now)
    world.calibrated(reviewer)
    with pytest.raises(handmarks.MarkMissing):
        services.finish(answer.id, reviewer, now)
    with pytest.raises(MarkOutOfRange):
        services.give(answer.id, reviewer, None, Marks({}, Decimal(11)), now)
    services.give(answer.id, reviewer, None, Marks({}, Decimal(5), "ok"), now)
    with pytest.raises(services.CommentMissing):
        services.finish(answer.id, reviewer, now)
    with pytest.raises(handmarks.NewerMarkKept):
        services.give(answer.id, reviewer, None, Marks({}, Decimal(6), COMMENT), now - timedelta(seconds=1))
    services.give(answer.id, reviewer, None, Marks({}, Decimal(5), COMMENT), now)
    services.finish(answer.id, reviewer, now)
    with pytest.raises(services.ReviewFinished):
        services.give(answer.id, reviewer, None, Marks({}, Decimal(6), COMMENT), now)
    with pytest.raises(services.ReviewOver):
        services.give(answer.id, world.author(answer), None, Marks({}, Decimal(10), COMMENT), now)


def test_a_teacher_sees_how_each_reviewer_marks(world):
    world.allocate()
    answer = world.waiting[0]
    reviewer = world.reviewers(answer)[0]
    world.calibrated(reviewer, more="0.1")
    world.review(answer, reviewer, 5)
    found = services.overview_of(world.item, world.cast.coordinator, world.cast.university.id)
    row = next(each for each in found.reviewers if each.name == reviewer.name)
    assert (row.calibration.bias, row.finished) == (Decimal("0.1"), 1)
    assert sum(each.allocated for each in found.reviewers) == 8
    assert (found.with_peers, found.settled, found.needing) == (4, 0, [])


def test_where_a_teacher_has_begun_with_another_peers_settle_nothing(cast, db):
    world = reviewed(cast, markers=2)
    world.allocate()
    answer = world.waiting[0]
    world.marked(answer, cast.coordinator, 5)
    for reviewer in world.reviewers(answer):
        world.calibrated(reviewer)
        world.review(answer, reviewer, 7)
    assert again(db, answer).share is None
    assert world.marked(answer, world.second, 5).share == Decimal("0.5")


def test_the_items_of_a_marker_count_what_is_with_peers_elsewhere(cast, world):
    world.settled_by_peers()
    (item,) = marking_queries.items_to_mark(cast.coordinator, marked_by(cast.coordinator, cast.university.id))
    assert (item.to_mark, item.elsewhere, item.settled) == (0, 3, 3)
