"""Reads a workbook from standard input and writes its sheets as JSON: a program of its own, see `spreadsheet`.

A few bytes of a sheet can claim a cell in the last row and column, for which calamine asks for half a terabyte; it then
ends its process. So it gets one of its own, with little memory and time.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MOST_MEMORY = 1 << 30
MOST_SECONDS = 20
MOST_CHARACTERS = 20_000_000
MOST_SHEETS = 100

UNREADABLE, PROTECTED, TOO_LARGE = 3, 4, 5


def cell_text(value: Any) -> str:
    """A cell as its author reads it: 3 for 3.0."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str | int | timedelta) else ""


def sheets(content: bytes) -> list[dict[str, Any]]:
    """Name, rows and merged ranges of each sheet that is shown. Raises ValueError where they are too many or long."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    workbook = load_workbook(io.BytesIO(content))
    found, characters = [], 0
    shown = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]
    if len(shown) > MOST_SHEETS:
        raise ValueError("too many sheets")
    for name in shown:
        sheet = workbook.get_sheet_by_name(name)
        rows = []
        for values in sheet.to_python(skip_empty_area=False):
            row = [cell_text(value) for value in values]
            characters += sum(map(len, row)) + len(row)
            if characters > MOST_CHARACTERS:
                raise ValueError("too much text")
            while row and not row[-1]:
                row.pop()
            rows.append(row)
        merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or ()]
        found.append({"name": name, "rows": rows, "merged": merged[:10_000]})
    return found


def _hold_back() -> None:
    """Bound memory and time, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        try:
            resource.setrlimit(limit, (most, most))
        except (OSError, ValueError):
            continue


def main() -> int:
    """Read, write, and say by the code of the exit what was wrong."""
    from python_calamine import CalamineError, PasswordError

    content = sys.stdin.buffer.read()
    _hold_back()
    try:
        found = sheets(content)
    except PasswordError:
        return PROTECTED
    except (CalamineError, OSError):
        return UNREADABLE
    except (ValueError, MemoryError):
        return TOO_LARGE
    sys.stdout.buffer.write(json.dumps(found).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
