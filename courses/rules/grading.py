"""How marks make a total: categories with weights, of which the lowest marks may be dropped.

Shares are exact fractions; a share that is told or kept is rounded half up to a hundredth of a per cent, and it is this
rounded share that is compared with the pass mark, so that what one reads is what decides.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any

SMALLEST = Decimal("0.0001")
MOST_WEIGHT = Decimal(10_000)
MOST_CATEGORIES, MOST_DROPS, MOST_MONTHS = 20, 50, 1200
KEYS = frozenset({"categories", "pass_share", "sequential", "valid_months"})
CATEGORY_KEYS = frozenset({"name", "title_zh", "title_en", "weight", "drop"})


class Fault(StrEnum):
    """What is wrong with rules."""

    NOT_A_MAPPING = "not-a-mapping"
    UNKNOWN_KEY = "unknown-key"
    NOT_A_LIST = "not-a-list"
    TOO_MANY = "too-many"
    NO_NAME = "no-name"
    NAME_TWICE = "name-twice"
    NO_TITLE = "no-title"
    NOT_A_NUMBER = "not-a-number"
    OUT_OF_RANGE = "out-of-range"
    NOT_YES_OR_NO = "not-yes-or-no"


class RulesBroken(ValueError):
    """Rules that cannot be read: what is wrong, and where ("categories.1.weight"); the bounds where there are some."""

    def __init__(self, fault: Fault, place: str, least: Decimal | int = 0, most: Decimal | int = 0) -> None:
        super().__init__(f"{place}: {fault.value}")
        self.fault, self.place, self.least, self.most = fault, place, least, most


@dataclass(frozen=True)
class Category:
    """Marks that count together: weight beside the other categories, how many of the lowest are dropped."""

    name: str
    title_zh: str
    title_en: str = ""
    weight: Decimal = Decimal(1)
    drop: int = 0


@dataclass(frozen=True)
class Rules:
    """What a course says of marks and completion."""

    categories: tuple[Category, ...] = ()
    pass_share: Decimal | None = None
    sequential: bool = False
    valid_months: int | None = None

    @property
    def counted(self) -> tuple[Category, ...]:
        """The categories; one of no name that holds every mark, where the rules name none."""
        return self.categories or (Category("", ""),)

    def counts_as(self, category: str) -> Fraction:
        """The part of the whole that a category's weight makes, before any is left out for want of marks."""
        whole = sum((Fraction(one.weight) for one in self.counted), Fraction(0))
        found = next((Fraction(one.weight) for one in self.counted if one.name == category), Fraction(0))
        return found / whole

    def as_json(self) -> dict[str, Any]:
        """The rules as they are kept: decimals as text."""
        return {
            "categories": [
                {
                    "name": one.name,
                    "title_zh": one.title_zh,
                    "title_en": one.title_en,
                    "weight": _text(one.weight),
                    "drop": one.drop,
                }
                for one in self.categories
            ],
            "pass_share": None if self.pass_share is None else _text(self.pass_share),
            "sequential": self.sequential,
            "valid_months": self.valid_months,
        }


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"


def read_rules(raw: object) -> Rules:
    """Rules as they are kept, or in a course's file; nothing at all is no rules. Raises RulesBroken."""
    told = _mapping(raw, KEYS, "rules")
    listed = told.get("categories", [])
    if not isinstance(listed, list):
        raise RulesBroken(Fault.NOT_A_LIST, "categories")
    if len(listed) > MOST_CATEGORIES:
        raise RulesBroken(Fault.TOO_MANY, "categories", most=MOST_CATEGORIES)
    categories = tuple(_category(one, f"categories.{number}") for number, one in enumerate(listed))
    name, times = next(iter(Counter(one.name for one in categories).most_common(1)), ("", 0))
    if times > 1:
        raise RulesBroken(Fault.NAME_TWICE, f"categories.{name}")
    share, months, sequential = told.get("pass_share"), told.get("valid_months"), told.get("sequential", False)
    if not isinstance(sequential, bool):
        raise RulesBroken(Fault.NOT_YES_OR_NO, "sequential")
    return Rules(
        categories,
        None if share is None else _decimal(share, "pass_share", Decimal(1)),
        sequential,
        None if months is None else _whole(months, "valid_months", 1, MOST_MONTHS),
    )


def readable_rules(raw: object) -> tuple[Rules, bool]:
    """Kept rules, and whether they can be read: where they cannot, there are none, and those who teach are told so."""
    try:
        return read_rules(raw), True
    except RulesBroken:
        return Rules(), False


def _category(raw: object, place: str) -> Category:
    told = _mapping(raw, CATEGORY_KEYS, place)
    name, zh, en = (told.get(key, "") for key in ("name", "title_zh", "title_en"))
    if not isinstance(name, str) or not 0 < len(name) <= 80:
        raise RulesBroken(Fault.NO_NAME, f"{place}.name")
    if not isinstance(zh, str) or not isinstance(en, str) or not zh.strip():
        raise RulesBroken(Fault.NO_TITLE, f"{place}.title_zh")
    weight = _decimal(told.get("weight", "1"), f"{place}.weight", MOST_WEIGHT)
    if weight == 0:
        raise RulesBroken(Fault.OUT_OF_RANGE, f"{place}.weight", SMALLEST, MOST_WEIGHT)
    return Category(name, zh, en, weight, _whole(told.get("drop", 0), f"{place}.drop", 0, MOST_DROPS))


