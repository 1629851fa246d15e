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
    hex_digest,
    key,
    line,
    moment,
    moment_now,
    short_name,
)
from app.reference.models import Cluster, Region
from internships.models.postings import Posting


class RoundStatus(enum.StrEnum):
    """Where a match round stands. `running`: inputs are settled and being matched; `run`: matched, not shown."""

    OPEN = "open"
    RUNNING = "running"
    RUN = "run"
    RELEASED = "released"


class StudentScope(enum.StrEnum):
    """Which students a round is for."""

    UNIVERSITY = "university"
    REGION = "region"
    OPEN = "open"


class PostingScope(enum.StrEnum):
    """Which postings a round is for."""

    CLUSTER = "cluster"
    REGION = "region"
    OPEN = "open"


class Part(enum.StrEnum):
    """Whether a posting takes part: only its enterprise's yes makes it so."""

    INVITED = "invited"
    JOINED = "joined"
    REFUSED = "refused"


class MatchRound(Model):
    """A match season's round: applications to its postings are matched at once, and shown to all at one moment.

    The lottery seed is published beforehand. Inputs and result are files known by digests; `record` holds figures.
    """

    __tablename__ = "match_round"

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    seed: Mapped[short_name]
    opens_at: Mapped[moment]
    closes_at: Mapped[moment]
    # When the result is to be shown; without it, as soon as it is there.
    results_at: Mapped[datetime | None] = mapped_column(Moment())
    students_from: Mapped[StudentScope] = mapped_column(choice(StudentScope), default=StudentScope.OPEN)
    postings_from: Mapped[PostingScope] = mapped_column(choice(PostingScope), default=PostingScope.OPEN)
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"))
    cluster_code: Mapped[str | None] = mapped_column(sa.ForeignKey("cluster.code"))
    most_choices: Mapped[int] = mapped_column(default=20)
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("match_round.id"), unique=True)
    status: Mapped[RoundStatus] = mapped_column(choice(RoundStatus), default=RoundStatus.OPEN)
    run_at: Mapped[datetime | None] = mapped_column(Moment())
    run_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    job_id: Mapped[int | None]
    released_at: Mapped[datetime | None] = mapped_column(Moment())
    told_at: Mapped[datetime | None] = mapped_column(Moment())
    # Everybody up to this one has been written to.
    told_through_id: Mapped[int] = mapped_column(default=0)
    inputs_sha256: Mapped[hex_digest] = mapped_column(default="")
    result_sha256: Mapped[hex_digest] = mapped_column(default="")
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)

    organisation: Mapped[Organisation] = relationship()
    region: Mapped[Region | None] = relationship()
    cluster: Mapped[Cluster | None] = relationship()

    @property
    def is_settled(self) -> bool:
        """Whether its inputs can no longer change, because it is being matched or has been."""
        return self.status is not RoundStatus.OPEN

    @property
    def is_released(self) -> bool:
        """Whether everybody may see what came of it."""
        return self.status is RoundStatus.RELEASED

    def is_closed(self, now: datetime) -> bool:
        """Whether nothing that the matching reads may change any more: from the closing moment on, and when run."""
        return self.is_settled or now >= self.closes_at

    def takes_rankings(self, now: datetime) -> bool:
        """Whether both sides may still order their choices: within [opens, closes), and not run."""
        return self.status is RoundStatus.OPEN and self.opens_at <= now < self.closes_at

    def may_be_released(self, now: datetime) -> bool:
        """Whether the result is there, and the moment that was announced for it."""
        return self.status is RoundStatus.RUN and (self.results_at is None or now >= self.results_at)


class RoundPosting(Model):
    """A posting in a round: one at a time, and in another one when seats are left after its run.

    A cap is the most students of one university, or of one programme of a university, that the posting takes.
    """

    __tablename__ = "round_posting"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("match_round.id"), primary_key=True)
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id"), primary_key=True, index=True)
    part: Mapped[Part] = mapped_column(choice(Part), default=Part.JOINED)
    asked_at: Mapped[moment_now]
    answered_at: Mapped[datetime | None] = mapped_column(Moment())
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    university_cap: Mapped[int | None]
    programme_cap: Mapped[int | None]
    # What it brought into the matching and what came of it; empty before.
    seats: Mapped[int | None]
    filled: Mapped[int | None]

    round: Mapped[MatchRound] = relationship()
    posting: Mapped[Posting] = relationship()
