"""How enterprises keep their word, as counted once a day."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class EnterpriseRecord(Model):
    """What the last year's applications and placements say of an enterprise. `rules/records.py` counts it."""

    __tablename__ = "enterprise_record"

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    counted_on: Mapped[date] = mapped_column(sa.Date(), index=True)
    due: Mapped[int]
    answered_in_time: Mapped[int]
    answered: Mapped[int]
    median_days: Mapped[int | None]
    placements_over: Mapped[int]
    evaluated: Mapped[int]
