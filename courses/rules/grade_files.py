"""Tables of a gradebook: their heading, cells that no spreadsheet takes for formulas, and what a table would change.

A heading names its columns by a sign at its end, as in `Quiz 1 [l12]`; that of the first column carries the moment at
which the table was made, so that a cell that has changed since is not overwritten.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

ID, EMAIL, NAME = "ID", "E-mail", "Name"
MOST_ROWS = 5_000
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# What a spreadsheet makes of a cell that was text on purpose.
QUOTE = "'"
_SIGN = re.compile(r"\[([a-z]+[0-9]+)\]\s*$")
_MOMENT = re.compile(r"\[(\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00))\]\s*$")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?%?")
_EMAIL_WORDS = frozenset({"e-mail", "email", "mail", "邮箱", "电子邮箱", "电子邮件"})


class Wrong(StrEnum):
    """Why a table, a row or a cell is not taken."""

    EMPTY = "empty"
    NO_KEY_COLUMN = "no-key-column"
    NO_COLUMNS = "no-columns"
    COLUMN_TWICE = "column-twice"
    TOO_MANY_ROWS = "too-many-rows"
    UNKNOWN_PERSON = "unknown-person"
    PERSON_TWICE = "person-twice"
    NOT_A_NUMBER = "not-a-number"
    OUT_OF_RANGE = "out-of-range"


@dataclass(frozen=True)
class Refusal:
    """What is not taken: row as the table counts it (1: the heading), heading of the column, why, what stood there."""

    row: int
    column: str
    reason: Wrong
    value: str = ""


@dataclass(frozen=True)
class KnownColumn:
    """A column of the gradebook by its key, with its titles and most points."""

    key: str
    titles: tuple[str, ...]
    most: Decimal


@dataclass(frozen=True)
class KnownCell:
    """What a cell holds now, of how many points, and when it changed last."""

    points: Decimal | None
    most: Decimal
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Proposal:
    """A cell that a table would change."""

    row: int
    person_id: int
    key: str
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True)
class Plan:
    """What a table would do: change cells, leave those that have changed since it was made, refuse what is wrong.

    `passed_over` are headings that no column has; `moment` is when the table was made, where it says so.
    """

    changes: tuple[Proposal, ...] = ()
    conflicts: tuple[Proposal, ...] = ()
    refused: tuple[Refusal, ...] = ()
    passed_over: tuple[str, ...] = ()
    unchanged: int = 0
    moment: datetime | None = None


def as_text(cell: str) -> str:
    """A cell that a spreadsheet takes for text, whatever it begins with."""
    return QUOTE + cell if cell.startswith(FORMULA_SIGNS) else cell


def heading_of(title: str, key: str) -> str:
    """The heading of a column, by which it is found again."""
    return as_text(f"{title} [{key}]")


def id_heading(moment: datetime) -> str:
    """The heading of the first column, with the moment of the table."""
    return f"{ID} [{moment.isoformat()}]"


def on_scale(points: Decimal | None, of: Decimal, most: Decimal) -> Decimal | None:
    """Points of so many as points of `most`: what was earned in an older quiz may be of another number."""
    if points is None or of == most or not of:
        return points
    return round(points * most / of, 4)


def plan(
    rows: Sequence[Sequence[str]],
    columns: Sequence[KnownColumn],
    people: Mapping[int, str],
    cells: Mapping[tuple[int, str], KnownCell],
    seen_at: datetime,
    derived: Collection[str] = (),
) -> Plan:
    """What a table would change. `people` are enrolments with their addresses; an empty cell of the table says nothing.

    `derived` are headings of columns that the table holds for reading only: nothing is taken from them or said of them.

    A cell that changed after the table was made (or after `seen_at`, where it does not say when) is a conflict.
    """
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if not filled:
        return Plan(refused=(Refusal(0, "", Wrong.EMPTY),))
    if len(filled) - 1 > MOST_ROWS:
        return Plan(refused=(Refusal(0, "", Wrong.TOO_MANY_ROWS, str(len(filled) - 1)),))
    top, heading = filled[0]
    places, faults, passed_over = _places(top, heading, columns, {NAME, *derived})
    by_id, by_email = _key_places(heading)
    if by_id is None and by_email is None:
        faults.append(Refusal(top, "", Wrong.NO_KEY_COLUMN))
    elif not places and not faults:
        faults.append(Refusal(top, "", Wrong.NO_COLUMNS))
    if faults:
        return Plan(refused=tuple(faults), passed_over=tuple(passed_over))
    made_at = moment_in(heading)
    limit = seen_at if made_at is None else min(made_at, seen_at)
    addresses = {email.lower(): person_id for person_id, email in people.items()}
    changes: list[Proposal] = []
    conflicts: list[Proposal] = []
    refused: list[Refusal] = []
    unchanged = 0
    seen: set[int] = set()
    for number, row in filled[1:]:
        person_id = _person(row, by_id, by_email, people, addresses)
        if person_id is None or person_id in seen:
            reason = Wrong.UNKNOWN_PERSON if person_id is None else Wrong.PERSON_TWICE
            place = by_id if by_id is not None else by_email or 0
            refused.append(Refusal(number, heading[place], reason, _cell(row, place)))
            continue
        seen.add(person_id)
        for place, column in places.items():
            value = _cell(row, place)
            if not value:
                continue
            points = read_points(value, column.most)
            if isinstance(points, Wrong):
                refused.append(Refusal(number, heading[place], points, value))
                continue
            held = cells.get((person_id, column.key), KnownCell(None, column.most))
            before = on_scale(held.points, held.most, column.most)
            if before == points:
                unchanged += 1
                continue
            proposal = Proposal(number, person_id, column.key, before, points)
            is_newer = held.changed_at is not None and held.changed_at > limit
            (conflicts if is_newer else changes).append(proposal)
    return Plan(tuple(changes), tuple(conflicts), tuple(refused), tuple(passed_over), unchanged, made_at)


def read_points(value: str, most: Decimal) -> Decimal | Wrong:
    """Points as people write them: 8, 8.5, 8,5, 85%; full-width signs are read too."""
    text = unicodedata.normalize("NFKC", value).strip().removeprefix(QUOTE)
    if not _NUMBER.fullmatch(text):
        return Wrong.NOT_A_NUMBER
    try:
        number = Decimal(text.rstrip("%").replace(",", "."))
    except InvalidOperation:
        return Wrong.NOT_A_NUMBER
    points = number * most / 100 if text.endswith("%") else number
    if points > most or points != round(points, 4):
        return Wrong.OUT_OF_RANGE
    return points


def moment_in(heading: Sequence[str]) -> datetime | None:
    """When a table was made, by the heading of its first column."""
    for cell in heading:
        found = _MOMENT.search(cell)
        if found and cell.strip().upper().startswith(ID):
            try:
                return datetime.fromisoformat(found[1])
            except ValueError:
                return None
    return None


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _key_places(heading: Sequence[str]) -> tuple[int | None, int | None]:
    by_id = by_email = None
    for place, cell in enumerate(heading):
        word = cell.split("[")[0].strip().casefold()
        if word == ID.casefold() and by_id is None:
            by_id = place
        elif word in _EMAIL_WORDS and by_email is None:
            by_email = place
    return by_id, by_email


def _places(
    top: int, heading: Sequence[str], columns: Sequence[KnownColumn], known: Collection[str]
) -> tuple[dict[int, KnownColumn], list[Refusal], list[str]]:
    """The columns of the gradebook by their place in the table, what is wrong with the heading, what else it says."""
    by_key = {column.key: column for column in columns}
    by_title: dict[str, list[KnownColumn]] = {}
    for column in columns:
        for title in {title.casefold() for title in column.titles if title}:
            by_title.setdefault(title, []).append(column)
    keys = {place for place in _key_places(heading) if place is not None}
    places: dict[int, KnownColumn] = {}
    faults, passed_over = [], []
    for place, cell in enumerate(heading):
        if place in keys or not cell.strip():
            continue
        sign = _SIGN.search(cell)
        named = by_title.get(cell.strip().removeprefix(QUOTE).casefold(), [])
        found = by_key.get(sign[1]) if sign else (named[0] if len(named) == 1 else None)
        if found is None:
            if cell.strip() not in known:
                passed_over.append(cell.strip())
        elif found in places.values():
            faults.append(Refusal(top, cell, Wrong.COLUMN_TWICE))
        else:
            places[place] = found
    return places, faults, passed_over


def _person(
    row: Sequence[str],
    by_id: int | None,
    by_email: int | None,
    people: Mapping[int, str],
    addresses: Mapping[str, int],
) -> int | None:
    if by_id is not None and (value := _cell(row, by_id)):
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
        return number if number in people else None
    return addresses.get(_cell(row, by_email).lower()) if by_email is not None else None
