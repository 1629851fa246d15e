"""Which snapshots have been taken. The figures themselves stand in the snapshot's files."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, line, moment_now


class Snapshot(Model):
    """One taking of supply and demand as of a day; the last of a month is that month's."""

    __tablename__ = "snapshot"

    day: Mapped[date] = mapped_column(sa.Date(), primary_key=True)
    taken_at: Mapped[moment_now]
    reference_version: Mapped[line]
    counts: Mapped[dict[str, Any]]
