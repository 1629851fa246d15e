"""Reads for the figures of clusters."""

from datetime import date, timedelta

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.clock import day_of, end_of
from app.db import db
from internships.models import Placement, Posting, PostingStatus
from internships.rules.filling import Offered

LOOKED_BACK = timedelta(days=365)


def offered_in_clusters(today: date, region: str | None = None) -> list[Offered]:
    """Postings of clusters that were published within the last year, of one region or of all."""
    last = (
        sa.select(Placement.posting_id, sa.func.max(Placement.created_at).label("at"))
        .group_by(Placement.posting_id)
        .subquery()
    )
    query = (
        sa.select(
            Posting.cluster_code,
            Posting.seats,
            Posting.seats_filled,
            Posting.status,
            Posting.opens_on,
            Posting.closes_on,
            Posting.published_at,
            last.c.at,
        )
        .join(Posting.organisation)
        .outerjoin(last, last.c.posting_id == Posting.id)
        .where(
            Posting.cluster_code.is_not(None),
            Posting.published_at >= end_of(today - LOOKED_BACK),
            Posting.status.in_((PostingStatus.PUBLISHED, PostingStatus.CLOSED)),
            Organisation.suspended_at.is_(None),
        )
        .order_by(Posting.id)
    )
    if region is not None:
        query = query.where(Posting.region_code == region)
    return [
        Offered(
            cluster,
            seats,
            filled,
            status is PostingStatus.PUBLISHED and opens_on <= today <= closes_on,
            day_of(published_at),
            day_of(full_at) if full_at is not None and filled >= seats else None,
        )
        for cluster, seats, filled, status, opens_on, closes_on, published_at, full_at in db.session.execute(query)
    ]
