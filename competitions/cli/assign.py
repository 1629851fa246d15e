"""The door `assign`: which judge marks which entry, evenly and without a conflict of interest."""

from collections.abc import Iterable
from typing import Any

import click

from app.cli import Door, Impossible, Unusable, answers_in, exact_json, put, read_json, reads_file, table, uncollected
from competitions.rules import assignment
from competitions.rules.assignment import Entry, Judge

KEYS = ("entries", "judges", "conflicts", "per_entry", "seed")
MOST = 1_000_000_000
NAMED = 20  # names in a sentence


@click.command("assign", cls=Door)
@reads_file
@answers_in("json")
def assign(file: str, max_mb: int, encoding: str | None, form: str) -> None:
    """Give each entry of FILE its exact number of judges, without a conflict and as evenly as can be.

    \b
    FILE (- for standard input) holds entries and judges with their organisations, and how many judges each entry gets:
      {"entries": {"e1": {"organisations": ["o1"]}},
       "judges": {"j1": {"organisations": ["o2"], "max": 12}},
       "conflicts": [["j1", "e9"]], "per_entry": 3, "seed": 7}

    \b
    Example:
      flask competitions assign round.json
      {"assignment": {"e1": ["j1", "j4", "j8"]}, "loads": {"j1": 12}, "connected": true}

    Sharing an organisation is a conflict, and so is a pair (judge, entry) of "conflicts". "organisations", "max",
    "conflicts" and "seed" can be left out. The same file gives the same answer, to the byte. "connected" says whether
    all judges can be compared through entries in common. Exit code 3: the judges cannot suffice, and which.
    """
    with uncollected():
        stated = read_json(file, max_mb, encoding)
        entries, judges, conflicts, per_entry, seed = _read(file, stated)
        found = assignment.assign(entries, judges, conflicts, per_entry, seed)
        if isinstance(found, assignment.Impossible):
            raise Impossible(_sentence(found, per_entry, len(judges)))
        if form == "csv":
            put(table(("entry", "judge"), ((entry, judge) for entry, them in found.judges.items() for judge in them)))
        else:
            put(exact_json({"assignment": found.judges, "loads": found.loads, "connected": found.connected}))


def _sentence(found: assignment.Impossible, per_entry: int, judges: int) -> str:
    who = f"the judges {_listed(found.judges)}" if found.judges else "no judge at all"
    all_of = " (that is everybody)" if len(found.judges) == judges else ""
    return (
        f"The entries {_listed(found.entries)} cannot each have {per_entry}: without a conflict and within their "
        f"limits there remain for them {who}{all_of}."
    )


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    return ", ".join(shown[:NAMED]) + more


def _read(file: str, stated: Any) -> tuple[list[Entry], list[Judge], list[tuple[str, str]], int, str]:
    if not isinstance(stated, dict):
        raise Unusable(file, "is not an object")
    for key in stated:
        if key not in KEYS:
            raise Unusable(file, f"is none of {', '.join(KEYS)}", field=key)
    for key in ("entries", "judges", "per_entry"):
        if key not in stated:
            raise Unusable(file, "is missing", field=key)
    entries = [
        Entry(name, _organisations(file, f"entries.{name}", about))
        for name, about in _named(file, "entries", stated["entries"], ("organisations",))
    ]
    judges = [
        Judge(name, _organisations(file, f"judges.{name}", about), _limit(file, f"judges.{name}.max", about.get("max")))
        for name, about in _named(file, "judges", stated["judges"], ("organisations", "max"))
    ]
    per_entry = stated["per_entry"]
    if not _is_whole(per_entry) or not 1 <= per_entry <= MOST:
        raise Unusable(file, "is not a whole number of 1 or more", field="per_entry")
    seed = stated.get("seed", 0)
    if not (_is_whole(seed) or isinstance(seed, str)):
        raise Unusable(file, "is neither a whole number nor a text", field="seed")
    known = {"judge": {judge.name for judge in judges}, "entry": {entry.name for entry in entries}}
    return entries, judges, _conflicts(file, stated.get("conflicts", []), known), per_entry, str(seed)


def _named(file: str, key: str, stated: Any, keys: tuple[str, ...]) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(stated, dict):
        raise Unusable(file, "is not an object", field=key)
    for name, about in stated.items():
        if not name.strip():
            raise Unusable(file, "holds an empty name", field=key)
        if not isinstance(about, dict):
            raise Unusable(file, "is not an object", field=f"{key}.{name}")
        for one in about:
            if one not in keys:
                raise Unusable(file, f"is none of {', '.join(keys)}", field=f"{key}.{name}.{one}")
    return list(stated.items())


def _organisations(file: str, place: str, about: dict[str, Any]) -> frozenset[str]:
    stated = about.get("organisations", [])
    if not isinstance(stated, list) or not all(isinstance(one, str) and one.strip() for one in stated):
        raise Unusable(file, "is not a list of names", field=f"{place}.organisations")
    return frozenset(stated)


def _limit(file: str, place: str, stated: Any) -> int | None:
    if stated is not None and (not _is_whole(stated) or not 0 <= stated <= MOST):
        raise Unusable(file, "is not a whole number of 0 or more", field=place)
    return None if stated is None else int(stated)


def _conflicts(file: str, stated: Any, known: dict[str, set[str]]) -> list[tuple[str, str]]:
    if not isinstance(stated, list):
        raise Unusable(file, "is not a list", field="conflicts")
    for place, pair in enumerate(stated):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
            raise Unusable(file, "is not a pair of judge and entry", field=f"conflicts[{place}]")
        for kind, name in zip(known, pair, strict=True):
            if name not in known[kind]:
                raise Unusable(file, f"{name!r} is no {kind} of the file", field=f"conflicts[{place}]")
    return [(judge, entry) for judge, entry in stated]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
