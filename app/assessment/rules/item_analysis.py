"""What first answers say about questions: how hard, whether they tell people apart, which options work, what is broken.

Classical test theory. An item is compared with the *rest score*, what the same attempt earned on its other items, since
an item correlates with a total that holds it even where it measures nothing (Henrysson 1963). First attempts alone are
taken: later ones build on the first (so does Moodle, docs.moodle.org/en/Development:Quiz_item_analysis_calculations).

Every threshold is a convention and none a law; each names where it comes from. An interval decides where one can be
had, because classes are small: a correlation of -0.1 among 20 people says nothing.
"""

import math
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.assessment.rules.content import Content, Hotspot, Multiple, Single, TrueFalse

FEWEST_ATTEMPTS = 5
"""Below it nothing is told: figures of four people are about people, not about questions. Ours."""
FEWEST_CHOOSERS = 5
"""The mean rest score of fewer people than this would show one of them. Ours."""
FEWEST_PAIRS = 10
"""Below it no correlation is given: the interval would reach over half the scale (Fisher's z, n = 10: ±0.63). Ours."""
FEWEST_TO_FLAG = 30
"""From here facility and weak discrimination are judged: with 30 people an r of 0.45 is the least
whose interval lies above 0.1. Ours."""
FEWEST_TO_BURY = 50
"""From here an option that nobody chooses is called dead: of 50 people, nobody is below 2 %. Ours."""
WEAK_BELOW = 0.1
"""Discrimination below which a question is marked for review, as Blackboard Learn does ("Item analysis"). Ebel (1954)
asks for 0.2 to 0.3 of a good item; practice in courses is milder."""
EASY_ABOVE = 0.95
"""Facility above which an item hardly tells anybody apart (Assessment Systems, "Item statistics", 0.95 to 1.0)."""
HARD_BELOW = 0.05
"""Facility below which almost nobody is right, where guessing gives less: the mirror of `EASY_ABOVE`. Ours."""
DEAD_BELOW = 0.02
"""Share of choosers below which a distractor does nothing. Haladyna & Downing (1993) take 5 %; milder, since our
quizzes follow a lesson and are meant to be passed."""
KELLEY_SHARE = 0.27
"""The groups that Kelley (1939) found to separate best: the upper and the lower 27 %."""
SATISFACTORY, UNSATISFACTORY = 0.75, 0.64
"""Alpha from which a test is satisfactory, and below which it is not, as Moodle's documentation has it
(docs.moodle.org/en/Development:Quiz_report_statistics, "coefficient of internal consistency")."""
Z_95 = 1.959963984540054
ALMOST_RIGHT = 1 - 1e-6
_DECIMALS = 9
_CERTAIN = 1 - 1e-12

Floats = NDArray[np.float64]


class Flag(StrEnum):
    """What is wrong with an item, in the words that its author reads; the gravest first."""

    KEY_SUSPECT = "The key may be wrong: who does well elsewhere does worse here, and chooses a wrong option"
    NEGATIVE = "Who does well elsewhere does worse here"
    ATTRACTIVE_DISTRACTOR = "A wrong option draws people who do better elsewhere than those who answer right"
    TOO_HARD = "Almost nobody is right, or no more people than guessing would give"
    WEAK = "Right and wrong answers hardly tell strong from weak"
    TOO_EASY = "Almost everybody is right"
    DEAD_DISTRACTOR = "A wrong option is chosen by almost nobody"

    @property
    def is_advice(self) -> bool:
        """Whether the item works as it stands and could be better: a quiz after a lesson is meant to be passed."""
        return self in (Flag.TOO_EASY, Flag.DEAD_DISTRACTOR)


class Verdict(StrEnum):
    """Whether an item predicts the level that other evidence shows."""

    PREDICTS = "predicts"
    AGAINST = "against"
    UNSURE = "unsure"
    TOO_FEW = "too-few"


