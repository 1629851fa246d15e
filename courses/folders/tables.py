"""Values as tables of TOML and back: without what stands at its default, with a reason for all that does not fit."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from math import isfinite
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import tomlkit

from app.clock import ZONE
from courses.folders.faults import Said
from courses.folders.values import Length, Places, Whole, Years

WANTED = {
    int: "a whole number",
    Decimal: "a number",
    str: "a text",
    bool: "true or false",
    datetime: "a moment",
    tuple: "a list",
    dict: "a table",
}


# What no author writes by hand, and what would outgrow the stack of who reads it.
MOST_LEVELS = 20


class Unfit(Exception):
    """An entry that does not fit, and how: `path` leads to it."""

    def __init__(self, path: tuple[str, ...], said: Said, **values: Any) -> None:
        super().__init__(said)
        self.path, self.said, self.values = path, said, values


@cache
def _types(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: hints[field.name] for field in fields(cls)}


# Writing


def to_table(value: Any) -> dict[str, Any]:
    """A value as a table, without what stands at its default."""
    table = {}
    for each in fields(value):
        held = getattr(value, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if held != default:
            table[each.name] = _entry(held, is_free=_types(value.__class__)[each.name] == dict[str, Any])
    return table


def _entry(held: Any, *, is_free: bool = False) -> Any:
    if is_free:
        return free_table(held)
    if isinstance(held, StrEnum):
        return held.value
    if isinstance(held, Decimal):
        return number(held)
    if isinstance(held, datetime):
        return held.astimezone(ZONE)
    if isinstance(held, tuple):
        return [_entry(each) for each in held]
    if isinstance(held, Mapping):
        return {key: _entry(each) for key, each in held.items()}
    return to_table(held) if is_dataclass(held) else held


def number(value: Decimal) -> Decimal | int:
    """A decimal in the one form in which it is written."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def free_table(held: dict[str, Any]) -> dict[str, Any] | str:
    """JSON as a table; where TOML cannot hold it, as JSON in a text."""
    return held if _fits_toml(held) else json.dumps(held, ensure_ascii=False, sort_keys=True)


def _fits_toml(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_fits_toml(each) for each in value.values())
    if isinstance(value, list):
        return all(_fits_toml(each) for each in value)
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, str)


def toml(table: Mapping[str, Any]) -> str:
    """The TOML text of nested tables: of each what is no table first."""
    return "\n".join(_lines(table, (), "")).strip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...], header: str) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if isinstance(value, dict) or _is_tables(value)}
    if header and (len(inner) < len(table) or not table or header.startswith("[[")):
        yield f"\n{header}"
    for key, value in table.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in inner.items():
        here = (*path, _key(key))
        if isinstance(value, dict):
            yield from _lines(value, here, f"[{'.'.join(here)}]")
        else:
            for each in value:
                yield from _lines(each, here, f"[[{'.'.join(here)}]]")


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _key(name: str) -> str:
    return tomlkit.key(name).as_string() if name else '""'


def _value(value: Any) -> str:
    if isinstance(value, str) and "\n" in value and _reads_well(value):
        return tomlkit.string(value, multiline=True).as_string()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {_value(each)}' for key, each in value.items())}}}"
    return tomlkit.item(value).as_string()


def _reads_well(text: str) -> bool:
    """Whether a text looks in several lines as it is: nothing but its line ends would have to be escaped."""
    return all(line.isprintable() and "\\" not in line and '"' not in line for line in text.split("\n"))


# Reading


