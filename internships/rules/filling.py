"""How quickly the seats of a place fill: shares and medians, said only where enough lies behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FEW = 5
"""Fewer filled seats than this could point to people; strangers are told no rate then."""


@dataclass(frozen=True)
class Offered:
    """A posting of the last year: its seats, the days it was published and its last seat was taken, if it was."""

    cluster: str
    seats: int
    filled: int
    is_open: bool
    published_on: date
    full_on: date | None = None


@dataclass(frozen=True)
class Filling:
    """One cluster: postings and seats that are open, seats of the last year and how many are filled, days to fill."""

    cluster: str
    postings_open: int
    seats_open: int
    seats: int
    filled: int
    median_days: int | None
    full: int

    @property
    def share(self) -> float | None:
        """The share of seats that is filled."""
        return self.filled / self.seats if self.seats else None

    @property
    def is_told(self) -> bool:
        """Whether strangers are told rates."""
        return self.filled >= FEW

    @property
    def is_time_told(self) -> bool:
        """Whether strangers are told the time."""
        return self.full >= FEW


def filling(offered: Sequence[Offered]) -> list[Filling]:
    """The clusters of some postings by name of the code. Of two in the middle the longer time counts."""
    by_cluster: dict[str, list[Offered]] = {}
    for one in offered:
        by_cluster.setdefault(one.cluster, []).append(one)
    return [_of(cluster, by_cluster[cluster]) for cluster in sorted(by_cluster)]


def _of(cluster: str, offered: Sequence[Offered]) -> Filling:
    days = sorted((one.full_on - one.published_on).days for one in offered if one.full_on is not None)
    running = [one for one in offered if one.is_open]
    return Filling(
        cluster=cluster,
        postings_open=len(running),
        seats_open=sum(max(0, one.seats - one.filled) for one in running),
        seats=sum(one.seats for one in offered),
        filled=sum(min(one.filled, one.seats) for one in offered),
        median_days=days[len(days) // 2] if days else None,
        full=len(days),
    )
