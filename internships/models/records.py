"""How enterprises keep their word, as counted once a day."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from internships.rules.records import FEW, share_of


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

    @property
    def answered_share(self) -> float | None:
        """The share of applications answered in time; None where there are too few."""
        return share_of(self.answered_in_time, self.due)

    @property
    def evaluated_share(self) -> float | None:
        """The share of interns who were evaluated; None where there are too few."""
        return share_of(self.evaluated, self.placements_over)

    @property
    def usual_days(self) -> int | None:
        """Within how many days half of the answers came; None where there are too few."""
        return self.median_days if self.answered >= FEW else None
