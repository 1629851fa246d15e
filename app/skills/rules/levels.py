"""How much of a skill a person has shown: a posterior from evidence rows, and the level read from it.

Ability θ lives on a logit scale cut into levels 1 to 4. A row with difficulty d, guess floor g and score y in [0, 1]
says `y·ln p + (1−y)·ln(1−p)` with `p = g + (1−g)/(1+e^(d−θ))` (the three-parameter logistic model with equal slopes,
Birnbaum 1968), times its weight. The prior N(−2, 1.5²) stands for "nothing shown yet". The estimate is the mode of
that posterior; its sd is `(prior precision + expected information)^(−1/2)` at the mode. The expected (Fisher)
information is used and not the observed curvature, because a right answer that may have been guessed can bend the
likelihood upwards: the observed curvature may then be negative, the expected one never is.

Where the floor makes several modes, all of them are refined and the highest is taken, so one more right answer can only
move the estimate up. An estimate depends on the rows and the day alone: not on their order, nor on who is estimated in
the same batch.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVELS = (1, 2, 3, 4)
CUTS = (-1.5, -0.5, 0.5, 1.5)
"""Where levels 1 to 4 begin, in logits."""
SHOWN_AT = 0.8
"""A level is shown from this probability of being at or above it."""
PRIOR = (-2.0, 1.5)
"""Mean and standard deviation of θ before any evidence."""
HALF_LIFE_MONTHS = 36
DIFFICULTY_LIMIT = 6.0
DECIMALS = 6
"""Estimates are rounded, so that the last bits in which processors differ never show."""

_GRID: NDArray[np.float64] = np.linspace(-10.0, 10.0, 41)
_TOLERANCE = 1e-10
_ROWS_AT_ONCE = 20_000

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class AssessorKind(StrEnum):
    """Who says so, in rising order of trust."""

    ATTENDED = "attended"
    SELF_STATED = "self_stated"
    MACHINE = "machine"
    PEER = "peer"
    TEACHER = "teacher"
    JUDGE = "judge"
    EMPLOYER = "employer"


KIND_WEIGHTS: dict[AssessorKind, float] = {
    AssessorKind.ATTENDED: 0.0,
    AssessorKind.SELF_STATED: 0.0,
    AssessorKind.MACHINE: 1.0,
    AssessorKind.PEER: 1.5,
    AssessorKind.TEACHER: 2.0,
    AssessorKind.JUDGE: 3.0,
    AssessorKind.EMPLOYER: 4.0,
}
"""*Assumed*: what one row counts, in machine-marked answers. Only the order is argued for (watch time and
self-statements prove nothing; a rating at work sees the most); the numbers are to be re-estimated from double ratings
of the same work."""


class Standing(StrEnum):
    """Why the level shown is what it is."""

    NO_EVIDENCE = "no_evidence"
    NOT_YET_SHOWN = "not_yet_shown"
    SHOWN = "shown"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the ledger in one skill of one person.

    `score` in [0, 1]; `difficulty` in logits as it was when the row was made; `guess_floor` in [0, 1), for a single
    choice 1 / number of options; `weight` multiplies the weight of the kind. Raises ValueError outside these ranges.
    """

    score: float
    difficulty: float
    kind: AssessorKind
    guess_floor: float
    observed_on: date
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score {self.score} is not in [0, 1]")
        if not abs(self.difficulty) <= DIFFICULTY_LIMIT:
            raise ValueError(f"difficulty {self.difficulty} is not within ±{DIFFICULTY_LIMIT}")
        if not 0.0 <= self.guess_floor < 1.0:
            raise ValueError(f"guess floor {self.guess_floor} is not in [0, 1)")
        if not 0.0 <= self.weight < math.inf:
            raise ValueError(f"weight {self.weight} is negative or not finite")


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the rows say: mean and sd of θ in logits, and how many rows counted."""

    mean: float
    sd: float
    rows: int


@dataclass(frozen=True, slots=True)
class Why:
    """The facts behind a level, for one plain sentence.

    `probability` is that of the level shown (of level 1 where none is shown yet); `next_level` is None at the top.
    `heaviest_kind` carries the largest share of the weight after ageing; `is_old` says that even the newest row has
    lost half its weight. `counts` holds the rows that counted, by kind.
    """

    standing: Standing
    level: int
    probability: float
    next_level: int | None
    next_probability: float | None
    counts: dict[AssessorKind, int]
    heaviest_kind: AssessorKind | None
    heaviest_share: float
    newest_on: date | None
    is_old: bool


def difficulty_of_level(level: int) -> float:
    """The difficulty of an item made for `level`: the cut at which the level begins.

    A person exactly at the cut then succeeds every second time, and eight to ten right answers on items of one level
    show that level. The middle of the band would be the other natural choice, but there ten right answers on level 2
    alone already show level 3, which nobody has looked at. Raises ValueError for a level outside 1 to 4.
    """
    if level not in LEVELS:
        raise ValueError(f"level {level} is not in 1 to 4")
    return CUTS[level - 1]


def months_between(earlier: date, later: date) -> int:
    """Whole months of age: how many times a new calendar month has begun since; 0 if `later` is not later.

    Counting month beginnings and not 30 days each makes all rows age on the same day, so an estimate without new
    evidence changes on the first of a month at most.
    """
    return max(0, (later.year - earlier.year) * 12 + later.month - earlier.month)


def row_weight(kind: AssessorKind, observed_on: date, as_of: date, weight: float = 1.0) -> float:
    """What a row counts on a day: kind × its own weight × 0.5^(age in months / 36); 0 for rows of a later day."""
    if observed_on > as_of:
        return 0.0
    return KIND_WEIGHTS[kind] * weight * math.exp2(-months_between(observed_on, as_of) / HALF_LIFE_MONTHS)


def is_countable(row: Evidence, as_of: date) -> bool:
    """Whether the row adds anything on that day; a person without such a row has no evidence in the skill."""
    return row_weight(row.kind, row.observed_on, as_of, row.weight) > 0.0


def estimate(rows: Sequence[Evidence], as_of: date) -> Posterior:
    """The posterior of one person in one skill; the prior where no row counts. Equal to the same rows in any batch."""
    weights = [row_weight(row.kind, row.observed_on, as_of, row.weight) for row in rows]
    means, sds = estimate_many(
        [row.score for row in rows],
        [row.difficulty for row in rows],
        weights,
        [row.guess_floor for row in rows],
        [0] * len(rows),
        1,
    )
    return Posterior(float(means[0]), float(sds[0]), sum(weight > 0.0 for weight in weights))


def estimate_many(
    score: ArrayLike, difficulty: ArrayLike, weight: ArrayLike, floor: ArrayLike, group: ArrayLike, groups: int
) -> tuple[Floats, Floats]:
    """Posteriors of many (person, skill) groups at once: means and sds, each of shape (groups,), in logits.

    The five arrays have one entry per row, in any order; `weight` comes from `row_weight`, `group` holds 0 …
    groups−1. A group without rows of positive weight keeps the prior. Raises ValueError for values outside the ranges
    of `Evidence`.
    """
    y, d, w, g = (np.asarray(values, dtype=np.float64) for values in (score, difficulty, weight, floor))
    owner = np.asarray(group, dtype=np.int64)
    _check(y, d, w, g, owner, groups)
    means, sds = np.full(groups, PRIOR[0]), np.full(groups, PRIOR[1])
    order = np.lexsort((w, y, g, d, owner))
    order = order[w[order] > 0.0]
    if not order.size:
        return means, sds
    y, d, w, g, owner = y[order], d[order], w[order], g[order], owner[order]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    ends = np.append(starts[1:], owner.size)
    ease = np.exp(-d)
    first = 0
    while first < starts.size:
        past = max(first + 1, int(np.searchsorted(ends, starts[first] + _ROWS_AT_ONCE, side="right")))
        part = slice(int(starts[first]), int(ends[past - 1]))
        modes, information = _modes(y[part], ease[part], w[part], g[part], starts[first:past] - part.start)
        here = owner[starts[first:past]]
        means[here] = np.round(modes, DECIMALS)
        sds[here] = np.round(1.0 / np.sqrt(information), DECIMALS)
        first = past
    return means, sds


def _check(y: Floats, d: Floats, w: Floats, g: Floats, owner: Integers, groups: int) -> None:
    if not y.shape == d.shape == w.shape == g.shape == owner.shape or y.ndim != 1:
        raise ValueError("the five arrays must have one entry per row each")
    if not y.size:
        return
    for name, fits in (
        ("score", (y >= 0.0) & (y <= 1.0)),
        ("difficulty", np.abs(d) <= DIFFICULTY_LIMIT),
        ("weight", (w >= 0.0) & (w < np.inf)),
        ("floor", (g >= 0.0) & (g < 1.0)),
        ("group", (owner >= 0) & (owner < groups)),
    ):
        if not fits.all():
            raise ValueError(f"{name} of row {int(np.argmin(fits))} is out of range")


def _modes(y: Floats, ease: Floats, w: Floats, g: Floats, starts: Integers) -> tuple[Floats, Floats]:
    """Highest mode of each group of rows, and prior precision plus expected information there.

    With E = e^(θ−d), ln p = ln(g+E) − ln(1+E) and ln(1−p) = ln(1−g) − ln(1+E): one exponential per θ, none per cell.
    """
    surface = _log_posterior(_GRID[:, None], np.exp(_GRID)[:, None] * ease, y, w, g, starts)
    fence = np.full((1, starts.size), -np.inf)
    rises = surface >= np.concatenate((fence, surface[:-1]))
    falls = surface > np.concatenate((surface[1:], fence))
    group, peak = np.nonzero((rises & falls).T)
    if group.size > starts.size:
        lengths = np.diff(np.append(starts, y.size))[group]
        copies = np.cumsum(lengths) - lengths
        rows = np.arange(lengths.sum()) + np.repeat(starts[group] - copies, lengths)
        y, ease, w, g, starts = y[rows], ease[rows], w[rows], g[rows], copies
    theta = _refine(peak, y, ease, w, g, starts)
    odds = np.repeat(np.exp(theta), np.diff(np.append(starts, y.size))) * ease
    information = np.add.reduceat(w * (1.0 - g) * (odds / (1.0 + odds)) ** 2 / (g + odds), starts) + PRIOR[1] ** -2
    if group.size > group[-1] + 1:
        height = _log_posterior(theta, odds, y, w, g, starts)
        order = np.lexsort((theta, height, group))
        best = order[np.append(np.diff(group[order]) > 0, True)]
        return theta[best], information[best]
    return theta, information


def _log_posterior(theta: Floats, odds: Floats, y: Floats, w: Floats, g: Floats, starts: Integers) -> Floats:
    likelihood = w * (y * np.log(g + odds) - np.log(1.0 + odds))
    total: Floats = np.add.reduceat(likelihood, starts, axis=-1)
    return total - ((theta - PRIOR[0]) / PRIOR[1]) ** 2 / 2.0


def _refine(peak: Integers, y: Floats, ease: Floats, w: Floats, g: Floats, starts: Integers) -> Floats:
    """Newton's method from each grid peak, kept between its neighbours by bisection; a finished group stands still."""
    low, theta, high = _GRID[np.maximum(peak - 1, 0)], _GRID[peak], _GRID[np.minimum(peak + 1, _GRID.size - 1)]
    lengths = np.diff(np.append(starts, y.size))
    moving = np.ones(theta.size, dtype=bool)
    precision = PRIOR[1] ** -2
    while moving.any():
        odds = np.repeat(np.exp(theta), lengths) * ease
        floored, plain = odds / (g + odds), odds / (1.0 + odds)
        slope = np.add.reduceat(w * (y * floored - plain), starts) - (theta - PRIOR[0]) * precision
        bend = np.add.reduceat(w * (y * floored * (1.0 - floored) - plain * (1.0 - plain)), starts) - precision
        low, high = np.where(slope > 0.0, theta, low), np.where(slope > 0.0, high, theta)
        newton = theta - slope / np.where(bend < 0.0, bend, -np.inf)
        inside = (bend < 0.0) & (newton >= low) & (newton <= high)
        target = np.where(inside, newton, (low + high) / 2.0)
        settled = np.abs(target - theta) <= _TOLERANCE
        theta = np.where(moving, target, theta)
        moving &= ~settled
    return theta


