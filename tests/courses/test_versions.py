"""A course in versions: cohorts keep theirs until somebody moves them, and what is done stays done."""

from dataclasses import replace

import pytest

from app.db import utcnow
from courses import queries, services
from tests.courses import factories
from tests.page import page, submit

WORK = "/organisations/demo-university/courses/"


@pytest.fixture
def author(client_of, cast):
    """The client of a coordinator who reads English."""
    cast.coordinator.language = "en"
    return client_of(cast.coordinator)


@pytest.fixture
def learnt(cast, db):
    """A published course, its cohort, and the enrolment of a student who has done the first lesson."""
    cast.student.language = "en"
    course = factories.course(cast)
    cohort = factories.cohort(course)
    enrolment = services.enrol(cohort, cast.student, utcnow(), factories.today())
    services.complete_lesson(enrolment, queries.lessons_of(course.id)[0].id, course, utcnow())
    db.session.commit()
    return course, cohort, enrolment


def change(course, position=1, **changes):
    lesson = queries.lesson_at_place(course.id, position)
    services.save_lesson(lesson, replace(services.text_of(lesson), **changes), utcnow(), None)
    return lesson


def test_what_is_edited_is_not_what_is_learnt(client_of, author, db, cast, learnt):
    course, _cohort, _enrolment = learnt
    change(course, body_zh="改过的", body_en="Changed")
    db.session.commit()
    student = client_of(cast.student)
    assert "Changed" not in page(student, f"/courses/{course.id}/lessons/1/").text
    assert "Changed" in page(author, f"/courses/{course.id}/lessons/1/").text
    assert "not published yet" in page(author, f"{WORK}{course.id}/").text


def test_a_running_cohort_keeps_its_version_until_it_is_moved(client_of, author, db, cast, learnt):
    course, cohort, _enrolment = learnt
    change(course, body_en="Changed")
    services.add_lesson(course, "新的一课", "A new one")
    db.session.commit()
    versions = page(author, f"{WORK}{course.id}/versions/")
    assert "A new one" in versions.text
    submit(author, versions, {"note_zh": "加了一课", "note_en": "One more lesson"})
    student = client_of(cast.student)
    assert "A new one" not in page(student, f"/courses/{course.id}/").text
    assert "Changed" not in page(student, f"/courses/{course.id}/lessons/1/").text
    offer = page(author, f"{WORK}{course.id}/cohorts/{cohort.id}/version/")
    assert "One more lesson" in offer.text
    assert "A new one" in offer.text
    submit(author, offer)
    assert "A new one" in page(student, f"/courses/{course.id}/").text
    assert "Changed" in page(student, f"/courses/{course.id}/lessons/1/").text
    lines = factories.contents_for(cast.student, course)
    assert [line.done_at is not None for line in lines] == [True, False, False]
    assert "1 of 3 lessons done" in page(student, f"/courses/{course.id}/").text


def test_a_cohort_without_learners_gets_what_is_published(db, cast, learnt):
    course, cohort, _enrolment = learnt
    empty = factories.cohort(course)
    change(course, body_en="Changed")
    version = services.publish(course, utcnow(), None)
    db.session.refresh(empty)
    db.session.refresh(cohort)
    assert empty.version_id == version.id
    assert cohort.version_id != version.id


def test_who_publishes_is_told_that_cohorts_without_learners_have_it(author, db, cast, learnt):
    course, _cohort, _enrolment = learnt
    factories.cohort(course)
    change(course, body_en="Changed")
    db.session.commit()
    path = f"{WORK}{course.id}/versions/"
    told = page(author, submit(author, page(author, path)).location).words(".flashes .notice")
    assert "Cohorts with learners keep theirs until somebody moves them" in told[0]
    assert "One cohort that has no learners yet got it by itself." in told[1]


