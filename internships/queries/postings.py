"""Reads of postings: lists, pages, what each asks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organisation
from app.db import db
from app.reference.models import Cluster
from internships.models import (
    Application,
    ApplicationStatus,
    PayPeriod,
    Posting,
    PostingSkill,
    PostingStatus,
)
from internships.rules.fit import Need

# What a month of pay is divided by to compare it with a day of pay (assumed: 261 working days a year).
DAYS_A_MONTH = Decimal("21.75")

LINE: tuple[sa.ColumnElement[Any], ...] = (
    Posting.id.label("id"),
    Posting.title_zh.label("title_zh"),
    Posting.title_en.label("title_en"),
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    sa.func.coalesce(Cluster.name_zh, Posting.city_zh).label("place_zh"),
    sa.func.coalesce(Cluster.name_en, Posting.city_en).label("place_en"),
    sa.case((Posting.seats > Posting.seats_filled, Posting.seats - Posting.seats_filled), else_=0).label("seats_open"),
    Posting.pay.label("pay"),
    Posting.pay_period.label("pay_period"),
    Posting.is_remote.label("is_remote"),
    Posting.closes_on.label("closes_on"),
)


@dataclass(frozen=True)
class PostingLine:
    """A posting as a list shows it: names in both languages, its place (the cluster, else the city), what it asks."""

    id: int
    title_zh: str
    title_en: str
    organisation_zh: str
    organisation_en: str
    place_zh: str
    place_en: str
    seats_open: int
    pay: Decimal
    pay_period: PayPeriod
    is_remote: bool
    closes_on: date
    needs: tuple[Need, ...]


# A statement takes longer to put together than to run; readers of a day ask the same ones.
@lru_cache(maxsize=256)
def open_postings(
    today: date,
    *,
    words: str = "",
    region: str = "",
    cluster: str = "",
    skill: str = "",
    remote: bool = False,
    pay: int | None = None,
) -> sa.Select[Posting]:
    """Postings that take applications today, those closing first at the top, narrowed by the filters of the address.

    `pay` is the least a day, in yuan; a month counts as DAYS_A_MONTH of them.
    """
    query = (
        sa.select(Posting)
        .join(Posting.organisation)
        .where(
            Posting.status == PostingStatus.PUBLISHED,
            Posting.opens_on <= today,
            Posting.closes_on >= today,
            Organisation.suspended_at.is_(None),
        )
        .order_by(Posting.closes_on, Posting.id)
    )
    if words:
        columns = (
            Posting.title_zh,
            Posting.title_en,
            Organisation.name_zh,
            Organisation.name_en,
            Posting.city_zh,
            Posting.city_en,
        )
        query = query.where(sa.or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if region:
        query = query.where(Posting.region_code == region)
    if cluster:
        query = query.where(Posting.cluster_code == cluster)
    if skill:
        query = query.where(Posting.id.in_(sa.select(PostingSkill.posting_id).where(PostingSkill.skill_code == skill)))
    if remote:
        query = query.where(Posting.is_remote)
    if pay is not None:
        a_day = sa.and_(Posting.pay_period == PayPeriod.DAY, Posting.pay >= Decimal(pay))
        a_month = sa.and_(Posting.pay_period == PayPeriod.MONTH, Posting.pay >= pay * DAYS_A_MONTH)
        query = query.where(sa.or_(a_day, a_month))
    return query


@lru_cache(maxsize=256)
def lines_of(query: sa.Select[Posting]) -> sa.Select[Any]:
    """The lines of a query such as `open_postings`, as rows of plain columns: a list reads no texts and no objects."""
    return query.outerjoin(Posting.cluster).with_only_columns(*LINE)


_NEEDS = (
    sa.select(PostingSkill.posting_id, PostingSkill.skill_code, PostingSkill.level, PostingSkill.weight)
    .where(PostingSkill.posting_id.in_(sa.bindparam("posting_ids", expanding=True)))
    .order_by(PostingSkill.posting_id, PostingSkill.skill_code)
)


def with_needs(rows: Sequence[sa.Row[Any]]) -> list[PostingLine]:
    """Rows of `lines_of` with the skills that each asks for."""
    needs: dict[int, list[Need]] = defaultdict(list)
    for posting_id, code, level, weight in db.session.execute(_NEEDS, {"posting_ids": [row.id for row in rows]}):
        needs[posting_id].append(Need(code, level, float(weight)))
    return [PostingLine(**row._asdict(), needs=tuple(needs[row.id])) for row in rows]


def first_lines(query: sa.Select[Posting], count: int) -> list[PostingLine]:
    """The first lines of a query such as `open_postings`."""
    return with_needs(db.session.execute(lines_of(query).limit(count)).all())


def posting_by_id(posting_id: int) -> Posting | None:
    """A posting with its enterprise, region, cluster and skills."""
    query = (
        sa.select(Posting)
        .where(Posting.id == posting_id)
        .options(
            joinedload(Posting.organisation),
            joinedload(Posting.region),
            joinedload(Posting.cluster),
            selectinload(Posting.skills).joinedload(PostingSkill.skill),
        )
    )
    return db.session.scalars(query).one_or_none()


def postings_of(organisation: Organisation, status: PostingStatus | None = None) -> sa.Select[Posting]:
    """An enterprise's postings, newest first."""
    query = sa.select(Posting).where(Posting.organisation_id == organisation.id).order_by(Posting.id.desc())
    return query.where(Posting.status == status) if status else query


def applications_per_posting(postings: Sequence[Posting]) -> dict[int, int]:
    """How many open applications each posting has, by posting id; those without are left out."""
    query = (
        sa.select(Application.posting_id, sa.func.count())
        .where(
            Application.posting_id.in_([posting.id for posting in postings]),
            Application.status == ApplicationStatus.OPEN,
        )
        .group_by(Application.posting_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def postings_with_applicants(organisation_id: int) -> list[tuple[Posting, int]]:
    """Postings of an enterprise that have open applications, with how many, those closing first at the top."""
    query = (
        sa.select(Posting, sa.func.count(Application.id))
        .join(Application, Application.posting_id == Posting.id)
        .where(Posting.organisation_id == organisation_id, Application.status == ApplicationStatus.OPEN)
        .group_by(Posting.id)
        .order_by(Posting.closes_on, Posting.id)
        .limit(10)
    )
    return [(posting, count) for posting, count in db.session.execute(query)]
