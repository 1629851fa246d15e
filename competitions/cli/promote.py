"""The door `promote`: who goes on to the next round, by rank, quota, caps and direct places."""

import tomllib
from decimal import Decimal
from typing import Any, TypeVar

import click

from app.cli import (
    Door,
    Impossible,
    Text,
    Unusable,
    answers_in,
    csv_rows,
    exact_json,
    put,
    read_text,
    reads_file,
    table,
    uncollected,
    warn,
)
from competitions.rules.promotion import (
    By,
    Entry,
    Rule,
    Rules,
    Ties,
    Undecided,
    schools_in_two_provinces,
)
from competitions.rules.promotion import (
    promote as promoted,
)

Word = TypeVar("Word", By, Ties)

COLUMNS = ("entry", "school", "province", "rank")
KEYS = ("percent", "places", "by", "per_school", "direct", "reserve", "ties", "withdrawn")
MOST = 1_000_000_000
MEET = {
    Rule.QUOTA: "at the last place",
    Rule.RESERVE: "at the end of the reserve list",
    Rule.PER_SCHOOL: "at the cap of their school",
    Rule.WITHDRAWAL: "as first reserves",
}


@click.command("promote", cls=Door)
@reads_file
@click.option("--rules", "rules_file", required=True, metavar="FILE.toml", help="The rules of the round.")
@answers_in("csv")
def promote(file: str, max_mb: int, encoding: str | None, rules_file: str, form: str) -> None:
    """Say which entries of FILE go on to the next round, which are reserves, and which rule decided each.

    FILE (- for standard input) is CSV with the columns entry, school, province, rank. An empty rank: not ranked.

    \b
    Rules (TOML):
      percent = 30             or  places = 10; percent of each group, rounded up
      by = "province"          or  "all": what has a quota of its own (all)
      per_school = 2           the most that one school sends
      direct = ["e7"]          entries that go on whatever their rank; they count to the cap, not to the quota
      reserve = 3              how many come next on the list, in each group
      ties = "include"         or  "ask": equals at the last place all go on, or somebody must decide (ask)
      withdrawn = ["e3"]       in the order of time: each frees its place for the first reserve within the cap

    \b
    Example:
      flask competitions promote school-round.csv --rules rules.toml
      entry,result,rule
      e1,promoted,quota

    Results are promoted, reserve, no. Exit code 3: equals of whom not all fit, and which.
    """
    with uncollected():
        text = read_text(file, max_mb, encoding)
        warn(text.warnings)
        entries = _entries(file, text.text)
        rules = _rules(rules_file, read_text(rules_file, max_mb), {entry.name for entry in entries})
        if rules.per_school is not None and (split := schools_in_two_provinces(entries)):
            school, homes = min(split.items())
            raise Unusable(file, f"{school!r} stands in {homes[0]!r} and in {homes[1]!r}", field="province")
        try:
            found = promoted(entries, rules)
        except Undecided as undecided:
            raise Impossible(f"Decide between {', '.join(undecided.names)}: equals {MEET[undecided.rule]}.") from None
        header = ("entry", "result", "rule")
        rows = [(name, decision.result.value, decision.rule.value) for name, decision in found.items()]
        if form == "csv":
            put(table(header, rows))
        else:
            put(exact_json({"promotion": [dict(zip(header, row, strict=True)) for row in rows]}))


def _entries(file: str, text: str) -> list[Entry]:
    rows = csv_rows(file, text)
    _number, header = next(rows, (1, []))
    for column in COLUMNS:
        if header.count(column) != 1:
            raise Unusable(file, "the column is missing" if column not in header else "twice", row=1, field=column)
    for column in header:
        if column not in COLUMNS:
            raise Unusable(file, "is not a column of entries", row=1, field=column)
    places = [header.index(column) for column in COLUMNS]
    found: dict[str, Entry] = {}
    for number, row in rows:
        if len(row) != len(header):
            raise Unusable(file, f"{len(row)} fields where the header has {len(header)}", row=number)
        name, school, province, rank = (row[place] for place in places)
        for column, value in zip(COLUMNS, (name, school, province), strict=False):
            if not value:
                raise Unusable(file, "is empty", row=number, field=column)
        if name in found:
            raise Unusable(file, f"{name!r} a second time", row=number, field="entry")
        found[name] = Entry(name, school, province, _rank(file, rank, number))
    if not found:
        raise Unusable(file, "holds no entry")
    return list(found.values())


def _rank(file: str, text: str, row: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise Unusable(file, f"{text[:40]!r} is not a whole number of 1 or more", row=row, field="rank")
    return int(text)


def _rules(file: str, text: Text, names: set[str]) -> Rules:
    warn(text.warnings)
    try:
        stated = tomllib.loads(text.text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Unusable(file, f"is not TOML: {error}") from error
    except (RecursionError, ValueError) as error:
        raise Unusable(file, "is nested too deeply or holds a number with too many digits") from error
    for key in stated:
        if key not in KEYS:
            raise Unusable(file, f"is none of {', '.join(KEYS)}", field=key)
    if ("percent" in stated) == ("places" in stated):
        raise Unusable(file, "say either percent or places", field="percent")
    return Rules(
        percent=_percent(file, stated["percent"]) if "percent" in stated else None,
        places=_whole(file, "places", stated["places"]) if "places" in stated else None,
        by=_word(file, "by", stated.get("by", By.ALL), By),
        per_school=_whole(file, "per_school", stated["per_school"]) if "per_school" in stated else None,
        direct=_names(file, "direct", stated.get("direct", []), names),
        reserve=_whole(file, "reserve", stated.get("reserve", 0)),
        ties=_word(file, "ties", stated.get("ties", Ties.ASK), Ties),
        withdrawn=_names(file, "withdrawn", stated.get("withdrawn", []), names),
    )


def _percent(file: str, stated: Any) -> Decimal:
    is_number = isinstance(stated, int | Decimal) and not isinstance(stated, bool)
    if not is_number or not Decimal(stated).is_finite() or not 0 <= stated <= 100:
        raise Unusable(file, "is not a number from 0 to 100", field="percent")
    return Decimal(stated)


def _whole(file: str, key: str, stated: Any) -> int:
    if not isinstance(stated, int) or isinstance(stated, bool) or not 0 <= stated <= MOST:
        raise Unusable(file, "is not a whole number of 0 or more", field=key)
    return stated


def _word(file: str, key: str, stated: Any, words: type[Word]) -> Word:
    try:
        return words(stated)
    except ValueError:
        raise Unusable(file, f"is none of {', '.join(words)}", field=key) from None


def _names(file: str, key: str, stated: Any, known: set[str]) -> tuple[str, ...]:
    if not isinstance(stated, list) or not all(isinstance(one, str) for one in stated):
        raise Unusable(file, "is not a list of entries", field=key)
    for name in stated:
        if name not in known:
            raise Unusable(file, f"{name!r} is no entry of the file", field=key)
        if stated.count(name) > 1:
            raise Unusable(file, f"{name!r} stands there twice", field=key)
    return tuple(stated)
