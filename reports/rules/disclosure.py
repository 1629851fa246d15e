"""Disclosure control of a table with margins: which cells to hide so that no hidden one can be worked out.

The method is that of the Handbook on Statistical Disclosure Control (Hundepool et al. 2010, chapter 4): sensitive cells
are hidden first (primary); then the attacker who knows every shown cell, every margin, the order between cells and what
each status means is played by linear programming, and further cells are hidden (secondary) until no hidden cell can be
confined to an interval narrower than its `width`. Values are taken as known exactly, though they are published rounded:
rounding adds safety and is never counted on.

Secondary cells are chosen by the cheapest set of shown cells that would have to move for the attacker to be misled
(Kelly, Golden & Assad 1992; Fischetti & Salazar 2001): one linear programme, whose solution is itself the proof.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

WIDTH = 3.0
"""Every hidden cell must keep an interval at least this wide."""
P_PERCENT = 10.0
"""Of the p % rule: a contributor's value must not be estimable to within this share (Handbook, section 4.2.2)."""
CONTRIBUTORS = 3
SMALL = 10
BASE = 5

_EPSILON = 1e-6

Floats = NDArray[np.float64]


class Status(StrEnum):
    """Why a cell is shown or hidden. In published tables primary and secondary both read `c`."""

    OK = "ok"
    ZERO = "zero"
    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `low` and `high` are what the attacker knows of it once it is hidden: from its status if `is_sensitive`, else as a
    secondary cell. `cost` is the loss if it is hidden; `width` the interval it must keep then. A cell that is not
    `is_published` (a rest that readers can only work out) is never shown and needs no protection. Cells of one `kin` are
    tried together; it changes speed, not results.
    """

    value: float
    is_sensitive: bool = False
    low: float = 0.0
    high: float = math.inf
    width: float = WIDTH
    cost: float = 1.0
    is_published: bool = True
    kin: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """Cell `total` is the sum of the cells `parts`."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Cell `upper` is never less than cell `lower`, as with nested levels."""

    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Where an attacker can place a hidden cell; `high` may be infinite."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Protection:
    """What to hide, and for each hidden cell an interval that the attacker cannot narrow any further.

    The intervals are witnessed: both ends belong to tables that agree with everything shown. The attacker's own interval
    (`attack`) contains them. `exposed` lists hidden cells that no further hiding could protect; it is empty unless
    the bounds of a status alone are narrower than the width asked.
    """

    statuses: tuple[Status, ...]
    intervals: dict[int, Interval]
    exposed: tuple[int, ...]


def to_base(value: float, base: int = BASE) -> int:
    """A count rounded half up to a multiple of `base`."""
    return base * math.floor(value / base + 0.5)


def few_people(people: int, value: float) -> bool:
    """The rule for students: 1 to 9 people have evidence, or 0 < value < 10."""
    return 0 < people < SMALL or 0 < value < SMALL


def dominated(total: float, contributors: int, largest: float, second: float, p: float = P_PERCENT) -> bool:
    """The rule for employers: fewer than 3 contribute, or X − x1 − x2 < (p/100)·x1, so that the second could estimate
    the largest to within p %. A cell without contributors is a true zero and not sensitive."""
    if contributors == 0:
        return False
    return contributors < CONTRIBUTORS or total - largest - second < p / 100 * largest


def protect(cells: Sequence[Cell], totals: Iterable[Total], orders: Iterable[Order]) -> Protection:
    """Hide sensitive cells, then as many others as it takes. Raises ValueError if the values contradict the relations."""
    table = _Table(cells, tuple(totals), tuple(orders))
    return table.protect()


def attack(
    cells: Sequence[Cell], statuses: Sequence[Status], totals: Iterable[Total], orders: Iterable[Order]
) -> dict[int, Interval]:
    """The exact interval an attacker gets for each hidden published cell: two linear programmes per cell."""
    table = _Table(cells, tuple(totals), tuple(orders))
    for index, status in enumerate(statuses):
        if status is Status.SECONDARY:
            table.hide(index)
    return table.exact()


