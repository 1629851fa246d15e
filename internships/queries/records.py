"""Reads for the record of enterprises: applications and their answers, placements and their evaluations."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from app.clock import day_of, end_of
from app.db import db
from internships.models import (
    Application,
    ApplicationStatus,
    EnterpriseRecord,
    Placement,
    Posting,
    RoundPosting,
)
from internships.rules.records import Asked

ANSWERS = (ApplicationStatus.DECLINED, ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED)


def record_of(organisation_id: int) -> EnterpriseRecord | None:
    """What was last counted of an enterprise."""
    return db.session.get(EnterpriseRecord, organisation_id)


def last_counted() -> date | None:
    """The day of the last count."""
    return db.session.scalar(sa.select(sa.func.max(EnterpriseRecord.counted_on)))


def asked_since(since: date) -> dict[int, list[Asked]]:
    """Applications made after the end of `since` and not taken back, by enterprise.

    Those to postings of a match round are left out: there the round answers everybody in the same minute.
    """
    query = (
        sa.select(
            Posting.organisation_id,
            Application.applied_at,
            sa.func.coalesce(
                Application.answered_at, sa.case((Application.status.in_(ANSWERS), Application.decided_at))
            ),
        )
        .join(Posting, Posting.id == Application.posting_id)
        .where(
            Application.applied_at >= end_of(since),
            Application.status != ApplicationStatus.WITHDRAWN,
            ~sa.exists().where(RoundPosting.posting_id == Posting.id),
        )
        .execution_options(yield_per=5000)
    )
    found: dict[int, list[Asked]] = defaultdict(list)
    for organisation_id, applied_at, answered_at in db.session.execute(query):
        found[organisation_id].append(Asked(day_of(applied_at), day_of(answered_at) if answered_at else None))
    return found


def evaluations_since(since: date, today: date) -> dict[int, tuple[int, int]]:
    """Placements that ended within [since, today), and how many of them were evaluated, by enterprise."""
    query = (
        sa.select(
            Posting.organisation_id,
            sa.func.count(),
            sa.func.count(Placement.rated_at),
        )
        .join(Posting, Posting.id == Placement.posting_id)
        .where(Placement.ends_on >= since, Placement.ends_on < today)
        .group_by(Posting.organisation_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def enterprises_with_postings() -> Iterator[int]:
    """Ids of enterprises that have ever published, in order."""
    query = sa.select(Posting.organisation_id).where(Posting.published_at.is_not(None)).distinct()
    return iter(db.session.scalars(query.order_by(Posting.organisation_id)).all())
