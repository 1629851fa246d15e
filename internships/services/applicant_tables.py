"""Applicants of a posting as a table for spreadsheets: text that begins like a formula stays text."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from app import audit
from app.clock import on_the_wall
from app.db import db
from internships.models import Application, Posting
from internships.wording import STAGES

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int


def applicants(posting: Posting, found: Sequence[Application]) -> tuple[list[str], list[list[Cell]]]:
    """Headings and rows: what the recruiter sees on the board, no levels and no addresses."""
    headings = [
        _("Receipt number"), _("Name"), _("Received"), _("Stage"), _("First answer"), _("Answer by"), _("Statement"),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in found:
        state = str(STAGES[one.stage]) if one.is_open else one.status.value
        rows.append(
            [
                one.number,
                one.student.name,
                _moment(one.applied_at),
                state,
                _moment(one.answered_at),
                _moment(one.answer_by),
                one.statement if one.is_open else "",
            ]
        )
    return headings, rows


def _moment(moment: datetime | None) -> str:
    return f"{on_the_wall(moment):%Y-%m-%d %H:%M}" if moment is not None else ""


def _plain(cell: Cell) -> str:
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The table as CSV that spreadsheets open as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The table as a workbook; every cell is text."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        page = book.add_worksheet("1")
        bold = book.add_format({"bold": True})
        page.freeze_panes(1, 2)
        for place, heading in enumerate(headings):
            page.write_string(0, place, heading, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                page.write_string(number, place, str(cell))
    return content.getvalue()


def note_export(posting_id: int, organisation_id: int, kind: str, count: int, *, by: int) -> None:
    """Keep in the trail who took a posting's applicants as a table."""
    posting = db.session.get_one(Posting, posting_id)
    audit.record(
        "applicants.export", posting, actor_id=by, organisation_id=organisation_id, format=kind, applicants=count
    )
