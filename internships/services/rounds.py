"""Match rounds: open, add postings, try, run once, tell everyone why."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit, mail
from app.accounts.models import Organisation, Person
from app.db import db
from app.errors import Refused
from app.skills import queries as skills
from internships import queries
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Placement,
    PlacementStatus,
    Posting,
    RankedBy,
    RoundPosting,
    RoundStatus,
)
from internships.rules import matching, stability
from internships.rules.fit import Estimate, Need, fit, rank_by_fit, rank_if
from internships.services.applications import reasons_against


class RoundDatesOutOfOrder(Refused):
    message = _l("A round closes after it opens.")


class RoundAlreadyRun(Refused):
    message = _l("This round has been run; its result stands.")


class RoundStillOpen(Refused):
    message = _l("The round has not closed yet. Run it after it closes, or close it now.")


class RoundNotOpenYet(Refused):
    message = _l("The round has not opened yet: nobody could have put their choices in order.")


class RoundClosed(Refused):
    message = _l("The round has closed; which postings take part can no longer be changed.")


class RoundEmpty(Refused):
    message = _l("There is no open application to a posting of this round.")


class PostingTaken(Refused):
    message = _l("A posting that you chose is not open or takes part in another round.")


@dataclass
class Instance:
    """What is matched: both sides by ids of students and postings, and who was left out before, and why."""

    students: dict[str, list[str]] = field(default_factory=dict)
    postings: dict[str, matching.PostingSide] = field(default_factory=dict)
    left_out: dict[int, list[str]] = field(default_factory=dict)
    scores: dict[int, dict[str, float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The instance as the door `flask internships match` reads it."""
        return {
            "students": self.students,
            "postings": {
                name: {"capacity": side.capacity, "ranking": list(side.ranking)} for name, side in self.postings.items()
            },
        }


def create(
    organisation: Organisation, title_zh: str, title_en: str, opens_at: datetime, closes_at: datetime, *, by: int | None
) -> MatchRound:
    """An open round whose lottery seed is drawn and published now. Raises RoundDatesOutOfOrder."""
    if closes_at <= opens_at:
        raise RoundDatesOutOfOrder
    match_round = MatchRound(
        organisation_id=organisation.id,
        title_zh=title_zh,
        title_en=title_en,
        opens_at=opens_at,
        closes_at=closes_at,
        seed=secrets.token_hex(8),
        status=RoundStatus.OPEN,
        record={},
    )
    match_round.organisation = organisation
    db.session.add(match_round)
    audit.record("round.create", match_round, actor_id=by, organisation_id=organisation.id)
    return match_round


def add_postings(match_round: MatchRound, postings: Sequence[Posting], now: datetime, today: date) -> None:
    """Let postings take part, until the round closes. Raises RoundClosed, PostingTaken."""
    if match_round.is_closed(now):
        raise RoundClosed
    queries.hold_postings([posting.id for posting in postings])
    elsewhere = queries.rounds_of_postings([posting.id for posting in postings])
    for posting in postings:
        found = elsewhere.get(posting.id)
        if found is not None and found.id == match_round.id:
            continue
        if found is not None or not posting.is_open(today):
            raise PostingTaken
        db.session.add(RoundPosting(round_id=match_round.id, posting_id=posting.id))
    db.session.flush()


def remove_posting(match_round: MatchRound, posting: Posting, *, by: Person, now: datetime) -> None:
    """Take a posting out again, until the round closes: its organiser may, and its enterprise. Raises RoundClosed."""
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


def close_now(match_round: MatchRound, *, by: Person, now: datetime) -> None:
    """Close early, visibly, but not before anybody could choose. Raises RoundAlreadyRun, RoundNotOpenYet."""
    if match_round.status is not RoundStatus.OPEN:
        raise RoundAlreadyRun
    if now < match_round.opens_at:
        raise RoundNotOpenYet
    if now < match_round.closes_at:
        match_round.closes_at = now
        audit.record("round.close", match_round, actor_id=by.id, organisation_id=match_round.organisation_id)


