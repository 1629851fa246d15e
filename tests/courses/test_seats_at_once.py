"""Two who take the last seat at the same moment, each with a connection of their own: capacity holds."""

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.accounts.services import create_person, join
from app.clock import today
from app.db import db, utcnow
from courses import queries, services
from courses.models import Cohort, Enrolment, WaitingPlace
from tests.at_once import at_once, committing
from tests.courses import factories

STUDENTS = 6


@pytest.fixture
def alone(empty_database, tmp_path):
    """An application with a database whose commits are real; students of a university; two cohorts of one seat each."""
    with committing(empty_database, tmp_path / "data") as (app, cast):
        people = [create_person(f"s{number}@demo.example", f"s{number}") for number in range(STUDENTS)]
        for person in people:
            join(person, cast.university, Role.STUDENT, today())
        course = factories.course(cast)
        cohorts = [factories.cohort(course, capacity=1) for _ in range(2)]
        ids = [person.id for person in people], [cohort.id for cohort in cohorts]
        db.session.commit()
        db.session.remove()
        yield app, *ids


def enrolling(cohort_id, person_id):
    return lambda: services.enrol(
        db.session.get_one(Cohort, cohort_id), db.session.get_one(Person, person_id), utcnow(), today()
    )


def waiting(cohort_id, person_id):
    return lambda: services.wait_for_seat(
        db.session.get_one(Cohort, cohort_id), db.session.get_one(Person, person_id), utcnow(), today(), "/"
    )


def leaving(cohort_id, person_id):
    def act():
        cohort = db.session.get_one(Cohort, cohort_id)
        enrolment = queries.enrolments_of_people(cohort_id, [person_id])[person_id]
        services.give_up_seat(cohort, enrolment, utcnow(), today())

    return act


def present(*conditions):
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.left_at.is_(None), *conditions)
    )


def test_the_last_seat_is_taken_once(alone):
    app, people, (cohort_id, _other) = alone
    refused = at_once(app, *(enrolling(cohort_id, person_id) for person_id in people))
    assert refused.count(None) == 1
    assert refused.count(services.CohortFull) == STUDENTS - 1
    assert present() == 1


def test_two_clicks_of_one_person_are_one_enrolment(alone):
    app, people, (cohort_id, _other) = alone
    assert at_once(app, *(enrolling(cohort_id, people[0]) for _ in range(4))) == [None] * 4
    assert present() == 1


def test_one_person_in_two_cohorts_at_once_is_in_one(alone):
    app, people, cohorts = alone
    refused = at_once(app, *(enrolling(cohort_id, people[0]) for cohort_id in cohorts))
    assert sorted(map(str, refused)) == sorted([str(None), str(services.AlreadyLearning)])
    assert present() == 1


def test_of_all_who_wait_at_once_one_is_in_and_each_other_has_one_place(alone):
    app, people, (cohort_id, _other) = alone
    assert at_once(app, *(waiting(cohort_id, person_id) for person_id in people * 2)) == [None] * STUDENTS * 2
    assert present() == 1
    places = list(db.session.scalars(sa.select(WaitingPlace.person_id)))
    assert len(places) == len(set(places)) == STUDENTS - 1


def test_a_seat_that_is_left_twice_at_once_lets_one_in_before_who_comes_now(alone):
    app, people, (cohort_id, _other) = alone
    at_once(app, enrolling(cohort_id, people[0]))
    for person_id in people[1:4]:
        at_once(app, waiting(cohort_id, person_id))
    refused = at_once(
        app,
        leaving(cohort_id, people[0]),
        leaving(cohort_id, people[0]),
        enrolling(cohort_id, people[4]),
        enrolling(cohort_id, people[5]),
    )
    assert refused == [None, None, services.CohortFull, services.CohortFull]
    assert present() == 1
    assert present(Enrolment.person_id == people[1]) == 1
    left = list(db.session.scalars(sa.select(WaitingPlace.person_id).order_by(WaitingPlace.id)))
    assert left == people[2:4]
