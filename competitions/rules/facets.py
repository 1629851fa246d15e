"""Many-facet Rasch measurement of ordinal marks (Linacre 1989), by joint maximum likelihood.

ln(P_k / P_{k−1}) = θ_entry − δ_criterion − λ_judge − τ_k: the log odds of a mark in category k rather than k − 1 are
the quality of the entry less the difficulty of the criterion, the severity of the judge and the threshold of the step.
All are in logits. Judges, criteria and thresholds are centred to mean 0, so that entries carry the level. Categories
are the marks that were given, in order.

An entry (judge, criterion) whose marks are all the highest or all the lowest has no finite measure; the sum of its
marks is moved inside by `INSIDE` of a category, as is usual. Infit and outfit are mean squares of the residuals,
weighted by information and not; outside 0.5–1.5 a judge is erratic or only too regular.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from competitions.rules.marks import Uncorrected

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]

INSIDE = 0.3
MOST_STEP = 1.0  # logits that a measure moves at once
SETTLED = 1e-7  # logits
MOST_ROUNDS = 2000


@dataclass(frozen=True)
class Facet:
    """Measures of one kind in logits, with their standard errors and fit."""

    measure: Vector
    sd: Vector
    infit: Vector
    outfit: Vector


@dataclass(frozen=True)
class Measures:
    """The fitted model; arrays are in the order of the numbers given. There is one threshold less than categories."""

    entries: Facet
    criteria: Facet
    judges: Facet
    thresholds: Vector
    rounds: int


def fit_facets(
    entry: Indices, criterion: Indices, judge: Indices, category: Indices, weight: Vector | None = None
) -> Measures:
    """The measures behind marks: one row for each, facets numbered from 0, categories from 0 without a gap.

    `weight` says how much each mark counts (1 without it). Judges, entries and criteria must hang together, and there
    must be two categories or more: the caller looks. Raises ArithmeticError where it does not settle.
    """
    return _Fit((entry, criterion, judge), category, np.ones(len(entry)) if weight is None else weight).run()


class _Fit:
    """The model while it is being fitted: one facet after another takes a Newton step, then the thresholds."""

    SIGNS = (1.0, -1.0, -1.0)  # how entries, criteria and judges enter

    def __init__(self, facets: tuple[Indices, Indices, Indices], category: Indices, weight: Vector) -> None:
        self.facets, self.weight = facets, weight
        self.sizes = [int(facet.max()) + 1 for facet in facets]
        self.measures: list[Vector] = [np.zeros(size) for size in self.sizes]
        self.top = int(category.max())
        self.thresholds: Vector = np.zeros(self.top)
        self.steps = np.arange(self.top + 1, dtype=np.float64)
        self.given = category.astype(np.float64)
        for facet, size in zip(facets, self.sizes, strict=True):
            self._move_inside(facet, size)
        self.sums = [
            np.bincount(facet, weight * self.given, size) for facet, size in zip(facets, self.sizes, strict=True)
        ]
        reached = np.clip(self.given[:, None] - np.arange(self.top), 0, 1)
        self.reached: Vector = (reached * weight[:, None]).sum(axis=0)

    def _move_inside(self, facet: Indices, size: int) -> None:
        """Marks of whoever has nothing but the highest, or the lowest, each a little inside, so that all sums agree."""
        marks = np.bincount(facet, minlength=size)
        for end, inwards in ((self.top, -1.0), (0, 1.0)):
            alike = np.bincount(facet, np.abs(self.given - end) < INSIDE, size) == marks
            self.given[alike[facet]] = (end + inwards * INSIDE / marks)[facet][alike[facet]]

    def run(self) -> Measures:
        for rounds in range(1, MOST_ROUNDS + 1):
            moved = max(*(self._step(which) for which in range(3)), self._step_thresholds())
            if moved < SETTLED:
                entries, criteria, judges = (self._facet(which) for which in range(3))
                return Measures(entries, criteria, judges, self.thresholds, rounds)
        raise ArithmeticError(f"the measures do not settle in {MOST_ROUNDS} rounds")

    def _expected(self) -> tuple[Vector, Vector, Vector]:
        """Probabilities of the categories, mean and variance, of each mark."""
        logit = sum(
            sign * measure[facet] for sign, measure, facet in zip(self.SIGNS, self.measures, self.facets, strict=True)
        )
        powers = np.multiply.outer(logit, self.steps) - np.concatenate(([0.0], np.cumsum(self.thresholds)))
        powers -= powers.max(axis=1, keepdims=True)
        chances = np.exp(powers)
        chances /= chances.sum(axis=1, keepdims=True)
        mean = chances @ self.steps
        return chances, mean, chances @ self.steps**2 - mean**2

    def _step(self, which: int) -> float:
        _chances, mean, variance = self._expected()
        facet, size = self.facets[which], self.sizes[which]
        short = self.sums[which] - np.bincount(facet, self.weight * mean, size)
        information = np.bincount(facet, self.weight * variance, size)
        step = np.clip(self.SIGNS[which] * short / np.maximum(information, 1e-12), -MOST_STEP, MOST_STEP)
        self.measures[which] += step
        if which:
            centre = self.measures[which].mean()
            self.measures[which] -= centre
            step = step - centre
            self.measures[0] += self.SIGNS[which] * centre
        return float(np.abs(step).max())

    def _step_thresholds(self) -> float:
        chances, _mean, _variance = self._expected()
        beyond = np.cumsum(chances[:, ::-1], axis=1)[:, ::-1][:, 1:]
        weighed = beyond * self.weight[:, None]
        information = (weighed * (1 - beyond)).sum(axis=0)
        step = np.clip((weighed.sum(axis=0) - self.reached) / np.maximum(information, 1e-12), -MOST_STEP, MOST_STEP)
        step -= step.mean()
        self.thresholds = self.thresholds + step
        return float(np.abs(step).max(initial=0.0))

    def _facet(self, which: int) -> Facet:
        _chances, mean, variance = self._expected()
        facet, size = self.facets[which], self.sizes[which]
        squares = (self.given - mean) ** 2
        information = np.bincount(facet, self.weight * variance, size)
        return Facet(
            self.measures[which].copy(),
            1 / np.sqrt(information),
            np.bincount(facet, self.weight * squares, size) / information,
            np.bincount(facet, self.weight * squares / np.maximum(variance, 1e-12), size)
            / np.bincount(facet, self.weight, size),
        )


@dataclass(frozen=True)
class Found:
    """The measure of one entry, criterion or judge in logits, its standard error and its fit."""

    measure: float
    sd: float
    infit: float
    outfit: float


@dataclass(frozen=True)
class Named:
    """Measures by name."""

    entries: Mapping[str, Found]
    criteria: Mapping[str, Found]
    judges: Mapping[str, Found]


def measure(marks: Sequence[tuple[str, str, str, Decimal]], weights: Mapping[str, float]) -> Named | Uncorrected:
    """The measures behind marks, given as (entry, criterion, judge, mark), or why there are none.

    A mark counts by the weight of its criterion, whose mean over the criteria is taken as 1.
    """
    if len({mark[2] for mark in marks}) < 2:
        return Uncorrected.SINGLE_JUDGE
    entry, entries = _numbered([mark[0] for mark in marks])
    criterion, criteria = _numbered([mark[1] for mark in marks])
    judge, judges = _numbered([mark[2] for mark in marks])
    levels = {level: place for place, level in enumerate(sorted({mark[3] for mark in marks}))}
    if len(levels) < 2:
        return Uncorrected.NO_RESIDUAL
    if not _is_identified(entry, criterion, judge):
        return Uncorrected.DISCONNECTED
    category = np.array([levels[mark[3]] for mark in marks], dtype=np.intp)
    each = np.array([weights[name] for name in criteria])
    try:
        found = fit_facets(entry, criterion, judge, category, (each / each.mean())[criterion])
    except ArithmeticError:
        return Uncorrected.NOT_SETTLED
    return Named(_by_name(entries, found.entries), _by_name(criteria, found.criteria), _by_name(judges, found.judges))


def _is_identified(entry: Indices, criterion: Indices, judge: Indices) -> bool:
    """Whether judges and criteria can be compared: with entries absorbed, nothing but the two means is free."""
    judges, criteria, entries = int(judge.max()) + 1, int(criterion.max()) + 1, int(entry.max()) + 1
    width = judges + criteria
    normal = np.zeros((width, width))
    places = (judge, judges + criterion)
    for one in places:
        for other in places:
            np.add.at(normal, (one, other), 1.0)
    cross = np.zeros((entries, width))
    for one in places:
        np.add.at(cross, (entry, one), 1.0)
    absorbed = normal - cross.T @ (cross / np.bincount(entry, minlength=entries)[:, None])
    return bool(np.linalg.matrix_rank(absorbed, hermitian=True, tol=1e-8 * len(entry)) == width - 2)


def _by_name(names: Sequence[str], facet: Facet) -> dict[str, Found]:
    columns = (facet.measure, facet.sd, facet.infit, facet.outfit)
    return {name: Found(*map(float, row)) for name, row in zip(names, zip(*columns, strict=True), strict=True)}


def _numbered(names: Sequence[str]) -> tuple[Indices, list[str]]:
    """Names as numbers from 0 in the order of the alphabet, and the names by number."""
    order = sorted(set(names))
    number = {name: place for place, name in enumerate(order)}
    return np.array([number[name] for name in names], dtype=np.intp), order
