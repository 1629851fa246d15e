"""Match rounds before they are run: announced, postings invited and joined, caps, closed early, a second round."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Organisation, OrganisationKind, Person
from app.db import db
from app.errors import Refused
from app.skills import queries as skills
from internships import queries
from internships.models import (
    MatchRound,
    Part,
    Posting,
    PostingScope,
    RoundPosting,
    RoundStatus,
    StudentScope,
)
from internships.rules.caps import Fault, Grouping, Span, fault
from internships.rules.fit import Estimate, Need

MOST_CHOICES = 20


class RoundDatesOutOfOrder(Refused):
    message = _l("A round opens, then closes, then its results are shown.")


class RoundPlaceMissing(Refused):
    message = _l("Say which region or cluster the round is for.")


class RoundNotForUniversity(Refused):
    message = _l("Only a university can run a round for its own students.")


class RoundAlreadyRun(Refused):
    message = _l("This round has been run; its result stands.")


class RoundNotOpenYet(Refused):
    message = _l("The round has not opened yet: nobody could have put their choices in order.")


class RoundClosed(Refused):
    message = _l("The round has closed; which postings take part can no longer be changed.")


class PostingTaken(Refused):
    message = _l("A posting that you chose is not open or takes part in another round.")


class PostingNotForRound(Refused):
    message = _l("This round is for postings of another region or cluster.")


class NothingToAnswer(Refused):
    message = _l("There is no invitation to answer.")


class CapAcrossPostings(Refused):
    message = _l(
        "A cap over several postings together is not taken: then a stable result may not exist. Give each posting its "
        "own cap, or divide the seats among the postings beforehand."
    )


class CapsNotNested(Refused):
    message = _l(
        "A cap on a major at all universities and one on a university overlap: then a stable result may not exist. Cap "
        "programmes of one university instead."
    )


class RoundNotReleased(Refused):
    message = _l("A second round is announced when the result of the first has been shown.")


class NoFreeSeats(Refused):
    message = _l("No posting of this round has a free seat and still takes applications.")


@dataclass(frozen=True)
class Plan:
    """What is announced of a round."""

    title_zh: str
    title_en: str
    opens_at: datetime
    closes_at: datetime
    results_at: datetime | None = None
    students_from: StudentScope = StudentScope.OPEN
    postings_from: PostingScope = PostingScope.OPEN
    region_code: str | None = None
    cluster_code: str | None = None
    most_choices: int = MOST_CHOICES


def announce(
    organisation: Organisation, plan: Plan, *, by: int | None, follows: MatchRound | None = None
) -> MatchRound:
    """An open round whose lottery seed is drawn and published now.

    Raises RoundDatesOutOfOrder, RoundPlaceMissing, RoundNotForUniversity.
    """
    if plan.closes_at <= plan.opens_at or (plan.results_at is not None and plan.results_at < plan.closes_at):
        raise RoundDatesOutOfOrder
    region = plan.region_code or organisation.region_code
    cluster = plan.cluster_code or organisation.cluster_code
    wants_region = plan.students_from is StudentScope.REGION or plan.postings_from is PostingScope.REGION
    if (wants_region and not region) or (plan.postings_from is PostingScope.CLUSTER and not cluster):
        raise RoundPlaceMissing
    if plan.students_from is StudentScope.UNIVERSITY and organisation.kind is not OrganisationKind.UNIVERSITY:
        raise RoundNotForUniversity
    match_round = MatchRound(
        organisation_id=organisation.id,
        title_zh=plan.title_zh,
        title_en=plan.title_en,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        results_at=plan.results_at,
        students_from=plan.students_from,
        postings_from=plan.postings_from,
        region_code=region if wants_region else None,
        cluster_code=cluster if plan.postings_from is PostingScope.CLUSTER else None,
        most_choices=plan.most_choices,
        follows_id=follows.id if follows else None,
        seed=secrets.token_hex(8),
        status=RoundStatus.OPEN,
        told_through_id=0,
        inputs_sha256="",
        result_sha256="",
        record={},
    )
    match_round.organisation = organisation
    db.session.add(match_round)
    audit.record("round.create", match_round, actor_id=by, organisation_id=organisation.id)
    return match_round


def create(
    organisation: Organisation, title_zh: str, title_en: str, opens_at: datetime, closes_at: datetime, *, by: int | None
) -> MatchRound:
    """A round for everybody, shown as soon as it is matched. Raises RoundDatesOutOfOrder."""
    return announce(organisation, Plan(title_zh, title_en, opens_at, closes_at), by=by)


def is_for(match_round: MatchRound, posting: Posting) -> bool:
    """Whether a round is for postings like this one."""
    if match_round.postings_from is PostingScope.CLUSTER:
        return posting.cluster_code == match_round.cluster_code
    if match_round.postings_from is PostingScope.REGION:
        return posting.region_code == match_round.region_code
    return True


def invite(match_round: MatchRound, postings: Sequence[Posting], *, by: Person, now: datetime, today: date) -> int:
    """Ask enterprises to let postings take part; returns how many are newly asked. Nothing takes part by being asked.

    Raises RoundClosed, PostingTaken, PostingNotForRound.
    """
    asked = 0
    for posting in _admissible(match_round, postings, now, today):
        kept = queries.part_of(match_round, posting)
        if kept is not None:
            continue
        asked += 1
        db.session.add(_part(match_round, posting, Part.INVITED, now))
    db.session.flush()
    if asked:
        audit.record(
            "round.invite", match_round, actor_id=by.id, organisation_id=match_round.organisation_id, postings=asked
        )
    return asked


def join(match_round: MatchRound, posting: Posting, *, by: Person, now: datetime, today: date) -> None:
    """Let a posting take part because its enterprise says so; said twice it is the same.

    Raises RoundClosed, PostingTaken, PostingNotForRound.
    """
    _admissible(match_round, [posting], now, today)
    kept = queries.part_of(match_round, posting)
    if kept is not None and kept.part is Part.JOINED:
        return
    if kept is None:
        kept = _part(match_round, posting, Part.JOINED, now)
        db.session.add(kept)
    kept.part, kept.answered_at, kept.answered_by_id = Part.JOINED, now, by.id
    db.session.flush()
    audit.record(
        "round.join", posting, actor_id=by.id, organisation_id=posting.organisation_id, round_id=match_round.id
    )


def refuse(match_round: MatchRound, posting: Posting, *, by: Person, now: datetime) -> None:
    """Answer an invitation with no. Raises RoundClosed, NothingToAnswer."""
    if match_round.is_closed(now):
        raise RoundClosed
    kept = queries.part_of(match_round, posting)
    if kept is None or kept.part is Part.JOINED:
        raise NothingToAnswer
    kept.part, kept.answered_at, kept.answered_by_id = Part.REFUSED, now, by.id
    audit.record(
        "round.refuse", posting, actor_id=by.id, organisation_id=posting.organisation_id, round_id=match_round.id
    )


def _part(match_round: MatchRound, posting: Posting, part: Part, now: datetime) -> RoundPosting:
    return RoundPosting(round_id=match_round.id, posting_id=posting.id, part=part, asked_at=now)


def _admissible(match_round: MatchRound, postings: Sequence[Posting], now: datetime, today: date) -> Sequence[Posting]:
    """`postings`, held, if each may be in the round."""
    ids = [posting.id for posting in postings]
    queries.hold_postings(ids)
    queries.hold_round(match_round)
    if match_round.is_closed(now):
        raise RoundClosed
    elsewhere = queries.rounds_of_postings(ids)
    for posting in postings:
        found = elsewhere.get(posting.id)
        if found is not None and found.id != match_round.id:
            raise PostingTaken
        if found is None and not posting.is_open(today):
            raise PostingTaken
        if not is_for(match_round, posting):
            raise PostingNotForRound
    return postings


def add_postings(match_round: MatchRound, postings: Sequence[Posting], now: datetime, today: date) -> None:
    """Let postings take part whose enterprises are known to want it. Raises RoundClosed, PostingTaken."""
    for posting in _admissible(match_round, postings, now, today):
        kept = queries.part_of(match_round, posting)
        if kept is None:
            db.session.add(_part(match_round, posting, Part.JOINED, now))
        else:
            kept.part = Part.JOINED
    db.session.flush()


def remove_posting(match_round: MatchRound, posting: Posting, *, by: Person, now: datetime) -> None:
    """Take a posting out again, until the round closes: its organiser may, and its enterprise. Raises RoundClosed."""
    queries.hold_round(match_round)
    if match_round.is_closed(now):
        raise RoundClosed
    audit.record(
        "round.remove-posting",
        posting,
        actor_id=by.id,
        organisation_id=match_round.organisation_id,
        round_id=match_round.id,
    )
    db.session.execute(
        sa.delete(RoundPosting).where(RoundPosting.round_id == match_round.id, RoundPosting.posting_id == posting.id)
    )


def cap(
    match_round: MatchRound,
    posting: Posting,
    caps: Mapping[Grouping, int],
    span: Span,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Limit how many students of one university, or of one programme, a posting takes; without any, as it was.

    Raises RoundClosed, NothingToAnswer, and where a stable result might not exist CapAcrossPostings, CapsNotNested.
    """
    found = fault([(grouping, span) for grouping in caps])
    if found is Fault.ACROSS_POSTINGS:
        raise CapAcrossPostings
    if found is Fault.NOT_NESTED or Grouping.MAJOR_ANYWHERE in caps:
        raise CapsNotNested
    queries.hold_round(match_round)
    if match_round.is_closed(now):
        raise RoundClosed
    kept = queries.part_of(match_round, posting)
    if kept is None or kept.part is not Part.JOINED:
        raise NothingToAnswer
    kept.university_cap, kept.programme_cap = caps.get(Grouping.UNIVERSITY), caps.get(Grouping.PROGRAMME)
    audit.record(
        "round.cap",
        posting,
        actor_id=by.id,
        organisation_id=posting.organisation_id,
        round_id=match_round.id,
        **{grouping.value: most for grouping, most in caps.items()},
    )


