"""Reads of calendar feeds."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.calendar.models import CalendarToken
from app.db import db


def token_of(person_id: int) -> CalendarToken | None:
    """The token of somebody's feed; none while they have no feed."""
    return db.session.get(CalendarToken, person_id)


def feed_by_token(token: str) -> CalendarToken | None:
    """Whose feed a token opens, with the person."""
    query = sa.select(CalendarToken).where(CalendarToken.token == token).options(joinedload(CalendarToken.person))
    return db.session.scalars(query).one_or_none()