@dataclass(frozen=True, slots=True)
class Response:
    """One person's first answer to an item.

    `share` of its points and `rest`, the share of the points of the same attempt's other items, lie in [0, 1]; `rest`
    is None where there are no others, or some wait for a mark. `chosen` are the keys of the options taken.
    """

    share: float
    rest: float | None
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Alternative:
    """An option of an item, and whether choosing it is right."""

    key: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's r of `n` pairs with the ends of its 95 % interval."""

    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OptionUse:
    """How often an option was chosen, and the mean rest score of who chose it; None for fewer than five people.

    `is_dead` and `is_attractive` are said of wrong options alone.
    """

    key: str
    is_right: bool
    count: int
    share: float
    rest: float | None
    is_dead: bool = False
    is_attractive: bool = False


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What `n` first answers say about an item.

    `facility` is the mean share, `sd` its sample standard deviation, `discrimination` the item-rest correlation,
    `kelley` the mean share of the upper 27 % less that of the lower; each None where too few answers give it.
    """

    n: int
    facility: float | None
    sd: float | None
    discrimination: Correlation | None
    kelley: float | None
    options: tuple[OptionUse, ...]
    flags: tuple[Flag, ...]

    @property
    def is_judged(self) -> bool:
        """Whether enough people answered for the lack of flags to say that the item works."""
        return self.n >= FEWEST_TO_FLAG

    @property
    def needs_a_look(self) -> bool:
        """Whether something may be broken, beyond advice."""
        return any(not flag.is_advice for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha of `n` people's answers to `items` items; the standard error of measurement as a share of all
    points: about two thirds of people would reach their mark again to within it.
    """

    n: int
    items: int
    alpha: float
    error: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """How first answers to an item go with the level that other evidence shows; the correlation may be missing."""

    n: int
    correlation: Correlation | None
    verdict: Verdict


def alternatives(content: Content) -> tuple[Alternative, ...]:
    """The options whose choice can be counted; none for what is typed, matched or put in order.

    Right are the options that earn most where one is chosen, and all that earn something where several are. A partly
    right one is a wrong one here: its choosers should do less well than those who are right.
    """
    match content:
        case Single(options=parts) | Multiple(options=parts):
            several = isinstance(content, Multiple)
        case Hotspot(areas=areas, several=several):
            parts = areas  # type: ignore[assignment]
        case TrueFalse(right=right):
            return (Alternative("true", right), Alternative("false", not right))
        case _:
            return ()
    best = max((part.fraction for part in parts), default=0.0)
    return tuple(
        Alternative(part.key, part.fraction > 0 if several else part.fraction == best and best > 0) for part in parts
    )


def chosen(content: Content, given: Any) -> frozenset[str]:
    """The keys of `alternatives(content)` that an answer takes; none for what is no possible answer."""
    keys = {one.key for one in alternatives(content)}
    if isinstance(content, TrueFalse) and isinstance(given, bool):
        given = "true" if given else "false"
    listed = given if isinstance(given, list) else [given]
    return frozenset(key for key in listed if isinstance(key, str) and key in keys)


def rest_scores(shares: ArrayLike, points: ArrayLike) -> Floats:
    """For each person (row) and item (column) what the person's other items earned, as a share of their points.

    `shares` is people × items in [0, 1], NaN where the person did not have the item or its mark is missing; `points`
    one number an item. NaN where nothing else is worth anything.
    """
    held = np.asarray(shares, dtype=np.float64)
    worth = np.asarray(points, dtype=np.float64)
    had = ~np.isnan(held)
    earned = np.where(had, held, 0.0) * worth
    possible = had * worth
    others = possible.sum(axis=1, keepdims=True) - possible
    gained = earned.sum(axis=1, keepdims=True) - earned
    rest = np.full(held.shape, np.nan)
    known = had & (others > 0)
    rest[known] = np.clip(gained[known] / others[known], 0.0, 1.0)
    return np.round(rest, _DECIMALS)


