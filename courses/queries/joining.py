"""Who asks to come into a cohort, who waits for a seat, and which seats are free."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts.models import Membership, Person, Role
from app.db import db
from courses.models import Cohort, Course, CourseStatus, Enrolment, Joining, JoiningRequest, WaitingPlace
from courses.queries.cohorts import is_listed, kept_seats, learner_count

# Where who finds no seat can wait for one. Of those who ask, a teacher decides who comes in.
WITH_LINE = (Joining.OPEN, Joining.CODE)


@dataclass(frozen=True)
class InLine:
    """Somebody who waits for a seat, and whether they may still have it."""

    place: WaitingPlace
    person: Person
    may_come: bool


def cohort_by_code(code: str) -> Cohort | None:
    """The cohort that students enter by a code, with course and university."""
    query = (
        sa.select(Cohort)
        .where(Cohort.code == code, Cohort.deleted_at.is_(None))
        .options(
            joinedload(Cohort.course, innerjoin=True).joinedload(Course.organisation, innerjoin=True),
            joinedload(Cohort.organisation, innerjoin=True),
        )
    )
    return db.session.scalars(query).one_or_none()


def seats_free(cohort: Cohort, now: datetime) -> int | None:
    """How many seats of a cohort nobody has and none is kept; None where there is no limit."""
    query = sa.select(Cohort.capacity - learner_count() - kept_seats(now)).where(Cohort.id == cohort.id)
    found = db.session.scalar(query)
    return None if found is None else max(0, found)


def line_of(cohort: Cohort, today: date) -> list[InLine]:
    """Who waits for a seat, in order. They may have it while they study there and are in no other cohort of it."""
    other = aliased(Cohort)
    is_student = sa.exists().where(
        Membership.person_id == WaitingPlace.person_id,
        Membership.organisation_id == cohort.organisation_id,
        Membership.role == Role.STUDENT,
        Membership.joined_on <= today,
        sa.or_(Membership.left_on.is_(None), Membership.left_on > today),
    )
    learns = sa.exists().where(
        Enrolment.person_id == WaitingPlace.person_id,
        Enrolment.left_at.is_(None),
        Enrolment.cohort_id == other.id,
        other.course_id == cohort.course_id,
    )
    query = (
        sa.select(WaitingPlace, Person, sa.and_(is_student, ~learns).label("may_come"))
        .join(Person, Person.id == WaitingPlace.person_id)
        .where(WaitingPlace.cohort_id == cohort.id)
        .order_by(WaitingPlace.id)
    )
    return [InLine(place, person, bool(may_come)) for place, person, may_come in db.session.execute(query)]


def waiting_place(cohort_id: int, person_id: int) -> WaitingPlace | None:
    """Somebody's place in the line of a cohort."""
    query = sa.select(WaitingPlace).where(WaitingPlace.cohort_id == cohort_id, WaitingPlace.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def waiting_numbers(person: Person, course_id: int) -> dict[int, tuple[int, int]]:
    """Where somebody stands in the lines of a course's cohorts, by cohort: (number from one, length of the line)."""
    mine, other = aliased(WaitingPlace), aliased(WaitingPlace)
    ahead = sa.select(sa.func.count()).where(other.cohort_id == mine.cohort_id, other.id <= mine.id).scalar_subquery()
    everyone = sa.select(sa.func.count()).where(other.cohort_id == mine.cohort_id).scalar_subquery()
    query = (
        sa.select(mine.cohort_id, ahead, everyone)
        .join(Cohort, Cohort.id == mine.cohort_id)
        .where(mine.person_id == person.id, Cohort.course_id == course_id)
    )
    return {cohort_id: (number, length) for cohort_id, number, length in db.session.execute(query)}


def request_of(cohort_id: int, person_id: int) -> JoiningRequest | None:
    """What somebody asked of a cohort."""
    query = sa.select(JoiningRequest).where(
        JoiningRequest.cohort_id == cohort_id, JoiningRequest.person_id == person_id
    )
    return db.session.scalars(query).one_or_none()


def requests_by(person: Person, course_id: int) -> dict[int, JoiningRequest]:
    """What somebody asked of the cohorts of a course, by cohort."""
    query = (
        sa.select(JoiningRequest)
        .join(Cohort, Cohort.id == JoiningRequest.cohort_id)
        .where(JoiningRequest.person_id == person.id, Cohort.course_id == course_id)
    )
    return {request.cohort_id: request for request in db.session.scalars(query)}


def open_requests_in(cohort_id: int) -> list[JoiningRequest]:
    """The requests of a cohort that wait for an answer, the first asked first, with people."""
    query = (
        sa.select(JoiningRequest)
        .join(JoiningRequest.person)
        .where(JoiningRequest.cohort_id == cohort_id, JoiningRequest.is_accepted.is_(None))
        .options(contains_eager(JoiningRequest.person))
        .order_by(JoiningRequest.asked_at, JoiningRequest.id)
        .limit(200)
    )
    return list(db.session.scalars(query))


def request_in(cohort_id: int, request_id: int) -> JoiningRequest | None:
    """A request of a cohort."""
    query = sa.select(JoiningRequest).where(JoiningRequest.id == request_id, JoiningRequest.cohort_id == cohort_id)
    return db.session.scalars(query).one_or_none()


def waiting_in_line(cohort_id: int) -> list[WaitingPlace]:
    """Who waits for a seat of a cohort, in order, with people."""
    query = (
        sa.select(WaitingPlace)
        .join(WaitingPlace.person)
        .where(WaitingPlace.cohort_id == cohort_id)
        .options(contains_eager(WaitingPlace.person))
        .order_by(WaitingPlace.id)
        .limit(200)
    )
    return list(db.session.scalars(query))


def cohorts_with_seats_to_fill(today: date, now: datetime) -> list[int]:
    """Ids of open cohorts in whose line somebody waits although a seat is free: a kept one that expired, say."""
    query = (
        sa.select(Cohort.id)
        .join(Course, Course.id == Cohort.course_id)
        .where(
            Cohort.joining.in_(WITH_LINE),
            Course.deleted_at.is_(None),
            is_listed(),
            Cohort.ends_on >= today,
            Course.status == CourseStatus.PUBLISHED,
            sa.exists().where(WaitingPlace.cohort_id == Cohort.id),
            sa.or_(Cohort.capacity.is_(None), learner_count() + kept_seats(now) < Cohort.capacity),
        )
        .order_by(Cohort.course_id, Cohort.id)
        .limit(100)
    )
    return list(db.session.scalars(query))
