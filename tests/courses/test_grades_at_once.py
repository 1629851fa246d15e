"""Marks that come at the same moment, each over a connection of its own: none is lost, and the total holds both."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.db import db, utcnow
from courses import queries, services
from courses.models import Enrolment, Grade, GradeChange
from courses.services import grades
from tests.at_once import at_once as together
from tests.at_once import committing
from tests.courses.gradebooks import quizzed, with_learners


@pytest.fixture
def alone(empty_database, tmp_path):
    """An application with a database whose commits are real: a course of two quizzes, and one who learns it."""
    with committing(empty_database, tmp_path / "data") as (app, cast):
        course = quizzed(cast)
        cohort = with_learners(course, cast.student)
        ids = (queries.enrolment_in(cast.student, course.id).id, cohort.id, cast.coordinator.id)
        db.session.remove()
        yield app, *ids


def at_once(app, *acts):
    """The same, after this session has let go: whoever asks may write, and would keep the others waiting."""
    db.session.remove()
    return together(app, *acts)


def columns(cohort_id):
    return grades.columns_of(queries.cohort_by_id(cohort_id))


def test_two_lessons_marked_at_once_both_count_in_the_total(alone):
    app, enrolment_id, cohort_id, _by = alone
    lesson_ids = [column.lesson_id for column in columns(cohort_id)]

    def marking(lesson_id):
        def act():
            enrolment = db.session.get_one(Enrolment, enrolment_id)
            services.lesson_marked(enrolment, lesson_id, Decimal(2), Decimal(2), utcnow())

        return act

    assert at_once(app, *(marking(lesson_id) for lesson_id in lesson_ids)) == [None, None]
    assert db.session.get_one(Enrolment, enrolment_id).share_final == 1


def test_one_lesson_marked_twice_at_once_has_one_mark_and_both_in_its_history(alone):
    app, enrolment_id, cohort_id, _by = alone
    lesson_id = columns(cohort_id)[0].lesson_id

    def marking(points):
        def act():
            enrolment = db.session.get_one(Enrolment, enrolment_id)
            services.lesson_marked(enrolment, lesson_id, Decimal(points), Decimal(2), utcnow())

        return act

    assert at_once(app, marking(1), marking(2)) == [None, None]
    last = db.session.scalars(sa.select(GradeChange).order_by(GradeChange.id.desc())).first()
    grade = db.session.get_one(Grade, (enrolment_id, lesson_id))
    assert (grade.points, grade.revision) == (last.points_after, 2)
    assert last.points_before is not None


def test_of_two_who_override_one_cell_at_once_one_is_told(alone):
    app, enrolment_id, cohort_id, by_id = alone

    def giving(points):
        def act():
            enrolment = db.session.get_one(Enrolment, enrolment_id)
            column = columns(cohort_id)[0]
            grades.set_points(enrolment, column, Decimal(points), "why", seen=0, by_id=by_id, now=utcnow())

        return act

    refused = at_once(app, giving(1), giving(2))
    assert sorted(map(str, refused)) == sorted(map(str, [None, grades.CellChanged]))
    held = grades.cell_of(db.session.get_one(Enrolment, enrolment_id), columns(cohort_id)[0])
    assert held.override_points == refused.index(None) + 1
