"""Reads of match rounds."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Organisation, Person
from app.db import db
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Posting,
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


def rounds_of_postings(posting_ids: Collection[int]) -> dict[int, MatchRound]:
    """The round that each posting takes part in and that has not been run, by posting id.

    A round that was run binds nobody any more: what it left free takes applications again, and part in a second round.
    """
    query = (
        sa.select(RoundPosting)
        .join(RoundPosting.round)
        .where(RoundPosting.posting_id.in_(posting_ids), MatchRound.status == RoundStatus.OPEN)
        .options(contains_eager(RoundPosting.round).joinedload(MatchRound.organisation))
    )
    return {row.posting_id: row.round for row in db.session.scalars(query)}


def hold_postings(posting_ids: Collection[int]) -> None:
    """Hold postings until the transaction ends, so that two rounds do not take the same one."""
    query = sa.select(Posting.id).where(Posting.id.in_(posting_ids)).order_by(Posting.id).with_for_update()
    db.session.execute(query).all()


def postings_of_round(match_round: MatchRound) -> list[Posting]:
    """The postings of a round with enterprises and skills, in a fixed order."""
    query = (
        sa.select(Posting)
        .join(RoundPosting, RoundPosting.posting_id == Posting.id)
        .where(RoundPosting.round_id == match_round.id)
        .options(joinedload(Posting.organisation), selectinload(Posting.skills))
        .order_by(Posting.id)
    )
    return list(db.session.scalars(query))


def rounds_before_run(organisation_ids: Collection[int]) -> list[MatchRound]:
    """Rounds of organisers that have not been run, those closing first at the top."""
    query = (
        sa.select(MatchRound)
        .where(MatchRound.organisation_id.in_(organisation_ids), MatchRound.status == RoundStatus.OPEN)
        .order_by(MatchRound.closes_at, MatchRound.id)
        .limit(5)
    )
    return list(db.session.scalars(query))


def applicants_per_round(round_ids: Collection[int]) -> dict[int, int]:
    """How many students have an open application in each round, by round id; rounds without are left out."""
    query = (
        sa.select(RoundPosting.round_id, sa.func.count(sa.distinct(Application.student_id)))
        .join(Application, Application.posting_id == RoundPosting.posting_id)
        .where(RoundPosting.round_id.in_(round_ids), Application.status == ApplicationStatus.OPEN)
        .group_by(RoundPosting.round_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def postings_without_round(today: date, most: int) -> list[Posting]:
    """At most so many open postings that take part in no round yet, those closing first at the top."""
    taken = sa.select(RoundPosting.posting_id)
    return list(db.session.scalars(open_postings(today).where(Posting.id.not_in(taken)).limit(most)))


def students_of_round(match_round: MatchRound) -> list[Person]:
    """Everybody whose application to a posting of the round was decided by it."""
    applied = (
        sa.select(Application.student_id)
        .join(RoundPosting, RoundPosting.posting_id == Application.posting_id)
        .where(
            RoundPosting.round_id == match_round.id,
            Application.status.in_((ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED)),
        )
    )
    return list(db.session.scalars(sa.select(Person).where(Person.id.in_(applied)).order_by(Person.id)))
