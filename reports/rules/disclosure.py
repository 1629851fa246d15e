"""Disclosure control of a table with margins: which cells to hide so that no hidden one can be worked out.

The method is that of the Handbook on Statistical Disclosure Control (Hundepool et al. 2010, chapter 4): sensitive cells
are hidden first (primary); then the attacker who knows every shown cell, every margin, whatever one count says of
another, and what each status means is played by linear programming, and further cells are hidden (secondary) until no
hidden cell can be confined to an interval narrower than its `width`. Values are taken as known exactly, though they are
published rounded: rounding adds safety and is never counted on.

Secondary cells are chosen by the cheapest set of shown cells that would have to move for the attacker to be misled
(Kelly, Golden & Assad 1992; Fischetti & Salazar 2001): one linear programme, whose solution is itself the proof.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

WIDTH = 3.0
"""Every hidden cell must keep an interval at least this wide."""
P_PERCENT = 10.0
"""Of the p % rule: a contributor's value must not be estimable to within this share (Handbook, section 4.2.2)."""
CONTRIBUTORS = 3
SMALL = 10
BASE = 5

_EPSILON = 1e-6
_SMALL_MOVE = 0.1

Floats = NDArray[np.float64]


class Status(StrEnum):
    """Why a cell is shown or hidden. In published tables all that is hidden reads `c`. A `withheld` cell is hidden for
    the sake of others and says nothing of its size, not even that it is not zero."""

    OK = "ok"
    ZERO = "zero"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `low` and `high` are what the attacker knows of it once it is hidden: from its status if `is_sensitive`, else as a
    secondary cell. `cost` is the loss if it is hidden; `width` the interval it must keep then. A cell that is not
    `is_published` (a rest that readers can only work out) is never shown; it needs protection only if it is sensitive,
    and then the attacker is given no more than its bounds. Cells of one `kin` are tried together; it changes speed, not
    results.
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
class Bound:
    """Σ weight·cell over `terms`, pairs of a cell and its weight, is never below 0."""

    terms: tuple[tuple[int, float], ...]


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

    The intervals are witnessed: both ends belong to tables that agree with everything shown. The attacker's own
    interval (`attack`) contains them. `exposed` lists hidden cells that no further hiding could protect; it is empty
    unless the bounds of a status alone are narrower than the width asked.
    """

    statuses: tuple[Status, ...]
    intervals: dict[int, Interval]
    exposed: tuple[int, ...]


def to_base(value: float, base: int = BASE) -> int:
    """A count rounded half up to a multiple of `base`."""
    return base * math.floor(value / base + 0.5)


def is_small(people: float) -> bool:
    """The rule for students: 1 to 9 people, or an expected number of them above 0 and below 10."""
    return 0 < people < SMALL


def dominated(total: float, contributors: int, largest: float, second: float, p: float = P_PERCENT) -> bool:
    """The rule for employers: fewer than 3 contribute, or X − x1 − x2 < (p/100)·x1, so that the second could estimate
    the largest to within p %. A cell without contributors is a true zero and not sensitive."""
    if contributors == 0:
        return False
    return contributors < CONTRIBUTORS or total - largest - second < p / 100 * largest


def protect(
    cells: Sequence[Cell], totals: Iterable[Total], orders: Iterable[Order], bounds: Iterable[Bound] = ()
) -> Protection:
    """Hide sensitive cells, then as many others as it takes. Raises ValueError if the values contradict the
    relations."""
    table = _Table(cells, tuple(totals), tuple(orders), tuple(bounds))
    return table.protect()


def attack(
    cells: Sequence[Cell],
    statuses: Sequence[Status],
    totals: Iterable[Total],
    orders: Iterable[Order],
    bounds: Iterable[Bound] = (),
) -> dict[int, Interval]:
    """The exact interval an attacker gets for each hidden or sensitive cell: two linear programmes per cell."""
    table = _Table(cells, tuple(totals), tuple(orders), tuple(bounds))
    for index, status in enumerate(statuses):
        if status is Status.SECONDARY:
            table.hide(index)
    return table.exact()


class _Table:
    """The attacker's view of one table: hidden cells are unknowns, everything else is data."""

    def __init__(
        self,
        cells: Sequence[Cell],
        totals: tuple[Total, ...],
        orders: tuple[Order, ...],
        bounds: tuple[Bound, ...],
    ) -> None:
        self.cells, self.totals, self.orders = cells, totals, orders
        self.values = np.array([cell.value for cell in cells], dtype=np.float64)
        for total in totals:
            gap = self.values[total.total] - math.fsum(self.values[part] for part in total.parts)
            if abs(gap) > _EPSILON * max(1.0, abs(self.values[total.total])):
                raise ValueError(f"cell {total.total} is not the sum of its parts")
        for order in orders:
            if self.values[order.lower] > self.values[order.upper] + _EPSILON:
                raise ValueError(f"cell {order.lower} is greater than cell {order.upper}")
        for bound in bounds:
            sizes = [weight * self.values[cell] for cell, weight in bound.terms]
            if math.fsum(sizes) < -_EPSILON * max(1.0, *map(abs, sizes)):
                named = ", ".join(str(cell) for cell, _ in bound.terms)
                raise ValueError(f"cells {named} break what one says of another")
        self.secondary: set[int] = set()
        self.published = np.array([cell.is_published for cell in cells], dtype=bool)
        self.hidden = np.array([cell.is_sensitive for cell in cells], dtype=bool)
        # A sensitive zero stays hidden; any other zero is known to be one.
        self.is_zero = (self.values == 0) & ~self.hidden & self.published
        self.cap = 10.0 * float(self.values.max(initial=0.0)) + 1000.0
        self.floors = np.array([cell.low for cell in cells], dtype=np.float64)
        self.ceilings = np.minimum(np.array([cell.high for cell in cells], dtype=np.float64), self.cap)
        for index in np.flatnonzero(self.hidden):
            if not self.floors[index] - _EPSILON <= self.values[index] <= self.ceilings[index] + _EPSILON:
                raise ValueError(f"cell {index} lies outside what its status says")
        self.seen_low, self.seen_high = self.values.copy(), self.values.copy()
        self.needed = np.array([cell.width for cell in cells], dtype=np.float64)
        self.relations = _relations(len(cells), totals, orders, bounds)

    # ---- what the attacker can solve

    def hide(self, index: int) -> None:
        self.secondary.add(index)
        self.hidden[index] = True

    def unknowns(self) -> NDArray[np.bool_]:
        """Hidden cells, and the rests that readers cannot work out because a hidden cell stands in the same sum."""
        unknown: NDArray[np.bool_] = self.hidden.copy()
        for total in self.totals:
            members = (total.total, *total.parts)
            if any(self.hidden[member] for member in members):
                unknown[[member for member in members if not self.published[member]]] = True
        return unknown

    def protect(self) -> Protection:
        exposed: list[int] = []
        pending = self.pending(exposed)
        if pending:
            self.explore(_Programme(self, self.unknowns()), pending)
        while pending := self.pending(exposed):
            index = pending[0]
            self.probe(_Programme(self, self.unknowns()), index)
            if self.is_safe(index):
                continue
            found = self.repair(index)
            if not found:
                exposed.append(index)
        return Protection(self.statuses(), self.intervals(), tuple(exposed))

    def pending(self, exposed: Sequence[int]) -> list[int]:
        hidden = (int(index) for index in np.flatnonzero(self.hidden))
        return [index for index in hidden if not self.is_safe(index) and index not in exposed]

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
        targets = [
            target for target in (low + self.needed[index], high - self.needed[index]) if cell.low <= target <= reach
        ]
        relaxation = _Relaxation(self, self.needed[index])
        found = [moved for target in targets if (moved := relaxation.cheapest(index, float(target))) is not None]
        if not found:
            return False
        moved = min(found, key=relaxation.loss)
        for other in np.flatnonzero(relaxation.moves(moved)):
            self.hide(int(other))
        self.witness(moved)
        return True

    def exact(self) -> dict[int, Interval]:
        programme = _Programme(self, self.unknowns())
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
        return Interval(round(float(low), 3) + 0.0, math.inf if high >= self.cap - _EPSILON else round(float(high), 3))


