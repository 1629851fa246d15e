"""Own dates of a cohort: set by its teachers, seen by its learners, kept by closed doors."""

from datetime import UTC, datetime, timedelta

import pytest

from app.clock import ZONE, on_the_wall
from app.db import utcnow
from courses import queries, services
from courses.rules.dates import Dates
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read, submit


@pytest.fixture
def cohort(db, cast):
    """A cohort with a learner; its second lesson has a quiz."""
    cast.student.language = cast.coordinator.language = "en"
    course = factories.course(cast, lessons=3)
    found = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    factories.give_quiz(queries.lessons_of(course.id)[1], course, [factories.question(cast.university)])
    services.enrol(found, cast.student, utcnow(), factories.today())
    db.session.commit()
    return found


def path(cohort, rest=""):
    return f"/organisations/demo-university/courses/{cohort.course_id}/cohorts/{cohort.id}/dates/{rest}"


def ids(cohort):
    return [lesson.id for lesson in queries.contents_of(cohort.version_id, None)]


def test_a_teacher_sets_dates_in_beijing_time(sign_in, db, cast, cohort):
    client, (first, second, _third) = sign_in(cast.coordinator), ids(cohort)
    form = f"main form[action='{path(cohort)}']"
    submit(
        client,
        page(client, path(cohort)),
        {f"opens_{first}": "2026-12-01T08:00", f"due_{first}": "2026-12-08T23:59"},
        form=form,
    )
    assert queries.dates_in(cohort.id) == {
        first: Dates(datetime(2026, 12, 1, 0, 0, tzinfo=UTC), datetime(2026, 12, 8, 15, 59, tzinfo=UTC))
    }
    again = page(client, path(cohort))
    assert again.values(form)[f"due_{first}"] == ["2026-12-08T23:59"]
    backwards = submit(
        client, again, {f"opens_{second}": "2026-12-02T08:00", f"due_{second}": "2026-12-01T08:00"}, form=form
    )
    assert "is due after it opens" in page(client, backwards.location).text
    assert list(queries.dates_in(cohort.id)) == [first]


def test_all_dates_by_one_rule_and_then_a_week_later(sign_in, db, cast, cohort):
    client = sign_in(cast.coordinator)
    rule = {"first": "2026-12-07", "per_week": "2", "days_to_do": "10"}
    submit(client, page(client, path(cohort)), rule, form="form[action$='rule/']")
    found = [on_the_wall(one.opens_at).date().isoformat() for one in queries.dates_in(cohort.id).values()]
    assert found == ["2026-12-07", "2026-12-07", "2026-12-14"]
    submit(client, page(client, path(cohort)), {"days": "7"}, form="form[action$='shift/']")
    moved = queries.dates_in(cohort.id)[ids(cohort)[2]]
    assert moved.opens_at == datetime(2026, 12, 21, tzinfo=ZONE)
    wrong = client.post(path(cohort, "rule/"), data={**rule, "per_week": "0"})
    assert read(wrong, status=422).h1 == "Dates"
    assert read(client.post(path(cohort, "shift/"), data={"days": "x"}), status=422).h1 == "Dates"


def test_before_it_opens_a_lesson_is_closed_in_every_way(client_of, db, cast, cohort):
    client, second = client_of(cast.student), ids(cohort)[1]
    quiz = queries.lesson_in_version(cohort.version_id, second).quiz_id
    opens = utcnow() + timedelta(days=2)
    services.set_dates(cohort, {second: Dates(opens, opens + timedelta(days=7))}, None)
    db.session.commit()
    lesson = f"/courses/{cohort.course_id}/lessons/2/"
    closed = page(client, lesson)
    assert "This lesson opens" in closed.text
    assert "Text" not in closed.text
    assert client.post(f"/quizzes/{quiz}/attempts/").status_code == 404
    assert "not open yet" in read(client.post(f"{lesson}completion/", follow_redirects=True)).text
    assert "opens" in page(client, f"/courses/{cohort.course_id}/").text
    assert page(client_of(cast.coordinator), lesson).select(".prose"), "its authors read it"
    services.set_dates(cohort, {second: Dates(utcnow() - timedelta(minutes=1))}, None)
    db.session.commit()
    assert page(client, lesson).select(".prose")
    assert client.post(f"/quizzes/{quiz}/attempts/").status_code == 303


def test_a_learner_reads_when_a_lesson_is_due(client_of, db, cast, cohort):
    first = ids(cohort)[0]
    services.set_dates(cohort, {first: Dates(None, datetime(2027, 1, 8, 15, 59, tzinfo=UTC))}, None)
    db.session.commit()
    client = client_of(cast.student)
    for url in (f"/courses/{cohort.course_id}/", f"/courses/{cohort.course_id}/lessons/1/"):
        assert "due 8 Jan, 23:59" in page(client, url).text, url


def test_strangers_see_and_set_no_dates(client_of, cast, cohort):
    for stranger in (cast.student, cast.other_coordinator):
        assert client_of(stranger).get(path(cohort)).status_code == 404
        for rest in ("", "rule/", "shift/"):
            assert client_of(stranger).post(path(cohort, rest)).status_code == 404


def test_dates_cost_the_same_for_many_lessons(sign_in, db, cast, cohort):
    client = sign_in(cast.coordinator)
    client.get(path(cohort))
    with statements() as few:
        client.get(path(cohort))
    for number in range(10):
        services.add_lesson(cohort.course, f"另{number}")
    factories.publish_anew(cohort.course)
    services.set_dates(cohort, {one: Dates(None, utcnow()) for one in ids(cohort)}, None)
    db.session.commit()
    with statements() as many:
        client.get(path(cohort))
    assert len(many) == len(few)
