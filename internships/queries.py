"""Reads of postings, applications, rounds and placements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Membership, Organisation, Person, Role, StudentProfile
from app.clock import end_of
from app.db import db
from app.reference.models import Cluster
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    PayPeriod,
    Placement,
    PlacementStatus,
    Posting,
    PostingSkill,
    PostingStatus,
    Rating,
    RoundPosting,
    RoundStatus,
)
from internships.rules.fit import Need

# What a month of pay is divided by to compare it with a day of pay (assumed: 261 working days a year).
DAYS_A_MONTH = Decimal("21.75")

# ---- postings


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


# ---- applications


def application_of(student: Person, posting: Posting) -> Application | None:
    """A student's application to a posting, whatever became of it."""
    query = sa.select(Application).where(Application.student_id == student.id, Application.posting_id == posting.id)
    return db.session.scalars(query).one_or_none()


def has_applications(posting_id: int) -> bool:
    """Whether anybody has ever applied for a posting."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Application.posting_id == posting_id))))


def applications_of(student: Person) -> list[Application]:
    """All applications of a student with postings and enterprises: open ones in order, then the newest decided."""
    query = (
        sa.select(Application)
        .where(Application.student_id == student.id)
        .options(joinedload(Application.posting).joinedload(Posting.organisation))
        .order_by(Application.status != ApplicationStatus.OPEN, Application.student_rank, Application.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(query))


def open_applications_of(student: Person) -> list[Application]:
    """A student's open applications in their order, with the postings."""
    query = (
        sa.select(Application)
        .where(Application.student_id == student.id, Application.status == ApplicationStatus.OPEN)
        .options(joinedload(Application.posting))
        .order_by(Application.student_rank, Application.id)
    )
    return list(db.session.scalars(query))


def applicants_of(posting: Posting) -> list[Application]:
    """Everyone who applied to a posting and did not withdraw, with names, open applications first."""
    query = (
        sa.select(Application)
        .where(Application.posting_id == posting.id, Application.status != ApplicationStatus.WITHDRAWN)
        .options(joinedload(Application.student), joinedload(Application.posting))
        .order_by(Application.status != ApplicationStatus.OPEN, Application.posting_rank, Application.applied_at)
    )
    return list(db.session.scalars(query))


def application_by_id(application_id: int) -> Application | None:
    """An application with its posting, enterprise and student."""
    query = (
        sa.select(Application)
        .where(Application.id == application_id)
        .options(
            joinedload(Application.posting).joinedload(Posting.organisation),
            joinedload(Application.posting).selectinload(Posting.skills),
            joinedload(Application.student),
        )
    )
    return db.session.scalars(query).one_or_none()


def open_applications_to(posting_ids: Collection[int], *, locked: bool = False) -> list[Application]:
    """Open applications to postings, in a fixed order; `locked` keeps others from deciding them meanwhile."""
    query = (
        sa.select(Application)
        .where(Application.posting_id.in_(posting_ids), Application.status == ApplicationStatus.OPEN)
        .order_by(Application.id)
    )
    if locked:
        query = query.with_for_update()
    return list(db.session.scalars(query))


def profiles_of(student_ids: Collection[int]) -> dict[int, StudentProfile]:
    """Profiles by person id."""
    query = sa.select(StudentProfile).where(StudentProfile.person_id.in_(student_ids))
    return {profile.person_id: profile for profile in db.session.scalars(query)}


# ---- rounds


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


# ---- placements


def placement_by_id(placement_id: int) -> Placement | None:
    """A placement with its posting, enterprise, skills and people."""
    query = (
        sa.select(Placement)
        .where(Placement.id == placement_id)
        .options(
            joinedload(Placement.posting).joinedload(Posting.organisation),
            joinedload(Placement.posting).selectinload(Posting.skills).joinedload(PostingSkill.skill),
            joinedload(Placement.student),
            joinedload(Placement.mentor),
        )
    )
    return db.session.scalars(query).one_or_none()