def instance_of(
    match_round: MatchRound, postings: Sequence[Posting], applications: Sequence[Application], today: date
) -> Instance:
    """Both sides' lists: ineligible and declined pairs are left out first, with the reason kept.

    A posting ranked by fit ranks every eligible applicant by the score of what they have shown, equal ones by lottery;
    one ranked by hand ranks those whom the enterprise numbered.
    """
    instance = Instance()
    by_posting: dict[int, list[Application]] = defaultdict(list)
    by_student: dict[int, list[Application]] = defaultdict(list)
    students = {application.student_id for application in applications}
    profiles, placed = queries.profiles_of(students), queries.placements_by_student(students)
    of_round = {posting.id: posting for posting in postings}
    for application in applications:
        student_id, posting = application.student_id, of_round[application.posting_id]
        reasons = reasons_against(profiles.get(student_id), posting, today, placed.get(student_id, ()))
        if reasons:
            instance.left_out[application.id] = [reason.value for reason in reasons]
            continue
        by_posting[application.posting_id].append(application)
        by_student[application.student_id].append(application)
    estimates = estimates_for(by_student, postings)
    for posting in postings:
        applicants = by_posting[posting.id]
        if posting.ranked_by is RankedBy.FIT:
            needs = needs_of(posting)
            scores = {str(one.student_id): fit(needs, estimates.get(one.student_id, {})).score for one in applicants}
            instance.scores[posting.id] = scores
            ranking = list(rank_by_fit(scores, match_round.seed))
        else:
            ranked = sorted(
                (one for one in applicants if one.posting_rank is not None), key=lambda one: one.posting_rank or 0
            )
            ranking = [str(one.student_id) for one in ranked]
        instance.postings[str(posting.id)] = matching.PostingSide(posting.seats_open, ranking)
    for student_id, wishes in sorted(by_student.items()):
        wishes.sort(key=lambda one: (one.student_rank or 10_000, one.id))
        instance.students[str(student_id)] = [str(one.posting_id) for one in wishes]
    return instance


def needs_of(posting: Posting) -> list[Need]:
    """What a posting asks, as the fit reads it."""
    return [Need(skill.skill_code, skill.level, float(skill.weight)) for skill in posting.skills]


def estimates_for(students: Any, postings: Sequence[Posting]) -> dict[int, dict[str, Estimate]]:
    """Kept estimates of students in the skills of postings, by student and skill."""
    codes = {skill.skill_code for posting in postings for skill in posting.skills}
    found: dict[int, dict[str, Estimate]] = defaultdict(dict)
    for estimate in skills.estimates_of(list(students), codes):
        found[estimate.person_id][estimate.skill_code] = estimate
    return found


def trial(match_round: MatchRound, today: date) -> dict[str, int]:
    """What a run would give now, in numbers; nothing is kept."""
    postings = queries.postings_of_round(match_round)
    applications = queries.open_applications_to([posting.id for posting in postings])
    instance = instance_of(match_round, postings, applications, today)
    result = matching.match(instance.students, instance.postings)
    return _counts(instance, result, stability.certificate(instance.students, instance.postings, result.by_posting))


def _counts(instance: Instance, result: matching.Matching, proof: stability.Certificate) -> dict[str, int]:
    return {
        "students": len(instance.students),
        "postings": len(instance.postings),
        "seats": sum(side.capacity for side in instance.postings.values()),
        "matched": len(result.by_student),
        "left_out": len(instance.left_out),
        "blocking_pairs": len(proof.blocking_pairs),
    }


