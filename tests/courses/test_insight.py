"""What a teacher sees of a cohort: who is stuck where, who may need a word and why, how long marks take."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.accounts.services import create_person, join
from app.assessment.models import Attempt, HandMark
from app.db import utcnow
from courses import queries, services
from courses.models import CohortDate, Enrolment, LessonDone, Post
from courses.rules.risk import Risk, Sign, Thresholds
from courses.services import insight, submissions
from tests.assessment import handwriting
from tests.courses import factories, handing_in
from tests.courses.counting import statements
from tests.courses.gradebooks import BASE, quizzed, take, with_learners
from tests.page import page

DAY = timedelta(days=1)


@pytest.fixture
def course(db, cast):
    cast.coordinator.language = "en"
    return quizzed(cast, lessons=3)


@pytest.fixture
def others(db, cast):
    """Two more students."""
    people = [create_person(f"other{number}@demo.example", f"同学{number}", language="zh") for number in (1, 2)]
    for person in people:
        join(person, cast.university, Role.STUDENT, factories.today())
    db.session.flush()
    return people


@pytest.fixture
def cohort(cast, course, others):
    return with_learners(course, cast.student, *others)


def address(cohort):
    return f"{BASE}/{cohort.course_id}/cohorts/{cohort.id}/insight/"


def seen(cohort, later=timedelta(), **thresholds):
    return insight.of_cohort(cohort, Thresholds(**thresholds), utcnow() + later)


def risks_of(found, person):
    return next((one.risks for one in found.at_risk if one.learner.person_id == person.id), ())


def test_each_lesson_says_who_has_done_it_and_who_stands_there(cast, course, others, cohort):
    take(cast.student, course, 1, True, True)
    take(others[0], course, 1, True, True)
    take(others[0], course, 2, True, True)
    found = seen(cohort)
    assert [(stop.done, stop.here) for stop in found.stops] == [(2, 1), (1, 1), (0, 1)]
    assert (found.learners, found.completed, found.median_done) == (3, 0, 1)
    assert sum(found.totals) == 2
    assert found.totals[-1] == 2


def test_who_stands_at_a_lesson_for_long_is_stuck_there(cast, course, others, cohort):
    take(cast.student, course, 1, True, False)
    take(cast.student, course, 1, False, False)
    assert seen(cohort).stuck == []
    found = seen(cohort, 8 * DAY)
    stuck = next(one for one in found.stuck if one.learner.person_id == cast.student.id)
    assert (stuck.line.position, stuck.tries.count, stuck.tries.best) == (1, 2, Decimal("0.5"))
    assert len(found.stuck) == 3


def test_each_sign_is_told_with_its_number(db, cast, course, others, cohort):
    for number in range(3):
        take(cast.student, course, 1, number == 9, False)
    for other in others:
        for position in (1, 2):
            take(other, course, position, True, True)
    first = queries.contents_of(cohort.version_id, None)[0]
    db.session.add(CohortDate(cohort_id=cohort.id, lesson_id=first.id, due_at=utcnow() - DAY))
    db.session.commit()
    found = seen(cohort, 7 * DAY)
    assert risks_of(found, cast.student) == (
        Risk(Sign.QUIET, Decimal(7)),
        Risk(Sign.FAILED, Decimal(3)),
        Risk(Sign.BEHIND, Decimal(2)),
        Risk(Sign.OVERDUE, Decimal(1)),
        Risk(Sign.LOW_TOTAL, Decimal(0)),
    )
    assert found.at_risk[0].learner.person_id == cast.student.id, "who has most signs stands first"
    assert [one.sign for one in risks_of(found, others[0])] == [Sign.QUIET]


def test_nobody_is_quiet_or_stuck_before_a_lesson_opens(db, cast, course, cohort):
    for line in queries.contents_of(cohort.version_id, None):
        db.session.add(CohortDate(cohort_id=cohort.id, lesson_id=line.id, opens_at=utcnow() + 20 * DAY))
    db.session.commit()
    found = seen(cohort, 10 * DAY)
    assert not found.at_risk
    assert not found.stuck


def test_who_has_completed_or_left_is_on_no_list(db, cast, course, others, cohort):
    for position in (1, 2, 3):
        take(cast.student, course, position, True, True)
    services.leave(queries.enrolment_in(others[0], course.id), utcnow())
    db.session.commit()
    found = seen(cohort, 30 * DAY)
    assert (found.learners, found.completed) == (2, 1)
    assert {one.learner.person_id for one in found.at_risk} == {others[1].id}


def test_the_page_shows_reasons_thresholds_and_ways_on(client_of, db, cast, course, cohort):
    take(cast.student, course, 1, False, False)
    db.session.execute(sa.update(Enrolment).values(enrolled_at=utcnow() - 30 * DAY))
    db.session.execute(sa.update(Attempt).values(started_at=utcnow() - 9 * DAY, submitted_at=utcnow() - 9 * DAY))
    client = client_of(cast.coordinator)
    shown = page(client, address(cohort))
    assert shown.h1 == "3 learners may need a word from you"
    assert "nothing for 9 days" in shown.text
    assert "total so far 0%" in shown.text
    assert "below 60%" in shown.text
    for link in {link for link in shown.links.values() if link.startswith("/organisations/demo-university/")}:
        assert client.get(link).status_code == 200, link
    assert [row[1:] for row in shown.rows("#where table")[1:]] == [["0", "3"], ["0", "0"], ["0", "0"]]
    page(client, address(cohort), language="zh")


def test_an_empty_cohort_says_what_comes(client_of, cast, course):
    cohort = with_learners(course)
    assert "Who enrols in this cohort stands here." in page(client_of(cast.coordinator), address(cohort)).text


def test_the_page_asks_no_more_for_many_learners(client_of, db, cast, course):
    client = client_of(cast.coordinator)
    asked = []
    for number in (2, 30):
        cohort = with_learners(course)
        people = [create_person(f"i{number}-{one}@demo.example", f"学员{one}") for one in range(number)]
        db.session.flush()
        enrolments = services.bring_in(cohort, [person.id for person in people], utcnow() - 20 * DAY)
        line = queries.contents_of(cohort.version_id, None)[0]
        db.session.add_all(
            LessonDone(enrolment_id=one.id, lesson_id=line.id, done_at=utcnow() - 20 * DAY) for one in enrolments
        )
        db.session.commit()
        client.get(address(cohort))
        with statements() as sent:
            client.get(address(cohort))
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_time_to_feedback_is_counted_from_handing_in_to_the_mark(db, cast):
    world = handwriting.world(cast)
    answer = world.answered(cast.student)
    before = seen(world.cohort).feedback
    assert (before.marked, before.median, before.answers, before.works) == (0, None, 1, 0)
    answer.share = Decimal(1)
    db.session.add(
        HandMark(
            answer_id=answer.id, marker_id=cast.coordinator.id, share=Decimal(1), is_final=True,
            saved_at=answer.attempt.submitted_at + timedelta(hours=30),
        )
    )  # fmt: skip
    db.session.flush()
    after = seen(world.cohort).feedback
    assert (after.marked, after.median, after.ninth, after.waiting) == (1, 30.0, 30.0, 0)


def test_who_waits_for_a_mark_is_not_stuck_nor_quiet_and_the_page_leads_to_the_marking(client_of, db, cast):
    cast.coordinator.language = "en"
    world = handwriting.world(cast)
    world.answered(cast.student)
    db.session.commit()
    found = seen(world.cohort, 9 * DAY)
    assert [one.learner.person_id for one in found.waiting] == [cast.student.id]
    assert cast.student.id not in {one.learner.person_id for one in found.stuck}
    assert Sign.QUIET not in {one.sign for one in risks_of(found, cast.student)}
    shown = page(client_of(cast.coordinator), address(world.cohort))
    assert "Who waits for your mark" in shown.text
    assert shown.links["1 answer waits"] == "/organisations/demo-university/marking/"


def test_work_that_waits_is_counted_apart_and_leads_to_the_cohorts_assignments(client_of, db, cast):
    cast.coordinator.language = "en"
    klass = handing_in.opened(cast)
    enrolment = handing_in.learner(klass, cast.student)
    later = handing_in.learner(klass, handing_in.newcomer(cast, 1))
    db.session.execute(sa.update(Enrolment).values(enrolled_at=utcnow() - 30 * DAY))
    work = handing_in.handed_in(klass, enrolment)
    klass.due(utcnow() - timedelta(minutes=1))
    found = seen(klass.cohort)
    assert (found.feedback.answers, found.feedback.works) == (0, 1)
    assert [one.learner.enrolment_id for one in found.waiting] == [enrolment.id]
    assert [one.learner.enrolment_id for one in found.stuck] == [later.id]
    assert risks_of(found, cast.student) == (), "late is whoever has to mark it"
    assert Sign.OVERDUE in {one.sign for one in next(iter(found.at_risk)).risks}
    client = client_of(cast.coordinator)
    shown = page(client, address(klass.cohort))
    assert shown.links["1 piece of work waits"] == klass.office
    assert shown.links["1. Part 1"] == klass.office
    assert "answers wait" not in shown.text
    handing_in.marked(klass, work, cast.coordinator)
    assert seen(klass.cohort).feedback.works == 1, "a mark that is not released is none for the learner"


def test_drafts_work_and_posts_are_signs_of_life(db, cast):
    klass = handing_in.opened(cast)
    people = [cast.student, *(handing_in.newcomer(cast, number) for number in range(3))]
    enrolments = [handing_in.learner(klass, person) for person in people]
    db.session.execute(sa.update(Enrolment).values(enrolled_at=utcnow() - 30 * DAY))
    now = utcnow()
    handing_in.handed_in(klass, enrolments[0], now=now - 2 * DAY)
    work = submissions.open_work(enrolments[1], klass.lesson.id, klass.assignment)
    submissions.keep_draft(work, people[1].id, "begun", "", 10**18, now - 3 * DAY)
    db.session.add(
        Post(
            cohort_id=klass.cohort.id,
            lesson_id=klass.lesson.id,
            author_id=people[2].id,
            unique_key="0" * 64,
            body="?",
            created_at=now - 4 * DAY,
        )
    )
    db.session.commit()
    found = seen(klass.cohort)
    signs = {person.id: [one.sign for one in risks_of(found, person)] for person in people}
    assert [Sign.QUIET in signs[person.id] for person in people] == [False, False, False, True]
    found = seen(klass.cohort, 4 * DAY)
    quiet = {one.learner.person_id: one.risks[0].value for one in found.at_risk if one.risks[0].sign is Sign.QUIET}
    assert quiet == {people[1].id: 7, people[2].id: 8, people[3].id: 34}


def test_who_failed_one_quiz_and_waits_for_the_mark_of_another_is_not_stuck(db, cast):
    world = handwriting.world(cast)
    services.add_lesson(world.course, "先读", "Read first", body_zh="正文").position = 0
    factories.publish_anew(world.course)
    world.answered(cast.student)
    db.session.commit()
    found = seen(world.cohort, 9 * DAY)
    assert found.stuck == []
    assert [(one.learner.position, one.line.position) for one in found.waiting] == [(1, 2)]


def test_optional_work_that_waits_excuses_nobody(db, cast):
    klass = handing_in.opened(cast)
    services.add_lesson(klass.course, "必读", "To read", body_zh="正文")
    queries.lessons_of(klass.course.id)[0].is_required = False
    factories.publish_anew(klass.course)
    handing_in.handed_in(klass, handing_in.learner(klass, cast.student))
    found = seen(klass.cohort, 9 * DAY)
    assert (found.waiting, [one.line.position for one in found.stuck], found.feedback.works) == ([], [2], 1)