def close_now(match_round: MatchRound, *, by: Person, now: datetime) -> None:
    """Close early, visibly, but not before anybody could choose. Raises RoundAlreadyRun, RoundNotOpenYet."""
    if match_round.status is not RoundStatus.OPEN:
        raise RoundAlreadyRun
    if now < match_round.opens_at:
        raise RoundNotOpenYet
    if now < match_round.closes_at:
        match_round.closes_at = now
        audit.record("round.close", match_round, actor_id=by.id, organisation_id=match_round.organisation_id)


def follow_up(match_round: MatchRound, *, by: Person, now: datetime, today: date) -> MatchRound:
    """A second round for the seats that stayed free, open for a week; asked twice, the same one.

    It is for whom the first was for. The postings with free seats are invited, so that each enterprise says yes again.
    Raises RoundNotReleased, NoFreeSeats.
    """
    if not match_round.is_released:
        raise RoundNotReleased
    queries.hold_round(match_round, alone=True)
    kept = queries.second_round_of(match_round)
    if kept is not None:
        return kept
    free = queries.postings_with_free_seats(match_round, today)
    if not free:
        raise NoFreeSeats
    days = timedelta(days=7)
    plan = Plan(
        title_zh=f"{match_round.title_zh}（第二轮）"[:300],
        title_en=f"{match_round.title_en} (second round)"[:300] if match_round.title_en else "",
        opens_at=now,
        closes_at=now + days,
        results_at=now + days + timedelta(days=1) if match_round.results_at else None,
        students_from=match_round.students_from,
        postings_from=match_round.postings_from,
        region_code=match_round.region_code,
        cluster_code=match_round.cluster_code,
        most_choices=match_round.most_choices,
    )
    second = announce(match_round.organisation, plan, by=by.id, follows=match_round)
    bound = queries.rounds_of_postings(free)
    rows = [
        {"round_id": second.id, "posting_id": posting, "part": Part.INVITED, "asked_at": now}
        for posting in free
        if posting not in bound
    ]
    if rows:
        db.session.execute(sa.insert(RoundPosting), rows)
    return second


def needs_of(posting: Posting) -> list[Need]:
    """What a posting asks, as the fit reads it."""
    return [Need(skill.skill_code, skill.level, float(skill.weight)) for skill in posting.skills]


def estimates_for(students: Collection[int], postings: Sequence[Posting]) -> dict[int, dict[str, Estimate]]:
    """Kept estimates of students in the skills of postings, by student and skill."""
    codes = {skill.skill_code for posting in postings for skill in posting.skills}
    found: dict[int, dict[str, Estimate]] = defaultdict(dict)
    for estimate in skills.estimates_of(list(students), codes):
        found[estimate.person_id][estimate.skill_code] = estimate
    return found
