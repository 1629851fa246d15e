"""Reads of a university's students who have no internship yet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Membership, Organisation, Person, Role, StudentProfile
from app.db import CountedSoFar, pages_of
from internships.models import Application, ApplicationStatus, Placement, PlacementStatus

PLACEMENT_YEAR = timedelta(days=365)
PER_PAGE = 50


@dataclass(frozen=True)
class Unplaced:
    """A student who graduates within a year and has no placement: open applications, and the day of the last one."""

    id: int
    name: str
    email: str
    major: str
    year: int | None
    graduates_on: date
    open: int
    applications: int
    last_applied_at: datetime | None


def unplaced_of(university: Organisation, today: date, *, words: str = "", applied: bool | None = None) -> CountedSoFar:
    """The page of students that the address asks for, those who graduate first at the top; rows for `Unplaced`.

    Placed is whoever has a placement that is running, to come or finished within the last year of study.
    """
    made = (
        sa.select(
            Application.student_id,
            sa.func.count().label("applications"),
            sa.func.sum(sa.case((Application.status == ApplicationStatus.OPEN, 1), else_=0)).label("open"),
            sa.func.max(Application.applied_at).label("last_applied_at"),
        )
        .group_by(Application.student_id)
        .subquery()
    )
    placed = sa.exists().where(
        Placement.student_id == Person.id,
        Placement.status != PlacementStatus.ENDED_EARLY,
        Placement.ends_on >= today - PLACEMENT_YEAR,
    )
    query: sa.Select[Any] = (
        sa.select(
            Person.id,
            Person.name,
            Person.email,
            StudentProfile.major,
            StudentProfile.year,
            StudentProfile.graduates_on,
            sa.func.coalesce(made.c.open, 0).label("open"),
            sa.func.coalesce(made.c.applications, 0).label("applications"),
            made.c.last_applied_at,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(StudentProfile, StudentProfile.person_id == Person.id)
        .outerjoin(made, made.c.student_id == Person.id)
        .where(
            Membership.organisation_id == university.id,
            Membership.role == Role.STUDENT,
            Membership.left_on.is_(None),
            StudentProfile.graduates_on >= today,
            StudentProfile.graduates_on <= today + PLACEMENT_YEAR,
            ~placed,
        )
        .order_by(StudentProfile.graduates_on, Person.id)
    )
    if words:
        columns = (Person.name, Person.email, StudentProfile.major)
        query = query.where(sa.or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if applied is not None:
        has_applied = made.c.applications.is_not(None)
        query = query.where(has_applied if applied else ~has_applied)
    return pages_of(query, PER_PAGE)
