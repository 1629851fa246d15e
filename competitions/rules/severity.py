"""Marks corrected for the severity of the judges who happened to give them.

y_ij = f_i + b_j + ε_ij: judge j on entry i; entries random, f ~ N(μ, α); judges fixed, Σb = 0; ε ~ N(0, σ²). The
variances are found by restricted maximum likelihood, f by best linear unbiased prediction (Henderson's mixed-model
equations; Ge, Welling & Ghahramani 2013 for conference reviews). Since judges are fixed, a judge who adds a constant to
every mark changes no corrected rank, in an incomplete design too.

The entries are absorbed: with n_i marks on entry i and λ = α/σ², (I + λZZ')⁻¹ needs only c_i = λ/(1 + λn_i), so that no
matrix is larger than judges × judges, whatever the number of entries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from competitions.rules.decimals import EXACT
from competitions.rules.marks import Uncorrected

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]

# ln λ is searched on a grid, then refined around its best point. Beyond, entries differ by nothing or by nothing else.
LOG_RATIOS = np.arange(-14.0, 18.5, 0.5)
# Residuals below this share of the largest mark are rounding errors of the computation, not disagreement.
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Severity:
    """The fitted model. Arrays are in the order of the entries and judges given; all in units of marks.

    `deviation` is f̂_i − μ̂, so that the corrected mark is `mean + deviation`; `sd` is the standard error of prediction
    of f_i. `lenience` is b_j (positive: marks higher than the panel), `lenience_sd` its standard error.
    """

    mean: float
    deviation: Vector
    sd: Vector
    lenience: Vector
    lenience_sd: Vector
    entry_variance: float
    residual_variance: float


def fit_severity(marks: Mapping[tuple[int, int], Decimal], entries: int, judges: int) -> Severity | Uncorrected:
    """The model for `marks` by (entry, judge), numbered from 0; each entry and each judge has one or more.

    Returns the reason instead where severity cannot be told from quality: fewer than two judges, a graph of judges and
    entries in several parts, or no residual (nothing is left over once entries and judges are told apart).
    """
    if judges < 2:
        return Uncorrected.SINGLE_JUDGE
    places = sorted(marks)
    entry: Indices = np.array([place[0] for place in places], dtype=np.intp)
    judge: Indices = np.array([place[1] for place in places], dtype=np.intp)
    if not _is_connected(entry, judge, entries, judges):
        return Uncorrected.DISCONNECTED
    if len(places) == entries + judges - 1:
        return Uncorrected.NO_RESIDUAL
    # From each judge's own lowest mark on, exactly: a constant added to all marks of a judge then leaves not even the
    # last bit of anything below changed.
    lowest: dict[int, Decimal] = {}
    for (_, j), mark in marks.items():
        lowest[j] = min(mark, lowest.get(j, mark))
    y: Vector = np.array([float(EXACT.subtract(marks[place], lowest[place[1]])) for place in places])
    floors: Vector = np.array([float(lowest[j]) for j in range(judges)])
    design = _Design(entry, judge, entries, judges)
    # The least-squares judges are taken off first, so that large severities do not drown small residuals.
    first = design.least_squares(y)
    scale = y.max()
    y = y - first[judge]
    if np.abs(design.within(y)).max() <= NEGLIGIBLE * scale:
        return Uncorrected.NO_RESIDUAL
    return design.predict(y, design.best_ratio(y), floors + first)


def _is_connected(entry: Indices, judge: Indices, entries: int, judges: int) -> bool:
    """Whether every judge can be compared with every other, through entries in common or a chain of them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = entries + judges
    graph = coo_array((np.ones(entry.size), (entry, entries + judge)), shape=(size, size))
    parts, _ = connected_components(graph, directed=False)
    return bool(parts == 1)


class _Solution(NamedTuple):
    """The judges' effects at one λ: c per entry, the Cholesky factor of X'H⁻¹X, the effects, and y'Py."""

    shrink: Vector
    factor: Vector
    effects: Vector
    quadratic: float