def run(match_round: MatchRound, *, by: Person | None, now: datetime, today: date) -> MatchRound:
    """Match, once: place the matched, tell each side why, keep what is needed to replay it.

    Raises RoundStillOpen, RoundEmpty. A second run, or a second click, finds the round run and changes nothing.
    """
    if match_round.status is RoundStatus.OPEN and now < match_round.closes_at:
        raise RoundStillOpen
    won = db.session.execute(
        sa.update(MatchRound)
        .where(MatchRound.id == match_round.id, MatchRound.status == RoundStatus.OPEN)
        .values(status=RoundStatus.RUN, run_at=now, run_by_id=by.id if by else None)
        .execution_options(synchronize_session=False)
        .returning(MatchRound.id)
    ).first()
    db.session.refresh(match_round, ["status", "run_at", "run_by_id"])
    if won is None:
        return match_round
    postings = queries.postings_of_round(match_round)
    applications = queries.open_applications_to([posting.id for posting in postings], locked=True)
    instance = instance_of(match_round, postings, applications, today)
    if not instance.students and not instance.left_out:
        raise RoundEmpty
    result = matching.match(instance.students, instance.postings)
    proof = stability.certificate(instance.students, instance.postings, result.by_posting)
    counts = _counts(instance, result, proof)
    if not proof.is_clean:
        raise AssertionError(f"round {match_round.id}: the certificate found {proof}")
    match_round.record = {
        "instance": instance.as_json(),
        "matching": {name: list(members) for name, members in result.by_posting.items()},
        "certificate": asdict(proof),
        "scores": {str(posting): scores for posting, scores in instance.scores.items()},
        "counts": counts,
        "seed": match_round.seed,
    }
    _tell(match_round, {posting.id: posting for posting in postings}, applications, instance, result, now)
    audit.record(
        "round.run", match_round, actor_id=by.id if by else None, organisation_id=match_round.organisation_id, **counts
    )
    return match_round


def _tell(
    match_round: MatchRound,
    postings: dict[int, Posting],
    applications: Sequence[Application],
    instance: Instance,
    result: matching.Matching,
    now: datetime,
) -> None:
    told = matching.explain(instance.students, instance.postings, result)
    choices = {(student, choice.posting): choice for student, chosen in told.students.items() for choice in chosen}
    estimates = estimates_for({one.student_id for one in applications}, list(postings.values()))
    for application in applications:
        posting, student = postings[application.posting_id], str(application.student_id)
        application.decided_at = now
        if application.id in instance.left_out:
            application.status = ApplicationStatus.NOT_MATCHED
            application.outcome = {"outcome": "ineligible", "reasons": instance.left_out[application.id]}
            continue
        choice = choices.get((student, str(posting.id)))
        got = result.by_student.get(student)
        outcome: dict[str, Any] = {"outcome": choice.outcome.value if choice else "placed_higher"}
        side = instance.postings[str(posting.id)]
        if student in side.ranking:
            outcome["rank"] = list(side.ranking).index(student) + 1
        outcome["capacity"] = side.capacity
        outcome["matched"] = len(result.by_posting[str(posting.id)])
        if choice is not None and choice.outcome is matching.Outcome.FILLED_ABOVE:
            outcome["worst_rank"] = choice.worst_rank
            outcome["what_if"] = _what_if(
                posting, student, instance, estimates.get(application.student_id, {}), match_round
            )
        application.outcome = outcome
        if got == str(posting.id):
            application.status = ApplicationStatus.MATCHED
            posting.seats_filled += 1
            placement = Placement(
                application_id=application.id,
                posting_id=posting.id,
                student_id=application.student_id,
                starts_on=posting.starts_on,
                ends_on=posting.ends_on,
                status=PlacementStatus.RUNNING,
                created_at=now,
            )
            db.session.add(placement)
        else:
            application.status = ApplicationStatus.NOT_MATCHED
    db.session.flush()


def _what_if(
    posting: Posting, student: str, instance: Instance, has: dict[str, Estimate], match_round: MatchRound
) -> dict[str, Any] | None:
    """The one missing skill that would have moved the student up most, where the posting ranked by fit."""
    scores = instance.scores.get(posting.id)
    if scores is None or student not in scores:
        return None
    needs = needs_of(posting)
    best: dict[str, Any] | None = None
    for item in fit(needs, has).missing:
        rank = rank_if(student, item.skill, item.required, needs=needs, has=has, scores=scores, seed=match_round.seed)
        if best is None or rank < best["rank"]:
            best = {"skill": item.skill, "level": item.required, "rank": rank}
    return best


def write_to_students(match_round: MatchRound, link: str) -> int:
    """A mail to everybody whom the round decided on; returns how many. `link` leads to their applications."""
    students = queries.students_of_round(match_round)
    for student in students:
        mail.write(
            student.email,
            "match-result",
            language=student.language or "zh",
            person=student,
            match_round=match_round,
            link=link,
        )
    return len(students)
