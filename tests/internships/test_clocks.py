"""No application goes unanswered: reminders at half time and at the end, then an honest answer."""

from datetime import timedelta

import pytest

from app.accounts.queries import profile_of
from app.clock import end_of, today
from app.db import utcnow
from app.mail import Mail
from internships import tasks
from internships.models import ApplicationEvent, ApplicationStatus, EventKind
from internships.rules.stages import Due, Stage
from internships.services import applications, clocks, pipeline, rounds, season_runs
from tests.internships.test_pipeline import again, kinds, offers
from tests.page import page


@pytest.fixture
def application(db, cast, posting):
    """The student's, received now."""
    made = applications.apply(cast.student, profile_of(cast.student), posting, "", utcnow(), today())
    db.session.commit()
    return made


def later(application, days):
    return application.applied_at + timedelta(days=days)


def told(db):
    return [(one.recipient, one.subject) for one in db.session.query(Mail).order_by(Mail.id)]


def test_the_enterprise_has_fourteen_days_that_end_with_a_day(application):
    assert application.answer_by == end_of(today() + timedelta(days=14))


def test_recruiters_are_reminded_twice_then_the_student_is_told_honestly(client_of, db, cast, application):
    steps = [clocks.keep_time(application.id, later(application, days)) for days in (3, 8, 8, 15, 15, 17, 19, 19)]
    assert steps == [
        Due.NOTHING, Due.HALF_TIME, Due.NOTHING, Due.LAST, Due.NOTHING, Due.NOTHING, Due.CLOSE, Due.NOTHING,
    ]  # fmt: skip
    assert application.status is ApplicationStatus.UNANSWERED
    assert application.answered_at is None
    assert [who for who, _subject in told(db)] == [cast.recruiter.email, cast.recruiter.email, cast.student.email]
    shown = page(client_of(cast.student), f"/applications/{application.id}/", language="en")
    assert shown.h1 == "The enterprise has not answered"
    assert "The enterprise has not answered in 19 days. This is no judgement on you." in shown.text
    assert kinds(db, application) == [
        EventKind.APPLIED, EventKind.REMINDED, EventKind.REMINDED, EventKind.UNANSWERED,
    ]  # fmt: skip


def test_the_worker_does_it_each_minute_and_once(db, cast, application, monkeypatch):
    monkeypatch.setattr(tasks, "utcnow", lambda: later(application, 15))
    for _minute in range(3):
        tasks.keep_time()
    again(db, application)
    assert application.reminders == 2
    assert len(told(db)) == 1


def test_a_worker_that_slept_through_it_reminds_before_it_closes(application):
    assert clocks.keep_time(application.id, later(application, 60)) is Due.LAST
    assert application.is_open
    assert clocks.keep_time(application.id, later(application, 62)) is Due.NOTHING
    assert clocks.keep_time(application.id, later(application, 63)) is Due.CLOSE


def test_an_interview_begins_the_days_anew_and_looking_does_not(db, cast, application):
    before = application.answer_by
    pipeline.move(application, Stage.IN_REVIEW, by=cast.recruiter, now=later(application, 4))
    assert application.answer_by == before
    pipeline.move(application, Stage.INTERVIEW, by=cast.recruiter, now=later(application, 5))
    assert application.answer_by == before + timedelta(days=5)


def test_an_offer_stops_the_clock_and_lapses_by_its_own(client_of, db, cast, posting, application, monkeypatch):
    offers(
        client_of(cast.recruiter), f"/organisations/demo-enterprise/postings/{posting.id}/applicants/{application.id}/"
    )
    again(db, application)
    assert application.clock is None
    over = application.offer_until
    monkeypatch.setattr(tasks, "utcnow", lambda: over + timedelta(minutes=1))
    tasks.keep_time()  # what was sent in time may still arrive
    again(db, application)
    assert application.has_offer
    monkeypatch.setattr(tasks, "utcnow", lambda: over + timedelta(minutes=3))
    for _minute in range(2):
        tasks.keep_time()
    again(db, application, posting)
    assert application.status is ApplicationStatus.OFFER_DECLINED
    assert posting.seats_offered == 0
    events = db.session.query(ApplicationEvent).filter_by(kind=EventKind.OFFER_LAPSED)
    assert events.count() == 1


def test_in_a_match_round_the_clock_stands_still(db, cast, posting, application):
    now = utcnow()
    made = rounds.create(cast.university, "轮", "", now, now + timedelta(days=50), by=cast.coordinator.id)
    db.session.flush()
    rounds.add_postings(made, [posting], now, today())
    assert clocks.keep_time(application.id, later(application, 30)) is Due.NOTHING
    with pytest.raises(pipeline.InRound):
        pipeline.offer(application, now + timedelta(days=3), "", by=cast.recruiter, now=now)
    rounds.remove_posting(made, posting, by=cast.coordinator, now=now)
    assert clocks.keep_time(application.id, later(application, 30)) is Due.LAST


def test_a_round_leaves_who_has_an_offer_and_the_seat_that_it_holds(db, cast, posting, application):
    now = utcnow()
    pipeline.offer(application, now + timedelta(days=3), "", by=cast.recruiter, now=now)
    other = applications.apply(cast.other_student, profile_of(cast.other_student), posting, "", now, today())
    made = rounds.create(cast.university, "轮", "", now, now + timedelta(seconds=1), by=cast.coordinator.id)
    db.session.flush()
    rounds.add_postings(made, [posting], now, today())
    season_runs.run(made, by=cast.coordinator, now=now + timedelta(minutes=1), today=today())
    assert application.has_offer
    assert other.status is ApplicationStatus.MATCHED
    pipeline.accept(application, (), by=cast.student, now=now + timedelta(minutes=2), today=today())
    db.session.refresh(posting)
    assert (posting.seats_filled, posting.seats_offered) == (2, 0)


def test_the_recruiters_first_page_says_who_waits(client_of, db, cast, application):
    clocks.keep_time(application.id, later(application, 8))
    shown = page(client_of(cast.recruiter), "/", language="en").text
    assert cast.student.name in shown
    assert "answer by" in shown
