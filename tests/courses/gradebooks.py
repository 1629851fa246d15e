"""A course with quizzes, a cohort and its gradebook, for tests about marks."""

from typing import Any

from app.assessment import queries as assessment
from app.assessment.models import Attempt
from app.assessment.services import quizzes
from app.db import db, utcnow
from courses import queries, services
from courses.models import Cohort, Course
from courses.rules.grading import Rules
from tests.courses import factories

BASE = "/organisations/demo-university/courses"


def quizzed(cast: Any, *, lessons: int = 2, rules: Rules | None = None, category: str = "", **more: Any) -> Course:
    """A published course in which each lesson ends with a quiz of two questions."""
    made = factories.course(cast, lessons=lessons, published=False)
    for lesson in queries.lessons_of(made.id):
        versions = [factories.question(cast.university), factories.question(cast.university)]
        factories.give_quiz(lesson, made, versions, **({"attempts_allowed": 3} | more))
        lesson.category = category
    if rules is not None:
        made.rules = rules.as_json()
    db.session.flush()
    services.publish(made, utcnow(), None)
    return made


def with_learners(course: Course, *people: Any) -> Cohort:
    """A cohort in which these people learn."""
    cohort = factories.cohort(course)
    services.bring_in(cohort, [person.id for person in people], utcnow())
    db.session.commit()
    return cohort


def take(person: Any, course: Course, position: int, *right: bool) -> Attempt:
    """An attempt at the quiz of the lesson at a place, with right and wrong answers as told."""
    lesson = queries.lesson_at_place(course.id, position)
    assert lesson is not None
    assert lesson.quiz is not None
    attempt = quizzes.begin(lesson.quiz, person, utcnow())
    for item, is_right in zip(assessment.items_of(lesson.quiz.id), right, strict=True):
        quizzes.save_answer(attempt, item, "a" if is_right else "b", utcnow())
    return quizzes.submit(attempt, utcnow())


def path(cohort: Cohort, rest: str = "") -> str:
    """An address in the gradebook of a cohort of the cast's university."""
    return f"{BASE}/{cohort.course_id}/cohorts/{cohort.id}/gradebook/{rest}"
