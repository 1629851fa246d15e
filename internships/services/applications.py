"""Applying, withdrawing, ordering one's choices; declining and ranking applicants."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person, StudentProfile
from app.db import db
from app.errors import Refused
from internships import queries
from internships.models import Application, ApplicationStatus, MatchRound, Placement, Posting, RankedBy
from internships.rules.eligibility import PostingFacts, Reason, StudentFacts, ineligible

MAX_OPEN = 30


class PostingClosed(Refused):
    message = _l("This posting no longer takes applications.")


class PostingWithheld(Refused):
    message = _l("Your university lets its students apply only for postings that it has approved.")


class NotEligible(Refused):
    message = _l("You cannot take this internship. Its page says why.")


class AlreadyApplied(Refused):
    message = _l("You have already applied here, and it has been decided.")


class TooManyApplications(Refused):
    message = _l("You have 30 open applications. Withdraw one before you add another.")


class RoundOver(Refused):
    message = _l("The match round of this posting has closed; it takes no more applications.")


class ApplicationOver(Refused):
    message = _l("This application has already been decided or withdrawn.")


class RankingClosed(Refused):
    message = _l("The round has closed; the order can no longer be changed.")


class DecisionClosed(Refused):
    message = _l("The match round has closed. Until it is run, nobody can be ranked or declined any more.")


class RankedByFit(Refused):
    message = _l("This posting ranks by fit. Switch it to ranking by hand to change the order.")


def facts_of(profile: StudentProfile | None, placed: Iterable[Placement] = ()) -> StudentFacts:
    """What eligibility asks of a student's profile and placements."""
    busy = tuple((placement.starts_on, placement.ends_on) for placement in placed)
    if profile is None:
        return StudentFacts(None, None, None, frozenset(), busy)
    majors = frozenset({profile.major} if profile.major else ())
    return StudentFacts(profile.birth_month, profile.year, profile.graduates_on, majors, busy)


def reasons_against(
    profile: StudentProfile | None, posting: Posting, today: date, placed: Iterable[Placement] = ()
) -> list[Reason]:
    """Why a student with this profile and these placements may not take a posting; empty where they may."""
    asked = PostingFacts(posting.starts_on, posting.min_year, frozenset(posting.majors), ends_on=posting.ends_on)
    return ineligible(facts_of(profile, placed), asked, today)


def apply(
    student: Person, profile: StudentProfile | None, posting: Posting, statement: str, now: datetime, today: date
) -> Application:
    """An open application; asked twice, the same one. A withdrawn one opens again.

    Raises PostingClosed, PostingWithheld, RoundOver, NotEligible, AlreadyApplied, TooManyApplications.
    """
    kept = queries.application_of(student, posting)
    if kept is not None and kept.is_open:
        return kept
    if not posting.is_open(today):
        raise PostingClosed
    if queries.is_withheld(student, posting.id):
        raise PostingWithheld
    match_round = queries.rounds_of_postings([posting.id]).get(posting.id)
    if match_round is not None and match_round.is_closed(now):
        raise RoundOver
    if reasons_against(profile, posting, today, queries.placements_of(student)):
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
        kept.decided_at, kept.posting_rank, kept.outcome = None, None, {}
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
    """Take an open application back; until the round is run the student may. Raises ApplicationOver."""
    _decide(application, ApplicationStatus.WITHDRAWN, now)


def _decide(application: Application, status: ApplicationStatus, now: datetime) -> None:
    """Move an open application to `status`. One statement decides between this and a round that is being run."""
    moved = db.session.execute(
        sa.update(Application)
        .where(Application.id == application.id, Application.status == ApplicationStatus.OPEN)
        .values(status=status, decided_at=now)
        .execution_options(synchronize_session=False)
        .returning(Application.id)
    ).first()
    if moved is None:
        raise ApplicationOver
    db.session.refresh(application, ["status", "decided_at"])


def order(
    taken: Sequence[Application], wanted: Mapping[int, int], now: datetime, rounds: Mapping[int, MatchRound]
) -> None:
    """Number a student's open applications 1, 2, … by the `wanted` numbers (by id; equal ones as they were).

    Those of a round that has closed keep their order among each other. Raises RankingClosed where it would change.
    """
    before = sorted(taken, key=lambda one: (one.student_rank or 10_000, one.id))
    ordered = sorted(before, key=lambda one: wanted.get(one.id, 10_000))
    if _of_closed_rounds(before, rounds, now) != _of_closed_rounds(ordered, rounds, now):
        raise RankingClosed
    for rank, application in enumerate(ordered, start=1):
        application.student_rank = rank


def _of_closed_rounds(
    ordered: Sequence[Application], rounds: Mapping[int, MatchRound], now: datetime
) -> dict[int, list[int]]:
    """The order of applications within each round that has closed, by its id."""
    found: dict[int, list[int]] = defaultdict(list)
    for application in ordered:
        match_round = rounds.get(application.posting_id)
        if match_round is not None and match_round.is_closed(now):
            found[match_round.id].append(application.id)
    return found


def decline(application: Application, reason: str, *, by: Person, now: datetime) -> None:
    """Tell an applicant no, with a reason that they read. Raises DecisionClosed, ApplicationOver."""
    match_round = queries.rounds_of_postings([application.posting_id]).get(application.posting_id)
    if match_round is not None and match_round.is_closed(now):
        raise DecisionClosed
    _decide(application, ApplicationStatus.DECLINED, now)
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
