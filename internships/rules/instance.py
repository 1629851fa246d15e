"""Reading a matching problem from a plain value, as JSON gives it: a sound instance, or what is wrong and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from internships.rules.lottery import TiesWithoutSeed, break_ties
from internships.rules.matching import PostingSide

SIDES = ("students", "postings")
POSTING_KEYS = ("capacity", "ranking")


class Malformed(ValueError):
    """The value is not a matching problem: `field` says where, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class Posting:
    """A posting as stated; a list inside `ranking`, which `has_lists` tells of, holds equals."""

    capacity: int
    ranking: Sequence[str | Sequence[str]]
    has_lists: bool = False


@dataclass(frozen=True)
class Instance:
    """A sound problem: every name exists, none is repeated in a list. `matching` is empty unless it was asked for."""

    students: Mapping[str, Sequence[str]]
    postings: Mapping[str, Posting]
    matching: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def strict(self, seed: str | None = None) -> dict[str, PostingSide]:
        """The postings with equals ordered by the lottery of `seed`; without one, Malformed if there are any."""
        sides = {}
        for posting, stated in self.postings.items():
            ranking: Sequence[Any] = stated.ranking
            if stated.has_lists:
                try:
                    ranking = break_ties(stated.ranking, seed)
                except TiesWithoutSeed as error:
                    raise Malformed(f"postings.{posting}.ranking", "holds equals, which need a seed") from error
            sides[posting] = PostingSide(stated.capacity, ranking)
        return sides


def parse(value: object, *, with_matching: bool = False) -> Instance:
    """The instance in `value`: `{"students": {id: [id, …]}, "postings": {id: {"capacity": n, "ranking": [id, …]}}}`.

    With `with_matching` also `"matching": {posting: [student, …]}`; without, a matching that is there is not looked at,
    so that one record of a round serves both doors. Raises Malformed for a missing or unknown key, a
    wrong type, nobody and nothing to match, an id that does not exist or is not text, a repeated id, a capacity that
    is not a whole number of 0 or more.
    """
    if not with_matching and isinstance(value, dict):
        value = {name: part for name, part in value.items() if name != "matching"}
    parts = _keys(value, "", (*SIDES, "matching") if with_matching else SIDES)
    students, postings = (_by_id(parts[side], side) for side in SIDES)
    if not students and not postings:
        raise Malformed("students", "holds nobody, and postings holds nothing")
    for student, chosen in students.items():
        _check_names(chosen, f"students.{student}", postings, "posting")
    return Instance(
        students=students,
        postings={posting: _posting(side, f"postings.{posting}", students) for posting, side in postings.items()},
        matching=_matching(parts["matching"], students, postings) if with_matching else {},
    )


def _posting(value: object, field: str, students: dict[str, Any]) -> Posting:
    """The posting stated in `value`."""
    side = _keys(value, field, POSTING_KEYS)
    capacity, ranking = side["capacity"], side["ranking"]
    if not isinstance(capacity, int) or isinstance(capacity, bool):
        raise Malformed(f"{field}.capacity", f"{_show(capacity)} is not a whole number")
    if capacity < 0:
        raise Malformed(f"{field}.capacity", f"{_show(capacity)} is negative")
    if not isinstance(ranking, list):
        raise Malformed(f"{field}.ranking", f"{_show(ranking)} is not a list")
    if list not in set(map(type, ranking)):
        _check_names(ranking, f"{field}.ranking", students, "student")
        return Posting(capacity, ranking)
    if [] in ranking:
        raise Malformed(f"{field}.ranking", "an empty list of equals")
    names = [name for place in ranking for name in (place if isinstance(place, list) else (place,))]
    _check_names(names, f"{field}.ranking", students, "student")
    return Posting(capacity, ranking, has_lists=True)


def _matching(value: object, students: dict[str, Any], postings: dict[str, Any]) -> dict[str, list[str]]:
    """The stated matching: known postings, known students, nobody twice."""
    matching = _by_id(value, "matching")
    seen: set[str] = set()
    for posting, group in matching.items():
        field = f"matching.{posting}"
        if posting not in postings:
            raise Malformed(field, f"posting {_show(posting)} does not exist")
        _check_names(group, field, students, "student")
        if twice := seen.intersection(group):
            raise Malformed(field, f"student {_show(min(twice))} is matched twice")
        seen.update(group)
    return matching


def _keys(value: object, field: str, wanted: tuple[str, ...]) -> dict[str, Any]:
    """`value` as an object with exactly the keys `wanted`."""
    found = _object(value, field or "top level")
    for key in wanted:
        if key not in found:
            raise Malformed(f"{field}.{key}" if field else key, "is missing")
    for key in found:
        if key not in wanted:
            raise Malformed(f"{field}.{key}" if field else key, "is not a known key")
    return found


def _by_id(value: object, field: str) -> dict[str, Any]:
    """`value` as an object whose keys are ids, each of which can be written in UTF-8."""
    found = _object(value, field)
    for name in found:
        if not name.isascii():
            try:
                name.encode()
            except UnicodeEncodeError as error:
                raise Malformed(field, f"the id {_show(name)} is not text") from error
    return found


def _object(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(field, f"{_show(value)} is not an object")
    return value


def _check_names(names: object, field: str, known: dict[str, Any], kind: str) -> None:
    """Refuse `names` unless it is a list of ids that are `known`, none of them twice."""
    if not isinstance(names, list):
        raise Malformed(field, f"{_show(names)} is not a list")
    try:
        different = set(names)
        if len(different) == len(names) and known.keys() >= different:
            return
    except TypeError:
        # Something in the list cannot be a name at all; which one is found below.
        pass
    _refuse_names(names, field, known, kind)


def _refuse_names(names: list[Any], field: str, known: dict[str, Any], kind: str) -> NoReturn:
    """Say what is wrong with `names`: the first that is no text, unknown or repeated."""
    seen: set[str] = set()
    for position, name in enumerate(names):
        if not isinstance(name, str):
            raise Malformed(f"{field}[{position}]", f"{_show(name)} is not an id")
        if name not in known:
            raise Malformed(f"{field}[{position}]", f"{kind} {_show(name)} does not exist")
        if name in seen:
            raise Malformed(f"{field}[{position}]", f"{kind} {_show(name)} is repeated")
        seen.add(name)
    raise AssertionError(f"nothing is wrong with {field}")


def _show(value: object) -> str:
    """`value` as it may be quoted in one line: short, and in characters that every terminal can print."""
    try:
        text = ascii(value) if not isinstance(value, str) or not value.isprintable() else repr(value)
    except ValueError:
        # Python prints no integer of more than 4,300 digits.
        return "a very long number"
    return text if len(text) <= 60 else f"{text[:57]}..."
