"""Column types that mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Organisation
from app.assessment.models import Rubric, RubricRow
from app.db import Moment


def test_a_moment_is_stored_in_utc_and_comes_back_aware(db, cast):
    at = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    cast.enterprise.verified_at = at
    db.session.flush()
    db.session.expire_all()
    kept = db.session.get(Organisation, cast.enterprise.id).verified_at
    assert kept == at
    assert kept.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(db):
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 3, 1), sa.create_engine("sqlite://").dialect)


def test_decimals_stay_exact(db, cast):
    rubric = Rubric(organisation_id=cast.university.id, title_zh="量规")
    rubric.rows = [RubricRow(position=1, title_zh="选品", weight=Decimal("0.1"), marks_max=Decimal("33.3333"))]
    db.session.add(rubric)
    db.session.flush()
    db.session.expire_all()
    row = db.session.query(RubricRow).filter_by(rubric_id=rubric.id).one()
    assert (row.weight, row.marks_max) == (Decimal("0.1"), Decimal("33.3333"))
    assert (
        db.session.scalar(sa.select(sa.func.sum(RubricRow.weight)).where(RubricRow.rubric_id == rubric.id))
        == row.weight
    )
