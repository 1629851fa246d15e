"""Two who say at the same moment what comes before what, each with a connection of their own: no circle."""

import pytest

from app.db import db, utcnow
from courses import queries, services
from courses.models import Course, LearningPath
from courses.services import prerequisites
from tests.at_once import at_once, committing
from tests.courses import factories


@pytest.fixture
def alone(empty_database, tmp_path):
    """An application with a database whose commits are real; two courses, and a strict path that is not published."""
    with committing(empty_database, tmp_path / "data") as (app, cast):
        courses = [factories.course(cast, title=title) for title in ("甲", "乙")]
        path = services.create_path(cast.university.id, "路", is_strict=True)
        db.session.flush()
        services.set_steps(path, [(course, True) for course in courses])
        ids = *(course.id for course in courses), path.id, cast.coordinator.id
        db.session.commit()
        db.session.remove()
        yield app, *ids


def asking(course_id, required_id, person_id):
    def act():
        course, required = (db.session.get_one(Course, one) for one in (course_id, required_id))
        prerequisites.add_course(course, required, person_id)

    return act


def publishing(path_id, person_id):
    return lambda: services.publish_path(db.session.get_one(LearningPath, path_id), utcnow(), person_id)


def test_two_courses_that_ask_for_each_other_at_one_moment_make_no_circle(alone):
    app, first, second, _path, person = alone
    refused = at_once(app, asking(first, second, person), asking(second, first, person))
    assert sorted(refused, key=str) == [services.CircleOfCourses, None]
    assert len(queries.required_pairs()) == 1


def test_a_path_that_is_published_while_its_courses_change_order_makes_no_circle(alone):
    app, first, second, path, person = alone
    refused = at_once(app, asking(first, second, person), publishing(path, person))
    assert sorted(refused, key=str) == [services.CircleOfCourses, None]
    assert len(queries.required_pairs()) == 1
