"""Cohorts: opened with their teachers, entered and left. Nothing here commits."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from app import audit
from app.accounts.models import Invitation, Person
from app.db import db
from courses import queries
from courses.models import Cohort, CohortTeacher, Course, Enrolment, Joining, KeptSeat
from courses.services.refusals import AlreadyLearning, CohortClosed, CohortFull, DatesReversed


def open_cohort(
    course: Course,
    name_zh: str,
    name_en: str,
    starts_on: date,
    ends_on: date,
    *,
    capacity: int | None = None,
    joining: Joining = Joining.OPEN,
    organisation_id: int | None = None,
    teacher_ids: Collection[int] = (),
    actor_id: int | None = None,
) -> Cohort:
    """A running of the newest version of a course with its teachers, at its own university or at another one.

    Raises DatesReversed.
    """
    if ends_on < starts_on:
        raise DatesReversed
    version = queries.newest_version(course)
    cohort = Cohort(
        course_id=course.id,
        version_id=None if version is None else version.id,
        organisation_id=organisation_id or course.organisation_id,
        name_zh=name_zh,
        name_en=name_en,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        joining=joining,
    )
    db.session.add(cohort)
    db.session.flush()
    db.session.add_all(
        CohortTeacher(cohort_id=cohort.id, person_id=person_id) for person_id in sorted(set(teacher_ids))
    )
    if actor_id is not None:
        audit.record("cohort.open", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id)
    db.session.flush()
    return cohort


def set_teachers(cohort: Cohort, teacher_ids: Collection[int]) -> None:
    """These people teach the cohort, nobody else."""
    kept = {teacher.person_id: teacher for teacher in queries.teachers_of(cohort.id)}
    for person_id, teacher in kept.items():
        if person_id not in teacher_ids:
            db.session.delete(teacher)
    db.session.add_all(
        CohortTeacher(cohort_id=cohort.id, person_id=person_id) for person_id in sorted(set(teacher_ids) - set(kept))
    )
    db.session.flush()


# Coming and going


def enrol(cohort: Cohort, person: Person, now: datetime, today: date) -> Enrolment:
    """Enrol a student; done twice it is done once, after leaving it takes up where they left.

    The cohort's row is locked first, so that two who take the last seat are let in one after the other. Raises
    CohortClosed, CohortFull, AlreadyLearning.
    """
    if not cohort.takes_students(today):
        raise CohortClosed
    _lock(cohort)
    present = queries.enrolment_in(person, cohort.course_id)
    if present is not None and present.left_at is None:
        if present.cohort_id != cohort.id:
            raise AlreadyLearning
        return present
    return bring_in(cohort, [person.id], now)[0]


def bring_in(
    cohort: Cohort, person_ids: Sequence[int], now: datetime, *, invitation_ids: Sequence[int] = ()
) -> list[Enrolment]:
    """Enrol people whom a coordinator names, whether or not the cohort is open to all. Raises CohortFull.

    Who has to accept an invitation first gets a seat that is kept while it is open. A few statements for each call,
    however many people.
    """
    if cohort.capacity is not None:
        _lock(cohort)
    kept = queries.enrolments_of_people(cohort.id, person_ids)
    coming = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in kept or kept[person_id].left_at]
    asks_for_seats = cohort.capacity is not None or invitation_ids
    seats = {invitation.id for invitation in queries.invited_to(cohort.id, now)} if asks_for_seats else set()
    asked = [invitation_id for invitation_id in dict.fromkeys(invitation_ids) if invitation_id not in seats]
    if (coming or asked) and cohort.capacity is not None:
        learners, _completed, _lessons = queries.progress_in(cohort.id)
        if learners + len(seats) + len(coming) + len(asked) > cohort.capacity:
            raise CohortFull
    if asked:
        rows = [{"cohort_id": cohort.id, "invitation_id": invitation_id} for invitation_id in asked]
        db.session.execute(sa.insert(KeptSeat), rows)
    enrolments = []
    for person_id in dict.fromkeys(person_ids):
        enrolment = kept.get(person_id)
        if enrolment is None:
            enrolment = Enrolment(cohort_id=cohort.id, person_id=person_id, enrolled_at=now, lessons_done=0)
            db.session.add(enrolment)
        elif enrolment.left_at is not None:
            enrolment.left_at = None
        enrolments.append(enrolment)
    db.session.flush()
    return enrolments


def take_seats(invitation: Invitation, person: Person, now: datetime) -> None:
    """Enrol who has accepted an invitation wherever a seat was kept for them; who has been there stays as they are.

    The cohort is locked, so that nobody counts seats between the one kept and the one taken.
    """
    cohorts = queries.cohorts_keeping_a_seat(invitation.id)
    for cohort in cohorts:
        _lock(cohort)
        if person.id not in queries.enrolments_of_people(cohort.id, [person.id]):
            db.session.add(Enrolment(cohort_id=cohort.id, person_id=person.id, enrolled_at=now, lessons_done=0))
    if cohorts:
        db.session.execute(sa.delete(KeptSeat).where(KeptSeat.invitation_id == invitation.id))
        db.session.flush()


def _lock(cohort: Cohort) -> None:
    db.session.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())


def leave(enrolment: Enrolment, now: datetime) -> None:
    """Leave a cohort; what was completed is kept for a return."""
    enrolment.left_at = enrolment.left_at or now
