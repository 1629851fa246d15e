"""Reads of postings: lists, pages, what each asks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Organisation
from app.db import db
from app.reference.models import Cluster
from app.search import queries as search
from app.search.rules.cutting import sought
from internships.models import (
    Application,
    ApplicationStatus,
    EnterpriseRecord,
    PayPeriod,
    Posting,
    PostingSkill,
    PostingStatus,
)
from internships.queries.checks import approved_by
from internships.rules.fit import Need
from internships.rules.records import FEW

# What a month of pay is divided by to compare it with a day of pay (assumed: 261 working days a year).
DAYS_A_MONTH = Decimal("21.75")

# Seats that somebody has, or has been offered.
TAKEN = Posting.seats_filled + Posting.seats_offered

LINE: tuple[sa.ColumnElement[Any], ...] = (
    Posting.id.label("id"),
    Posting.title_zh.label("title_zh"),
    Posting.title_en.label("title_en"),
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    sa.func.coalesce(Cluster.name_zh, Posting.city_zh).label("place_zh"),
    sa.func.coalesce(Cluster.name_en, Posting.city_en).label("place_en"),
    sa.case((Posting.seats > TAKEN, Posting.seats - TAKEN), else_=0).label("seats_open"),
    Posting.pay.label("pay"),
    Posting.pay_period.label("pay_period"),
    Posting.is_remote.label("is_remote"),
    Posting.closes_on.label("closes_on"),
    sa.case((EnterpriseRecord.answered >= FEW, EnterpriseRecord.median_days)).label("usual_days"),
)


@dataclass(frozen=True)
class PostingLine:
    """A posting as a list shows it: names in both languages, its place (the cluster, else the city), what it asks.

    `usual_days`: within how many days its enterprise usually answers, if enough is known.
    """

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
    usual_days: int | None
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
    language: str = "",
    remote: bool = False,
    pay: int | None = None,
    checked_by: tuple[int, ...] = (),
    organisation: int | None = None,
) -> sa.Select[Posting]:
    """Postings that take applications today, those closing first at the top, narrowed by the filters of the address.

    `words` are looked up in the index of the search: title, duties, enterprise, place, skills, in both languages.
    `pay` is the least a day, in yuan; a month counts as DAYS_A_MONTH of them. `checked_by` are universities of which
    one has to have approved.
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
        looked_for = sought(words)
        query = query.where(Posting.id.in_(search.things_found(looked_for, "posting")) if looked_for else sa.false())
    if region:
        query = query.where(Posting.region_code == region)
    if cluster:
        query = query.where(Posting.cluster_code == cluster)
    if skill:
        query = query.where(Posting.id.in_(sa.select(PostingSkill.posting_id).where(PostingSkill.skill_code == skill)))
    if language:
        query = query.where(sa.cast(Posting.languages, sa.Text).contains(f'"{language}"'))
    if organisation is not None:
        query = query.where(Posting.organisation_id == organisation)
    if checked_by:
        query = query.where(Posting.id.in_(approved_by(checked_by)))
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
    record = EnterpriseRecord.organisation_id == Posting.organisation_id
    return query.outerjoin(Posting.cluster).outerjoin(EnterpriseRecord, record).with_only_columns(*LINE)


@lru_cache(maxsize=256)
def asked_by(query: sa.Select[Posting]) -> sa.Select[Any]:
    """What each posting of a query such as `open_postings` asks: its id, skill, level and weight, in its order.

    Weights are numbers in the unit of the database: a fit compares those of one posting with each other only.
    """
    weight = sa.type_coerce(PostingSkill.weight, sa.Float)
    return query.join(PostingSkill, PostingSkill.posting_id == Posting.id).with_only_columns(
        Posting.id, PostingSkill.skill_code, PostingSkill.level, weight
    )


def needs_of_all(query: sa.Select[Posting]) -> Sequence[sa.Row[Any]]:
    """The rows of `asked_by`."""
    return db.session.execute(asked_by(query)).all()


_LINES_BY_ID = lines_of(
    sa.select(Posting).join(Posting.organisation).where(Posting.id.in_(sa.bindparam("posting_ids", expanding=True)))
)


def lines_by_id(posting_ids: Sequence[int]) -> list[PostingLine]:
    """The lines of some postings, in the order of the ids."""
    rows = {row.id: row for row in db.session.execute(_LINES_BY_ID, {"posting_ids": list(posting_ids)})}
    return with_needs([rows[posting_id] for posting_id in posting_ids if posting_id in rows])


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
            selectinload(Posting.allowances),
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


def postings_beside(posting: Posting, since: date) -> list[Posting]:
    """Other postings of the same enterprise in the same city that are published, or closed on `since` or later."""
    query = (
        sa.select(Posting)
        .where(
            Posting.organisation_id == posting.organisation_id,
            Posting.city_zh == posting.city_zh,
            Posting.id != posting.id,
            Posting.status.in_((PostingStatus.PUBLISHED, PostingStatus.CHECKING, PostingStatus.CLOSED)),
            Posting.closes_on >= since,
        )
        .order_by(Posting.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(query))


def newest_of(query: sa.Select[Posting], count: int) -> list[Posting]:
    """The postings of a query such as `open_postings` that were published last, with their enterprises."""
    newest = query.order_by(None).order_by(Posting.published_at.desc(), Posting.id.desc()).limit(count)
    return list(db.session.scalars(newest.options(contains_eager(Posting.organisation))))


def count_since(query: sa.Select[Posting], since: datetime) -> int:
    """How many postings of a query such as `open_postings` were published after a moment."""
    new = query.where(Posting.published_at > since).order_by(None).with_only_columns(sa.func.count(Posting.id))
    return db.session.scalar(new) or 0


def newest_since(query: sa.Select[Posting], since: datetime, count: int) -> list[Posting]:
    """Those of a query such as `open_postings` that were published after a moment, the newest first."""
    return newest_of(query.where(Posting.published_at > since), count)
