"""Reads of match rounds."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Organisation, Person
from app.db import db
from app.jobs import Job
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Part,
    Posting,
    PostingScope,
    RoundPosting,
    RoundStatus,
)
from internships.queries.postings import open_postings


def rounds_of(organisation: Organisation) -> sa.Select[MatchRound]:
    """An organiser's rounds, newest first."""
    return (
        sa.select(MatchRound)
        .where(MatchRound.organisation_id == organisation.id)
        .order_by(MatchRound.closes_at.desc(), MatchRound.id.desc())
    )


def _binding(posting_ids: Collection[int]) -> sa.Select[RoundPosting]:
    return (
        sa.select(RoundPosting)
        .join(RoundPosting.round)
        .where(
            RoundPosting.posting_id.in_(posting_ids),
            RoundPosting.part == Part.JOINED,
            MatchRound.status != RoundStatus.RELEASED,
        )
        .options(contains_eager(RoundPosting.round).joinedload(MatchRound.organisation))
    )


def rounds_of_postings(posting_ids: Collection[int]) -> dict[int, MatchRound]:
    """The round that each posting takes part in and whose result has not been shown, by posting id.

    A round that has been shown binds nobody: what it left free takes applications again, and part in a second round.
    """
    return {row.posting_id: row.round for row in db.session.scalars(_binding(posting_ids))}


def held_rounds_of_postings(posting_ids: Collection[int]) -> dict[int, MatchRound]:
    """The same, read anew and held until the transaction ends: whoever changes what a round reads comes before its
    matching, which waits for them, or finds it begun.
    """
    query = _binding(posting_ids).with_for_update(read=True, of=MatchRound).execution_options(populate_existing=True)
    return {row.posting_id: row.round for row in db.session.scalars(query)}


def hold_postings(posting_ids: Collection[int]) -> None:
    """Hold postings until the transaction ends, so that two rounds do not take the same one."""
    query = sa.select(Posting.id).where(Posting.id.in_(posting_ids)).order_by(Posting.id).with_for_update()
    db.session.execute(query).all()


def hold_round(match_round: MatchRound, *, alone: bool = False) -> None:
    """Hold a round until the transaction ends, and read it anew; `alone` lets nobody else hold it beside."""
    query = sa.select(MatchRound.id).where(MatchRound.id == match_round.id).with_for_update(read=not alone)
    db.session.execute(query).all()
    db.session.refresh(match_round)


def postings_of_round(match_round: MatchRound) -> list[Posting]:
    """The postings that take part in a round, in a fixed order."""
    query = (
        sa.select(Posting)
        .join(RoundPosting, RoundPosting.posting_id == Posting.id)
        .where(RoundPosting.round_id == match_round.id, RoundPosting.part == Part.JOINED)
        .order_by(Posting.id)
    )
    return list(db.session.scalars(query))


def parts_of_round(match_round: MatchRound, parts: Collection[Part]) -> sa.Select[RoundPosting]:
    """The postings of a round that are `parts` of it, with their enterprises, in a fixed order."""
    return (
        sa.select(RoundPosting)
        .where(RoundPosting.round_id == match_round.id, RoundPosting.part.in_(parts))
        .options(joinedload(RoundPosting.posting).joinedload(Posting.organisation))
        .order_by(RoundPosting.part, RoundPosting.posting_id)
    )


