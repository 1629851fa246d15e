"""A matching problem as whole numbers in arrays: both sides' orders, so that millions of pairs cost no object each.

Students and postings are numbered from 0. A *choice* is one place on a student's list; a *slot* is one place on a
posting's list. The slots of all postings stand one after another, so that a slot tells posting and rank at once, and a
lower slot of the same posting is the better one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
UNLIMITED = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Cap:
    """At most `most[posting]` students of each group of students in a posting; UNLIMITED where there is no cap."""

    group: Numbers
    most: Numbers


@dataclass(frozen=True)
class Market:
    """Both sides' orders. The choices of student s are `offsets[s]:offsets[s+1]`, best first.

    `slot` holds for each choice the slot of the pair, -1 where the posting does not rank the student; `starts` the
    first slot of each posting (one more at the end), `student` who stands in each slot. `caps` hold the innermost
    groups first; each group must lie wholly in one of the next (see `caps`).
    """

    offsets: Numbers
    slot: Numbers
    starts: Numbers
    student: Numbers
    capacity: Numbers
    caps: Sequence[Cap] = field(default=())

    @property
    def posting_of_slot(self) -> Numbers:
        """The posting of each slot."""
        return np.repeat(np.arange(len(self.capacity), dtype=np.int32), np.diff(self.starts))


def from_lists(
    offsets: Numbers, chosen: Numbers, starts: Numbers, ranked: Numbers, capacity: Numbers, caps: Sequence[Cap] = ()
) -> Market:
    """The market of two sets of lists: postings `chosen` by student, students `ranked` by posting, both best first.

    Nobody is looked up by name: the choices are gathered by posting, and each posting lays its list over a table of all
    students, which is read at those who chose it.
    """
    owner = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    order = ordered_by(chosen, len(capacity))
    owner = owner[order]
    ends = np.cumsum(np.bincount(chosen, minlength=len(capacity))).tolist()
    bounds, slots = starts.tolist(), np.arange(len(ranked), dtype=np.int32)
    table = np.full(len(offsets) - 1, -1, dtype=np.int32)
    gathered = np.empty(len(chosen), dtype=np.int32)
    begin = 0
    for posting, end in enumerate(ends):
        first, last = bounds[posting], bounds[posting + 1]
        members = ranked[first:last]
        table[members] = slots[first:last]
        gathered[begin:end] = table[owner[begin:end]]
        table[members] = -1
        begin = end
    slot = np.empty(len(chosen), dtype=np.int32)
    slot[order] = gathered
    return Market(offsets, slot, starts, ranked, capacity, caps)


def from_orders(
    offsets: Numbers, posting: Numbers, order: Numbers, capacity: Numbers, caps: Sequence[Cap] = ()
) -> Market:
    """The market of choices that carry the posting's order: lower is better, -1 means that it does not rank the pair.

    Two students may not have the same order in a posting.
    """
    rankable = np.flatnonzero(order >= 0)
    by_slot = rankable[ordered_by(order[rankable], int(order.max(initial=0)) + 1)]
    by_slot = by_slot[ordered_by(posting[by_slot], len(capacity))]
    slot = np.full(len(posting), -1, dtype=np.int32)
    slot[by_slot] = np.arange(len(by_slot), dtype=np.int32)
    owner = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    starts = np.zeros(len(capacity) + 1, dtype=np.int64)
    np.cumsum(np.bincount(posting[rankable], minlength=len(capacity)), out=starts[1:])
    return Market(offsets, slot, starts, owner[by_slot], capacity, caps)


def places_within(groups: Numbers) -> Numbers:
    """The place, from 0, of each element within its run of equal neighbours."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    lengths = np.diff(np.append(first, len(groups)))
    return np.arange(len(groups)) - np.repeat(first, lengths)


def ordered_by(values: Numbers, below: int) -> Numbers:
    """The places of `values`, whole numbers from 0 to less than `below`, in rising order; equals as they stand."""
    # Numbers of 16 bits are sorted by counting, which is several times as fast as comparing.
    order = np.argsort((values & 0xFFFF).astype(np.uint16), kind="stable")
    if below > 1 << 16:
        order = order[np.argsort((values[order] >> 16).astype(np.uint16), kind="stable")]
    return order