def from_table(cls: type, table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Any:
    """The value of class `cls` that a table tells. Raises Unfit."""
    types = _types(cls)
    for key in table:
        if key not in types:
            raise Unfit((*path, key), Said.UNKNOWN_KEY)
    for each in fields(cls):
        if each.name not in table and each.default is MISSING and each.default_factory is MISSING:
            raise Unfit((*path, each.name), Said.MISSING)
    return cls(**{key: read_entry(types[key], value, (*path, key)) for key, value in table.items()})


def read_entry(expected: Any, value: Any, path: tuple[str, ...]) -> Any:
    """One entry as its type expects it. Raises Unfit."""
    if get_origin(expected) in (UnionType, Union):
        expected = next(each for each in get_args(expected) if each is not type(None))
    limits: tuple[Any, ...] = ()
    if get_origin(expected) is Annotated:
        expected, *rest = get_args(expected)
        limits = tuple(rest)
    origin = get_origin(expected)
    if expected == dict[str, Any]:
        return _free(value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise Unfit(path, Said.WRONG_TYPE, wanted=WANTED[tuple])
        inner = get_args(expected)[0]
        read = tuple(read_entry(inner, each, (*path, str(place))) for place, each in enumerate(value, 1))
        return _within(read, limits, path)
    if origin is not None:
        if not isinstance(value, dict):
            raise Unfit(path, Said.WRONG_TYPE, wanted=WANTED[dict])
        inner = get_args(expected)[1]
        return {plain(key, path): read_entry(inner, each, (*path, key)) for key, each in value.items()}
    if is_dataclass(expected) and isinstance(expected, type):
        if not isinstance(value, dict):
            raise Unfit(path, Said.WRONG_TYPE, wanted=WANTED[dict])
        return from_table(expected, value, path)
    if issubclass(expected, StrEnum):
        if value not in list(expected):
            raise Unfit(path, Said.NOT_ONE_OF, choices=", ".join(expected))
        return expected(value)
    return _within(_scalar(expected, value, path), limits, path)


def _scalar(expected: Any, value: Any, path: tuple[str, ...]) -> Any:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if expected is Decimal and is_number and (read := Decimal(value)).is_finite():
        return read
    if expected is int and is_number and isinstance(value, int):
        return value
    if expected is bool and isinstance(value, bool):
        return value
    if expected is datetime and isinstance(value, datetime):
        # A moment without its zone is one on the wall in Shanghai.
        return value if value.tzinfo else value.replace(tzinfo=ZONE)
    if expected is str and isinstance(value, str):
        return plain(value, path)
    raise Unfit(path, Said.WRONG_TYPE, wanted=WANTED[expected])


def _within(value: Any, limits: tuple[Any, ...], path: tuple[str, ...]) -> Any:
    for limit in limits:
        if isinstance(limit, Length) and len(value) > limit.most:
            raise Unfit(path, Said.TOO_LONG if isinstance(value, str) else Said.TOO_MANY, most=limit.most)
        if isinstance(limit, Length) and len(value) < limit.least:
            raise Unfit(path, Said.MISSING)
        told = value.year if isinstance(limit, Years) else value
        if isinstance(limit, Whole | Years) and not limit.least <= told <= limit.most:
            raise Unfit(path, Said.OUT_OF_RANGE, least=limit.least, most=limit.most)
        if isinstance(limit, Places) and value != round(value, limit.most):
            raise Unfit(path, Said.DECIMALS, most=limit.most)
    return value


def plain(text: str, path: tuple[str, ...]) -> str:
    """A text without the sign that no database takes. Raises Unfit."""
    if "\x00" in text:
        raise Unfit(path, Said.CONTROL)
    return text


def _free(value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Unfit(path, Said.BROKEN_JSON, why=str(error)) from error
        except RecursionError as error:
            raise Unfit(path, Said.TOO_DEEP) from error
    if not isinstance(value, dict):
        raise Unfit(path, Said.WRONG_TYPE, wanted=WANTED[dict])
    return {plain(key, path): _json(each, (*path, key)) for key, each in value.items()}


def _json(value: Any, path: tuple[str, ...], level: int = 1) -> Any:
    """What TOML said as JSON has it."""
    if level > MOST_LEVELS:
        raise Unfit(path[:MOST_LEVELS], Said.TOO_DEEP)
    if isinstance(value, dict):
        return {plain(key, path): _json(each, (*path, key), level + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each, path, level + 1) for each in value]
    if isinstance(value, int) and abs(value) >= 2**63:
        raise Unfit(path, Said.OUT_OF_RANGE, least=-(2**63), most=2**63 - 1)
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, str):
        return plain(value, path)
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    raise Unfit(path, Said.WRONG_TYPE, wanted=WANTED[str])
