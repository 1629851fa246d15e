"""Column types that mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Organisation
from app.assessment.models import Rubric, RubricRow
from app.db import Moment, pages_of


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


@pytest.mark.parametrize(
    ("rows", "page", "items", "total", "is_more", "has_next"),
    [
        (3, 1, 2, 3, False, True), (3, 2, 1, 3, False, False), (3, 9, 0, 3, False, False), (0, 1, 0, 0, False, False),
        (19, 1, 2, 19, False, True), (20, 10, 2, 20, False, False), (21, 1, 2, 20, True, True),
        (30, 12, 2, 26, True, True), (30, 15, 2, 30, False, False),
    ],
)  # fmt: skip
def test_a_long_list_is_counted_some_pages_ahead_and_can_be_turned_to_its_end(
    app, db, cast, rows, page, items, total, is_more, has_next
):
    db.session.add_all(Rubric(organisation_id=cast.university.id, title_zh=str(number)) for number in range(rows))
    db.session.flush()
    with app.test_request_context(f"/?page={page}"):
        found = pages_of(sa.select(Rubric.id, Rubric.title_zh).order_by(Rubric.id), 2)
        assert [row.title_zh for row in found.items] == [str(number) for number in range(rows)][2 * page - 2 : 2 * page]
        assert (len(found.items), found.total, found.is_more) == (items, total, is_more)
        assert found.has_next is has_next
