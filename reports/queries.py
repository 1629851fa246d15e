"""Reads of the reports: evidence rows for the organisation that recorded them, and how many sources stand behind."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation
from app.skills.models import Evidence


def rows_recorded_by(organisation: Organisation, skill: str | None) -> sa.Select[Evidence]:
    """Evidence rows that an organisation recorded, newest first, with the people."""
    query = (
        sa.select(Evidence)
        .where(Evidence.organisation_id == organisation.id)
        .order_by(Evidence.id.desc())
        .options(joinedload(Evidence.person))
    )
    return query.where(Evidence.skill_code == skill) if skill else query
