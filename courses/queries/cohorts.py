"""Cohorts with their teachers, learners and seats."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts import queries as accounts
from app.accounts.models import Invitation, Membership, Organisation, Person, Role
from app.assessment.models import Quiz
from app.db import db
from courses.models import QUIZ_OF_LESSON, Cohort, CohortTeacher, Course, Enrolment, Joining, KeptSeat, Lesson


@dataclass(frozen=True)
class CohortRow:
    """A cohort, how many learn in it now, and for how many who are invited a seat is kept."""

    cohort: Cohort
    learners: int
    kept: int = 0

    @property
    def seats_left(self) -> int | None:
        """Free places; None where there is no limit."""
        return None if self.cohort.capacity is None else max(0, self.cohort.capacity - self.learners - self.kept)


def is_listed() -> sa.ColumnElement[bool]:
    """Whether a cohort stands in lists: it was neither archived nor deleted."""
    return sa.and_(Cohort.archived_at.is_(None), Cohort.deleted_at.is_(None))


def learner_count() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.left_at.is_(None))
        .correlate(Cohort)
        .scalar_subquery()
    )


def kept_seats(now: datetime) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(KeptSeat)
        .join(Invitation, Invitation.id == KeptSeat.invitation_id)
        .where(KeptSeat.cohort_id == Cohort.id, accounts.is_open_at(now))
        .correlate(Cohort)
        .scalar_subquery()
    )


def open_cohorts(course_id: int, organisation_ids: Collection[int], today: date, now: datetime) -> list[CohortRow]:
    """Cohorts of some universities that take students today, the next to begin first."""
    query = (
        sa.select(Cohort, learner_count(), kept_seats(now))
        .where(Cohort.course_id == course_id, Cohort.organisation_id.in_(organisation_ids))
        .where(Cohort.joining != Joining.LIST, Cohort.ends_on >= today, is_listed())
        .options(joinedload(Cohort.organisation, innerjoin=True))
        .order_by(Cohort.starts_on, Cohort.id)
        .limit(20)
    )
    return [CohortRow(*row) for row in db.session.execute(query)]


def cohorts_of(course_id: int, organisation_id: int | None = None) -> list[CohortRow]:
    """The cohorts of a course that a university teaches, or all, newest first."""
    query = (
        sa.select(Cohort, learner_count())
        .where(Cohort.course_id == course_id, is_listed())
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
        .limit(200)
    )
    if organisation_id is not None:
        query = query.where(Cohort.organisation_id == organisation_id)
    return [CohortRow(*row) for row in db.session.execute(query)]


def archived_cohorts_of(course_id: int, organisation_id: int) -> list[CohortRow]:
    """The cohorts of a course that a university has archived, the latest first."""
    query = (
        sa.select(Cohort, learner_count())
        .where(Cohort.course_id == course_id, Cohort.organisation_id == organisation_id)
        .where(Cohort.archived_at.is_not(None), Cohort.deleted_at.is_(None))
        .order_by(Cohort.archived_at.desc(), Cohort.id.desc())
        .limit(200)
    )
    return [CohortRow(*row) for row in db.session.execute(query)]


def deleted_cohorts_of(course_id: int, organisation_id: int, since: datetime) -> list[Cohort]:
    """The cohorts of a course that a university has deleted after `since`, the latest first."""
    query = (
        sa.select(Cohort)
        .where(Cohort.course_id == course_id, Cohort.organisation_id == organisation_id, Cohort.deleted_at > since)
        .order_by(Cohort.deleted_at.desc(), Cohort.id.desc())
    )
    return list(db.session.scalars(query))


def deleted_cohort_in(organisation_id: int, course_id: int, cohort_id: int, since: datetime) -> Cohort | None:
    """A cohort that a university has deleted after `since`."""
    query = sa.select(Cohort).where(
        Cohort.id == cohort_id,
        Cohort.course_id == course_id,
        Cohort.organisation_id == organisation_id,
        Cohort.deleted_at > since,
    )
    return db.session.scalars(query).one_or_none()


def has_been_entered(cohort_id: int) -> bool:
    """Whether anybody learns in a cohort or ever did."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Enrolment.cohort_id == cohort_id))))


def cohort_by_id(cohort_id: int) -> Cohort | None:
    """A cohort with its course and organisation, unless it was deleted."""
    query = (
        sa.select(Cohort)
        .where(Cohort.id == cohort_id, Cohort.deleted_at.is_(None))
        .options(
            joinedload(Cohort.course, innerjoin=True).joinedload(Course.organisation, innerjoin=True),
            joinedload(Cohort.organisation, innerjoin=True),
            joinedload(Cohort.version),
        )
    )
    return db.session.scalars(query).one_or_none()


