"""Applying, withdrawing, ordering one's choices; declining and ranking applicants."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person, StudentProfile
from app.clock import day_of, end_of
from app.db import db
from app.errors import Refused
from internships import queries
from internships.models import (
    Application,
    ApplicationEvent,
    ApplicationStatus,
    EventKind,
    MatchRound,
    Placement,
    Posting,
    RankedBy,
)
from internships.rules.eligibility import PostingFacts, Reason, StudentFacts, ineligible
from internships.rules.stages import ANSWER_DAYS, Because, Side, Stage, half_time
from internships.services import round_entry

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

    Whoever closes the posting at this moment is before this or after it, never between. Raises PostingClosed,
    PostingWithheld, NotEligible, AlreadyApplied, TooManyApplications, and what `round_entry.enter` raises.
    """
    kept = queries.application_of(student, posting)
    if kept is not None and kept.is_open:
        return kept
    queries.keep_posting(posting)
    if not posting.is_open(today):
        raise PostingClosed
    if queries.is_withheld(student, posting.id):
        raise PostingWithheld
    taken = queries.open_applications_of(student)
    round_entry.enter(posting.id, student, [one.posting_id for one in taken], now, today)
    if reasons_against(profile, posting, today, queries.placements_of(student)):
        raise NotEligible
    if kept is not None and kept.status is not ApplicationStatus.WITHDRAWN:
        raise AlreadyApplied
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
        kept.decided_at, kept.posting_rank, kept.outcome, kept.stage = None, None, {}, Stage.RECEIVED
        kept.offered_at, kept.offer_until, kept.answered_at = None, None, None
        wait_for_enterprise(kept, posting, now)
        note(kept, EventKind.APPLIED, Side.STUDENT, now, by=student)
        return kept
    application = opened(student.id, posting.id, statement, last + 1, now)
    wait_for_enterprise(application, posting, now)
    try:
        with db.session.begin_nested():
            db.session.add(application)
            db.session.flush()
            note(application, EventKind.APPLIED, Side.STUDENT, now, by=student)
    except sa.exc.IntegrityError:  # two clicks at once: the other one was first
        found = queries.application_of(student, posting)
        if found is None:
            raise
        return found
    return application


def days_to_answer(posting: Posting) -> int:
    """Within how many days the enterprise says that it answers."""
    return int(getattr(posting, "answer_days", None) or ANSWER_DAYS)


def wait_for_enterprise(application: Application, posting: Posting, now: datetime) -> None:
    """Start the clock: the enterprise has the next word, and its days to say it end with a day."""
    application.waiting_since = now
    application.answer_by = end_of(day_of(now) + timedelta(days=days_to_answer(posting)))
    application.clock_at = half_time(now, application.answer_by)
    application.reminders, application.reminded_at = 0, None


def wait_for_student(application: Application) -> None:
    """Stop the clock: the applicant has the next word."""
    application.waiting_since, application.answer_by, application.clock_at = None, None, None
    application.reminders, application.reminded_at = 0, None


def note(
    application: Application,
    kind: EventKind,
    side: Side,
    now: datetime,
    *,
    by: Person | None = None,
    because: Because | None = None,
    words: str = "",
    about: datetime | None = None,
) -> ApplicationEvent:
    """Add what happened to the record of an application."""
    event = ApplicationEvent(
        application_id=application.id,
        at=now,
        kind=kind,
        side=side,
        actor_id=by.id if by else None,
        stage=application.stage,
        because=because,
        words=words,
        about=about,
    )
    db.session.add(event)
    return event


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
        stage=Stage.RECEIVED,
    )


def withdraw(
    application: Application,
    now: datetime,
    *,
    because: Because | None = None,
    words: str = "",
    by: Person | None = None,
) -> None:
    """Take an open application back; until the round is run the student may. Raises ApplicationOver, BeingMatched."""
    round_entry.leave(application.posting_id)
    conclude(
        application, ApplicationStatus.WITHDRAWN, EventKind.WITHDRAWN, Side.STUDENT, now, because=because, words=words,
        by=by,
    )  # fmt: skip


def keep(application: Application) -> None:
    """Read an application anew, whatever became of it, and keep it until the transaction ends."""
    db.session.flush()  # a seeder writes without flushing by itself, and reading anew would forget what it wrote
    db.session.refresh(application, with_for_update={"of": Application})


def hold(application: Application) -> None:
    """Read an application anew and keep it until the transaction ends. Raises ApplicationOver where it is decided."""
    keep(application)
    if not application.is_open:
        raise ApplicationOver


def conclude(
    application: Application,
    status: ApplicationStatus,
    kind: EventKind,
    side: Side,
    now: datetime,
    *,
    because: Because | None = None,
    words: str = "",
    by: Person | None = None,
) -> None:
    """End an open application with its reason. One statement decides between this and a round that is being run.

    A seat that was held by an offer is given back. Raises ApplicationOver.
    """
    moved = db.session.execute(
        sa.update(Application)
        .where(Application.id == application.id, Application.status == ApplicationStatus.OPEN)
        .values(status=status, decided_at=now)
        .execution_options(synchronize_session=False)
        .returning(Application.stage)
    ).first()
    if moved is None:
        raise ApplicationOver
    db.session.refresh(application, ["status", "decided_at", "stage"])
    if moved[0] is Stage.OFFER:
        give_seat_back(application.posting_id)
    reasons: dict[str, str] = {"because": because.value} if because else {}
    reasons |= {"reason": words} if words else {}
    application.outcome = {"outcome": kind.value} | reasons
    wait_for_student(application)
    note(application, kind, side, now, by=by, because=because, words=words)


def give_seat_back(posting_id: int) -> None:
    """A seat that an offer held is free again."""
    db.session.execute(
        sa.update(Posting)
        .where(Posting.id == posting_id, Posting.seats_offered > 0)
        .values(seats_offered=Posting.seats_offered - 1)
        .execution_options(synchronize_session="fetch")
    )


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


def decline(
    application: Application, reason: str, *, by: Person, now: datetime, because: Because | None = None
) -> None:
    """Tell an applicant no, with a reason that they read; an offer that is out is taken back by it.

    Raises DecisionClosed, ApplicationOver.
    """
    match_round = queries.held_rounds_of_postings([application.posting_id]).get(application.posting_id)
    if match_round is not None and match_round.is_closed(now):
        raise DecisionClosed
    hold(application)
    kind = EventKind.OFFER_WITHDRAWN if application.has_offer else EventKind.DECLINED
    conclude(application, ApplicationStatus.DECLINED, kind, Side.ENTERPRISE, now, because=because, words=reason, by=by)
    application.answered_at = application.answered_at or now
    audit.record(
        "application.decline", application, actor_id=by.id, organisation_id=application.posting.organisation_id
    )


def rank_by_hand(posting: Posting, applicants: Sequence[Application], wanted: Mapping[int, int | None]) -> None:
    """Keep the enterprise's order: numbers by application id, equal ones for equals; None leaves somebody unnumbered.

    Raises RankedByFit.
    """
    if posting.ranked_by is RankedBy.FIT:
        raise RankedByFit
    numbers = sorted({number for one in applicants if (number := wanted.get(one.id)) is not None})
    places = {number: place for place, number in enumerate(numbers, start=1)}
    for application in applicants:
        number = wanted.get(application.id)
        application.posting_rank = None if number is None else places[number]
