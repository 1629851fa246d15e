"""Indicators of the skill gap: places against able people, with honest intervals.

Every interval is computed from published counts, so that anyone can recompute it and no ratio undoes the rounding.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Z95 = 1.959963984540054
"""97.5 % point of the normal distribution."""
BASE = 5
"""Published counts are rounded to multiples of this."""


class Call(StrEnum):
    """What a tightness says; the values are the words of the published column."""

    SHORTAGE = "shortage"
    SURPLUS = "surplus"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Ask:
    """One posting asking one skill at a level; `title_key` is the title as compared, `cluster` may be empty."""

    posting: int
    employer: int
    title_key: str
    city: str
    region: str
    cluster: str
    skill: str
    level: int
    seats: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio and its 95 % interval, each to 4 significant digits."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sides:
    """How many of many cells are called after allowing for the number of looks."""

    shortage: int
    surplus: int
    cannot_tell: int


def counted_once(asks: Iterable[Ask], skill: str, level: int) -> list[Ask]:
    """The asks for `skill` at `level` or above, one per employer × title × city, with the larger seats.

    An advertisement repeated under another cluster belongs to one cluster at all levels and skills: that of the
    repetition with most seats (then the last cluster by name, then the first posting). So clusters, provinces and
    levels add up.
    """
    asks = list(asks)
    place: dict[tuple[int, str, str, str], Ask] = {}
    kept: dict[tuple[int, str, str, str], Ask] = {}
    for ask in asks:
        key = (ask.employer, ask.title_key, ask.city, ask.region)
        if key not in place or _prominence(ask) > _prominence(place[key]):
            place[key] = ask
        if ask.skill == skill and ask.level >= level and (key not in kept or _prominence(ask) > _prominence(kept[key])):
            kept[key] = ask
    return [
        Ask(a.posting, a.employer, a.title_key, a.city, a.region, place[key].cluster, skill, level, a.seats)
        for key, a in sorted(kept.items())
    ]


def _prominence(ask: Ask) -> tuple[int, str, int]:
    return ask.seats, ask.cluster, -ask.posting


def significant(value: float, digits: int = 4) -> float:
    """`value` to so many significant digits, as it is printed."""
    return float(f"{value:.{digits}g}")


def effective_number(total: int, squares: int) -> float:
    """(Σw)² / Σw²: how many equal postings would say as much (Kish 1965); 0 without any."""
    return total * total / squares if squares else 0.0


def published_effective(total: int, squares: int) -> int:
    """The effective number of postings as published: rounded down to a whole number, but at least 1.

    Rounding down only widens the interval; 1 is what a single advertisement is worth, whatever its seats. It is shown
    only beside a demand that is itself shown, and so comes from at least three employers.
    """
    return max(1, math.floor(effective_number(total, squares)))


def tightness(demand: int, supply: int, effective: int) -> Ratio | None:
    """T = D/S, places per able person, from published counts; None where D or S is 0.

    Var ln T = 1/effective + 1/S + (5²/12)(1/D² + 1/S²), interval on the log scale.

    - Var ln D = Σw²/D² = 1/effective: seats of one posting are filled or cut together, so postings are the unit, not
    seats. - Var ln S = Σp(1−p)/S² + Σp²/S² = 1/S: the first term is not knowing who is able, the second that the
    people seen are
      a Poisson sample. By the law of total variance both together are the variance of a Poisson count, so nothing but S
      itself has to be published.
    - the last term is the rounding to base 5, uniform within ±2.5.

    Errors shared by all cells (cuts, items) are not in the interval.
    """
    if demand <= 0 or supply <= 0:
        return None
    rounding = BASE**2 / 12 * (demand**-2 + supply**-2)
    return _ratio(demand / supply, 1 / effective + 1 / supply + rounding)


def call(ratio: Ratio | None) -> Call:
    """`shortage` only if the printed lower bound is above 1, `surplus` only if the upper is below 1."""
    if ratio is not None and ratio.low > 1:
        return Call.SHORTAGE
    if ratio is not None and ratio.high < 1:
        return Call.SURPLUS
    return Call.CANNOT_TELL


def relative_demand(asking: int, places: int, effective: float, able: int, people: int) -> Ratio | None:
    """p_D / p_S: the share of places asking a skill over the share of people able to do it (相对紧缺).

    `effective` is the effective number of all postings, `people` all people with evidence. The standard error is that
    of Katz et al. (1978): Var ln = (1−p_D)/(n·p_D) + (1−p_S)/(m·p_S). None where a share is 0 or undefined. Says
    nothing on absolute shortage: a skill can be relatively scarce and plentiful.
    """
    if min(asking, places, able, people) <= 0 or effective <= 0:
        return None
    asked, shown = asking / places, able / people
    return _ratio(asked / shown, (1 - asked) / (effective * asked) + (1 - shown) / (people * shown))


def location_quotient(here_of_kind: float, here: float, all_of_kind: float, everywhere: float) -> float | None:
    """LQ = (x_sr/x_r) / (x_s/x) (US Bureau of Labor Statistics); None where a denominator is 0."""
    if here <= 0 or all_of_kind <= 0 or everywhere <= 0:
        return None
    return significant(here_of_kind / here / (all_of_kind / everywhere))


def benjamini_hochberg(p_values: Sequence[float], rate: float = 0.05) -> list[bool]:
    """Which hypotheses are rejected at false discovery rate `rate` (Benjamini & Hochberg 1995), in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    last = max((k for k, index in enumerate(order, 1) if p_values[index] <= rate * k / len(order)), default=0)
    rejected = set(order[:last])
    return [index in rejected for index in range(len(p_values))]


def p_value(ratio: Ratio) -> float:
    """Two-sided p of "the ratio is 1", read from the printed interval."""
    error = math.log(ratio.high / ratio.low) / (2 * Z95)
    return math.erfc(abs(math.log(ratio.value)) / error / math.sqrt(2)) if error else float(ratio.value == 1)


def sides(ratios: Sequence[Ratio], rate: float = 0.05) -> Sides:
    """Headline counts over the cells of one page: called only where Benjamini–Hochberg still rejects "the ratio is
    1"."""
    rejected = benjamini_hochberg([p_value(ratio) for ratio in ratios], rate)
    shortage = sum(no and ratio.value > 1 for no, ratio in zip(rejected, ratios, strict=True))
    surplus = sum(no and ratio.value < 1 for no, ratio in zip(rejected, ratios, strict=True))
    return Sides(shortage, surplus, len(ratios) - shortage - surplus)


def _ratio(value: float, log_variance: float) -> Ratio:
    factor = math.exp(Z95 * math.sqrt(log_variance))
    return Ratio(significant(value), significant(value / factor), significant(value * factor))