class _Programme:
    """Everything the attacker knows, as a linear programme over the unknown cells."""

    def __init__(self, table: _Table, unknown: NDArray[np.bool_]) -> None:
        self.values, self.unknown = table.values, unknown
        matrix, ceiling = table.relations
        known = matrix @ np.where(unknown, 0.0, table.values)
        self.matrix = matrix[:, unknown]
        touched = np.diff(self.matrix.tocsr().indptr) > 0
        self.matrix = self.matrix[touched]
        self.floor, self.ceiling = -known[touched], (ceiling - known)[touched]
        # Data that agree only up to rounding must still be a possible table.
        self.low = np.minimum(table.floors, table.values)[unknown]
        self.high = np.maximum(table.ceilings, table.values)[unknown]

    def maximise(self, push: Floats) -> Floats:
        """The table (all cells) that agrees with what is known and maximises Σ push·cell."""
        answer = _solve(-push[self.unknown], self.matrix, self.floor, self.ceiling, self.low, self.high)
        if answer is None:
            raise ArithmeticError("the true table is not among those that the attacker holds possible")
        full = self.values.copy()
        full[self.unknown] = answer
        return full


class _Relaxation:
    """The attacker's programme with every shown cell allowed to move, at the price of hiding it."""

    def __init__(self, table: _Table, need: float) -> None:
        self.table = table
        self.free = table.hidden | ~table.published
        self.shown = ~self.free & ~table.is_zero
        down = np.maximum(table.values - table.floors, 0.0)[self.shown]
        self.costs = np.array([cell.cost for cell in table.cells])
        price = self.costs[self.shown]
        # Dear per unit where a cell can hardly move: one cell with room is a smaller loss than several without.
        self.prices = np.concatenate((price / need, price / np.clip(down, _EPSILON, need)))
        self.down = down

    def moves(self, moved: Floats) -> NDArray[np.bool_]:
        """The shown cells that another table has otherwise, which must be hidden for it."""
        found: NDArray[np.bool_] = (np.abs(moved - self.table.values) > _EPSILON) & ~self.free
        return found

    def loss(self, moved: Floats) -> float:
        """What hiding these cells costs."""
        return float(self.costs[self.moves(moved)].sum())

    def cheapest(self, index: int, target: float) -> Floats | None:
        """The table with cell `index` at `target` for which least must be hidden; None if there is none.

        A linear price is paid by the unit, so that a small move of a further cell is cheap, though it hides that cell.
        The programme is solved again with prices that make one's large move cheap and many small ones dear (Candès,
        Wakin & Boyd 2008), as long as less is hidden.
        """
        best = self.reach(index, target, self.prices)
        while best is not None and int(self.moves(best).sum()) > 1:
            size = np.abs(best - self.table.values)[self.shown]
            moved = self.reach(index, target, np.tile(self.costs[self.shown] / (size + _SMALL_MOVE), 2))
            if moved is None or self.loss(moved) >= self.loss(best) - _EPSILON:
                break
            best = moved
        return best

    def reach(self, index: int, target: float, prices: Floats) -> Floats | None:
        """The table nearest to the truth by the `prices` of a unit up and down, with cell `index` at `target`; None if
        there is none."""
        from scipy import sparse

        table, free, shown = self.table, self.free, self.shown
        matrix, ceiling = table.relations
        known = matrix @ np.where(free, 0.0, table.values)
        columns = sparse.hstack((matrix[:, free], matrix[:, shown], -matrix[:, shown]), format="csc")
        low, high = np.minimum(table.floors, table.values), np.maximum(table.ceilings, table.values)
        low[index] = high[index] = target
        up = np.full(self.down.size, table.cap)
        answer = _solve(
            np.concatenate((np.zeros(int(free.sum())), prices)),
            columns,
            -known,
            ceiling - known,
            np.concatenate((low[free], np.zeros(2 * self.down.size))),
            np.concatenate((high[free], up, self.down)),
        )
        if answer is None:
            return None
        inside, outside = int(free.sum()), self.down.size
        moved = table.values.copy()
        moved[free] = answer[:inside]
        moved[shown] += answer[inside : inside + outside] - answer[inside + outside :]
        return moved


