"""Asking to come into a cohort, and the answer. Nothing here commits."""

from datetime import date, datetime

from app import audit, mail
from app.accounts.models import Person
from app.db import db
from courses import queries
from courses.models import Cohort, Joining, JoiningRequest
from courses.services import cohorts, prerequisites
from courses.services.refusals import AlreadyLearning, CohortClosed, RequestAnswered


def ask(cohort: Cohort, person: Person, note: str, now: datetime, today: date) -> JoiningRequest | None:
    """Ask to be let in; None for who is in already. Asked twice it is one request, after a refusal it is open again.

    Raises CohortClosed, AlreadyLearning, PrerequisitesUnmet.
    """
    if cohort.joining is not Joining.REQUEST or not cohort.takes_students(today):
        raise CohortClosed
    cohorts.lock(cohort)
    present = queries.enrolment_in(person, cohort.course_id)
    if present is not None and present.left_at is None:
        if present.cohort_id != cohort.id:
            raise AlreadyLearning
        return None
    prerequisites.require(person, cohort.course_id)
    request = queries.request_of(cohort.id, person.id)
    if request is None:
        request = JoiningRequest(cohort_id=cohort.id, person_id=person.id)
        db.session.add(request)
    elif request.is_open:
        return request
    request.note, request.asked_at = note, now
    request.is_accepted = request.answered_at = request.answered_by_id = None
    request.answer = ""
    db.session.flush()
    return request


def take_back(cohort: Cohort, person: Person) -> None:
    """Ask no longer; what has been answered stays."""
    cohorts.lock(cohort)
    request = queries.request_of(cohort.id, person.id)
    if request is not None and request.is_open:
        db.session.delete(request)
        db.session.flush()


def answer(
    request: JoiningRequest,
    cohort: Cohort,
    by: Person,
    now: datetime,
    today: date,
    *,
    is_accepted: bool,
    word: str,
    link: str,
) -> None:
    """Let a student in or not, with a word, and write to them.

    Raises RequestAnswered where somebody did meanwhile, CohortFull, CohortClosed, and AlreadyLearning where they have
    come into another cohort of the course since.
    """
    cohorts.lock(cohort)
    db.session.refresh(request, ["is_accepted"])
    if not request.is_open:
        raise RequestAnswered
    person = db.session.get_one(Person, request.person_id)
    if is_accepted:
        cohorts.come_in(cohort, person, now, today, is_let_in=True)
    request.is_accepted, request.answer = is_accepted, word
    request.answered_at, request.answered_by_id = now, by.id
    action = "cohort.accept-request" if is_accepted else "cohort.decline-request"
    audit.record(action, cohort, actor_id=by.id, organisation_id=cohort.organisation_id, person=person.id)
    mail.write(
        person.email,
        "request-answered",
        language=person.language or "zh",
        person=person,
        course=cohort.course,
        cohort=cohort,
        is_accepted=is_accepted,
        word=word,
        link=link,
    )
