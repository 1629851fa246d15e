"""The gradebook as a file, and a file as a gradebook. Nothing here commits."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import audit
from app.assessment.formats import spreadsheet
from app.assessment.formats.items import FileUnreadable
from app.cli import Unusable, decode
from app.errors import Refused
from app.i18n import LANGUAGES, force_locale
from app.ui.filters import words
from courses.models import Cohort
from courses.queries import grades as grade_queries
from courses.queries.grades import Column
from courses.rules import grade_files as rules
from courses.rules.grade_files import KnownCell, KnownColumn, Plan
from courses.rules.grading import effective
from courses.services import grades
from courses.services.completion import hold_all

MOST_BYTES = 10_000_000
DELIMITERS = (",", "\t", ";")
# How packages and older Office files begin.
NO_TEXT = (b"PK\x03\x04", spreadsheet.OLE)
# A change that was on its way while the file was made is not in it, although its moment is earlier.
ON_ITS_WAY = timedelta(seconds=10)


class FileUnfit(Refused):
    message = _l("This file cannot be read: %(reason)s.")


@dataclass(frozen=True)
class Sheet:
    """The whole gradebook of a cohort: headings and rows, points as decimals."""

    headings: list[str]
    rows: list[list[str | int | Decimal | None]]


# Out


def sheet_of(cohort: Cohort, now: datetime) -> Sheet:
    """Everybody who learns in a cohort, with all their cells and both totals in per cent."""
    columns = grades.columns_of(cohort)
    people = grade_queries.learners_with_addresses(cohort.id)
    headings = [rules.id_heading(now - ON_ITS_WAY), rules.EMAIL, rules.NAME]
    headings += [
        rules.heading_of(f"{words(column, 'title')} /{column.most.normalize():f}", column.key) for column in columns
    ]
    headings += _totals()
    cells = {}
    for some in grades.pieces([person[0] for person in people]):
        for enrolment_id, those in grades.cells_of(some).items():
            cells[enrolment_id] = {key: (points, most) for key, points, most in those}
    rows: list[list[str | int | Decimal | None]] = []
    for enrolment_id, name, email, so_far, final in people:
        held = cells.get(enrolment_id, {})
        row: list[str | int | Decimal | None] = [enrolment_id, email, name]
        for column in columns:
            points, of = held.get(column.key, (None, column.most))
            row.append(rules.on_scale(points, of, column.most))
        rows.append([*row, _percent(so_far), _percent(final)])
    return Sheet(headings, rows)


def _totals() -> list[str]:
    return [_("So far (percent)"), _("Final (percent)")]


def _totals_in_any_language() -> set[str]:
    found: set[str] = set()
    for language in LANGUAGES:
        with force_locale(language):
            found |= set(_totals())
    return found


def _heading(column: Column) -> str:
    return rules.heading_of(f"{words(column, 'title')} /{column.most.normalize():f}", column.key)


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else share * 100


def as_csv(sheet: Sheet) -> bytes:
    """The sheet as CSV with a byte order mark, by which Excel knows that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows([[_csv_cell(cell) for cell in row] for row in sheet.rows])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: str | int | Decimal | None) -> str:
    if cell is None:
        return ""
    return rules.as_text(cell) if isinstance(cell, str) else f"{Decimal(cell).normalize():f}"


def as_xlsx(sheet: Sheet, title: str) -> bytes:
    """The sheet as a workbook: text stays text, points are numbers, heading and names stay in sight."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        page = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\'")[:31].strip() or "1")
        bold = book.add_format({"bold": True})
        page.freeze_panes(1, 3)
        page.set_column(0, 2, 16)
        for place, heading in enumerate(sheet.headings):
            page.write_string(0, place, heading, bold)
        for number, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(number, place, cell)
                elif cell is not None:
                    page.write_number(number, place, float(cell))
    return content.getvalue()


# In


def read_table(name: str, content: bytes) -> list[list[str]]:
    """The rows of a CSV file or of the first filled sheet of a workbook. Raises FileUnfit."""
    if len(content) > MOST_BYTES:
        raise FileUnfit(reason=_("it is larger than 10 MB"))
    try:
        if spreadsheet.is_workbook(content):
            return next((sheet for sheet in spreadsheet.tables(content) if any(map(any, sheet))), [])
        if content.startswith(NO_TEXT):
            raise FileUnfit(reason=_("it is neither a workbook nor a CSV table"))
        text = decode(name, content).text
    except FileUnreadable as error:
        raise FileUnfit(reason=str(error)) from error
    except Unusable as error:
        raise FileUnfit(reason=_("it is neither a workbook nor a CSV table")) from error
    heading = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=lambda sign: (heading.count(sign), -DELIMITERS.index(sign)))
    try:
        return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileUnfit(reason=str(error)) from error


def plan_import(cohort: Cohort, rows: Sequence[Sequence[str]], seen_at: datetime) -> Plan:
    """What a table would change in a cohort's gradebook; nothing is kept."""
    people = {one[0]: one[2] for one in grade_queries.learners_with_addresses(cohort.id)}
    columns = grades.columns_of(cohort)
    cells: dict[tuple[int, str], KnownCell] = {}
    for some in grades.pieces(sorted(people)):
        cells |= _known_cells(some)
    known = [KnownColumn(one.key, (one.title_zh, one.title_en), one.most) for one in columns]
    return rules.plan(rows, known, people, cells, seen_at, _totals_in_any_language())


def _known_cells(enrolment_ids: Sequence[int]) -> dict[tuple[int, str], KnownCell]:
    found = {}
    for grade in grade_queries.grades_of(enrolment_ids):
        points = effective(grade.points, grade.override_points)
        most = grade.points_max if grade.override_max is None else grade.override_max
        found[grade.enrolment_id, f"l{grade.lesson_id}"] = KnownCell(points, most, grade.changed_at)
    for cell in grade_queries.column_grades_of(enrolment_ids):
        most = cell.override_max or Decimal(1)
        found[cell.enrolment_id, f"c{cell.column_id}"] = KnownCell(cell.override_points, most, cell.changed_at)
    return found


@dataclass(frozen=True)
class Wish:
    """A cell that somebody has confirmed to change, and what it held when they looked."""

    enrolment_id: int
    key: str
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True)
class Taken:
    """How many cells an import has changed, and how many it left because they had changed meanwhile."""

    changed: int
    left: int


def take_import(cohort: Cohort, wishes: Sequence[Wish], name: str, by_id: int, now: datetime) -> Taken:
    """Change the confirmed cells as overrides that name the file; what does not hold any more what was seen is left."""
    columns: dict[str, Column] = {column.key: column for column in grades.columns_of(cohort)}
    people = {one[0] for one in grade_queries.learners_with_addresses(cohort.id)}
    fit = [wish for wish in wishes if wish.enrolment_id in people and wish.key in columns]
    ids = sorted({wish.enrolment_id for wish in fit})
    reason = _("From the file %(name)s", name=name)
    changed, gained = 0, set[int]()
    for some in grades.pieces(ids):
        hold_all(some)
        held = set(some)
        taken, done = grades.override_many(
            [
                (wish.enrolment_id, columns[wish.key], wish.before, wish.after)
                for wish in fit
                if wish.enrolment_id in held
            ],
            reason,
            by_id=by_id,
            now=now,
        )
        changed += taken
        gained |= set(done)
    if changed:
        grades.refresh_totals(cohort, now, ids, gained)
        audit.record(
            "gradebook.import", cohort, actor_id=by_id, organisation_id=cohort.organisation_id, file=name, cells=changed
        )
    return Taken(changed, len(wishes) - changed)