def test_moving_completes_for_whom_nothing_is_missing_any_more(db, cast, learnt):
    course, cohort, enrolment = learnt
    services.delete_lesson(queries.lesson_at_place(course.id, 2), None, course.organisation_id, utcnow())
    version = services.publish(course, utcnow(), None)
    assert queries.effect_of_moving(cohort.id, version.id) == (1, 1)
    services.move_cohort(cohort, version, utcnow(), cast.coordinator.id)
    assert enrolment.completed_at is not None
    assert enrolment.lessons_done == 1


def test_who_has_completed_stays_so_when_a_lesson_is_added(db, cast, learnt):
    course, cohort, enrolment = learnt
    services.complete_lesson(enrolment, queries.lessons_of(course.id)[1].id, course, utcnow())
    completed = enrolment.completed_at
    assert completed is not None
    services.add_lesson(course, "再一课")
    services.move_cohort(cohort, services.publish(course, utcnow(), None), utcnow(), cast.coordinator.id)
    assert enrolment.completed_at == completed
    assert enrolment.lessons_done == 2


def test_an_optional_lesson_is_not_needed_to_complete(db, cast):
    course = factories.course(cast, published=False)
    change(course, 2, is_required=False)
    services.publish(course, utcnow(), None)
    enrolment = services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    services.complete_lesson(enrolment, queries.lessons_of(course.id)[0].id, course, utcnow())
    assert enrolment.completed_at is not None


def test_publishing_twice_is_refused_where_nothing_is_new(author, db, learnt):
    course, _cohort, _enrolment = learnt
    refused = author.post(f"{WORK}{course.id}/publication/", headers={"Accept": "application/json"})
    assert refused.json["error"] == "NothingNew"
    assert "Nothing has changed since" in page(author, f"{WORK}{course.id}/versions/").text
    assert [version.number for version in queries.versions_of(course.id)] == [1]


def test_a_withdrawn_course_comes_back_with_the_version_it_had(author, db, learnt):
    course, _cohort, _enrolment = learnt
    author.post(f"{WORK}{course.id}/publication/deletion/")
    author.post(f"{WORK}{course.id}/publication/")
    db.session.refresh(course)
    assert course.is_published
    assert course.version_number == 1


def test_the_quiz_of_a_version_stays_when_authors_change_it(db, cast):
    course = factories.course(cast, published=False)
    lesson = queries.lesson_at_place(course.id, 1)
    old = factories.give_quiz(lesson, course, [factories.question(cast.university)])
    services.publish(course, utcnow(), None)
    cohort = factories.cohort(course)
    enrolment = services.enrol(cohort, cast.student, utcnow(), factories.today())
    new = services.set_quiz(
        lesson, course, [services.Asked(factories.question(cast.university), old.items[0].points)], services.QuizRules()
    )
    assert new.id != old.id
    assert queries.place_of_quiz(cast.student, old) == (course.id, 1)
    assert queries.place_of_quiz(cast.student, new) is None
    services.move_cohort(cohort, services.publish(course, utcnow(), None), utcnow(), cast.coordinator.id)
    assert queries.place_of_quiz(cast.student, new) == (course.id, 1)
    assert enrolment.left_at is None


def test_nobody_else_moves_a_cohort(client_of, db, cast, learnt):
    course, cohort, _enrolment = learnt
    for stranger in (cast.student, cast.recruiter, cast.other_coordinator):
        client = client_of(stranger)
        assert client.post(f"{WORK}{course.id}/cohorts/{cohort.id}/version/").status_code in (403, 404)
        assert client.get(f"{WORK}{course.id}/versions/").status_code in (403, 404)


def test_the_page_of_a_cohort_offers_the_newer_version(author, db, cast, learnt):
    course, cohort, _enrolment = learnt
    path = f"{WORK}{course.id}/cohorts/{cohort.id}/"
    assert "See what would change" not in page(author, path).text
    change(course, body_en="Changed")
    services.publish(course, utcnow(), None)
    db.session.commit()
    offer = page(author, path)
    assert "Version 2 of the course is published" in offer.text
    assert offer.one("main .notice a").attributes["href"].endswith("/version/")