def parts_per_round(round_ids: Collection[int]) -> dict[tuple[int, Part], int]:
    """How many postings of each round have joined, are invited, have refused."""
    query = (
        sa.select(RoundPosting.round_id, RoundPosting.part, sa.func.count())
        .where(RoundPosting.round_id.in_(round_ids))
        .group_by(RoundPosting.round_id, RoundPosting.part)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def part_of(match_round: MatchRound, posting: Posting) -> RoundPosting | None:
    """What a posting is in a round, if anything; read anew."""
    key = match_round.id, posting.id
    return db.session.get(RoundPosting, key, populate_existing=True)


def invitations_of(organisation_ids: Collection[int], now: datetime) -> list[RoundPosting]:
    """Invitations that enterprises have not answered and may still answer, the round that closes first at the top."""
    query = (
        sa.select(RoundPosting)
        .join(RoundPosting.round)
        .join(RoundPosting.posting)
        .where(
            Posting.organisation_id.in_(organisation_ids),
            RoundPosting.part == Part.INVITED,
            MatchRound.status == RoundStatus.OPEN,
            MatchRound.closes_at > now,
        )
        .options(
            contains_eager(RoundPosting.round).joinedload(MatchRound.organisation),
            contains_eager(RoundPosting.posting).joinedload(Posting.organisation),
        )
        .order_by(MatchRound.closes_at, RoundPosting.posting_id)
        .limit(50)
    )
    return list(db.session.scalars(query))


def parts_of_enterprise(organisation: Organisation) -> list[RoundPosting]:
    """The postings of an enterprise that take part in rounds whose result has not been shown."""
    query = (
        sa.select(RoundPosting)
        .join(RoundPosting.round)
        .join(RoundPosting.posting)
        .where(
            Posting.organisation_id == organisation.id,
            RoundPosting.part == Part.JOINED,
            MatchRound.status != RoundStatus.RELEASED,
        )
        .options(contains_eager(RoundPosting.round), contains_eager(RoundPosting.posting))
        .order_by(MatchRound.closes_at, RoundPosting.posting_id)
        .limit(100)
    )
    return list(db.session.scalars(query))


def open_postings_of(organisation: Organisation, today: date) -> list[Posting]:
    """An enterprise's postings that take applications and have free seats, those closing first at the top."""
    query = open_postings(today).where(Posting.organisation_id == organisation.id, Posting.seats_filled < Posting.seats)
    return list(db.session.scalars(query.limit(50)))


def open_rounds(now: datetime) -> list[MatchRound]:
    """Rounds that have not closed, those closing first at the top."""
    query = (
        sa.select(MatchRound)
        .where(MatchRound.status == RoundStatus.OPEN, MatchRound.closes_at > now)
        .options(joinedload(MatchRound.organisation))
        .order_by(MatchRound.closes_at, MatchRound.id)
        .limit(100)
    )
    return list(db.session.scalars(query))


def second_round_of(match_round: MatchRound) -> MatchRound | None:
    """The round that follows this one, if it has been announced."""
    return db.session.scalars(sa.select(MatchRound).where(MatchRound.follows_id == match_round.id)).one_or_none()


def postings_with_free_seats(match_round: MatchRound, today: date) -> list[int]:
    """Ids of the postings that took part in a round, have seats left and are still open to applications."""
    query = (
        open_postings(today)
        .join(RoundPosting, RoundPosting.posting_id == Posting.id)
        .where(
            RoundPosting.round_id == match_round.id,
            RoundPosting.part == Part.JOINED,
            Posting.seats_filled < Posting.seats,
        )
    )
    return sorted(db.session.scalars(query.with_only_columns(Posting.id).order_by(None)))


def rounds_to_release(now: datetime) -> list[tuple[int, dict[str, Any]]]:
    """Rounds that are matched and whose announced moment has come: id, arguments of the job that matched them."""
    query = (
        sa.select(MatchRound.id, Job.arguments)
        .outerjoin(Job, Job.id == MatchRound.job_id)
        .where(MatchRound.status == RoundStatus.RUN, MatchRound.results_at.is_not(None), MatchRound.results_at <= now)
        .order_by(MatchRound.id)
    )
    return [(row[0], row[1] or {}) for row in db.session.execute(query)]


def rounds_of_decided(posting_ids: Collection[int]) -> list[tuple[int, int, str, str]]:
    """(posting, round, digest of the inputs, digest of the result) of shown rounds of postings, the newest first."""
    query = (
        sa.select(RoundPosting.posting_id, MatchRound.id, MatchRound.inputs_sha256, MatchRound.result_sha256)
        .join(RoundPosting.round)
        .where(
            RoundPosting.posting_id.in_(posting_ids),
            RoundPosting.part == Part.JOINED,
            MatchRound.status == RoundStatus.RELEASED,
            MatchRound.inputs_sha256 != "",
        )
        .order_by(MatchRound.id.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query)]


def job_by_id(job_id: int | None) -> Job | None:
    """A job, read anew; a page shows how far it is."""
    return None if job_id is None else db.session.get(Job, job_id, populate_existing=True)


def has_open_applications(match_round: MatchRound) -> bool:
    """Whether there is anybody to match."""
    query = (
        sa.select(Application.id)
        .join(RoundPosting, RoundPosting.posting_id == Application.posting_id)
        .where(
            RoundPosting.round_id == match_round.id,
            RoundPosting.part == Part.JOINED,
            Application.status == ApplicationStatus.OPEN,
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


def rounds_before_run(organisation_ids: Collection[int]) -> list[MatchRound]:
    """Rounds of organisers whose result has not been shown, those closing first at the top."""
    query = (
        sa.select(MatchRound)
        .where(MatchRound.organisation_id.in_(organisation_ids), MatchRound.status != RoundStatus.RELEASED)
        .order_by(MatchRound.closes_at, MatchRound.id)
        .limit(5)
    )
    return list(db.session.scalars(query))


def applicants_per_round(round_ids: Collection[int]) -> dict[int, int]:
    """How many students have an open application in each round, by round id; rounds without are left out."""
    query = (
        sa.select(RoundPosting.round_id, sa.func.count(sa.distinct(Application.student_id)))
        .join(Application, Application.posting_id == RoundPosting.posting_id)
        .where(
            RoundPosting.round_id.in_(round_ids),
            RoundPosting.part == Part.JOINED,
            Application.status == ApplicationStatus.OPEN,
        )
        .group_by(RoundPosting.round_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def postings_without_round(match_round: MatchRound, today: date, most: int) -> list[Posting]:
    """At most so many open postings with seats that a round is for and that are in none, first those closing first.

    Whoever was invited to this round before is left out, whatever the answer.
    """
    bound = (
        sa.select(RoundPosting.posting_id)
        .join(RoundPosting.round)
        .where(
            sa.or_(
                RoundPosting.round_id == match_round.id,
                sa.and_(RoundPosting.part == Part.JOINED, MatchRound.status != RoundStatus.RELEASED),
            )
        )
    )
    query = open_postings(today).where(Posting.id.not_in(bound), Posting.seats_filled < Posting.seats)
    if match_round.postings_from is PostingScope.CLUSTER:
        query = query.where(Posting.cluster_code == match_round.cluster_code)
    if match_round.postings_from is PostingScope.REGION:
        query = query.where(Posting.region_code == match_round.region_code)
    return list(db.session.scalars(query.limit(most)))


def students_to_tell(match_round: MatchRound, most: int) -> list[Person]:
    """At most so many of those on whom a round decided and who have not been written to, by id."""
    applied = (
        sa.select(Application.student_id)
        .join(RoundPosting, RoundPosting.posting_id == Application.posting_id)
        .where(
            RoundPosting.round_id == match_round.id,
            RoundPosting.part == Part.JOINED,
            Application.decided_at == match_round.released_at,
            Application.status.in_((ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED)),
        )
    )
    query = sa.select(Person).where(Person.id.in_(applied), Person.id > match_round.told_through_id)
    return list(db.session.scalars(query.order_by(Person.id).limit(most)))
