"""Marking by people: what a finished mark does, two who mark, a second look, many at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.assessment.models import Answer, HandMark
from app.assessment.queries import marking as queries
from app.assessment.services import handmarks as services
from app.assessment.services import quizzes
from app.assessment.services.handmarks import Marks, SheetState
from app.assessment.services.work import MarkOutOfRange
from app.audit import AuditEntry
from app.db import utcnow
from app.skills.models import AssessorKind, Evidence
from courses.models import LessonDone
from tests.assessment import handwriting


@pytest.fixture
def world(cast):
    """An essay that one person marks."""
    return handwriting.world(cast)


@pytest.fixture
def double(cast):
    """An essay that two people mark."""
    return handwriting.world(cast, markers=2)


def evidence_of(db, answer):
    return db.session.scalars(
        sa.select(Evidence)
        .where(Evidence.unique_key.startswith(f"quiz_item:{answer.attempt_id}:{answer.item_id}"))
        .order_by(Evidence.id)
    ).all()


def test_an_essay_waits_and_counts_for_nothing_yet(db, cast, world):
    answer = world.answered(cast.student)
    assert (answer.share, answer.reason) == (None, "needs a person")
    assert handwriting.attempt_of(answer).points == 10
    assert queries.waiting_in([answer.attempt_id]) == {answer.attempt_id: 1}
    assert evidence_of(db, answer) == []


def test_a_finished_mark_gives_points_evidence_and_the_lesson(db, cast, world):
    answer = world.answered(cast.student)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonDone)) == 0
    version = world.item.version
    before = version.answers_count
    answer = world.marked(answer, cast.coordinator, "7.5", "Well argued.")
    assert (answer.share, answer.reason) == (Decimal("0.75"), "partly right")
    attempt = handwriting.attempt_of(answer)
    assert attempt.points == Decimal("17.5")
    assert attempt.is_passed
    (row,) = evidence_of(db, answer)
    assert (row.score, row.level_aimed, row.source_version) == (Decimal("0.75"), 2, version.id)
    assert (row.assessor_kind, row.recorded_by_id) == (AssessorKind.TEACHER, cast.coordinator.id)
    assert row.observed_at == attempt.submitted_at
    assert version.answers_count == before + 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonDone)) == 1


def test_too_few_points_leave_the_lesson_open(db, cast, world):
    answer = world.marked(world.answered(cast.student), cast.coordinator, 1)
    assert not handwriting.attempt_of(answer).is_passed
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonDone)) == 0


def test_what_is_saved_counts_only_once_it_is_finished(db, cast, world):
    answer = world.answered(cast.student)
    services.give(answer.id, cast.coordinator, None, Marks({}, Decimal(5)), utcnow())
    db.session.commit()
    assert db.session.get(Answer, answer.id).share is None
    with pytest.raises(services.MarkMissing):
        services.finish(answer.id, world.second, utcnow())


def test_a_mark_that_arrives_late_never_overwrites_a_newer_one(cast, world):
    answer, now = world.answered(cast.student), utcnow()
    services.give(answer.id, cast.coordinator, None, Marks({}, Decimal(5)), now)
    with pytest.raises(services.NewerMarkKept):
        services.give(answer.id, cast.coordinator, None, Marks({}, Decimal(4)), now - timedelta(seconds=1))
    assert queries.hand_marks_of([answer.id])[answer.id][0].share == Decimal("0.5")


@pytest.mark.parametrize("mark", ["10.01", "-0.01", "NaN", "Infinity"])
def test_a_mark_lies_between_nothing_and_the_points(cast, world, mark):
    answer = world.answered(cast.student)
    with pytest.raises(MarkOutOfRange):
        services.give(answer.id, cast.coordinator, None, Marks({}, Decimal(mark)), utcnow())


def test_finishing_twice_counts_once(db, cast, world):
    answer = world.marked(world.answered(cast.student), cast.coordinator, 8)
    with pytest.raises(services.MarkFinished):
        services.finish(answer.id, cast.coordinator, utcnow())
    assert len(evidence_of(db, answer)) == 1
    assert handwriting.attempt_of(answer).points == 18


def test_where_one_marks_the_second_who_finishes_is_told(db, cast, world):
    answer, now = world.answered(cast.student), utcnow()
    services.give(answer.id, cast.coordinator, None, Marks({}, Decimal(5)), now)
    services.give(answer.id, world.second, None, Marks({}, Decimal(9)), now)
    services.finish(answer.id, cast.coordinator, now)
    with pytest.raises(services.AnswerSettled):
        services.finish(answer.id, world.second, now)
    assert db.session.get(Answer, answer.id).share == Decimal("0.5")
    assert len(evidence_of(db, answer)) == 1


def test_a_rubric_is_weighed(cast, world):
    rubric = handwriting.rubric(cast, world.item)
    answer, now = world.answered(cast.student), utcnow()
    reason, style = rubric.rows
    services.give(answer.id, cast.coordinator, rubric, Marks({reason.id: Decimal(8)}), now)
    with pytest.raises(services.MarkMissing):
        services.finish(answer.id, cast.coordinator, now)
    services.give(answer.id, cast.coordinator, rubric, Marks({reason.id: Decimal(8), style.id: Decimal(5)}), now)
    assert services.finish(answer.id, cast.coordinator, now).share == Decimal("0.85")  # (3 × 0.8 + 1) / 4
    with pytest.raises(MarkOutOfRange):
        services.settle(answer.id, cast.coordinator, rubric, Marks({style.id: Decimal(6)}), now)


def test_two_marks_that_agree_settle_on_their_mean(db, cast, double):
    answer = double.marked(double.answered(cast.student), cast.coordinator, 7)
    assert answer.share is None
    answer = double.marked(answer, double.second, 8)
    assert answer.share == Decimal("0.75")
    assert len(evidence_of(db, answer)) == 1


def test_two_marks_apart_wait_for_a_third_person(db, cast, double):
    answer = double.answered(cast.student)
    double.marked(answer, cast.coordinator, 3)
    answer = double.marked(answer, double.second, 8)
    assert answer.share is None
    third = handwriting.person(cast, "third", Role.COORDINATOR)
    with pytest.raises(services.MarkedByOthers):
        services.give(answer.id, third, None, Marks({}, Decimal(5)), utcnow())
    for one in (cast.coordinator, double.second):
        with pytest.raises(services.SecondLookByAnother):
            services.settle(answer.id, one, None, Marks({}, Decimal(5)), utcnow())
    settled = services.settle(answer.id, third, None, Marks({}, Decimal(6), "Settled."), utcnow())
    assert settled.share == Decimal("0.6")
    (row,) = evidence_of(db, answer)
    assert (row.score, row.recorded_by_id) == (Decimal("0.6"), third.id)
    assert db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "answer.settle")).all()


def test_a_mark_can_be_taken_back_until_the_answer_settles(db, cast, double):
    answer = double.marked(double.answered(cast.student), cast.coordinator, 3)
    services.take_back(answer.id, cast.coordinator)
    double.marked(answer, cast.coordinator, 7)
    double.marked(answer, double.second, 7)
    with pytest.raises(services.AnswerSettled):
        services.take_back(answer.id, double.second)


def test_a_correction_supersedes_the_evidence_and_moves_the_points(db, cast, world):
    answer = world.marked(world.answered(cast.student), cast.coordinator, 8)
    for mark in (2, 9):
        services.settle(answer.id, cast.coordinator, None, Marks({}, Decimal(mark)), utcnow())
    db.session.commit()
    assert handwriting.attempt_of(answer).points == 19
    first, second, third = evidence_of(db, answer)
    assert (second.supersedes_id, third.supersedes_id) == (first.id, second.id)
    assert [row.score for row in (first, second, third)] == [Decimal("0.8"), Decimal("0.2"), Decimal("0.9")]
    assert {row.difficulty for row in (first, second, third)} == {first.difficulty}
    assert world.item.version.answers_count == 1


def test_nothing_is_settled_before_it_is_marked(cast, world):
    answer = world.answered(cast.student)
    with pytest.raises(services.NothingToSettle):
        services.settle(answer.id, cast.coordinator, None, Marks({}, Decimal(5)), utcnow())


def test_nobody_marks_their_own_answer(cast, world):
    answer = world.answered(world.second)
    with pytest.raises(services.OwnAnswer):
        services.give(answer.id, world.second, None, Marks({}, Decimal(10)), utcnow())
    with pytest.raises(services.OwnAnswer):
        services.settle(answer.id, world.second, None, Marks({}, Decimal(10)), utcnow())
    assert services.finish_many(world.item, [answer.id], world.second, Decimal(10), "", utcnow()) == 0
    assert services.sheets_of(world.item, world.second) == []
    (seen,) = services.sheets_of(world.item, cast.coordinator)
    assert seen.state is SheetState.TO_MARK


def test_many_answers_get_one_mark_and_those_that_need_none_are_passed_over(db, cast, world):
    answers = [world.answered(world.learner(f"learner{number}")) for number in range(4)]
    world.marked(answers[0], world.second, 9)
    marked = services.finish_many(
        world.item, [answer.id for answer in answers], cast.coordinator, Decimal(0), "Off the subject.", utcnow()
    )
    db.session.commit()
    assert marked == 3
    shares = [db.session.get_one(Answer, answer.id, populate_existing=True).share for answer in answers]
    assert shares == [Decimal("0.9"), 0, 0, 0]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "answer.mark-many")).one()
    assert entry.details == {"answers": 3, "mark": "0"}


def test_an_answer_met_before_proves_half(db, cast, world):
    first = world.answered(cast.student)
    second = world.answered(cast.student)
    later = world.marked(second, cast.coordinator, 8)
    earlier = world.marked(first, cast.coordinator, 8)
    assert [row.weight for row in evidence_of(db, earlier)] == [1]
    assert [row.weight for row in evidence_of(db, later)] == [Decimal("0.5")]


def test_an_empty_essay_and_an_untouched_template_get_nothing_at_once(cast):
    world = handwriting.world(cast, handwriting.essay(template="1. 方式：\n2. 理由："))
    for name, text in (("empty", None), ("untouched", "1. 方式：\n2. 理由：\n")):
        answer = world.answered(world.learner(name), text)
        assert (answer.share, answer.reason) == (0, "not answered")
    assert services.sheets_of(world.item, cast.coordinator) == []


def test_where_fewer_people_mark_from_now_on_what_one_has_marked_can_still_be_finished(db, cast, double):
    answer = double.marked(double.answered(cast.student), cast.coordinator, 7)
    double.quiz.markers = 1
    db.session.commit()
    assert double.marked(answer, double.second, 8).share == Decimal("0.75")


def test_the_next_to_mark_goes_round_and_what_others_have_begun_comes_last(db, cast, world):
    answers = [world.answered(world.learner(f"learner{number}")) for number in range(3)]
    sheets = services.sheets_of(world.item, cast.coordinator)
    numbers = [sheet.number for sheet in sheets]
    assert services.next_to_mark(sheets).number == numbers[0]
    assert services.next_to_mark(sheets, numbers[2]).number == numbers[0]
    first = next(answer for answer in answers if world.number(answer) == numbers[0])
    services.give(first.id, world.second, None, Marks({}, Decimal(1)), utcnow())
    sheets = services.sheets_of(world.item, cast.coordinator)
    assert services.next_to_mark(sheets).number == numbers[1]
    assert services.next_to_mark(sheets[:1]).number == numbers[0]
    assert services.next_to_mark(sheets[:1], numbers[0]) is None


def test_hints_name_other_people_alone(db, cast, world):
    mine = world.answered(cast.student)
    world.answered(cast.student)  # the same person's second attempt
    copied = world.answered(world.learner("copied"), handwriting.ESSAY.replace("企业", "公司"))
    world.answered(world.learner("own"), "The retailer files one list a month and pays the tax by bank transfer.")
    sheets = services.sheets_of(world.item, cast.coordinator)
    (sheet,) = [one for one in sheets if one.answer.id == mine.id]
    assert [hint.number for hint in services.hints_for(sheet, world.item, sheets)] == [world.number(copied)]


def test_marks_of_an_attempt_that_is_still_open_are_not_taken(cast, world):
    now = utcnow()
    world.answered(world.learner("other"))
    attempt = quizzes.begin(world.quiz, cast.student, now)
    quizzes.save_answer(attempt, world.item, handwriting.ESSAY, now)
    (sheet,) = services.sheets_of(world.item, cast.coordinator)
    assert sheet.answer.attempt_id != attempt.id


def test_a_mark_is_kept_once_for_each_marker(db, cast, world):
    answer, now = world.answered(cast.student), utcnow()
    for mark in (1, 2, 3):
        services.give(answer.id, cast.coordinator, None, Marks({}, Decimal(mark)), now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(HandMark)) == 1
