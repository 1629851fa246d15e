"""Reading a lesson, and completing it."""

import pytest
import sqlalchemy as sa

from app.db import utcnow
from courses import queries, seams, services
from courses.models import Enrolment
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page


@pytest.fixture
def course(db, cast):
    """A course of three lessons that the student is enrolled in; the second has a quiz."""
    made = factories.course(cast, lessons=3)
    lessons = queries.lessons_of(made.id)
    factories.give_quiz(lessons[1], made, [factories.question(cast.university)], minutes=10)
    services.enrol(factories.cohort(made), cast.student, utcnow(), factories.today())
    db.session.commit()
    return made


def path(course, position, rest=""):
    return f"/courses/{course.id}/lessons/{position}/{rest}"


def test_a_page_is_completed_once_however_often_it_is_said(sign_in, db, cast, course):
    client = sign_in(cast.student)
    for _ in range(3):
        assert client.post(path(course, 1, "completion/")).location == path(course, 2)
    assert db.session.scalar(sa.select(Enrolment.lessons_done)) == 1


def test_a_lesson_with_a_quiz_is_not_completed_by_saying_so(sign_in, db, cast, course):
    answer = sign_in(cast.student).post(path(course, 2, "completion/"), headers={"Accept": "application/json"})
    assert answer.json["error"] == "QuizNotPassed"
    assert db.session.scalar(sa.select(Enrolment.lessons_done)) == 0


def test_a_lesson_says_what_its_quiz_tests(sign_in, cast, course):
    shown = page(sign_in(cast.student), path(course, 2), language="en")
    assert "Export supervision modes · level 2" in shown.text
    assert "10 minutes" in shown.text
    assert shown.one("#quiz form").attributes["action"].startswith("/quizzes/")


def test_scripts_in_a_lesson_are_taken_out(sign_in, db, cast, course):
    lesson = queries.lesson_at(queries.newest_version(course).id, 1)
    lesson.body_en = "Hello <script>alert(1)</script><img src=x onerror=alert(1)> | a |\n|---|\n| b |"
    db.session.commit()
    shown = page(sign_in(cast.student), path(course, 1), language="en")
    assert "alert(1)" not in shown.one(".prose").html


def test_who_is_not_enrolled_is_led_to_the_course(sign_in, cast, course):
    assert sign_in(cast.other_student).get(path(course, 1)).location == f"/courses/{course.id}/"


def test_the_lesson_of_a_draft_does_not_exist_for_strangers(sign_in, db, cast):
    course = factories.course(cast, published=False)
    db.session.commit()
    assert sign_in(cast.other_student).get(path(course, 1)).status_code == 404
    assert sign_in(cast.student).post(path(course, 1, "completion/")).status_code == 404


def test_authors_read_without_being_enrolled(sign_in, cast, course):
    shown = page(sign_in(cast.coordinator), path(course, 2), language="en")
    assert "Enrolled students take it here." in shown.text


def test_a_lesson_that_does_not_exist_is_404(sign_in, cast, course):
    assert sign_in(cast.student).get(path(course, 9)).status_code == 404


def test_the_signed_out_are_asked_to_sign_in(client, course):
    assert "/sign-in/" in client.get(path(course, 1)).location


def test_a_missing_skill_leads_to_the_lesson_or_to_the_course_to_enrol_in(app, cast, course):
    with app.test_request_context():
        (own,) = seams.skill_sources(cast.student, [factories.SKILL])
        (other,) = seams.skill_sources(cast.other_student, [factories.SKILL])
    assert (own.skill, own.level, own.url) == (factories.SKILL, 2, path(course, 2))
    assert other.url == f"/courses/{course.id}/"


def test_a_lesson_costs_few_statements_whatever_the_course(sign_in, db, cast, course):
    client, second = sign_in(cast.student), path(course, 2)
    client.get(second)
    with statements() as few:
        client.get(second)
    for number in range(20):
        services.add_lesson(course, f"另{number}")
    db.session.commit()
    with statements() as many:
        client.get(second)
    assert len(many) == len(few) <= 7, few