def levelled(rests: Sequence[float | None], groups: Sequence[Hashable]) -> list[float | None]:
    """Rest scores from several quizzes made comparable: each less the mean of its quiz, plus the mean of all.

    Else a question that stands in a hard and in an easy quiz would seem to discriminate by the quiz alone.
    """
    known = [value for value in rests if value is not None]
    if not known:
        return list(rests)
    mean = math.fsum(known) / len(known)
    of_group: dict[Hashable, list[float]] = {}
    for value, group in zip(rests, groups, strict=True):
        if value is not None:
            of_group.setdefault(group, []).append(value)
    means = {group: math.fsum(values) / len(values) for group, values in of_group.items()}
    return [
        None if value is None else round(value - means[group] + mean, _DECIMALS)
        for value, group in zip(rests, groups, strict=True)
    ]


def correlation(pairs: Sequence[tuple[float, float]]) -> Correlation | None:
    """Pearson's r and its 95 % interval, tanh(atanh r ± 1.96/√(n−3)) (Fisher 1921).

    None for fewer than ten pairs, or where either side does not vary.
    """
    n = len(pairs)
    if n < FEWEST_PAIRS:
        return None
    values = np.round(np.asarray(pairs, dtype=np.float64), _DECIMALS)
    if not np.ptp(values, axis=0).all():
        return None
    deviations = values - values.mean(axis=0)
    squares = (deviations**2).sum(axis=0)
    found = float((deviations[:, 0] * deviations[:, 1]).sum() / math.sqrt(float(squares[0]) * float(squares[1])))
    found = round(max(-1.0, min(1.0, found)), _DECIMALS)  # sums in another order differ in their last bits
    middle, half = math.atanh(max(-_CERTAIN, min(_CERTAIN, found))), Z_95 / math.sqrt(n - 3)
    return Correlation(n, found, math.tanh(middle - half), math.tanh(middle + half))


def kelley_index(responses: Sequence[Response]) -> float | None:
    """Mean share of the 27 % with the highest rest scores less that of the 27 % with the lowest (Kelley 1939).

    People with equal rest scores at the edge of a group count by equal parts, so that the order of people is of no
    consequence. None for fewer than ten people.
    """
    known = [(one.rest, one.share) for one in responses if one.rest is not None]
    if len(known) < FEWEST_PAIRS:
        return None
    size = max(1, round(KELLEY_SHARE * len(known)))
    lower = _mean_of_first(sorted(known), size)
    upper = _mean_of_first(sorted(known, reverse=True), size)
    return upper - lower


def _mean_of_first(ordered: Sequence[tuple[float, float]], size: int) -> float:
    edge = ordered[size - 1][0]
    inside = [share for rest, share in ordered[:size] if rest != edge]
    at_edge = [share for rest, share in ordered if rest == edge]
    return (math.fsum(inside) + (size - len(inside)) * math.fsum(at_edge) / len(at_edge)) / size


def item_statistics(
    responses: Sequence[Response], options: Sequence[Alternative] = (), guess_floor: float = 0.0
) -> ItemStatistics:
    """What first answers say about an item with these options, of which a blind guess earns `guess_floor`."""
    n = len(responses)
    if not n:
        return ItemStatistics(0, None, None, None, None, (), ())
    shares = [one.share for one in responses]
    facility = math.fsum(shares) / n
    sd = math.sqrt(math.fsum((share - facility) ** 2 for share in shares) / (n - 1)) if n > 1 else None
    discrimination = correlation([(one.share, one.rest) for one in responses if one.rest is not None])
    used = tuple(_use_of(option, responses) for option in options)
    return ItemStatistics(
        n,
        facility,
        sd,
        discrimination,
        kelley_index(responses),
        used,
        _flags(n, facility, discrimination, used, guess_floor),
    )


def _use_of(option: Alternative, responses: Sequence[Response]) -> OptionUse:
    n = len(responses)
    takers = [one for one in responses if option.key in one.chosen]
    rests = [one.rest for one in takers if one.rest is not None]
    wrong = not option.is_right
    return OptionUse(
        option.key,
        option.is_right,
        len(takers),
        len(takers) / n,
        math.fsum(rests) / len(rests) if len(rests) >= FEWEST_CHOOSERS else None,
        is_dead=wrong and n >= FEWEST_TO_BURY and len(takers) < DEAD_BELOW * n,
        is_attractive=wrong and n >= FEWEST_TO_FLAG and _do_better(takers, responses),
    )