class _Design:
    """Which judge marked which entry, and the sums over entries with equally many marks that every λ needs."""

    def __init__(self, entry: Indices, judge: Indices, entries: int, judges: int) -> None:
        from scipy.sparse import csr_array

        self.entry, self.judge, self.entries, self.judges = entry, judge, entries, judges
        self.incidence = csr_array((np.ones(entry.size), (entry, judge)), shape=(entries, judges))
        self.panel: Vector = np.bincount(entry, minlength=entries).astype(np.float64)
        self.freedom = entry.size - judges
        sizes: Vector = np.unique(self.panel)
        groups = [self.incidence[np.flatnonzero(self.panel == size)] for size in sizes]
        self.together: list[tuple[float, Vector]] = [
            (float(size), (group.T @ group).toarray()) for size, group in zip(sizes, groups, strict=True)
        ]

    def entry_sums(self, y: Vector) -> Vector:
        """Σ_j y_ij per entry."""
        return np.bincount(self.entry, y, self.entries).astype(np.float64)

    def judge_sums(self, y: Vector) -> Vector:
        """Σ_i y_ij per judge."""
        return np.bincount(self.judge, y, self.judges).astype(np.float64)

    def within(self, y: Vector) -> Vector:
        """What is left of each mark after the mean of its entry."""
        return y - (self.entry_sums(y) / self.panel)[self.entry]

    def information(self, ratio: float) -> Vector:
        """X'H⁻¹X for the judges, J × J, with H = I + λZZ'; λ may be infinite, which makes entries fixed too."""
        matrix = np.diag(self.judge_sums(np.ones(self.entry.size)))
        for size, pairs in self.together:
            matrix -= pairs / (size + 1 / ratio) if ratio else 0.0
        return matrix

    def least_squares(self, y: Vector) -> Vector:
        """The judges' effects with entries fixed too, the first judge's being 0."""
        matrix, right = self.information(np.inf), self.judge_sums(self.within(y))
        return np.concatenate(([0.0], np.linalg.solve(matrix[1:, 1:], right[1:])))

    def at(self, y: Vector, ratio: float) -> _Solution:
        """The judges' effects where λ = `ratio`."""
        from scipy.linalg import cho_factor, cho_solve

        shrink = ratio / (1 + ratio * self.panel)
        factor, _ = cho_factor(self.information(ratio), lower=True)
        effects = cho_solve((factor, True), self.judge_sums(y - (shrink * self.entry_sums(y))[self.entry]))
        rest = y - effects[self.judge]
        # A sum of squares only: the difference y'H⁻¹y − b'X'H⁻¹y would lose the digits that matter.
        between = self.entry_sums(rest) ** 2 / self.panel / (1 + ratio * self.panel)
        return _Solution(shrink, factor, effects, float((self.within(rest) ** 2).sum() + between.sum()))

    def deviance(self, y: Vector, ratio: float) -> float:
        """−2 × the restricted log-likelihood with σ² at its best, up to a constant (Patterson & Thompson 1971)."""
        there = self.at(y, ratio)
        logs = np.log1p(ratio * self.panel).sum() + 2 * np.log(np.diag(there.factor)).sum()
        return float(logs + self.freedom * np.log(there.quadratic))

    def best_ratio(self, y: Vector) -> float:
        """The λ = α/σ² of greatest restricted likelihood, 0 where entries do not differ."""
        from scipy.optimize import minimize_scalar

        on_grid = [self.deviance(y, float(np.exp(step))) for step in LOG_RATIOS]
        best = int(np.argmin(on_grid))
        found = minimize_scalar(
            lambda step: self.deviance(y, float(np.exp(step))),
            bounds=(LOG_RATIOS[max(0, best - 1)], LOG_RATIOS[min(LOG_RATIOS.size - 1, best + 1)]),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return float(np.exp(found.x)) if found.fun < self.deviance(y, 0.0) else 0.0

    def predict(self, y: Vector, ratio: float, offsets: Vector) -> Severity:
        """Everything at λ = `ratio`; `offsets` are what was taken off the marks of each judge to get `y`."""
        from scipy.linalg import cho_solve

        shrink, factor, effects, quadratic = self.at(y, ratio)
        variance = quadratic / self.freedom
        covariance: Vector = cho_solve((factor, True), np.eye(self.judges))
        of_mean = covariance.mean(axis=0)
        # f̂_i − f_i = (1/J − c_i·d_i)'(b̂ − b), and a part of variance c_i that the marks on the entry leave open.
        own = self.entry_sums(np.asarray(self.incidence @ covariance)[self.entry, self.judge])
        spread = shrink + of_mean.mean() - 2 * shrink * (self.incidence @ of_mean) + shrink**2 * own
        lenience = effects + offsets
        return Severity(
            mean=float(lenience.mean()),
            deviation=shrink * self.entry_sums(y - effects[self.judge]),
            sd=np.sqrt(variance * spread),
            lenience=lenience - lenience.mean(),
            lenience_sd=np.sqrt(variance * (np.diag(covariance) - 2 * of_mean + of_mean.mean())),
            entry_variance=ratio * variance,
            residual_variance=variance,
        )