def probability_above(mean: float, sd: float, cut: float) -> float:
    """P(θ > cut) for θ ~ N(mean, sd²)."""
    return 0.5 * math.erfc((cut - mean) / (sd * math.sqrt(2.0)))


def level_probabilities(mean: float, sd: float) -> tuple[float, float, float, float]:
    """Probabilities of being at or above levels 1, 2, 3, 4; never rising."""
    one, two, three, four = (probability_above(mean, sd, cut) for cut in CUTS)
    return one, two, three, four


def shown_level(mean: float, sd: float) -> int:
    """The highest level with probability ≥ 0.8 of being at or above it; 0 is "not yet shown"."""
    return sum(probability >= SHOWN_AT for probability in level_probabilities(mean, sd))


def why(rows: Sequence[Evidence], posterior: Posterior, as_of: date) -> Why:
    """The facts of the plain sentence beside a level; `posterior` is `estimate(rows, as_of)`."""
    weighed = [(row, row_weight(row.kind, row.observed_on, as_of, row.weight)) for row in rows]
    weighed = [(row, weight) for row, weight in weighed if weight > 0.0]
    above = level_probabilities(posterior.mean, posterior.sd)
    level = shown_level(posterior.mean, posterior.sd)
    by_kind = {kind: math.fsum(weight for row, weight in weighed if row.kind is kind) for kind in AssessorKind}
    heaviest = max(AssessorKind, key=lambda kind: by_kind[kind]) if weighed else None
    newest = max((row.observed_on for row, _ in weighed), default=None)
    counts = Counter(row.kind for row, _ in weighed)
    if not weighed:
        standing = Standing.NO_EVIDENCE
    elif level == 0:
        standing = Standing.NOT_YET_SHOWN
    else:
        standing = Standing.HIGHEST if level == LEVELS[-1] else Standing.SHOWN
    return Why(
        standing=standing,
        level=level,
        probability=above[max(level, 1) - 1],
        next_level=level + 1 if level < LEVELS[-1] else None,
        next_probability=above[level] if level < LEVELS[-1] else None,
        counts={kind: counts[kind] for kind in AssessorKind if counts[kind]},
        heaviest_kind=heaviest,
        heaviest_share=by_kind[heaviest] / math.fsum(by_kind.values()) if heaviest else 0.0,
        newest_on=newest,
        is_old=newest is not None and months_between(newest, as_of) >= HALF_LIFE_MONTHS,
    )
