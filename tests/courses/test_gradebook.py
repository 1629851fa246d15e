"""The gradebook: what is in a cell, who changed it and why, what it comes to, for teachers and for learners."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.accounts.services import create_person, join
from app.assessment.services import quizzes
from app.db import utcnow
from courses import queries, services
from courses.models import ChangeKind, Enrolment, Grade, GradeChange
from courses.queries import grades as grade_queries
from courses.rules.grading import Category, Rules
from courses.services import grades
from tests.courses import factories
from tests.page import page, read, submit


@pytest.fixture
def course(db, cast):
    """Two lessons, each with a quiz of two questions."""
    cast.coordinator.language = cast.student.language = "en"
    made = factories.course(cast, published=False)
    for lesson in queries.lessons_of(made.id):
        versions = [factories.question(cast.university), factories.question(cast.university)]
        factories.give_quiz(lesson, made, versions, attempts_allowed=3)
    services.publish(made, utcnow(), None)
    db.session.commit()
    return made


@pytest.fixture
def cohort(db, cast, course):
    """A cohort with the student of the cast in it."""
    found = factories.cohort(course)
    services.enrol(found, cast.student, utcnow(), factories.today())
    db.session.commit()
    return found


@pytest.fixture
def enrolment(cast, course, cohort):
    return queries.enrolment_in(cast.student, course.id)


@pytest.fixture
def teacher(db, cast, cohort):
    """A teacher of the cohort who coordinates nothing."""
    person = create_person("teacher@demo.example", "李老师", language="en")
    join(person, cast.university, Role.TEACHER, factories.today())
    services.set_teachers(cohort, [person.id])
    db.session.commit()
    return person


def path(cohort, rest=""):
    return f"/organisations/demo-university/courses/{cohort.course_id}/cohorts/{cohort.id}/gradebook/{rest}"


def take(person, lesson, *right):
    """An attempt at a lesson's quiz with so many right answers."""
    from app.assessment import queries as assessment

    quiz = assessment.quiz_by_id(lesson.quiz_id)
    attempt = quizzes.begin(quiz, person, utcnow())
    for item, is_right in zip(assessment.items_of(quiz.id), right, strict=True):
        quizzes.save_answer(attempt, item, "a" if is_right else "b", utcnow())
    return quizzes.submit(attempt, utcnow())


def columns(cohort):
    return grades.columns_of(cohort)


def test_pages_open(client_of, cast, cohort, enrolment, teacher, course):
    client = client_of(teacher)
    key = columns(cohort)[0].key
    base = f"/organisations/demo-university/courses/{course.id}/"
    for one in (
        path(cohort),
        path(cohort, f"learners/{enrolment.id}/"),
        path(cohort, f"learners/{enrolment.id}/cells/{key}/"),
        path(cohort, "columns/new/"),
        path(cohort, "import/"),
        base + "grading/",
        f"{base}cohorts/{cohort.id}/insight/",
    ):
        assert page(client, one, language="en").h1
    assert page(client_of(cast.student), f"/courses/{course.id}/grades/").h1 == "My marks"
    assert "What is still missing" in page(client_of(cast.student), f"/courses/{course.id}/").text
