"""From measured blocks to what is claimed: ratios within one run, each with its spread over the rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

READ_PAGE, ANSWER, GRADEBOOK, GROWTH = 2.0, 3.0, 15.0, 1.3  # the targets, as multiples


@dataclass(frozen=True)
class Block:
    """Requests to one page, one after another: how many, seconds by the wall, seconds of the server's processor."""

    requests: int
    seconds: float
    cpu: float

    @property
    def cpu_each(self) -> float:
        """Processor seconds for each request."""
        return self.cpu / self.requests

    @property
    def rate(self) -> float:
        """Requests a second, for one client that waits for each answer."""
        return self.requests / self.seconds


Blocks = Mapping[tuple[str, int], Sequence[Block]]
"""Blocks by page and by how many times the rows, one a round."""


@dataclass(frozen=True)
class Spread:
    """A ratio over the rounds: the middle, the least, the greatest."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}–{self.high:.2f})"


def cpu_ratio(these: Sequence[Block], those: Sequence[Block]) -> Spread:
    """Processor time for each request of `these` as a multiple of `those`, round by round.

    Raises ValueError where the two have not the same number of rounds, or none.
    """
    return spread_of([one.cpu_each / other.cpu_each for one, other in _rounds(these, those)])


def rate_ratio(these: Sequence[Block], those: Sequence[Block]) -> Spread:
    """Requests a second of `these` as a multiple of `those`, round by round. Raises ValueError as `cpu_ratio`."""
    return spread_of([one.rate / other.rate for one, other in _rounds(these, those)])


def _rounds(these: Sequence[Block], those: Sequence[Block]) -> list[tuple[Block, Block]]:
    if not these:
        raise ValueError("nothing was measured")
    return list(zip(these, those, strict=True))


def spread_of(ratios: Sequence[float]) -> Spread:
    """The middle, the least and the greatest of some ratios."""
    return Spread(median(ratios), min(ratios), max(ratios))


def verdict(ratio: Spread, at_most: float) -> str:
    """Whether a target holds, by the middle of the rounds, and which it is."""
    return f"{'holds' if ratio.middle <= at_most else 'misses'} (≤ {at_most:g})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns padded, so that it reads well in a terminal too."""
    lines = [list(heads), ["-"] * len(heads), *map(list, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    lines[1] = ["-" * width for width in widths]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in padded)
