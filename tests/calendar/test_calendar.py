"""The calendar of who learns and who teaches: a page, a file, a feed under a secret address."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from app.calendar import queries as calendars
from app.calendar.services import weeks_of
from app.clock import end_of, moment_on_the_wall, today
from app.db import utcnow
from app.registry import registry
from courses import queries, services
from courses.rules.dates import Dates
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, submit


@pytest.fixture
def due():
    """A moment in a week, on the wall in Beijing 20:00."""
    return moment_on_the_wall(datetime.combine(today() + timedelta(days=7), datetime.min.time()).replace(hour=20))


@pytest.fixture
def cohort(db, cast, due):
    """A cohort whose first lesson is due in a week, with a learner."""
    cast.student.language = cast.coordinator.language = "en"
    found = factories.cohort(factories.course(cast), teacher_ids=[cast.coordinator.id])
    services.enrol(found, cast.student, utcnow(), today())
    lesson = queries.contents_of(found.version_id, None)[0]
    services.set_dates(found, {lesson.id: Dates(due - timedelta(days=3), due)}, None)
    db.session.commit()
    return found


def events(answer):
    assert answer.mimetype == "text/calendar"
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}


def feed_of(client):
    submit(client, page(client, "/calendar/"), form="form[action$='/feed/']")
    return page(client, "/calendar/").one("#feed code").text().split("/calendar/")[1]


def test_a_learner_sees_day_by_day_what_opens_and_is_due(sign_in, cast, cohort, due):
    client = sign_in(cast.student)
    shown = page(client, "/calendar/")
    assert shown.h1 == "One thing is due in the next four weeks"
    assert shown.words(".agenda-day .item-meta") == [
        "Lesson opens 20:00 · Customs and compliance",
        "Due 20:00 · Customs and compliance",
    ]
    assert shown.links["Calendar"] == "/calendar/"
    begun = page(client, f"/calendar/?month={cohort.starts_on:%Y-%m}")
    assert any("Course begins" in words for words in begun.words(".agenda-day .item-meta"))
    page(client, "/calendar/", language="zh")


def test_what_is_done_is_no_longer_due(sign_in, db, cast, cohort):
    enrolment = queries.enrolment_in(cast.student, cohort.course_id)
    services.complete_lesson(enrolment, queries.contents_of(cohort.version_id, None)[0].id, cohort.course, utcnow())
    db.session.commit()
    client = sign_in(cast.student)
    assert page(client, "/calendar/").h1 == "Nothing is due in the next four weeks"
    assert not [uid for uid in events(client.get("/calendar/download.ics")) if "lesson-due" in uid]


def test_a_teacher_sees_the_dates_of_own_cohorts(client_of, cast, cohort):
    assert "Customs and compliance" in page(client_of(cast.coordinator), "/calendar/").text
    assert "Customs and compliance" not in page(client_of(cast.other_coordinator), "/calendar/").text
    assert client_of(cast.official).get("/calendar/").status_code == 404


def test_a_quiz_with_a_window_stands_in_it(db, app, sign_in, cast, cohort, due):
    lesson = queries.lessons_of(cohort.course_id)[1]
    factories.give_quiz(
        lesson, cohort.course, [factories.question(cast.university)], opens_at=due, closes_at=due + timedelta(hours=2)
    )
    db.session.commit()
    found = events(sign_in(cast.student).get("/calendar/download.ics"))
    (closes,) = [event for uid, event in found.items() if uid.startswith("quiz-closes")]
    assert closes["dtstart"].dt == due + timedelta(hours=2)


def test_the_feed_says_moments_in_utc_under_names_that_stay(client_of, client, db, cast, cohort, due):
    student = client_of(cast.student)
    address = f"/calendar/{feed_of(student)}"
    found = events(client.get(address))
    (uid,) = [uid for uid in found if uid.startswith("lesson-due")]
    assert found[uid]["dtstart"].to_ical() == due.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").encode()
    assert str(found[uid]["summary"]) == "Due: Part 1"
    (begins,) = [event for name, event in found.items() if name.startswith("cohort-begins")]
    assert begins["dtstart"].dt == cohort.starts_on
    services.set_dates(
        cohort,
        {one: Dates(None, each.due_at + timedelta(days=2)) for one, each in queries.dates_in(cohort.id).items()},
        None,
    )
    db.session.commit()
    assert events(client.get(address))[uid]["dtstart"].dt == due + timedelta(days=2), "the same entry, moved"


def test_a_new_address_takes_the_place_of_the_old_and_closing_leaves_none(client_of, client, db, cast, cohort):
    student = client_of(cast.student)
    old = feed_of(student)
    student.post("/calendar/feed/")
    new = page(student, "/calendar/").one("#feed code").text().split("/calendar/")[1]
    assert new != old
    assert client.get(f"/calendar/{old}").status_code == 404
    assert client.get(f"/calendar/{new}").status_code == 200
    for _ in range(2):
        assert student.post("/calendar/feed/deletion/").status_code == 303
    assert client.get(f"/calendar/{new}").status_code == 404
    assert calendars.token_of(cast.student.id) is None
    assert client.get("/calendar/nothing.ics").status_code == 404


def test_a_month_that_is_none_is_not_found(sign_in, cast, cohort):
    client = sign_in(cast.student)
    for wrong in ("2026-13", "x", "0001-01", "9999-12"):
        assert client.get(f"/calendar/?month={wrong}").status_code == 404
    assert page(client, "/calendar/?month=2024-02").h1 == "February 2024"


def test_weeks_begin_on_monday_and_hold_the_whole_month():
    for month in (date(2024, 2, 1), date(2026, 2, 1), date(2026, 11, 1), date(2026, 12, 1)):
        weeks = weeks_of(month)
        days = [day for week in weeks for day in week]
        assert all(week[0].weekday() == 0 and len(week) == 7 for week in weeks)
        assert next(day for day in days if day.month == month.month) == month
        assert sum(day.month == month.month for day in days) >= 28
        assert days == sorted(set(days))
        assert all(any(day.month == month.month for day in week) for week in weeks)


def test_every_source_keeps_to_the_time_that_is_asked_for(app, db, cast, cohort, due):
    with app.test_request_context():
        for offered in registry().deadlines:
            assert offered(cast.student, end_of(due.date() + timedelta(days=400)), due + timedelta(days=800)) == []
            assert all(
                one.at < due
                for one in offered(cast.student, due - timedelta(days=5), due)
                if isinstance(one.at, datetime)
            )


def test_the_calendar_costs_the_same_with_many_lessons(sign_in, db, cast, cohort, due):
    client = sign_in(cast.student)
    client.get("/calendar/")
    with statements() as few:
        client.get("/calendar/")
    for number in range(12):
        services.add_lesson(cohort.course, f"另{number}")
    factories.publish_anew(cohort.course)
    lessons = queries.contents_of(cohort.version_id, None)
    services.set_dates(cohort, {lesson.id: Dates(None, due) for lesson in lessons}, None)
    db.session.commit()
    with statements() as many:
        client.get("/calendar/")
    assert len(many) == len(few)