def _mapping(raw: object, known: frozenset[str], place: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise RulesBroken(Fault.NOT_A_MAPPING, place)
    unknown = sorted(str(key) for key in raw if key not in known)
    if unknown:
        raise RulesBroken(Fault.UNKNOWN_KEY, f"{place}.{unknown[0]}")
    return raw


def _decimal(raw: object, place: str, most: Decimal) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise RulesBroken(Fault.NOT_A_NUMBER, place)
    try:
        value = Decimal(str(raw))
    except (InvalidOperation, ValueError) as error:
        raise RulesBroken(Fault.NOT_A_NUMBER, place) from error
    if not value.is_finite():
        raise RulesBroken(Fault.NOT_A_NUMBER, place)
    if not 0 <= value <= most or value != round(value, 4):
        raise RulesBroken(Fault.OUT_OF_RANGE, place, SMALLEST if 0 < value < SMALLEST else 0, most)
    return value


def _whole(raw: object, place: str, least: int, most: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise RulesBroken(Fault.NOT_A_NUMBER, place)
    if not least <= raw <= most:
        raise RulesBroken(Fault.OUT_OF_RANGE, place, least, most)
    return raw


# Marks


@dataclass(frozen=True)
class Mark:
    """What one column holds for one person. `weight` is the column's most points; `share` is None where nothing is."""

    key: str
    category: str
    share: Fraction | None
    weight: Fraction


@dataclass(frozen=True)
class Part:
    """A category's share of its points after the lowest were dropped, and the keys of those."""

    category: Category
    share: Fraction
    dropped: frozenset[str]


@dataclass(frozen=True)
class Total:
    """What the marks come to. Categories that hold nothing stand in no part and take no weight."""

    parts: tuple[Part, ...]
    share: Decimal | None

    @property
    def dropped(self) -> frozenset[str]:
        """The keys of all marks that do not count because they are among the lowest."""
        return frozenset().union(*(part.dropped for part in self.parts))

    def part_of(self, name: str) -> Part | None:
        """The part of a category, where it holds something."""
        return next((part for part in self.parts if part.category.name == name), None)

    def counts_as(self, part: Part) -> Fraction:
        """The part of the whole that a category makes here, among those that hold something."""
        return Fraction(part.category.weight) / sum((Fraction(one.category.weight) for one in self.parts), Fraction(0))


def effective(points: Decimal | None, override: Decimal | None) -> Decimal | None:
    """What counts: an override wins over what was earned."""
    return points if override is None else override


def share_of(points: Decimal | None, most: Decimal) -> Fraction | None:
    """Points as a share of the most, between 0 and 1; None where there are none, or where none can be had."""
    if points is None or most <= 0:
        return None
    return min(Fraction(1), max(Fraction(0), Fraction(points) / Fraction(most)))


def total(rules: Rules, marks: Sequence[Mark], *, missing_as_zero: bool) -> Total:
    """What marks come to: so far, of what is marked; or finally, with nothing counted as none of its points.

    The share of a category is the mean of its marks, weighted by their points, after the lowest were dropped: never all
    of them. Of equal ones that with the most points goes first, then by key. The total is the mean of the categories
    that hold something, by their weights.
    """
    held: dict[str, list[tuple[Fraction, Fraction, str]]] = {one.name: [] for one in rules.counted}
    for mark in marks:
        share = Fraction(0) if mark.share is None and missing_as_zero else mark.share
        category = mark.category if rules.categories else ""
        if category in held and share is not None and mark.weight > 0:
            held[category].append((share, -mark.weight, mark.key))
    parts = tuple(_part(one, sorted(held[one.name])) for one in rules.counted if held[one.name])
    weights = sum((Fraction(part.category.weight) for part in parts), Fraction(0))
    if not parts:
        return Total((), None)
    whole = sum((part.share * Fraction(part.category.weight) for part in parts), Fraction(0)) / weights
    return Total(parts, rounded(whole))


def _part(category: Category, marks: list[tuple[Fraction, Fraction, str]]) -> Part:
    dropped = min(category.drop, len(marks) - 1)
    counted = marks[dropped:]
    weight = sum((-weight for _share, weight, _key in counted), Fraction(0))
    points = sum((-weight * share for share, weight, _key in counted), Fraction(0))
    return Part(category, points / weight, frozenset(key for _share, _weight, key in marks[:dropped]))


def rounded(share: Fraction) -> Decimal:
    """A share to a hundredth of a per cent, half up."""
    steps = share * 10_000
    whole = (steps.numerator * 2 + steps.denominator) // (2 * steps.denominator)
    return (Decimal(whole) * SMALLEST).quantize(SMALLEST, ROUND_HALF_UP)