def _relations(
    cells: int, totals: Sequence[Total], orders: Sequence[Order], bounds: Sequence[Bound]
) -> "tuple[sparse.csc_array, Floats]":
    """All relations as one matrix: `matrix · x` is 0 for each total and between 0 and the ceiling (∞) for each order
    and bound."""
    from scipy import sparse

    rows: list[int] = []
    columns: list[int] = []
    signs: list[float] = []
    for row, total in enumerate(totals):
        rows += [row] * (len(total.parts) + 1)
        columns += [total.total, *total.parts]
        signs += [-1.0] + [1.0] * len(total.parts)
    for row, order in enumerate(orders, len(totals)):
        rows += [row, row]
        columns += [order.upper, order.lower]
        signs += [1.0, -1.0]
    for row, bound in enumerate(bounds, len(totals) + len(orders)):
        rows += [row] * len(bound.terms)
        columns += [cell for cell, _ in bound.terms]
        signs += [weight for _, weight in bound.terms]
    count = len(totals) + len(orders) + len(bounds)
    matrix = sparse.csc_array((signs, (rows, columns)), shape=(count, cells))
    return matrix, np.where(np.arange(count) < len(totals), 0.0, np.inf)


def _solve(
    cost: Floats, matrix: "sparse.csc_array", floor: Floats, ceiling: Floats, low: Floats, high: Floats
) -> Floats | None:
    """The x of least cost with floor ≤ matrix · x ≤ ceiling and low ≤ x ≤ high; None if there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    answer = milp(cost, constraints=LinearConstraint(matrix, floor, ceiling), bounds=Bounds(low, high))
    if answer.x is None and answer.status != 2:
        raise ArithmeticError(f"linear programme not solved: {answer.message}")
    return None if answer.x is None else np.asarray(answer.x, dtype=np.float64)
