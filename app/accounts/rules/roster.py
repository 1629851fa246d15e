"""Reading a table of people: who is in it, why rows are refused, and what becomes of each person.

Nothing is taken of a table with a refused row.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

MAX_ROWS = 5_000
MAX_NAME = 100
MAX_EMAIL = 254
# Atoms of RFC 5322 joined by single dots, at a domain of two or more labels. Quoted local parts and addresses in other
# scripts are refused: no mail system of a school uses them, and a slip of the keyboard looks like one.
EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
HEADINGS = {
    "email": ("email", "e-mail", "mail", "邮箱", "电子邮箱", "电子邮件", "邮件地址"),
    "name": ("name", "姓名", "名字"),
    "cohort": ("cohort", "class", "班级", "班"),
}
REQUIRED = ("email", "name")
DELIMITERS = (",", "\t", ";", "，")


class Reason(StrEnum):
    """Why a row, or the table, is refused."""

    EMPTY = "empty"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_ROWS = "too_many_rows"
    UNREADABLE = "unreadable"
    CELLS = "cells"
    MISSING = "missing"
    NOT_AN_EMAIL = "not_an_email"
    TWICE = "twice"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"


class Fate(StrEnum):
    """What becomes of a person when the table that names them is taken."""

    NEW = "new"
    INVITED = "invited"
    WAITING = "waiting"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of a table; `number` counts the rows below the heading from 1, empty ones too."""

    number: int
    email: str
    name: str
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong where. Row 0 is the heading, or the table as a whole; `field` is "" where no one column is meant.

    `value` is the cell as it was read, or the number of an earlier row with the same address.
    """

    row: int
    field: str
    reason: Reason
    value: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a table, and its faults; it is taken in only where there are none."""

    rows: tuple[RosterRow, ...]
    refused: tuple[Refusal, ...]


def fate_of(email: str, accounts: Container[str], members: Container[str], invited: Container[str]) -> Fate:
    """What becomes of `email`, given the addresses that have an account, are members, or hold an open invitation.

    Only an account that the table itself makes joins at once. Whose account it is already decides for themselves: they
    are invited, and while they have not answered they are not asked again.
    """
    if email not in accounts:
        return Fate.NEW
    if email in members:
        return Fate.HERE
    return Fate.WAITING if email in invited else Fate.INVITED


def read_roster(text: str) -> Roster:
    """The table in `text`: CSV with a heading of email, name and perhaps cohort, in any order, in English or Chinese.

    Addresses are kept in lower case, names in Unicode NFC with single spaces. Other columns are passed over, and so are
    empty rows. At most 5,000 rows.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return Roster((), (Refusal(0, "", Reason.EMPTY),))
    heading_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=lambda sign: (_headings(heading_line.split(sign)), -DELIMITERS.index(sign)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = list(enumerate(reader))
    except csv.Error as error:
        return Roster((), (Refusal(0, "", Reason.UNREADABLE, f"{error}, line {reader.line_num}"),))
    filled = [(place, cells) for place, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        return Roster((), (Refusal(0, "", Reason.EMPTY),))
    start, heading = filled[0]
    places, faults = _places(heading)
    if faults:
        return Roster((), faults)
    if len(filled) == 1:
        return Roster((), (Refusal(0, "", Reason.EMPTY),))
    if len(filled) - 1 > MAX_ROWS:
        return Roster((), (Refusal(0, "", Reason.TOO_MANY_ROWS, str(len(filled) - 1)),))
    return _rows([(place - start, cells) for place, cells in filled[1:]], places)


def _headings(cells: list[str]) -> int:
    """How many of the cells are headings that we know."""
    return sum(_column_of(cell) is not None for cell in cells)


def _column_of(cell: str) -> str | None:
    word = _clean(cell).strip('"').casefold()
    return next((column for column, words in HEADINGS.items() if word in words), None)


def _places(heading: list[str]) -> tuple[dict[str, int], tuple[Refusal, ...]]:
    """Where each known column stands, and what is wrong with the heading."""
    places: dict[str, int] = {}
    faults = []
    for place, cell in enumerate(heading):
        column = _column_of(cell)
        if column in places:
            faults.append(Refusal(0, column or "", Reason.COLUMN_TWICE))
        elif column is not None:
            places[column] = place
    faults += [Refusal(0, column, Reason.NO_COLUMN) for column in REQUIRED if column not in places]
    return places, tuple(faults)


def _rows(lines: list[tuple[int, list[str]]], places: dict[str, int]) -> Roster:
    rows: list[RosterRow] = []
    refused: list[Refusal] = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        if len(cells) <= max(places[column] for column in REQUIRED):
            refused.append(Refusal(number, "", Reason.CELLS, str(len(cells))))
            continue
        email, name = _plain(cells[places["email"]]).lower(), _clean(cells[places["name"]])
        cohort = _clean(cells[places["cohort"]]) if "cohort" in places and places["cohort"] < len(cells) else ""
        faults = [*_faults_of_email(number, email), *_faults_of_words(number, "name", name)]
        if cohort:
            faults += _faults_of_words(number, "cohort", cohort)
        if email in seen:
            faults.append(Refusal(number, "email", Reason.TWICE, str(seen[email])))
        seen.setdefault(email, number)
        if faults:
            refused += faults
        else:
            rows.append(RosterRow(number, email, name, cohort))
    return Roster(tuple(rows), tuple(refused))


def _clean(cell: str) -> str:
    """Without outer spaces, with single inner ones, composed."""
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _plain(cell: str) -> str:
    """As `_clean`, with the full-width letters of an address that was typed in Chinese made plain."""
    return unicodedata.normalize("NFKC", " ".join(cell.split()))


def _faults_of_email(number: int, email: str) -> list[Refusal]:
    if not email:
        return [Refusal(number, "email", Reason.MISSING)]
    if len(email) > MAX_EMAIL:
        return [Refusal(number, "email", Reason.TOO_LONG, email[:60])]
    return [] if EMAIL.fullmatch(email) else [Refusal(number, "email", Reason.NOT_AN_EMAIL, email[:100])]


def _faults_of_words(number: int, field: str, text: str) -> list[Refusal]:
    if not text:
        return [Refusal(number, field, Reason.MISSING)]
    if len(text) > MAX_NAME:
        return [Refusal(number, field, Reason.TOO_LONG, text[:60])]
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        return [Refusal(number, field, Reason.CONTROL_CHARACTER)]
    return []
