"""What the reports read: open seats by skill, and who is placed."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.clock import end_of
from app.db import db
from internships.models import (
    Placement,
    Posting,
    PostingSkill,
    PostingStatus,
)


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A skill that a posting asks for, with the seats that were open."""

    posting_id: int
    employer_id: int
    title_key: str
    city: str
    region: str
    cluster: str | None
    skill: str
    level: int
    seats_open: int


_OPEN_SEATS = (
    sa.select(PostingSkill.skill_code, PostingSkill.level, sa.func.sum(Posting.seats - Posting.seats_filled))
    .join(Posting, Posting.id == PostingSkill.posting_id)
    .join(Organisation, Organisation.id == Posting.organisation_id)
    .where(
        Posting.status == PostingStatus.PUBLISHED,
        Posting.opens_on <= sa.bindparam("day"),
        Posting.closes_on >= sa.bindparam("day"),
        Posting.seats > Posting.seats_filled,
        Organisation.suspended_at.is_(None),
    )
    .group_by(PostingSkill.skill_code, PostingSkill.level)
)


def open_seats(day: date) -> dict[tuple[str, int], int]:
    """Seats that postings open on `day` have free, by skill and the level that they ask for."""
    return {(skill, level): int(seats) for skill, level, seats in db.session.execute(_OPEN_SEATS, {"day": day})}


def demand_rows(day: date) -> list[DemandRow]:
    """What postings open on `day` asked for then: seats less the placements made until the end of that day."""
    filled = (
        sa.select(Placement.posting_id, sa.func.count().label("filled"))
        .where(Placement.created_at < end_of(day))
        .group_by(Placement.posting_id)
        .subquery()
    )
    query = (
        sa.select(
            Posting.id,
            Posting.organisation_id,
            Posting.title_zh,
            Posting.city_zh,
            Posting.region_code,
            Posting.cluster_code,
            PostingSkill.skill_code,
            PostingSkill.level,
            Posting.seats - sa.func.coalesce(filled.c.filled, 0),
        )
        .join(PostingSkill, PostingSkill.posting_id == Posting.id)
        .outerjoin(filled, filled.c.posting_id == Posting.id)
        .where(
            Posting.published_at < end_of(day),
            Posting.status != PostingStatus.DRAFT,
            Posting.opens_on <= day,
            Posting.closes_on >= day,
        )
        .order_by(Posting.id, PostingSkill.skill_code)
    )
    rows = db.session.execute(query)
    return [
        DemandRow(posting, employer, " ".join(title.casefold().split()), city, region, cluster, skill, level, seats)
        for posting, employer, title, city, region, cluster, skill, level, seats in rows
        if seats > 0
    ]


def placed_student_ids(day: date) -> set[int]:
    """Who is at work in an internship on `day`."""
    query = sa.select(Placement.student_id).where(
        Placement.starts_on <= day, Placement.ends_on >= day, Placement.created_at < end_of(day)
    )
    return set(db.session.scalars(query))
