"""Reads for the index of the search, and for looking postings up in it."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from internships.models import Posting, PostingSkill, PostingStatus

AT_ONCE = 200


def postings_to_find(ids: Collection[int] | None = None) -> Iterator[Posting]:
    """Published postings with everything that they are found by: all, or those of `ids`."""
    query = (
        sa.select(Posting)
        .where(Posting.status == PostingStatus.PUBLISHED)
        .options(
            joinedload(Posting.organisation),
            joinedload(Posting.region),
            joinedload(Posting.cluster),
            selectinload(Posting.skills).joinedload(PostingSkill.skill),
        )
        .order_by(Posting.id)
        .limit(AT_ONCE)
    )
    if ids is not None:
        query = query.where(Posting.id.in_(ids))
    last = 0
    while some := db.session.scalars(query.where(Posting.id > last)).all():
        yield from some
        last = some[-1].id
        if len(some) < AT_ONCE:
            return
