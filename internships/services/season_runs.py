"""Running a match season: begun once, matched by a job, kept as files, shown to all at one moment, replayed by anybody.

Each step is one statement that only one can win, and one transaction: a process that is killed leaves the step before,
and whoever does it again comes to the same, for nothing that the matching reads changes any more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit, jobs, mail
from app.accounts.models import Person
from app.db import db
from app.errors import Refused
from internships import queries
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Part,
    Placement,
    PlacementStatus,
    Posting,
    RoundPosting,
    RoundStatus,
)
from internships.queries import seasons
from internships.rules.season import Inputs, Result, decide, figures, pack, prove
from internships.services import season_files
from internships.services.season_inputs import gather

RUN, TRIAL, REPLAY = "internships.run-round", "internships.try-round", "internships.replay-round"
TELL = "internships.tell-round"
STEPS = ("applications", "eligibility", "evidence", "fit", "matching", "proof", "keeping")
AT_ONCE = 5_000
MAILS_AT_ONCE = 200

Say = Callable[[str], None]


class RoundStillOpen(Refused):
    message = _l("The round has not closed yet. Run it after it closes, or close it now.")


class RoundEmpty(Refused):
    message = _l("There is no open application to a posting of this round.")


class RoundAlreadyRun(Refused):
    message = _l("This round has been run; its result stands.")


class NotYetMatched(Refused):
    message = _l("This round has not been matched yet.")


class ResultsTooEarly(Refused):
    message = _l("The result is shown at the moment that was announced, to everybody at once.")


class Unstable(AssertionError):
    """The proof found something in what the matching made: a fault of the program."""


@dataclass(frozen=True)
class Replay:
    """A matching done again from the stored inputs: whether inputs and result are the bytes that were kept."""

    inputs_are_same: bool
    result_is_same: bool
    blocking_pairs: int

    @property
    def is_same(self) -> bool:
        """Whether everything agrees."""
        return self.inputs_are_same and self.result_is_same and not self.blocking_pairs


def silent(_step: str) -> None:
    """Nobody watches."""


def begin(match_round: MatchRound, *, by: Person | None, now: datetime) -> bool:
    """Settle what is matched: from now on nothing that the matching reads may change. False if it is settled already.

    Raises RoundStillOpen, RoundEmpty.
    """
    if match_round.is_settled:
        return False
    if now < match_round.closes_at:
        raise RoundStillOpen
    if not queries.has_open_applications(match_round):
        raise RoundEmpty
    # The statement waits for everybody who holds the round because they write what it reads.
    return _move(match_round, RoundStatus.OPEN, RoundStatus.RUNNING, run_by_id=by.id if by else None)


def _move(match_round: MatchRound, before: RoundStatus, after: RoundStatus, **values: Any) -> bool:
    """Move a round on, if nobody else has."""
    won = db.session.execute(
        sa.update(MatchRound)
        .where(MatchRound.id == match_round.id, MatchRound.status == before)
        .values(status=after, **values)
        .execution_options(synchronize_session=False)
        .returning(MatchRound.id)
    ).first()
    db.session.refresh(match_round)
    return won is not None


def enqueue(match_round: MatchRound, kind: str, link: str, *, by: Person) -> bool:
    """Let a job run, try or replay a round, unless one is at it; a job that failed gives way to a new one."""
    job = queries.job_by_id(match_round.job_id)
    if job is not None and not job.is_over:
        return False
    made = jobs.enqueue(
        kind,
        {"round": match_round.id, "link": link},
        actor_id=by.id,
        organisation_id=match_round.organisation_id,
    )
    db.session.flush()
    before = match_round.job_id
    won = db.session.execute(
        sa.update(MatchRound)
        .where(MatchRound.id == match_round.id, MatchRound.job_id.is_not_distinct_from(before))
        .values(job_id=made.id)
        .execution_options(synchronize_session=False)
        .returning(MatchRound.id)
    ).first()
    if won is None:  # two clicks at once: the other one's job does it
        db.session.delete(made)
        db.session.flush()
    db.session.refresh(match_round, ["job_id"])
    return won is not None


def start(match_round: MatchRound, link: str, *, by: Person, now: datetime) -> None:
    """Settle a round and let a job match it; asked again it does nothing, or begins anew what failed.

    Raises RoundStillOpen, RoundEmpty, RoundAlreadyRun.
    """
    begin(match_round, by=by, now=now)
    if match_round.status is not RoundStatus.RUNNING:
        raise RoundAlreadyRun
    enqueue(match_round, RUN, link, by=by)


def attempt(match_round: MatchRound, today: date, say: Say = silent) -> tuple[Inputs, Result, dict[str, Any]]:
    """Inputs, result and figures of a round as of now; nothing is written. Raises Unstable."""
    inputs = gather(match_round, today, say)
    say("matching")
    result = decide(inputs)
    say("proof")
    found = prove(inputs, result)
    if not found.is_clean:
        raise Unstable(f"round {match_round.id}: the proof found {found}")
    return inputs, result, figures(inputs, result) | {"blocking_pairs": len(found.blocking)}


def settle(match_round: MatchRound, inputs: Inputs, result: Result, counts: dict[str, Any], *, now: datetime) -> bool:
    """Keep what a round was matched by and what came out; nobody sees it before the release. False if it was kept."""
    inputs_digest, result_digest = season_files.keep(inputs), season_files.keep(result)
    if not _move(
        match_round,
        RoundStatus.RUNNING,
        RoundStatus.RUN,
        run_at=now,
        inputs_sha256=inputs_digest,
        result_sha256=result_digest,
        record={"counts": counts},
    ):
        return False
    rows = [
        {"round_id": match_round.id, "posting_id": posting, "seats": seats, "filled": filled}
        for posting, seats, filled in zip(
            inputs.postings.tolist(), inputs.capacity.tolist(), result.filled.tolist(), strict=True
        )
    ]
    db.session.execute(sa.update(RoundPosting), rows)
    audit.record(
        "round.run",
        match_round,
        actor_id=match_round.run_by_id,
        organisation_id=match_round.organisation_id,
        inputs=inputs_digest,
        result=result_digest,
        **{name: value for name, value in counts.items() if isinstance(value, int)},
    )
    return True


def release(match_round: MatchRound, *, now: datetime) -> bool:
    """Show the result to all at once: statuses, placements and seats change in one transaction. False if shown before.

    Raises NotYetMatched, ResultsTooEarly.
    """
    if match_round.status not in (RoundStatus.RUN, RoundStatus.RELEASED):
        raise NotYetMatched
    if match_round.status is RoundStatus.RUN and not match_round.may_be_released(now):
        raise ResultsTooEarly
    db.session.flush()
    if not _move(match_round, RoundStatus.RUN, RoundStatus.RELEASED, released_at=now):
        return False
    inputs = season_files.inputs_of(match_round.inputs_sha256)
    result = season_files.result_of(match_round.result_sha256)
    got = inputs.application[result.matched[result.matched >= 0]]
    for ids in _some_at_a_time(got.tolist()):
        _answer(sa.and_(Application.id.in_(ids), ~seasons.is_placed_meanwhile()), ApplicationStatus.MATCHED, now)
    postings = sa.select(RoundPosting.posting_id).where(
        RoundPosting.round_id == match_round.id, RoundPosting.part == Part.JOINED
    )
    _answer(Application.posting_id.in_(postings), ApplicationStatus.NOT_MATCHED, now)
    _place(postings, now)
    # Those who took their place, which are fewer than were matched where somebody has found another one meanwhile.
    filled = (
        sa.select(sa.func.count())
        .where(
            Application.posting_id == Posting.id,
            Application.status == ApplicationStatus.MATCHED,
            Application.decided_at == now,
        )
        .scalar_subquery()
    )
    db.session.execute(
        sa.update(Posting)
        .where(Posting.id.in_(postings))
        .values(seats_filled=Posting.seats_filled + filled)
        .execution_options(synchronize_session=False)
    )
    _forget()
    audit.record("round.release", match_round, actor_id=None, organisation_id=match_round.organisation_id)
    return True


def _some_at_a_time(ids: list[int]) -> Iterator[list[int]]:
    for start_ in range(0, len(ids), AT_ONCE):
        yield ids[start_ : start_ + AT_ONCE]


def _answer(which: sa.ColumnElement[bool], status: ApplicationStatus, now: datetime) -> None:
    db.session.execute(
        sa.update(Application)
        .where(which, seasons.awaits_a_match())
        .values(status=status, decided_at=now)
        .execution_options(synchronize_session=False)
    )


def _place(postings: sa.Select[int], now: datetime) -> None:
    """A placement for everybody whom this release gave a place."""
    made = (
        sa.select(
            Application.id,
            Application.posting_id,
            Application.student_id,
            Posting.starts_on,
            Posting.ends_on,
            sa.literal(PlacementStatus.RUNNING, sa.inspect(Placement).columns.status.type),
            sa.literal(now, sa.inspect(Placement).columns.created_at.type),
        )
        .join(Posting, Posting.id == Application.posting_id)
        .where(
            Application.posting_id.in_(postings),
            Application.status == ApplicationStatus.MATCHED,
            Application.decided_at == now,
        )
        .order_by(Application.id)
    )
    columns = ["application_id", "posting_id", "student_id", "starts_on", "ends_on", "status", "created_at"]
    db.session.execute(sa.insert(Placement).from_select(columns, made, include_defaults=False))


def _forget() -> None:
    """Let what the session has loaded be read anew: bulk statements went past it."""
    for loaded in list(db.session):
        if isinstance(loaded, (Application, Posting, RoundPosting)):
            db.session.expire(loaded)


def run(match_round: MatchRound, *, by: Person | None, now: datetime, today: date) -> MatchRound:
    """All steps in one transaction, for whoever has no worker: settle, match, keep, and show where the moment has come.

    Raises RoundStillOpen, RoundEmpty. A second run finds the round run and changes nothing.
    """
    if begin(match_round, by=by, now=now):
        db.session.flush()
        settle(match_round, *attempt(match_round, today), now=now)
        if match_round.may_be_released(now):
            release(match_round, now=now)
    return match_round


def replay(match_round: MatchRound) -> Replay:
    """Match again from the stored inputs, and compare what comes out with what was kept, byte by byte.

    Raises NotYetMatched, SeasonFileGone.
    """
    if not match_round.result_sha256:
        raise NotYetMatched
    kept_inputs = season_files.path_of(match_round.inputs_sha256)
    kept_result = season_files.path_of(match_round.result_sha256)
    if not kept_inputs.is_file() or not kept_result.is_file():
        raise season_files.SeasonFileGone
    inputs = season_files.inputs_of(match_round.inputs_sha256)
    result = decide(inputs)
    return Replay(
        inputs_are_same=season_files.digest_of(kept_inputs) == match_round.inputs_sha256
        and bytes(inputs.seed).decode() == match_round.seed,
        result_is_same=pack(result) == kept_result.read_bytes()
        and season_files.digest_of(kept_result) == match_round.result_sha256,
        blocking_pairs=len(prove(inputs, result).blocking),
    )


def as_doors(inputs: Inputs, result: Result) -> dict[str, Any]:
    """A round as the doors read it: both sides' orders after the lottery, and the matching; caps are not among it."""
    students, postings = inputs.students.tolist(), inputs.postings.tolist()
    owner, posting, offsets = inputs.owner.tolist(), inputs.posting.tolist(), inputs.offsets.tolist()
    by_rank, starts = result.by_rank.tolist(), result.starts.tolist()
    matching: dict[str, list[str]] = {str(one): [] for one in postings}
    for student, choice in zip(students, result.matched.tolist(), strict=True):
        if choice >= 0:
            matching[str(postings[posting[choice]])].append(str(student))
    return {
        "students": {
            str(student): [str(postings[posting[at]]) for at in range(offsets[place], offsets[place + 1])]
            for place, student in enumerate(students)
        },
        "postings": {
            str(one): {
                "capacity": capacity,
                "ranking": [str(students[owner[at]]) for at in by_rank[starts[place] : starts[place + 1]]],
            }
            for place, (one, capacity) in enumerate(zip(postings, inputs.capacity.tolist(), strict=True))
        },
        "matching": {one: sorted(group) for one, group in matching.items()},
    }


def write_to_some(match_round: MatchRound, link: str) -> int:
    """Mails to the next of those on whom the round decided; returns how many, 0 when all have been written to.

    `link` leads to their applications. Who has been reached is kept with the mails, so that nobody gets two.
    """
    students: Sequence[Person] = queries.students_to_tell(match_round, MAILS_AT_ONCE)
    for student in students:
        mail.write(
            student.email,
            "match-result",
            language=student.language or "zh",
            person=student,
            match_round=match_round,
            link=link,
        )
    if students:
        match_round.told_through_id = students[-1].id
    return len(students)


def read_only() -> None:
    """Let what follows only read; see `queries.seasons.read_without_lock`."""
    seasons.read_without_lock()