def cohort_in(organisation_id: int, course_id: int, cohort_id: int) -> Cohort | None:
    """A cohort of a course that an organisation teaches."""
    found = cohort_by_id(cohort_id)
    fits = found is not None and (found.course_id, found.organisation_id) == (course_id, organisation_id)
    return found if fits else None


def possible_teachers(organisation_id: int) -> dict[int, str]:
    """Names of those who can teach at an organisation, by id, in the order of the names."""
    query = (
        sa.select(Person.id, Person.name)
        .where(
            sa.exists()
            .where(Membership.person_id == Person.id, Membership.organisation_id == organisation_id)
            .where(Membership.role.in_((Role.TEACHER, Role.COORDINATOR)), Membership.left_on.is_(None))
        )
        .order_by(Person.name, Person.id)
    )
    return {row.id: row.name for row in db.session.execute(query)}


def teachers_of(cohort_id: int) -> list[CohortTeacher]:
    """Who teaches a cohort, by name."""
    query = (
        sa.select(CohortTeacher)
        .join(CohortTeacher.person)
        .where(CohortTeacher.cohort_id == cohort_id)
        .options(contains_eager(CohortTeacher.person))
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


def learners_of(cohort_id: int) -> sa.Select[Enrolment]:
    """Who learns in a cohort now, by name."""
    return (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
        .options(contains_eager(Enrolment.person))
        .order_by(Person.name, Person.id)
    )


def progress_in(cohort_id: int) -> tuple[int, int, int]:
    """Of a cohort now: learners, those who completed the course, lessons completed altogether."""
    query = sa.select(
        sa.func.count(), sa.func.count(Enrolment.completed_at), sa.func.coalesce(sa.func.sum(Enrolment.lessons_done), 0)
    ).where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
    row = db.session.execute(query).one()
    return (row[0], row[1], row[2])


def enrolments_of_people(cohort_id: int, person_ids: Sequence[int]) -> dict[int, Enrolment]:
    """Enrolments in a cohort by person, present and past."""
    query = sa.select(Enrolment).where(Enrolment.cohort_id == cohort_id, Enrolment.person_id.in_(person_ids))
    return {enrolment.person_id: enrolment for enrolment in db.session.scalars(query)}


def invited_to(cohort_id: int, now: datetime) -> list[Invitation]:
    """The open invitations for which a cohort keeps a seat, by address."""
    query = (
        sa.select(Invitation)
        .join(KeptSeat, KeptSeat.invitation_id == Invitation.id)
        .where(KeptSeat.cohort_id == cohort_id, accounts.is_open_at(now))
        .order_by(Invitation.email)
    )
    return list(db.session.scalars(query))


def cohorts_keeping_a_seat(invitation_id: int) -> list[Cohort]:
    """The cohorts that keep a seat for whoever accepts an invitation, in the order in which they are locked."""
    query = (
        sa.select(Cohort)
        .join(KeptSeat, KeptSeat.cohort_id == Cohort.id)
        .where(KeptSeat.invitation_id == invitation_id)
        .order_by(Cohort.course_id, Cohort.id)
    )
    return list(db.session.scalars(query))


def taught_by(person: Person, today: date) -> list[CohortRow]:
    """The cohorts that a person teaches and that have not ended, with their courses."""
    query = (
        sa.select(Cohort, learner_count())
        .join(CohortTeacher, CohortTeacher.cohort_id == Cohort.id)
        .where(CohortTeacher.person_id == person.id, Cohort.ends_on >= today, is_listed())
        .options(
            joinedload(Cohort.course, innerjoin=True),
            joinedload(Cohort.organisation, innerjoin=True),
        )
        .order_by(Cohort.ends_on, Cohort.id)
        .limit(10)
    )
    return [CohortRow(*row) for row in db.session.execute(query)]


def learners_for(reader: Person, course: Course, organisation_id: int) -> list[Person]:
    """Who learns in a course at a university now, by name: a coordinator sees all, a teacher own cohorts."""
    learning = sa.exists().where(
        Enrolment.person_id == Person.id,
        Enrolment.left_at.is_(None),
        Enrolment.cohort_id == Cohort.id,
        Cohort.course_id == course.id,
        Cohort.organisation_id == organisation_id,
    )
    if not reader.has_role(Role.COORDINATOR, organisation_id=organisation_id):
        learning = learning.where(CohortTeacher.cohort_id == Cohort.id, CohortTeacher.person_id == reader.id)
    return list(db.session.scalars(sa.select(Person).where(learning).order_by(Person.name, Person.id)))


def teacher_ids_by_university(course_id: int) -> dict[int, set[int]]:
    """The universities that teach a course, by id, each with the ids of those who teach a cohort of it there."""
    query = (
        sa.select(Cohort.organisation_id, CohortTeacher.person_id)
        .outerjoin(CohortTeacher, CohortTeacher.cohort_id == Cohort.id)
        .where(Cohort.course_id == course_id, Cohort.deleted_at.is_(None))
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for organisation_id, person_id in db.session.execute(query):
        found.setdefault(organisation_id, set()).update([] if person_id is None else [person_id])
    return found


def teaching_elsewhere(course: Course, today: date) -> list[Organisation]:
    """The other universities that teach a course now, by name."""
    teaches = sa.exists().where(
        Cohort.course_id == course.id, Cohort.organisation_id == Organisation.id, Cohort.ends_on >= today, is_listed()
    )
    query = (
        sa.select(Organisation).where(teaches, Organisation.id != course.organisation_id).order_by(Organisation.name_zh)
    )
    return list(db.session.scalars(query))


def quizzes_marked_in(organisation_id: int, teacher_id: int | None) -> sa.Select[int]:
    """Ids of the quizzes of courses that a university teaches, or that somebody teaches there."""
    query = (
        sa.select(Quiz.id)
        .join(Lesson, Lesson.id == Quiz.context_id)
        .join(Cohort, Cohort.course_id == Lesson.course_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Cohort.organisation_id == organisation_id)
    )
    if teacher_id is not None:
        query = query.join(CohortTeacher, CohortTeacher.cohort_id == Cohort.id).where(
            CohortTeacher.person_id == teacher_id
        )
    return query


def learns_quiz_in(organisation_id: int, teacher_id: int | None, person_id: Any, quiz_id: Any) -> sa.Exists:
    """Whether somebody learns what a quiz belongs to at a university, or in a cohort that `teacher_id` teaches there.

    Who has left is still a learner of the cohort that they left, until they learn the course at another university.
    """
    quiz, cohort, other = aliased(Quiz), aliased(Cohort), aliased(Cohort)
    here, there = aliased(Enrolment), aliased(Enrolment)
    is_elsewhere = (
        sa.exists()
        .where(there.person_id == here.person_id, there.left_at.is_(None), there.cohort_id == other.id)
        .where(other.course_id == cohort.course_id, other.organisation_id != organisation_id)
        .correlate(here, cohort)
    )
    found = sa.exists().where(
        quiz.id == quiz_id,
        Lesson.id == quiz.context_id,
        cohort.course_id == Lesson.course_id,
        cohort.organisation_id == organisation_id,
        here.cohort_id == cohort.id,
        here.person_id == person_id,
        sa.or_(here.left_at.is_(None), ~is_elsewhere),
    )
    if teacher_id is not None:
        found = found.where(CohortTeacher.cohort_id == cohort.id, CohortTeacher.person_id == teacher_id)
    return found.correlate_except(quiz, Lesson, cohort, here, CohortTeacher)


def university_of_learner(person_id: int, quiz: Quiz) -> int | None:
    """The university at which somebody learns, or learnt last, what a quiz of a lesson belongs to, by id."""
    query = (
        sa.select(Cohort.organisation_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Lesson, Lesson.course_id == Cohort.course_id)
        .where(Lesson.id == quiz.context_id, Enrolment.person_id == person_id)
        .order_by(sa.case((Enrolment.left_at.is_(None), 0), else_=1), Enrolment.enrolled_at.desc(), Enrolment.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def cohort_to_read(course_id: int, organisation_ids: Collection[int]) -> Cohort | None:
    """The newest cohort of a course at universities where somebody teaches, whose version they may read."""
    query = (
        sa.select(Cohort)
        .where(Cohort.course_id == course_id, Cohort.organisation_id.in_(organisation_ids))
        .where(Cohort.deleted_at.is_(None))
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def learning_elsewhere(cohort: Cohort, person_ids: Sequence[int]) -> set[int]:
    """Which of some people learn the course of a cohort in another cohort now, by id."""
    query = (
        sa.select(Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.course_id == cohort.course_id, Cohort.id != cohort.id)
        .where(Enrolment.person_id.in_(person_ids), Enrolment.left_at.is_(None))
    )
    return set(db.session.scalars(query))
