"""The certificate of a large matching, on arrays: from the definition, and sharing no code with the matching.

It reads the stated orders, not what the matching made of them. A pair blocks if the student would rather have the
posting, and the posting would take the student beside or instead of those it has: there is room in the posting and in
every group of the student that it caps; or the student is better than the worst of the innermost group that is full,
who would go; or, where no group is full, than the worst of all. Equals do not block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Stated:
    """Both sides' orders as they were stated: the choices of student s are `offsets[s]:offsets[s+1]`, best first.

    `posting` and `tier` hold for each choice the posting and its order of the student: lower is better, equal numbers
    are equals, -1 is not ranked. A cap is (group of each student, most of each posting), the innermost first.
    """

    offsets: Numbers
    posting: Numbers
    tier: Numbers
    capacity: Numbers
    caps: Sequence[tuple[Numbers, Numbers]] = ()


@dataclass(frozen=True)
class Findings:
    """What is wrong with a matching, as counts and as the choices or postings themselves."""

    blocking: Numbers
    over_capacity: Numbers
    over_cap: Numbers
    unacceptable: Numbers

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not any(map(len, (self.blocking, self.over_capacity, self.over_cap, self.unacceptable)))


def findings(stated: Stated, matched: Numbers) -> Findings:
    """All that makes `matched`, the choice that each student got or -1, not a stable matching.

    Raises ValueError if somebody got a choice that is not on the own list.
    """
    students = len(stated.offsets) - 1
    has = np.flatnonzero(matched >= 0)
    got = matched[has]
    if len(matched) != students or ((got < stated.offsets[has]) | (got >= stated.offsets[has + 1])).any():
        raise ValueError("a student has a choice of somebody else")
    owner = np.repeat(np.arange(students), np.diff(stated.offsets))
    host, tier = stated.posting[got], stated.tier[got]
    postings = len(stated.capacity)
    filled = np.bincount(host, minlength=postings)
    # Would rather: everything above the choice that one got, and the whole list of those who got nothing.
    reached = np.where(matched >= 0, matched, stated.offsets[1:])
    rather = np.flatnonzero((np.arange(len(owner)) < reached[owner]) & (stated.tier >= 0))
    student, posting, wish = owner[rather], stated.posting[rather], stated.tier[rather]
    undecided = np.ones(len(rather), dtype=bool)
    welcome = np.zeros(len(rather), dtype=bool)
    over_cap = np.zeros(0, dtype=np.int64)
    for group, most in stated.caps:
        width = int(group.max(initial=0)) + 1
        cells, counts, worst = _cells(host.astype(np.int64) * width + group[has], tier)
        over_cap = np.union1d(over_cap, cells[counts > most[cells // width]] // width)
        count, last = _look_up(cells, counts, worst, posting.astype(np.int64) * width + group[student])
        full = undecided & (count >= most[posting])
        welcome |= full & (wish < last)
        undecided &= ~full
    cells, counts, worst = _cells(host.astype(np.int64), tier)
    count, last = _look_up(cells, counts, worst, posting.astype(np.int64))
    welcome |= undecided & ((count < stated.capacity[posting]) | (wish < last))
    return Findings(
        blocking=rather[welcome],
        over_capacity=np.flatnonzero(filled > stated.capacity),
        over_cap=over_cap,
        unacceptable=got[tier < 0],
    )


def _cells(cell: Numbers, tier: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The cells that hold somebody, how many, and the order of the worst of them."""
    cells, place = np.unique(cell, return_inverse=True)
    worst = np.full(len(cells), -1, dtype=np.int64)
    np.maximum.at(worst, place, tier)
    return cells, np.bincount(place, minlength=len(cells)), worst


def _look_up(cells: Numbers, counts: Numbers, worst: Numbers, wanted: Numbers) -> tuple[Numbers, Numbers]:
    """How many each wanted cell holds, and its worst: none and -1 where it is empty."""
    if not len(cells):
        return np.zeros(len(wanted), dtype=np.int64), np.full(len(wanted), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(cells, wanted), len(cells) - 1)
    there = cells[place] == wanted
    return np.where(there, counts[place], 0), np.where(there, worst[place], -1)
