"""How well a person's shown levels fit what a posting asks, what is missing, and what one more level would change.

The level L of a person in a skill is uncertain: the posterior (θ, sd) gives P(L ≥ ℓ) = P(θ > cut_ℓ). Where there is no
evidence L is 0: only shown skill counts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from app.skills.rules.levels import CUTS, SHOWN_AT, level_probabilities
from internships.rules.lottery import lottery_number

Numbers = npt.NDArray[Any]

# Scores that agree so far are equal: what differs beyond is the order of additions, not the person.
DIGITS = 9


@dataclass(frozen=True)
class Need:
    """A skill that a posting asks for, at `level` 1–4 or above, with a weight of 0 or more."""

    skill: str
    level: int
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.level <= len(CUTS):
            raise ValueError(f"level {self.level} is not one of 1 to {len(CUTS)}")
        if not 0 <= self.weight < float("inf"):
            raise ValueError(f"weight {self.weight} is not a finite number of 0 or more")


class Estimate(Protocol):
    """What `fit` reads of a posterior, whoever made it."""

    @property
    def mean(self) -> float: ...

    @property
    def sd(self) -> float: ...


@dataclass(frozen=True)
class Posterior:
    """What the evidence says of one skill of a person: mean and standard deviation of θ, in logits."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Item:
    """One need beside what is shown: `shown` is 0 if no level is; `shortfall` is the expected levels short."""

    skill: str
    required: int
    shown: int
    missing: bool
    shortfall: float
    weight: float


@dataclass(frozen=True)
class Fit:
    """The score in [0, 1], 1 if nothing is short, and one item per need in the order of the needs."""

    score: float
    items: tuple[Item, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        """The needs that are not shown at their level."""
        return tuple(item for item in self.items if item.missing)


def fit(needs: Sequence[Need], has: Mapping[str, Estimate], certain: Mapping[str, int] | None = None) -> Fit:
    """1 − Σ w·E[max(0, ℓ_req − L)] / Σ w·ℓ_req over the posterior; 1 where nothing is asked.

    `has` holds the skills with evidence. `certain` takes a level of a skill for granted (at least that level), whatever
    the evidence: this is how a counterfactual is computed.
    """
    granted = certain or {}
    items = tuple(_item(need, has.get(need.skill), granted.get(need.skill, 0)) for need in needs)
    asked = sum(item.weight * item.required for item in items)
    short = sum(item.weight * item.shortfall for item in items)
    return Fit(1 - short / asked if asked else 1.0, items)


def _item(need: Need, estimate: Estimate | None, granted: int) -> Item:
    # E[max(0, r − L)] = Σ_{ℓ ≤ r} P(L < ℓ); levels taken for granted are never short.
    above = level_probabilities(estimate.mean, estimate.sd) if estimate else (0.0,) * len(CUTS)
    shown = max(granted, sum(probability >= SHOWN_AT for probability in above))
    shortfall = sum(1 - probability for probability in above[granted : need.level])
    return Item(need.skill, need.level, shown, shown < need.level, shortfall, need.weight)


def fit_shortfalls(mean: Numbers, sd: Numbers) -> Numbers:
    """For each estimate the expected levels short of 0, 1, 2, 3 and 4: the sums that `fit` weighs, for many at once."""
    from scipy.special import erfc

    short = np.zeros((len(mean), len(CUTS) + 1))
    for level, cut in enumerate(CUTS, start=1):
        above = 0.5 * erfc((cut - mean) / (sd * math.sqrt(2.0)))
        short[:, level] = short[:, level - 1] + (1 - above)
    return short


def rank_by_fit(scores: Mapping[str, float], seed: str) -> tuple[str, ...]:
    """The students of `scores`, best fit first; equal fit in the order of the lottery of `seed`."""
    return tuple(sorted(scores, key=lambda student: (-round(scores[student], DIGITS), lottery_number(seed, student))))


def rank_if(
    student: str,
    skill: str,
    level: int,
    *,
    needs: Sequence[Need],
    has: Mapping[str, Estimate],
    scores: Mapping[str, float],
    seed: str,
) -> int:
    """The rank, from 1, that `student` would have if `level` of `skill` were certain and all else stayed.

    `has` is the student's own evidence, `scores` the fit of every applicant, by which the posting must have ranked
    them: of a ranking made by hand this says nothing.
    """
    # Counting who stays ahead gives the same rank as sorting everybody anew, and asks the lottery only about equals.
    raised = round(fit(needs, has, {skill: level}).score, DIGITS)
    own = lottery_number(seed, student)
    rounded = ((other, round(score, DIGITS)) for other, score in scores.items() if other != student)
    return 1 + sum(
        score > raised or (score == raised and lottery_number(seed, other) < own) for other, score in rounded
    )