class _Table:
    """The attacker's view of one table: hidden cells are unknowns, everything else is data."""

    def __init__(self, cells: Sequence[Cell], totals: tuple[Total, ...], orders: tuple[Order, ...]) -> None:
        self.cells, self.totals, self.orders = cells, totals, orders
        self.values = np.array([cell.value for cell in cells], dtype=np.float64)
        for total in totals:
            gap = self.values[total.total] - math.fsum(self.values[part] for part in total.parts)
            if abs(gap) > _EPSILON * max(1.0, abs(self.values[total.total])):
                raise ValueError(f"cell {total.total} is not the sum of its parts")
        for order in orders:
            if self.values[order.lower] > self.values[order.upper] + _EPSILON:
                raise ValueError(f"cell {order.lower} is greater than cell {order.upper}")
        self.secondary: set[int] = set()
        self.hidden = np.array([cell.is_sensitive and cell.is_published for cell in cells], dtype=bool)
        # A sensitive zero stays hidden; any other zero is known to be one.
        self.is_zero = (self.values == 0) & ~self.hidden & np.array([cell.is_published for cell in cells], dtype=bool)
        self.cap = 10.0 * float(self.values.max(initial=0.0)) + 1000.0
        self.floors = np.array([cell.low for cell in cells], dtype=np.float64)
        self.ceilings = np.minimum(np.array([cell.high for cell in cells], dtype=np.float64), self.cap)
        for index in np.flatnonzero(self.hidden):
            if not self.floors[index] - _EPSILON <= self.values[index] <= self.ceilings[index] + _EPSILON:
                raise ValueError(f"cell {index} lies outside what its status says")
        self.seen_low, self.seen_high = self.values.copy(), self.values.copy()
        self.needed = np.array([cell.width for cell in cells], dtype=np.float64)

    # ---- what the attacker can solve

    def hide(self, index: int) -> None:
        self.secondary.add(index)
        self.hidden[index] = True

    def unknowns(self) -> NDArray[np.bool_]:
        """Hidden cells, and the rests that readers cannot work out because a hidden cell stands in the same sum."""
        unknown = self.hidden.copy()
        for total in self.totals:
            members = (total.total, *total.parts)
            if any(self.hidden[member] for member in members):
                for member in members:
                    unknown[member] |= not self.cells[member].is_published
        return unknown

    def programme(self, unknown: NDArray[np.bool_]) -> "_Programme":
        return _Programme(self, unknown)

    def protect(self) -> Protection:
        exposed: list[int] = []
        pending = self.pending(exposed)
        if pending:
            self.explore(self.programme(self.unknowns()), pending)
        while pending := self.pending(exposed):
            index = pending[0]
            self.probe(self.programme(self.unknowns()), index)
            if self.is_safe(index):
                continue
            found = self.repair(index)
            if not found:
                exposed.append(index)
        return Protection(self.statuses(), self.intervals(), tuple(exposed))

    def pending(self, exposed: Sequence[int]) -> list[int]:
        return [int(index) for index in np.flatnonzero(self.hidden) if not self.is_safe(index) and index not in exposed]

    def is_safe(self, index: int) -> bool:
        return bool(self.seen_high[index] - self.seen_low[index] >= self.needed[index] - _EPSILON)

    def explore(self, programme: "_Programme", pending: list[int]) -> None:
        """Tables that agree with all that is shown, in which many cells differ at once: kin are pushed one way, others
        the other way, by the bits of their number, so that any two kin are opposed at some time."""
        kin = sorted({self.cells[index].kin for index in pending})
        number = {name: position for position, name in enumerate(kin)}
        for bit in range(len(kin).bit_length()):
            for side in (1.0, -1.0):
                push = np.zeros(self.values.size)
                for index in pending:
                    if not self.is_safe(index):
                        push[index] = side * (1.0 if number[self.cells[index].kin] >> bit & 1 else -1.0)
                if push.any():
                    self.witness(programme.maximise(push))

    def probe(self, programme: "_Programme", index: int) -> None:
        for side in (1.0, -1.0):
            if not self.is_safe(index):
                push = np.zeros(self.values.size)
                push[index] = side
                self.witness(programme.maximise(push))

    def witness(self, table: Floats) -> None:
        self.seen_low = np.minimum(self.seen_low, table)
        self.seen_high = np.maximum(self.seen_high, table)

    def repair(self, index: int) -> bool:
        """Hide the cheapest shown cells that let the cell reach the end of a wide enough interval."""
        cell = self.cells[index]
        low, high = self.seen_low[index], self.seen_high[index]
        reach = min(cell.high, self.cap)
        targets = [target for target in (low + self.needed[index], high - self.needed[index]) if cell.low <= target <= reach]
        for target in targets:
            moved = _Relaxation(self, self.unknowns()).reach(index, float(target))
            if moved is None:
                continue
            for other in np.flatnonzero(np.abs(moved - self.values) > _EPSILON):
                if self.cells[other].is_published and not self.hidden[other]:
                    self.hide(int(other))
            self.witness(moved)
            return True
        return False

    def exact(self) -> dict[int, Interval]:
        programme = self.programme(self.unknowns())
        found = {}
        for index in np.flatnonzero(self.hidden):
            push = np.zeros(self.values.size)
            push[index] = 1.0
            found[int(index)] = self.interval(programme.maximise(-push)[index], programme.maximise(push)[index])
        return found

    # ---- what comes out

    def statuses(self) -> tuple[Status, ...]:
        def status(index: int) -> Status:
            if index in self.secondary:
                return Status.SECONDARY
            if self.hidden[index]:
                return Status.PRIMARY
            return Status.ZERO if self.values[index] == 0 else Status.OK

        return tuple(status(index) for index in range(len(self.cells)))

    def intervals(self) -> dict[int, Interval]:
        return {int(i): self.interval(self.seen_low[i], self.seen_high[i]) for i in np.flatnonzero(self.hidden)}

    def interval(self, low: float, high: float) -> Interval:
        return Interval(round(float(low), 3), math.inf if high >= self.cap - _EPSILON else round(float(high), 3))
