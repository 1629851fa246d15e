"""Applying, withdrawing, ordering one's choices; declining and ranking applicants."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person, StudentProfile
from app.db import db
from app.errors import Refused
from internships import queries
from internships.models import Application, ApplicationStatus, MatchRound, Posting, RankedBy
from internships.rules.eligibility import PostingFacts, Reason, StudentFacts, ineligible

MAX_OPEN = 30


class PostingClosed(Refused):
    message = _l("This posting no longer takes applications.")


class NotEligible(Refused):
    message = _l("You cannot take this internship. Its page says why.")


class AlreadyApplied(Refused):
    message = _l("You have already applied here, and it has been decided.")


class TooManyApplications(Refused):
    message = _l("You have 30 open applications. Withdraw one before you add another.")


class ApplicationOver(Refused):
    message = _l("This application has already been decided or withdrawn.")


class RankingClosed(Refused):
    message = _l("The round has closed; the order can no longer be changed.")


class RankedByFit(Refused):
    message = _l("This posting ranks by fit. Switch it to ranking by hand to change the order.")


def facts_of(profile: StudentProfile | None) -> StudentFacts:
    """What eligibility asks of a student's profile."""
    if profile is None:
        return StudentFacts(None, None, None, frozenset())
    majors = frozenset({profile.major} if profile.major else ())
    return StudentFacts(profile.birth_month, profile.year, profile.graduates_on, majors)


def reasons_against(profile: StudentProfile | None, posting: Posting, today: date) -> list[Reason]:
    """Why a student with this profile may not take a posting; empty where they may."""
    asked = PostingFacts(posting.starts_on, posting.min_year, frozenset(posting.majors))
    return ineligible(facts_of(profile), asked, today)


def apply(
    student: Person, profile: StudentProfile | None, posting: Posting, statement: str, now: datetime, today: date
) -> Application:
    """An open application; asked twice, the same one. A withdrawn one opens again.

    Raises PostingClosed, NotEligible, AlreadyApplied, TooManyApplications.
    """
    kept = queries.application_of(student, posting)
    if kept is not None and kept.is_open:
        return kept
    if not posting.is_open(today):
        raise PostingClosed
    if reasons_against(profile, posting, today):
        raise NotEligible
    if kept is not None and kept.status is not ApplicationStatus.WITHDRAWN:
        raise AlreadyApplied
    taken = queries.open_applications_of(student)
    if len(taken) >= MAX_OPEN:
        raise TooManyApplications
    last = max((one.student_rank or 0 for one in taken), default=0)
    if kept is not None:
        kept.status, kept.statement, kept.applied_at, kept.student_rank = (
            ApplicationStatus.OPEN,
            statement,
            now,
            last + 1,
        )
        kept.decided_at, kept.posting_rank = None, None
        return kept
    application = opened(student.id, posting.id, statement, last + 1, now)
    try:
        with db.session.begin_nested():
            db.session.add(application)
            db.session.flush()
    except sa.exc.IntegrityError:  # two clicks at once: the other one was first
        found = queries.application_of(student, posting)
        if found is None:
            raise
        return found
    return application


def opened(student_id: int, posting_id: int, statement: str, rank: int, at: datetime) -> Application:
    """A new open application, not yet in the session."""
    return Application(
        posting_id=posting_id,
        student_id=student_id,
        statement=statement,
        status=ApplicationStatus.OPEN,
        student_rank=rank,
        applied_at=at,
        outcome={},
    )


def withdraw(application: Application, now: datetime) -> None:
    """Take an open application back. Raises ApplicationOver."""
    if not application.is_open:
        raise ApplicationOver
    application.status, application.decided_at = ApplicationStatus.WITHDRAWN, now


def order(
    taken: Sequence[Application], wanted: Mapping[int, int], now: datetime, rounds: Mapping[int, MatchRound]
) -> None:
    """Number a student's open applications 1, 2, … by the `wanted` numbers (by id; equal ones as they were).

    Applications of a round that has closed keep their place. Raises RankingClosed where one of them would move.
    """
    ordered = sorted(taken, key=lambda one: (wanted.get(one.id, 10_000), one.student_rank or 10_000, one.id))
    for rank, application in enumerate(ordered, start=1):
        match_round = rounds.get(application.posting_id)
        if application.student_rank != rank and match_round is not None and not match_round.takes_rankings(now):
            raise RankingClosed
        application.student_rank = rank


def decline(application: Application, reason: str, *, by: Person, now: datetime) -> None:
    """Tell an applicant no, with a reason that they read. Raises ApplicationOver."""
    if not application.is_open:
        raise ApplicationOver
    application.status, application.decided_at = ApplicationStatus.DECLINED, now
    application.outcome = {"outcome": "declined", "reason": reason}
    audit.record(
        "application.decline", application, actor_id=by.id, organisation_id=application.posting.organisation_id
    )


def rank_by_hand(posting: Posting, applicants: Sequence[Application], wanted: Mapping[int, int | None]) -> None:
    """Keep the enterprise's order: numbers by application id; None leaves somebody unranked. Raises RankedByFit."""
    if posting.ranked_by is not RankedBy.HAND:
        raise RankedByFit
    numbered = [one for one in applicants if wanted.get(one.id) is not None]
    numbered.sort(key=lambda one: (wanted[one.id], one.posting_rank or 10_000, one.id))
    places = {one.id: rank for rank, one in enumerate(numbered, start=1)}
    for application in applicants:
        application.posting_rank = places.get(application.id)
