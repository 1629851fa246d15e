"""Reads of saved searches."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Role
from app.db import db
from internships.models import SavedSearch


def searches_of(person_id: int) -> list[SavedSearch]:
    """What a person has saved, in order."""
    query = sa.select(SavedSearch).where(SavedSearch.person_id == person_id).order_by(SavedSearch.id)
    return list(db.session.scalars(query))


def search_of(person_id: int, search_id: int) -> SavedSearch | None:
    """A person's own search."""
    query = sa.select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def searches_due(today: date, count: int) -> list[int]:
    """Ids of searches that nobody has looked at today."""
    query = sa.select(SavedSearch.id).where(SavedSearch.looked_on < today).order_by(SavedSearch.id).limit(count)
    return list(db.session.scalars(query))


def with_person(search_id: int) -> SavedSearch:
    """A search with its person, as it stands now."""
    query = sa.select(SavedSearch).where(SavedSearch.id == search_id).options(joinedload(SavedSearch.person))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def universities_of_student(person_id: int) -> list[int]:
    """Where a person studies."""
    query = sa.select(Membership.organisation_id).where(
        Membership.person_id == person_id, Membership.role == Role.STUDENT, Membership.left_on.is_(None)
    )
    return list(db.session.scalars(query))