def placements_at(organisation: Organisation, status: PlacementStatus | None = None) -> sa.Select[Placement]:
    """Placements in an enterprise, those that end first at the top."""
    query = (
        sa.select(Placement)
        .join(Placement.posting)
        .where(Posting.organisation_id == organisation.id)
        .options(contains_eager(Placement.posting), joinedload(Placement.student), joinedload(Placement.mentor))
        .order_by(Placement.status != PlacementStatus.RUNNING, Placement.ends_on, Placement.id)
    )
    return query.where(Placement.status == status) if status else query


def placements_from(university: Organisation, status: PlacementStatus | None = None) -> sa.Select[Placement]:
    """Placements of a university's students, those that end first at the top."""
    students = sa.select(Membership.person_id).where(
        Membership.organisation_id == university.id, Membership.role == Role.STUDENT
    )
    query = (
        sa.select(Placement)
        .where(Placement.student_id.in_(students))
        .options(
            joinedload(Placement.posting).joinedload(Posting.organisation),
            joinedload(Placement.student),
            joinedload(Placement.mentor),
        )
        .order_by(Placement.status != PlacementStatus.RUNNING, Placement.ends_on, Placement.id)
    )
    return query.where(Placement.status == status) if status else query


def placements_of(student: Person) -> list[Placement]:
    """A student's own placements, newest first."""
    query = (
        sa.select(Placement)
        .where(Placement.student_id == student.id)
        .options(joinedload(Placement.posting).joinedload(Posting.organisation), joinedload(Placement.mentor))
        .order_by(Placement.starts_on.desc())
    )
    return list(db.session.scalars(query))


def placements_by_student(student_ids: Collection[int]) -> dict[int, list[Placement]]:
    """All placements of students, by student id; those without are left out."""
    found: dict[int, list[Placement]] = defaultdict(list)
    query = sa.select(Placement).where(Placement.student_id.in_(student_ids)).order_by(Placement.id)
    for placement in db.session.scalars(query):
        found[placement.student_id].append(placement)
    return found


def ratings_of(placement: Placement) -> list[Rating]:
    """What a placement was rated, by skill."""
    query = (
        sa.select(Rating)
        .where(Rating.placement_id == placement.id)
        .options(joinedload(Rating.skill))
        .order_by(Rating.skill_code)
    )
    return list(db.session.scalars(query))


def ratings_by_id(ids: Collection[int]) -> list[Rating]:
    """Ratings with their placements and postings."""
    query = (
        sa.select(Rating)
        .where(Rating.id.in_(ids))
        .options(joinedload(Rating.placement).joinedload(Placement.posting).joinedload(Posting.organisation))
    )
    return list(db.session.scalars(query))


def universities_of(placement: Placement) -> set[int]:
    """Ids of the universities whose student somebody was on any day of a placement."""
    query = sa.select(Membership.organisation_id).where(
        Membership.person_id == placement.student_id,
        Membership.role == Role.STUDENT,
        Membership.joined_on <= placement.ends_on,
        sa.or_(Membership.left_on.is_(None), Membership.left_on > placement.starts_on),
    )
    return set(db.session.scalars(query))


def mentors_of(organisation_id: int) -> list[Person]:
    """Present mentors of an enterprise, by name."""
    query = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.MENTOR,
            Membership.left_on.is_(None),
        )
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


def ratings_due(person: Person, organisation_ids: Collection[int], today: date) -> list[Placement]:
    """Placements of enterprises that have begun, are not rated, and end within two weeks or have ended."""
    query = (
        sa.select(Placement)
        .join(Placement.posting)
        .where(
            Posting.organisation_id.in_(organisation_ids),
            Placement.rated_at.is_(None),
            Placement.starts_on <= today,
            Placement.ends_on <= date.fromordinal(today.toordinal() + 14),
            sa.or_(Placement.mentor_id.is_(None), Placement.mentor_id == person.id),
        )
        .options(contains_eager(Placement.posting), joinedload(Placement.student))
        .order_by(Placement.ends_on, Placement.id)
        .limit(20)
    )
    return list(db.session.scalars(query))


# ---- for the reports


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
