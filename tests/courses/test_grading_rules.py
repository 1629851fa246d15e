"""An author says how marks make a total and what completes the course; cohorts get it with the next version."""

from decimal import Decimal

import pytest

from app.db import utcnow
from courses import queries, services
from courses.rules.grading import Category, Rules, read_rules
from tests.courses.gradebooks import BASE, path, quizzed, take, with_learners
from tests.page import page, submit


@pytest.fixture
def course(db, cast):
    cast.coordinator.language = cast.student.language = "en"
    made = quizzed(cast)
    db.session.commit()
    return made


@pytest.fixture
def client(client_of, cast):
    return client_of(cast.coordinator)


def address(course):
    return f"{BASE}/{course.id}/grading/"


def test_categories_are_written_then_lessons_put_into_them(client, db, course):
    first = submit(
        client,
        page(client, address(course)),
        {
            "categories-0-title_zh": "测验",
            "categories-0-weight": "60",
            "categories-0-drop": "1",
            "categories-1-title_zh": "课堂",
            "categories-1-weight": "30",
            "pass_percent": "60",
            "sequential": "y",
        },
    )
    shown = page(client, first.location)
    assert [row[-1] for row in shown.rows("main section:nth-of-type(1) table")[1:3]] == ["66.7%", "33.3%"]
    submit(client, shown, {"lessons-0-category": "category-1"})
    db.session.refresh(course)
    rules = read_rules(course.rules)
    assert rules == Rules(
        (Category("category-1", "测验", "", Decimal(60), 1), Category("category-2", "课堂", "", Decimal(30), 0)),
        Decimal("0.6"),
        True,
    )
    assert [lesson.category for lesson in queries.lessons_of(course.id)] == ["category-1", ""]
    assert queries.newest_version(course).rules == {}, "what was published stays as it was"
    assert services.publish(course, utcnow(), None).rules == course.rules
    gone = page(client, address(course))
    submit(client, gone, {"categories-0-title_zh": ""})
    assert [lesson.category for lesson in queries.lessons_of(course.id)] == ["", ""]


def test_a_lesson_that_is_not_required_does_not_hold_the_course_up(client, db, cast, course):
    shown = page(client, address(course))
    values = {name: found for name, found in shown.values().items() if name != "lessons-1-is_required"}
    assert client.post(address(course), data=values).status_code == 303
    assert [lesson.is_required for lesson in queries.lessons_of(course.id)] == [True, False]
    services.publish(course, utcnow(), None)
    with_learners(course, cast.student)
    take(cast.student, course, 1, True, True)
    assert queries.enrolment_in(cast.student, course.id).completed_at is not None


def test_of_two_authors_at_once_the_second_is_told(client, course):
    mine, theirs = page(client, address(course)), page(client, address(course))
    submit(client, mine, {"pass_percent": "50"})
    refused = submit(client, theirs, {"pass_percent": "90"})
    assert "Somebody has changed these rules meanwhile" in page(client, refused.location).text
    assert read_rules(course.rules).pass_share == Decimal("0.5")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pass_percent", "101"),
        ("pass_percent", "NaN"),
        ("pass_percent", "1e999"),
        ("categories-0-weight", "1e999"),
        ("categories-0-weight", "9" * 30),
        ("categories-0-drop", "-1"),
    ],
)
def test_impossible_rules_come_back_with_what_to_mend(client, db, course, name, value):
    answer = submit(client, page(client, address(course)), {"categories-0-title_zh": "测验", name: value})
    assert answer.status_code == 200
    assert b"field-error" in answer.data
    db.session.refresh(course)
    assert course.rules == {}


@pytest.mark.parametrize("lesson_id", ["9" * 5000, "²", "x", ""])
def test_a_lesson_that_no_page_named_is_passed_over(client, db, course, lesson_id):
    form = page(client, address(course))
    assert submit(client, form, {"lessons-0-lesson_id": lesson_id, "pass_percent": "60"}).status_code == 303
    db.session.refresh(course)
    assert read_rules(course.rules).pass_share == Decimal("0.6")
    assert client.post(address(course), data={}).status_code < 500, "nothing at all was sent"


def test_strangers_do_not_find_the_page(client_of, cast, course):
    assert client_of(cast.student).get(address(course)).status_code == 404
    assert client_of(cast.other_coordinator).get(address(course)).status_code == 404


def test_rules_that_cannot_be_read_take_nobody_their_pages_and_who_teaches_is_told(client_of, client, db, cast, course):
    cohort = with_learners(course, cast.student)
    services.set_teachers(cohort, [cast.coordinator.id])
    take(cast.student, course, 1, True, True)
    course.rules = queries.newest_version(course).rules = {"pass_share": "60%"}
    db.session.commit()
    learner = client_of(cast.student)
    for shown in (f"/courses/{course.id}/", f"/courses/{course.id}/lessons/1/", f"/courses/{course.id}/grades/"):
        assert learner.get(shown).status_code == 200, shown
    assert "cannot be read" in page(client, path(cohort)).text
    refused = client.post(f"{BASE}/{course.id}/versions/", follow_redirects=True)
    assert "The rules of marks and completion cannot be read" in refused.text
    form = page(client, address(course))
    assert "cannot be read" in form.text
    submit(client, form, {"pass_percent": "60"})
    db.session.refresh(course)
    assert read_rules(course.rules) == Rules(pass_share=Decimal("0.6"))
    assert "cannot be read" not in page(client, address(course)).text
