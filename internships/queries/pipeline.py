"""Reads of rolling applications: their record, what waits, what the clock has to do."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Membership, Organisation, Person, Role
from app.db import db
from internships.models import (
    Application,
    ApplicationEvent,
    ApplicationStatus,
    MatchRound,
    Part,
    Placement,
    Posting,
    RoundPosting,
    RoundStatus,
)
from internships.queries.applications import POSTING_COLUMNS
from internships.rules.stages import Stage

# Postings of a round whose result has not been shown: their applications wait for it, not for the enterprise.
_IN_ROUND = (
    sa.select(RoundPosting.posting_id)
    .join(MatchRound, MatchRound.id == RoundPosting.round_id)
    .where(MatchRound.status != RoundStatus.RELEASED, RoundPosting.part == Part.JOINED)
)


def open_applications_held(student: Person) -> list[Application]:
    """A student's open applications with their postings, kept from others until the transaction ends."""
    query = (
        sa.select(Application)
        .where(Application.student_id == student.id, Application.status == ApplicationStatus.OPEN)
        .join(Application.posting)
        .options(contains_eager(Application.posting))
        .order_by(Application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def hold_posting(posting: Posting) -> None:
    """Read a posting's own columns anew and keep it from others until the transaction ends."""
    db.session.refresh(posting, POSTING_COLUMNS, with_for_update={"of": Posting})


def placement_of(application: Application) -> Placement | None:
    """The placement that an application became."""
    return db.session.scalars(sa.select(Placement).where(Placement.application_id == application.id)).one_or_none()


def open_applications_with_students(posting: Posting) -> list[Application]:
    """Every open application to a posting, with the applicants."""
    query = (
        sa.select(Application)
        .where(Application.posting_id == posting.id, Application.status == ApplicationStatus.OPEN)
        .options(joinedload(Application.student), joinedload(Application.posting))
        .order_by(Application.id)
    )
    return list(db.session.scalars(query))


_EVENTS = (
    sa.select(ApplicationEvent)
    .where(ApplicationEvent.application_id == sa.bindparam("application_id"))
    .options(joinedload(ApplicationEvent.actor))
    .order_by(ApplicationEvent.at, ApplicationEvent.id)
)


def events_of(application: Application) -> list[ApplicationEvent]:
    """What happened to an application, in order, with who did it."""
    return list(db.session.scalars(_EVENTS, {"application_id": application.id}))


def recruiters_of(organisation_ids: Collection[int]) -> dict[int, list[Person]]:
    """Present recruiters by the id of their enterprise."""
    query = (
        sa.select(Membership.organisation_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            Membership.role == Role.RECRUITER,
            Membership.left_on.is_(None),
            Person.is_active,
        )
        .order_by(Person.id)
    )
    found: dict[int, list[Person]] = {}
    for organisation_id, person in db.session.execute(query):
        found.setdefault(organisation_id, []).append(person)
    return found


def applications_with_clocks(now: datetime, most: int) -> list[int]:
    """Ids of open applications whose clock asks for something at `now`, the longest waiting first."""
    query = (
        sa.select(Application.id)
        .where(
            Application.status == ApplicationStatus.OPEN,
            Application.clock_at <= now,
            Application.posting_id.not_in(_IN_ROUND),
        )
        .order_by(Application.clock_at, Application.id)
        .limit(most)
    )
    return list(db.session.scalars(query))


def offers_over(now: datetime, most: int) -> list[int]:
    """Ids of applications whose offer was not answered in time."""
    query = (
        sa.select(Application.id)
        .where(
            Application.status == ApplicationStatus.OPEN,
            Application.stage == Stage.OFFER,
            Application.offer_until <= now,
        )
        .order_by(Application.offer_until)
        .limit(most)
    )
    return list(db.session.scalars(query))


def is_in_round(posting_id: int) -> bool:
    """Whether a posting takes part in a round whose result has not been shown."""
    return bool(db.session.scalar(sa.select(sa.literal(posting_id).in_(_IN_ROUND))))


def waiting_for_answer(organisations: Collection[Organisation], most: int) -> list[Application]:
    """Open applications of enterprises about which recruiters were reminded, the most urgent first."""
    query = (
        sa.select(Application)
        .join(Application.posting)
        .where(
            Posting.organisation_id.in_([one.id for one in organisations]),
            Application.status == ApplicationStatus.OPEN,
            Application.reminders > 0,
            Application.answer_by.is_not(None),
            Application.posting_id.not_in(_IN_ROUND),
        )
        .options(contains_eager(Application.posting), joinedload(Application.student))
        .order_by(Application.answer_by, Application.id)
        .limit(most)
    )
    return list(db.session.scalars(query))


def offers_for(student: Person) -> list[Application]:
    """Offers that wait for a student's word, the most urgent first."""
    query = (
        sa.select(Application)
        .join(Application.posting)
        .where(
            Application.student_id == student.id,
            Application.status == ApplicationStatus.OPEN,
            Application.stage == Stage.OFFER,
        )
        .options(contains_eager(Application.posting).joinedload(Posting.organisation))
        .order_by(Application.offer_until, Application.id)
    )
    return list(db.session.scalars(query))
