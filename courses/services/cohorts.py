"""Cohorts: opened with their teachers, entered and left. Nothing here commits."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from app import audit, mail
from app.accounts.models import Invitation, Person
from app.credentials.services import ALPHABET
from app.db import db
from courses import queries
from courses.models import Cohort, CohortTeacher, Course, Enrolment, Joining, KeptSeat, WaitingPlace
from courses.queries.joining import WITH_LINE
from courses.services import prerequisites
from courses.services.refusals import (
    AlreadyLearning,
    CodeUnknown,
    CohortClosed,
    CohortEntered,
    CohortFull,
    CohortPutAway,
    DatesReversed,
)
from courses.services.returning import take_up_again

CODE_LENGTH = 8


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
        code=new_code() if joining is Joining.CODE else None,
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


# Putting away


def archive(cohort: Cohort, actor_id: int, now: datetime) -> None:
    """Take a cohort out of lists; who learns in it goes on reading, and its teachers find it among the archived."""
    lock(cohort)
    if cohort.archived_at is None:
        cohort.archived_at = now
        audit.record("cohort.archive", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id)


def take_out_of_archive(cohort: Cohort, actor_id: int) -> None:
    """Let an archived cohort stand in lists again."""
    lock(cohort)
    if cohort.archived_at is not None:
        cohort.archived_at = None
        audit.record("cohort.take-out-of-archive", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id)


def delete_cohort(cohort: Cohort, actor_id: int, now: datetime) -> None:
    """Delete a cohort that nobody ever entered; for thirty days it can be brought back. Raises CohortEntered."""
    lock(cohort)
    if queries.has_been_entered(cohort.id) or queries.invited_to(cohort.id, now):
        raise CohortEntered
    if cohort.deleted_at is None:
        cohort.deleted_at = now
        audit.record("cohort.delete", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id)


def restore_cohort(cohort: Cohort, actor_id: int) -> None:
    """Bring a deleted cohort back as it was."""
    cohort.deleted_at = None
    audit.record("cohort.restore", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id)


# Coming and going


def enrol(cohort: Cohort, person: Person, now: datetime, today: date) -> Enrolment:
    """Enrol a student in an open cohort; done twice it is done once, after leaving it takes up where they left.

    Raises CohortClosed, CohortFull, AlreadyLearning, PrerequisitesUnmet.
    """
    if not cohort.is_open:
        raise CohortClosed
    return come_in(cohort, person, now, today)


def come_in(cohort: Cohort, person: Person, now: datetime, today: date, *, is_let_in: bool = False) -> Enrolment:
    """Enrol a student who has the right to come in, in whichever way; nobody overtakes those who wait for a seat.

    The course and the cohort are locked first: of two who take the last seat the second sees the first, and so does
    one person who enters two cohorts at once. Who is let in by a teacher needs no prerequisites again.
    """
    lock(cohort)
    if not cohort.takes_students(today):
        raise CohortClosed
    present = queries.enrolment_in(person, cohort.course_id)
    if present is not None and present.left_at is None:
        if present.cohort_id != cohort.id:
            raise AlreadyLearning
        return present
    if not is_let_in:
        prerequisites.require(person, cohort.course_id)
    fill_seats(cohort, now, today)
    return bring_in(cohort, [person.id], now)[0]


def bring_in(
    cohort: Cohort, person_ids: Sequence[int], now: datetime, *, invitation_ids: Sequence[int] = ()
) -> list[Enrolment]:
    """Enrol people whom a coordinator names, whether or not the cohort is open to all.

    Raises CohortFull, CohortPutAway.

    Prerequisites are the coordinator's business. Who learns the course in another cohort stays there and is not among
    those returned. Who has to accept an invitation first gets a seat that is kept while it is open. A few statements
    for each call, however many people.
    """
    lock(cohort)
    if cohort.is_put_away:
        raise CohortPutAway
    elsewhere = queries.learning_elsewhere(cohort, person_ids)
    person_ids = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in elsewhere]
    kept = queries.enrolments_of_people(cohort.id, person_ids)
    coming = [person_id for person_id in person_ids if person_id not in kept or kept[person_id].left_at]
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
    enrolments, returning = [], []
    for person_id in person_ids:
        enrolment = kept.get(person_id)
        if enrolment is None:
            enrolment = Enrolment(cohort_id=cohort.id, person_id=person_id, enrolled_at=now, lessons_done=0)
            db.session.add(enrolment)
        elif enrolment.left_at is not None:
            enrolment.left_at = None
            returning.append(enrolment)
        enrolments.append(enrolment)
    db.session.flush()
    take_up_again(cohort, returning, now)
    if coming:
        _forget_waiting(cohort, coming)
    return enrolments


def _forget_waiting(cohort: Cohort, person_ids: Sequence[int]) -> None:
    db.session.execute(
        sa.delete(WaitingPlace).where(WaitingPlace.cohort_id == cohort.id, WaitingPlace.person_id.in_(person_ids))
    )


def take_seats(invitation: Invitation, person: Person, now: datetime) -> None:
    """Enrol who has accepted an invitation wherever a seat was kept for them; who has been there stays as they are.

    The cohort is locked, so that nobody counts seats between the one kept and the one taken.
    """
    cohorts = queries.cohorts_keeping_a_seat(invitation.id)
    for cohort in cohorts:
        lock(cohort)
        been_here = person.id in queries.enrolments_of_people(cohort.id, [person.id])
        if not been_here and not queries.learning_elsewhere(cohort, [person.id]):
            db.session.add(Enrolment(cohort_id=cohort.id, person_id=person.id, enrolled_at=now, lessons_done=0))
            _forget_waiting(cohort, [person.id])
    if cohorts:
        db.session.execute(sa.delete(KeptSeat).where(KeptSeat.invitation_id == invitation.id))
        db.session.flush()


def lock(cohort: Cohort) -> None:
    """Let nobody else come into a cohort, or another one of its course, until the transaction ends.

    The course comes first, always: two who come in never wait for each other. Its key stays readable, so that what
    only refers to the course need not wait.
    """
    held = sa.select(Course.id).where(Course.id == cohort.course_id)
    db.session.execute(held.with_for_update(key_share=True))
    db.session.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update(key_share=True))
    db.session.refresh(cohort, ["capacity", "joining", "ends_on", "archived_at", "deleted_at"])


def leave(enrolment: Enrolment, now: datetime) -> None:
    """Leave a cohort; what was completed is kept for a return."""
    enrolment.left_at = enrolment.left_at or now


def give_up_seat(cohort: Cohort, enrolment: Enrolment, now: datetime, today: date) -> None:
    """Leave a cohort, and let in who waits first for the seat."""
    lock(cohort)
    leave(enrolment, now)
    db.session.flush()
    fill_seats(cohort, now, today)


# Waiting for a seat


def wait_for_seat(
    cohort: Cohort, person: Person, now: datetime, today: date, link: str, code: str = ""
) -> WaitingPlace | None:
    """Put a student at the end of the line of a full cohort; None where a seat was free and they are in.

    `code` is that of a cohort which is entered by one. Done twice it is done once. Raises CohortClosed, CodeUnknown,
    AlreadyLearning, PrerequisitesUnmet.
    """
    try:
        if code:
            enter_by_code(code, cohort, person, now, today)
        else:
            enrol(cohort, person, now, today)
    except CohortFull:
        place = queries.waiting_place(cohort.id, person.id)
        if place is None:
            place = WaitingPlace(cohort_id=cohort.id, person_id=person.id, since=now, link=link)
            db.session.add(place)
            db.session.flush()
        return place
    return None


def stop_waiting(cohort: Cohort, person: Person) -> None:
    """Give up one's place in the line."""
    lock(cohort)
    _forget_waiting(cohort, [person.id])