def _do_better(takers: Sequence[Response], responses: Sequence[Response]) -> bool:
    """Whether those who took a wrong option clearly do better elsewhere than those who are right.

    The mean difference is more than 1.96 of its standard errors (Welch 1947) above 0: of two means one is always the
    higher, and a quiz makes dozens of such comparisons.
    """
    right = [one.rest for one in responses if one.share >= ALMOST_RIGHT and one.rest is not None]
    wrong = [one.rest for one in takers if one.share < ALMOST_RIGHT and one.rest is not None]
    if min(len(right), len(wrong)) < FEWEST_CHOOSERS:
        return False
    ones, others = np.asarray(wrong), np.asarray(right)
    error = math.sqrt(float(ones.var(ddof=1)) / len(ones) + float(others.var(ddof=1)) / len(others))
    return float(ones.mean() - others.mean()) > max(Z_95 * error, 10.0**-_DECIMALS)


def _flags(
    n: int, facility: float, discrimination: Correlation | None, options: Collection[OptionUse], guess_floor: float
) -> tuple[Flag, ...]:
    found: set[Flag] = set()
    enough = n >= FEWEST_TO_FLAG
    negative = discrimination is not None and discrimination.high < 0
    attractive = any(option.is_attractive for option in options)
    if negative and attractive:
        found.add(Flag.KEY_SUSPECT)
    elif negative:
        found.add(Flag.NEGATIVE)
    elif attractive:
        found.add(Flag.ATTRACTIVE_DISTRACTOR)
    if enough and facility > EASY_ABOVE:
        found.add(Flag.TOO_EASY)
    elif enough and (facility <= guess_floor or facility < HARD_BELOW):
        found.add(Flag.TOO_HARD)
    elif enough and not negative and discrimination is not None and discrimination.value < WEAK_BELOW:
        # Where almost everybody or nobody is right nothing can tell people apart; that is said already.
        found.add(Flag.WEAK)
    if any(option.is_dead for option in options):
        found.add(Flag.DEAD_DISTRACTOR)
    return tuple(flag for flag in Flag if flag in found)


def reliability(shares: ArrayLike, points: ArrayLike) -> Reliability | None:
    """Cronbach's alpha, k/(k−1)·(1 − Σ var(item)/var(total)) (Cronbach 1951), of items weighted by their points, and
    the standard error of measurement, sd(total)·√(1 − alpha); an alpha below 0 counts as 0 in it.

    Only people with a mark in every item count. None for fewer than ten of them or two items, or where all have the
    same total.
    """
    held = np.asarray(shares, dtype=np.float64)
    worth = np.asarray(points, dtype=np.float64)
    if held.ndim != 2 or held.shape[1] < 2 or not worth.sum() > 0:
        return None
    whole = held[~np.isnan(held).any(axis=1)]
    n, k = whole.shape
    if n < FEWEST_PAIRS:
        return None
    marks = np.round(whole * worth, _DECIMALS)
    totals = np.round(marks.sum(axis=1), _DECIMALS)
    if not np.ptp(totals):
        return None
    spread = float(totals.var(ddof=1))
    alpha = min(1.0, k / (k - 1) * (1 - float(marks.var(axis=0, ddof=1).sum()) / spread))
    return Reliability(n, k, alpha, math.sqrt(spread * (1 - max(alpha, 0.0))) / float(worth.sum()))


def prediction(pairs: Sequence[tuple[float, float]]) -> Prediction:
    """Whether an item predicts: pairs of a person's first-answer share and of the level, in logits, that evidence from
    elsewhere shows for the same person and skill. Evidence of the item itself must not be in it.

    Called only where the 95 % interval leaves 0. Who has evidence from elsewhere was placed or competed, so that the
    range is narrower, and the correlation lower, than among all.
    """
    found = correlation(pairs)
    if found is None:
        return Prediction(len(pairs), None, Verdict.TOO_FEW)
    verdict = Verdict.PREDICTS if found.low > 0 else Verdict.AGAINST if found.high < 0 else Verdict.UNSURE
    return Prediction(len(pairs), found, verdict)
