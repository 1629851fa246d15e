"""Readers of single values: each gives the value that a plain one states, or says where and why it cannot be."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from internships.rules.law.words import Named

LARGEST = 10**12
YEARS = (1900, 2200)
DAYS_A_WEEK = 7
HOURS_A_DAY = 24
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
PROVINCE = re.compile(r"CN-[A-Z]{2}|[0-9]{6}")
FIELD = re.compile(r"[a-z_]{1,40}")
LONGEST_NAME = 60
CODE = re.compile(r"[0-9A-Za-z_.-]{1,20}")

Member = TypeVar("Member", bound=Named)
Read = Callable[[Any, str], Any]


class Malformed(ValueError):
    """The value does not state facts, or a pack no rules: `field` says where, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def show(value: object) -> str:
    """`value` as it may be quoted in one line: short, and in characters that every terminal can print."""
    try:
        text = ascii(value) if not isinstance(value, str) or not value.isprintable() else repr(value)
    except ValueError:
        # Python prints no integer of more than 4,300 digits.
        return "a very long number"
    return text if len(text) <= 60 else f"{text[:57]}..."


def read_boolean(value: Any, place: str) -> bool:
    """True or false, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise Malformed(place, f"{show(value)} is neither true nor false")
    return value


def read_whole(value: Any, place: str) -> int:
    """A whole number of 0 or more."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(place, f"{show(value)} is not a whole number")
    if not 0 <= value <= LARGEST:
        raise Malformed(place, f"{show(value)} is not between 0 and {LARGEST}")
    return value


def read_amount(value: Any, place: str) -> Decimal:
    """A decimal of 0 or more; text such as "79.99" is taken digit by digit."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Malformed(place, f"{show(value)} is not a number")
    try:
        if isinstance(value, int):
            number = Decimal(read_whole(value, place))
        else:
            number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation as error:
        raise Malformed(place, f"{show(value)} is not a number") from error
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= number <= LARGEST or exponent < -9:
        raise Malformed(place, f"{show(value)} is not a number between 0 and {LARGEST} of at most 9 decimals")
    return number


def read_hours(value: Any, place: str) -> Decimal:
    """Hours of one day."""
    number = read_amount(value, place)
    if number > HOURS_A_DAY:
        raise Malformed(place, f"{show(value)} is more than the {HOURS_A_DAY} hours of a day")
    return number


def read_week_hours(value: Any, place: str) -> Decimal:
    """Hours of one week."""
    number = read_amount(value, place)
    if number > HOURS_A_DAY * DAYS_A_WEEK:
        raise Malformed(place, f"{show(value)} is more than the {HOURS_A_DAY * DAYS_A_WEEK} hours of a week")
    return number


def read_day(value: Any, place: str) -> date:
    """A day, YYYY-MM-DD; a date is taken as it is."""
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            value = date.fromisoformat(value)
        except ValueError as error:
            raise Malformed(place, f"{show(value)} is not a day of the calendar") from error
    if type(value) is not date:
        raise Malformed(place, f"{show(value)} is not a day (YYYY-MM-DD)")
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise Malformed(place, f"{show(value.isoformat())} is not a day between {YEARS[0]} and {YEARS[1]}")
    return value


def read_born(value: Any, place: str) -> date:
    """The latest day of birth that a day or a month (YYYY-MM) leaves open; nobody is taken for older than is known."""
    if isinstance(value, str) and MONTH.fullmatch(value):
        first = read_day(f"{value}-01", place)
        return first.replace(day=monthrange(first.year, first.month)[1])
    return read_day(value, place)


def one_of(kind: type[Member]) -> Callable[[Any, str], Member]:
    """A reader of one code of `kind`."""

    def read(value: Any, place: str) -> Member:
        try:
            if isinstance(value, str):
                return kind(value)
        except ValueError:
            pass
        raise Malformed(place, f"{show(value)} is none of {', '.join(member.value for member in kind)}")

    return read


def some_of(kind: type[Member]) -> Callable[[Any, str], tuple[Member, ...]]:
    """A reader of a list of codes of `kind`, none of them twice."""
    read_one = one_of(kind)

    def read(value: Any, place: str) -> tuple[Member, ...]:
        found = [read_one(one, f"{place}[{n}]") for n, one in enumerate(listed(value, place))]
        if len(set(found)) < len(found):
            raise Malformed(place, f"{show(value)} names something twice")
        return tuple(found)

    return read


def each(kind: type[Member], read_one: Read) -> Callable[[Any, str], dict[Member, Any]]:
    """A reader of an object whose keys are codes of `kind` and whose values `read_one` reads."""
    read_key = one_of(kind)

    def read(value: Any, place: str) -> dict[Member, Any]:
        if not isinstance(value, dict):
            raise Malformed(place, f"{show(value)} is not an object")
        return {read_key(key, f"{place}.{key}"): read_one(one, f"{place}.{key}") for key, one in value.items()}

    return read


def read_days(value: Any, place: str) -> tuple[date, ...]:
    """A list of days."""
    return tuple(read_day(one, f"{place}[{n}]") for n, one in enumerate(listed(value, place)))


def listed(value: Any, place: str) -> list[Any]:
    """`value`, if it is a list of a sane length."""
    if not isinstance(value, list | tuple) or len(value) > 1000:
        raise Malformed(place, f"{show(value)} is not a list of at most 1000")
    return list(value)


def matching(pattern: re.Pattern[str], what: str) -> Callable[[Any, str], str]:
    """A reader of text of one shape."""

    def read(value: Any, place: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(place, f"{show(value)} is not {what}")
        return value

    return read


def read_name(value: Any, place: str) -> str:
    """A name of a few printable signs; a half of a pair of signs, which no file can hold, is none."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LONGEST_NAME:
        raise Malformed(place, f"{show(value)} is not a name of 1 to {LONGEST_NAME} printable signs")
    return value


def read_names(value: Any, place: str) -> tuple[str, ...]:
    """A list of names."""
    return tuple(read_name(one, f"{place}[{n}]") for n, one in enumerate(listed(value, place)))


def read_grade(value: Any, place: str) -> int:
    """A grade of physical labour."""
    grade = read_whole(value, place)
    if not 1 <= grade <= 4:
        raise Malformed(place, f"{show(value)} is not a grade from 1 to 4")
    return grade


def read_from_one(value: Any, place: str) -> int:
    """A whole number of 1 or more."""
    number = read_whole(value, place)
    if number == 0:
        raise Malformed(place, "0 is not 1 or more")
    return number
