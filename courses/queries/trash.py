"""What was deleted and can still be brought back: rows of any kind that has a `deleted_at`."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from app.db import db

# So long what was deleted can be brought back.
KEPT = timedelta(days=30)
Row = TypeVar("Row", bound=Any)


def deleted_among(model: type[Row], since: datetime, **of: int | None) -> list[Row]:
    """The rows of a kind, of one course, cohort, …, that were deleted after `since`, the latest first."""
    return list(db.session.scalars(_deleted(model, since, of).order_by(model.deleted_at.desc(), model.id.desc())))


def deleted_one(model: type[Row], row_id: int, since: datetime, **of: int | None) -> Row | None:
    """One of them."""
    return db.session.scalars(_deleted(model, since, {**of, "id": row_id})).one_or_none()


def _deleted(model: Any, since: datetime, of: dict[str, int | None]) -> sa.Select[Any]:
    return sa.select(model).where(model.deleted_at > since).filter_by(**of)
