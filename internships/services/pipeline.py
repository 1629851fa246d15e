"""Rolling applications on their way: moved, offered a seat, accepted, turned down; each seat is given once."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.accounts.queries import profile_of
from app.clock import day_of
from app.db import db
from app.errors import Refused
from internships import queries
from internships.models import (
    Application,
    ApplicationStatus,
    EventKind,
    Placement,
    PlacementStatus,
    Posting,
    PostingStatus,
)
from internships.queries import pipeline as reads
from internships.rules.eligibility import Reason
from internships.rules.stages import Because, Side, Stage, may_move
from internships.services import finding
from internships.services.applications import (
    ApplicationOver,
    conclude,
    decline,
    give_seat_back,
    hold,
    keep,
    note,
    reasons_against,
    wait_for_enterprise,
    wait_for_student,
    withdraw,
)

MIN_WORDS = 5


class InRound(Refused):
    message = _l("This posting takes part in a match round: its applicants are ranked and matched, not offered seats.")


class MoveImpossible(Refused):
    message = _l("An application cannot go there from where it stands.")


class NoSeatLeft(Refused):
    message = _l("Every seat is filled or held by an offer that waits for an answer.")


class OfferTooShort(Refused):
    message = _l("An offer stands until a moment that is still to come, before the first day of the internship.")


class NoOffer(Refused):
    message = _l("There is no offer to answer any more.")


class OfferOver(Refused):
    message = _l("The time to answer this offer is over, and the seat was given back.")


class PlacedMeanwhile(Refused):
    message = _l("You have another place during these dates.")


class NoLongerEligible(Refused):
    message = _l("You cannot take this internship any more. Its page says why.")


class OthersNotNamed(Refused):
    message = _l("Other applications overlap with these dates. Read which ones would be withdrawn, then accept.")


class ReasonMissing(Refused):
    message = _l("Choose a reason, or write one of 5 to 500 characters; the other side reads it.")


class BegunAlready(Refused):
    message = _l("The internship has begun. End it on the page of the placement.")


class OrganisationSuspended(Refused):
    message = _l("This organisation is suspended and cannot act on applications.")


def move(application: Application, stage: Stage, *, by: Person, now: datetime) -> None:
    """Move an application to another stage; asked twice, once. Raises InRound, MoveImpossible, ApplicationOver."""
    _not_in_round(application.posting_id)
    not_suspended(application.posting)
    hold(application)
    if application.stage is stage:
        return
    if not may_move(application.stage, stage):
        raise MoveImpossible
    application.stage = stage
    if stage is Stage.INTERVIEW:  # looking at somebody is no answer; inviting them is
        answered(application, now)
        wait_for_enterprise(application, application.posting, now)
    note(application, EventKind.MOVED, Side.ENTERPRISE, now, by=by)
    audit.record(
        "application.move",
        application,
        actor_id=by.id,
        organisation_id=application.posting.organisation_id,
        stage=stage.value,
    )


def answered(application: Application, now: datetime) -> None:
    """Keep when a human at the enterprise first answered."""
    application.answered_at = application.answered_at or now


def not_suspended(posting: Posting) -> None:
    """Raises OrganisationSuspended where the enterprise may not act."""
    if posting.organisation.suspended_at is not None:
        raise OrganisationSuspended


def _not_in_round(posting_id: int) -> None:
    if posting_id in queries.rounds_of_postings([posting_id]):
        raise InRound


def offer(application: Application, until: datetime, words: str, *, by: Person, now: datetime) -> None:
    """Offer a seat until a moment, and hold it; asked twice, once.

    One statement takes the seat, so that of two recruiters who give the last one at once the second is refused. Raises
    InRound, OfferTooShort, ApplicationOver, NoSeatLeft.
    """
    _not_in_round(application.posting_id)
    not_suspended(application.posting)
    hold(application)
    if application.has_offer:
        return
    posting = application.posting
    if until <= now or day_of(until) > posting.starts_on:
        raise OfferTooShort
    _take_seat(posting)
    application.stage, application.offered_at, application.offer_until = Stage.OFFER, now, until
    answered(application, now)
    wait_for_student(application)
    note(application, EventKind.OFFERED, Side.ENTERPRISE, now, by=by, words=words, about=until)
    audit.record("application.offer", application, actor_id=by.id, organisation_id=posting.organisation_id)


def _take_seat(posting: Posting) -> None:
    taken = db.session.execute(
        sa.update(Posting)
        .where(Posting.id == posting.id, Posting.seats_filled + Posting.seats_offered < Posting.seats)
        .values(seats_offered=Posting.seats_offered + 1)
        .execution_options(synchronize_session=False)
        .returning(Posting.id)
    ).first()
    if taken is None:
        raise NoSeatLeft
    db.session.refresh(posting, ["seats_offered", "seats_filled", "seats"])


def overlapping(application: Application, others: Sequence[Application]) -> list[Application]:
    """The other applications whose dates overlap with those of one."""
    first, last = application.posting.starts_on, application.posting.ends_on
    return [
        one
        for one in others
        if one.id != application.id and one.posting.starts_on <= last and first <= one.posting.ends_on
    ]


def accept(application: Application, named: Collection[int], *, by: Person, now: datetime, today: date) -> Placement:
    """Take an offer: the seat is filled, the student placed, and their other applications in these dates withdrawn.

    `named` are ids of the applications that the student was told would be withdrawn. Asked twice, the same placement.
    Raises NoOffer, OfferOver, OthersNotNamed, PlacedMeanwhile, NoLongerEligible.
    """
    # All that is open of the student is held: of two offers taken at once in two windows, the second finds the first.
    taken = reads.open_applications_held(by)
    db.session.refresh(application)
    kept = queries.placements_by_student([by.id]).get(by.id, [])
    if application.status is ApplicationStatus.ACCEPTED:
        return next(one for one in kept if one.application_id == application.id)
    if not application.has_offer:
        raise NoOffer
    if application.offer_until is None or now >= application.offer_until:
        raise OfferOver
    posting = application.posting
    reasons = reasons_against(profile_of(by), posting, today, kept)
    if Reason.ALREADY_PLACED in reasons:
        raise PlacedMeanwhile
    if reasons:
        raise NoLongerEligible
    others = overlapping(application, taken)
    if not {one.id for one in others} <= set(named):
        raise OthersNotNamed
    application.status, application.decided_at = ApplicationStatus.ACCEPTED, now
    application.outcome = {"outcome": "accepted"}
    wait_for_student(application)
    note(application, EventKind.ACCEPTED, Side.STUDENT, now, by=by)
    placement = Placement(
        application_id=application.id,
        posting_id=posting.id,
        student_id=by.id,
        starts_on=posting.starts_on,
        ends_on=posting.ends_on,
        status=PlacementStatus.RUNNING,
        created_at=now,
    )
    db.session.add(placement)
    db.session.flush()
    # In the order of the postings, so that two students who hold offers of the same ones do not wait for each other.
    for one in sorted([application, *others], key=lambda each: each.posting_id):
        if one is application:
            _fill_seat(posting)
        else:
            withdraw(one, now, because=Because.TOOK_ANOTHER, by=by)
    audit.record(
        "application.accept",
        application,
        actor_id=by.id,
        organisation_id=posting.organisation_id,
        withdrawn=[one.id for one in others],
    )
    return placement


def _fill_seat(posting: Posting) -> None:
    db.session.execute(
        sa.update(Posting)
        .where(Posting.id == posting.id)
        .values(seats_filled=Posting.seats_filled + 1, seats_offered=Posting.seats_offered - 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(posting, ["seats_offered", "seats_filled"])


def decline_offer(application: Application, because: Because | None, words: str, *, by: Person, now: datetime) -> None:
    """Turn an offer down; the seat is free again. Raises ReasonMissing, NoOffer, ApplicationOver."""
    words = checked(because, words)
    hold(application)
    if not application.has_offer:
        raise NoOffer
    conclude(
        application, ApplicationStatus.OFFER_DECLINED, EventKind.OFFER_DECLINED, Side.STUDENT, now,
        because=because or Because.OTHER, words=words, by=by,
    )  # fmt: skip
    audit.record(
        "application.decline-offer", application, actor_id=by.id, organisation_id=application.posting.organisation_id
    )


def checked(because: Because | None, words: str) -> str:
    """The words of a reason, trimmed. Raises ReasonMissing where neither they nor the choice say anything."""
    words = words.strip()
    if (because in (None, Because.OTHER) and len(words) < MIN_WORDS) or len(words) > 500:
        raise ReasonMissing
    return words


def leave(
    application: Application, because: Because | None, words: str, *, by: Person, now: datetime, today: date
) -> None:
    """Withdraw as a student: from an open application, and from an accepted place until its first day.

    Raises ApplicationOver, BegunAlready.
    """
    keep(application)
    if application.is_open:
        withdraw(application, now, because=because, words=words.strip()[:500], by=by)
        return
    if application.status is not ApplicationStatus.ACCEPTED:
        raise ApplicationOver
    placement = reads.placement_of(application)
    if placement is None or placement.status is not PlacementStatus.RUNNING:
        raise ApplicationOver
    if today >= placement.starts_on:
        raise BegunAlready
    words = checked(because, words)
    # What never began is no placement; the record of the application keeps that there was one.
    db.session.delete(placement)
    application.status, application.decided_at = ApplicationStatus.WITHDRAWN, now
    application.outcome = {"outcome": "withdrawn", "because": (because or Because.OTHER).value, "reason": words}
    note(application, EventKind.WITHDRAWN, Side.STUDENT, now, by=by, because=because or Because.OTHER, words=words)
    db.session.flush()
    db.session.execute(
        sa.update(Posting)
        .where(Posting.id == application.posting_id, Posting.seats_filled > 0)
        .values(seats_filled=Posting.seats_filled - 1)
        .execution_options(synchronize_session="fetch")
    )
    audit.record("application.leave", application, actor_id=by.id, organisation_id=application.posting.organisation_id)


def decline_many(
    applications: Sequence[Application], because: Because | None, words: str, *, by: Person, now: datetime
) -> list[Application]:
    """Tell several applicants no with one reason; those decided meanwhile are left.

    Raises ReasonMissing, DecisionClosed.
    """
    words = checked(because, words)
    told = []
    for application in sorted(applications, key=lambda one: one.id):
        try:
            decline(application, words, by=by, now=now, because=because or Because.OTHER)
        except ApplicationOver:
            continue
        told.append(application)
    return told


def close_posting(
    posting: Posting, because: Because | None, words: str, *, by: Person, now: datetime, today: date
) -> list[Application]:
    """Close a posting early and answer every open application with the reason; offers that are out are taken back.

    Raises InRound, ReasonMissing.
    """
    _not_in_round(posting.id)
    words = checked(because, words)
    # Applications first, then the posting: the order in which everybody else takes them.
    queries.open_applications_to([posting.id], locked=True)
    reads.hold_posting(posting)
    if posting.status is PostingStatus.PUBLISHED:
        posting.status, posting.closes_on = PostingStatus.CLOSED, min(posting.closes_on, today)
        posting.closed_because = words
        finding.forget_posting(posting)
        audit.record("posting.close", posting, actor_id=by.id, organisation_id=posting.organisation_id, answers="all")
    db.session.flush()
    return decline_many(reads.open_applications_with_students(posting), because, words, by=by, now=now)


def lapse(application: Application, now: datetime) -> bool:
    """Give the seat back of an offer whose time is over; whether it did."""
    keep(application)
    if not application.has_offer or application.offer_until is None or now < application.offer_until:
        return False
    conclude(application, ApplicationStatus.OFFER_DECLINED, EventKind.OFFER_LAPSED, Side.PLATFORM, now)
    return True


__all__ = [
    "accept",
    "answered",
    "checked",
    "close_posting",
    "decline_many",
    "decline_offer",
    "give_seat_back",
    "lapse",
    "leave",
    "move",
    "offer",
    "overlapping",
]