def fill_seats(cohort: Cohort, now: datetime, today: date) -> list[Enrolment]:
    """Let those in who wait, in order, while there are seats, and write to each. The caller holds the cohort.

    Who no longer studies there, or learns the course in another cohort by now, loses the place.
    """
    if cohort.joining not in WITH_LINE or today > cohort.ends_on:
        return []
    line = queries.line_of(cohort, today)
    if not line:
        return []
    free = queries.seats_free(cohort, now)
    gone = [one.place.person_id for one in line if not one.may_come]
    coming = [one for one in line if one.may_come][:free]
    if gone:
        _forget_waiting(cohort, gone)
    if not coming:
        return []
    enrolments = bring_in(cohort, [one.place.person_id for one in coming], now)
    for one in coming:
        mail.write(
            one.person.email,
            "seat-free",
            language=one.person.language or "zh",
            person=one.person,
            course=cohort.course,
            cohort=cohort,
            link=one.place.link,
        )
    return enrolments


def fill_seats_of(cohort_id: int, now: datetime, today: date) -> None:
    """Lock a cohort and let in who waits for its free seats."""
    cohort = db.session.get_one(Cohort, cohort_id)
    lock(cohort)
    fill_seats(cohort, now, today)


def change_seats(cohort: Cohort, now: datetime, today: date) -> None:
    """After the number of seats or the way in has changed: let in who waits, and give a code where one is needed."""
    db.session.flush()
    lock(cohort)
    if cohort.joining is Joining.CODE and cohort.code is None:
        cohort.code = new_code()
    fill_seats(cohort, now, today)
    db.session.flush()


# Coming in by code


def new_code() -> str:
    """A code that no cohort has: letters and digits that nobody confuses."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if queries.cohort_by_code(code) is None:
            return code


def renew_code(cohort: Cohort, actor_id: int) -> None:
    """Make the old code worthless; who came in by it stays."""
    cohort.code = new_code()
    audit.record("cohort.renew-code", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id)


def enter_by_code(code: str, cohort: Cohort, person: Person, now: datetime, today: date) -> Enrolment:
    """Enrol somebody who knows the code of a cohort.

    Raises CodeUnknown where it was renewed meanwhile, CohortClosed, CohortFull, AlreadyLearning, PrerequisitesUnmet.
    """
    lock(cohort)
    db.session.refresh(cohort, ["code"])
    if cohort.joining is not Joining.CODE or code != cohort.code:
        raise CodeUnknown
    return come_in(cohort, person, now, today)
