"""Match rounds, and the postings that take part in them."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.db import (
    Model,
    Moment,
    choice,
    key,
    line,
    moment,
    short_name,
)
from internships.models.postings import Posting


class RoundStatus(enum.StrEnum):
    """Where a match round stands."""

    OPEN = "open"
    RUN = "run"


class MatchRound(Model):
    """A round in which applications to its postings are matched at once. The lottery seed is published beforehand."""

    __tablename__ = "match_round"

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    seed: Mapped[short_name]
    opens_at: Mapped[moment]
    closes_at: Mapped[moment]
    status: Mapped[RoundStatus] = mapped_column(choice(RoundStatus), default=RoundStatus.OPEN)
    run_at: Mapped[datetime | None] = mapped_column(Moment())
    run_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    told_at: Mapped[datetime | None] = mapped_column(Moment())
    # The instance that was matched, the matching and its certificate: enough to replay it with the door.
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)

    organisation: Mapped[Organisation] = relationship()

    def is_closed(self, now: datetime) -> bool:
        """Whether nothing that the matching reads may change any more: from the closing moment on, and when run."""
        return self.status is RoundStatus.RUN or now >= self.closes_at

    def takes_rankings(self, now: datetime) -> bool:
        """Whether both sides may still order their choices: within [opens, closes), and not run."""
        return self.status is RoundStatus.OPEN and self.opens_at <= now < self.closes_at


class RoundPosting(Model):
    """A posting that takes part in a round: one at a time, and in another one when seats are left after its run."""

    __tablename__ = "round_posting"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("match_round.id"), primary_key=True)
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), primary_key=True, index=True)

    round: Mapped[MatchRound] = relationship()
    posting: Mapped[Posting] = relationship()
