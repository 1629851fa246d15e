"""Reads for the map that search engines read."""

from datetime import date, datetime

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.db import db, id_after
from internships.models import Posting, PostingStatus


def _open(today: date) -> sa.Select[int]:
    return (
        sa.select(Posting.id)
        .join(Posting.organisation)
        .where(
            Posting.status == PostingStatus.PUBLISHED,
            Posting.closes_on >= today,
            Organisation.suspended_at.is_(None),
        )
    )


def postings_for_sitemap(today: date, after: int, count: int) -> list[tuple[int, datetime | None]]:
    """Ids of published postings above `after`, in order, with the moments of publication."""
    query = _open(today).where(Posting.id > after).order_by(Posting.id).limit(count)
    return [(row[0], row[1]) for row in db.session.execute(query.with_only_columns(Posting.id, Posting.published_at))]


def posting_after(today: date, after: int, count: int) -> int | None:
    """The id of the published posting that stands `count` places after an id."""
    return id_after(_open(today), Posting.id, after, count)
