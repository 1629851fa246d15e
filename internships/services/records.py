"""Counting, once a day, how enterprises keep their word. Nothing here commits."""

from dataclasses import asdict
from datetime import date

import sqlalchemy as sa

from app.db import db
from internships.models import EnterpriseRecord
from internships.queries import records as queries
from internships.rules.records import LOOKED_BACK, record_of


def count_records(today: date) -> int:
    """Count the records of all enterprises that have published; returns how many. Statements: a fixed number."""
    asked = queries.asked_since(today - LOOKED_BACK)
    over = queries.evaluations_since(today - LOOKED_BACK, today)
    rows = [
        {
            "organisation_id": organisation_id,
            "counted_on": today,
            **asdict(record_of(asked.get(organisation_id, ()), *over.get(organisation_id, (0, 0)), today)),
        }
        for organisation_id in queries.enterprises_with_postings()
    ]
    db.session.execute(sa.delete(EnterpriseRecord))
    if rows:
        db.session.execute(sa.insert(EnterpriseRecord), rows)
    return len(rows)
