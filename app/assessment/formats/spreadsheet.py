"""Questions in a workbook or a CSV table, one a row under a header in Chinese or English.

    题型,题干,选项A,选项B,选项C,选项D,答案,解析,分值,难度,技能,等级,知识点,章节

is a header with every column there is; docs/guide/questions.csv shows it in use. 题干 and 答案 must be there; the
others may be missing, in any order, called as teachers call them. Instead of a column for each option, one column
选项 may hold all, a line each or with | or ； between. A cell says what a line of plain text says: see `drafts` for
what becomes of answers. Hidden sheets are not read. Rows are counted as the workbook counts them; a refusal's `place`
is sheet and cell.
"""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from app.assessment.formats import workbook
from app.assessment.formats.chinese_text import Label, options_on, set_property, settled
from app.assessment.formats.drafts import Draft, fold_width, hint_in
from app.assessment.formats.items import FileUnreadable, Item, Note, Reason, Refusal, Remark, excerpt, remark
from app.assessment.formats.package import is_package, open_package
from app.assessment.rules.content import Problem, letter

HEADER_WITHIN = 10
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
READER = Path(workbook.__file__)
# Reading has to end even where the system does not count a process's seconds.
PATIENCE = 60
DELIMITERS = (",", "\t", ";")


class Column(StrEnum):
    """What a column holds; options beside these have their letter."""

    TYPE = "type"
    QUESTION = "question"
    OPTIONS = "options"
    ANSWER = "answer"
    EXPLANATION = "explanation"
    POINTS = "points"
    DIFFICULTY = "difficulty"
    SKILL = "skill"
    LEVEL = "level"
    KNOWLEDGE = "knowledge"
    CATEGORY = "category"
    NUMBER = "number"


_NAMES = {
    Column.TYPE: "题型 类型 试题类型 题目类型 试题题型 type questiontype kind",
    Column.QUESTION: "题干 题目 试题 问题 题干内容 试题内容 题目内容 试题题干 题目题干 question questiontext stem text",
    Column.OPTIONS: "选项 选项内容 备选项 候选项 可选项 备选答案 options choices answeroptions",
    Column.ANSWER: (
        "答案 正确答案 参考答案 标准答案 试题答案 答案内容 answer answers correctanswer correctanswers correct key"
    ),
    Column.EXPLANATION: "解析 答案解析 试题解析 题目解析 解释 反馈 feedback explanation analysis",
    Column.POINTS: "分值 分数 得分 题目分值 points score marks",
    Column.DIFFICULTY: "难度 难易度 难易程度 难度系数 difficulty",
    Column.SKILL: "技能 技能代码 技能编码 技能点 对应技能 skill skillcode",
    Column.LEVEL: "等级 级别 能力等级 技能等级 level",
    Column.KNOWLEDGE: "知识点 标签 考点 考查点 关键词 tags tag keywords knowledge knowledgepoint",
    Column.CATEGORY: "章节 分类 目录 所属章节 所属目录 试题分类 category chapter",
    Column.NUMBER: "序号 编号 题号 试题编号 no no. number id #",
}
_COLUMN_OF = {name: column for column, names in _NAMES.items() for name in names.split()}
_OPTION_NAME = re.compile(
    r"(?:选项|备选项|option|choice)?([a-z])(?:选项|项)?|(?:选项|备选项|option|choice)([0-9]{1,2})"
)
_BESIDE = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|[\s*:：_-]+")
# What describes a question; merged cells in these columns speak for all their rows.
_PROPERTIES = {
    Column.TYPE: Label.TYPE,
    Column.POINTS: Label.POINTS,
    Column.DIFFICULTY: Label.DIFFICULTY,
    Column.SKILL: Label.SKILL,
    Column.LEVEL: Label.LEVEL,
    Column.KNOWLEDGE: Label.KNOWLEDGE,
    Column.CATEGORY: Label.CATEGORY,
}
_ANSWER_REASONS = {
    Reason.NO_ANSWER_GIVEN, Reason.REPEATED_ANSWER, Reason.TWO_ANSWERS, Reason.BLANKS, Reason.EMPTY_BLANK,
    Reason.ORDER_INCOMPLETE, Reason.TRUTH_WORD, Reason.ANSWER_NOT_OPTION, Reason.MATCH_UNCLEAR,
}  # fmt: skip
_OPTION_REASONS = {Reason.OPTION_ORDER, Reason.NO_OPTIONS, Problem.FEW_OPTIONS, Problem.EMPTY_OPTION}


@dataclass(slots=True)
class Sheet:
    """A sheet: its name, none for a CSV table, and its rows with their numbers."""

    name: str
    rows: list[tuple[int, list[str]]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Header:
    """Where in `rows` the header is, which column has which meaning, and which have none."""

    at: int
    columns: dict[int, Column]
    options: dict[int, str]
    others: dict[int, str]
    twice: str = ""

    def place(self, column: Column) -> int | None:
        return next((place for place, meaning in self.columns.items() if meaning is column), None)


def is_workbook(content: bytes) -> bool:
    """Whether `content` is an .xlsx, .xls or .ods file, by what it holds."""
    if content.startswith(OLE):
        return "Workbook".encode("utf-16-le") in content or "Book\0".encode("utf-16-le") in content
    if not is_package(content):
        return False
    try:
        package = open_package(content)
        return "xl/workbook.xml" in package or (
            "mimetype" in package and package.read("mimetype").strip().endswith(b"opendocument.spreadsheet")
        )
    except FileUnreadable:
        return False


def is_table(text: str) -> bool:
    """Whether `text` is a CSV table of questions."""
    try:
        return _csv_sheet(text, HEADER_WITHIN)[1] is not None
    except FileUnreadable:
        return False


def read(content: bytes, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a workbook, sheet by sheet. `skills` are the codes that may be named.

    Raises FileUnreadable where it is no workbook, is protected or too large, or where no sheet has a header.
    """
    if not content.startswith(OLE):
        open_package(content)  # says what is wrong with it, before another program is started
    sheets = [sheet for sheet in _sheets(content) if any(cell for _, row in sheet.rows for cell in row)]
    headers = [_header(sheet.rows) for sheet in sheets]
    if not any(headers):
        raise FileUnreadable(f"holds no header row with 题干 and 答案 in its first {HEADER_WITHIN} rows")
    count = 0
    for sheet, header in zip(sheets, headers, strict=True):
        for each in _items(sheet, header, count, skills):
            count = each.number
            yield each


def read_csv(text: str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a CSV table with commas, tabs or semicolons; lines are those of the text.

    Raises FileUnreadable where it is no such table, or where no header is found.
    """
    sheet, header = _csv_sheet(text)
    if header is None:
        raise FileUnreadable(f"holds no header row with 题干 and 答案 in its first {HEADER_WITHIN} rows")
    yield from _items(sheet, header, 0, skills)


def read_rows(rows: list[tuple[int, list[str]]], count: int = 0) -> list[Draft] | None:
    """The questions in a table inside another document; None where it has no header of a table of questions."""
    header = _header(rows)
    if header is None or header.twice:
        return None
    return [_draft(line, row, header) for line, row in rows[header.at + 1 :] if any(cell.strip() for cell in row)]


def tables(content: bytes) -> list[list[list[str]]]:
    """The cells of each sheet of a workbook that is shown, whatever it is about. Raises FileUnreadable."""
    if not content.startswith(OLE):
        open_package(content)
    return [[row for _number, row in sheet.rows] for sheet in _sheets(content)]


def _sheets(content: bytes) -> list[Sheet]:
    """The sheets that another process reads, see `workbook`."""
    command = [sys.executable, "-I", str(READER)]
    try:
        done = subprocess.run(  # noqa: S603, the program and its arguments are our own
            command, input=content, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileUnreadable("takes too long to read") from error
    if done.returncode == workbook.PROTECTED:
        raise FileUnreadable("is protected by a password")
    if done.returncode in (workbook.UNREADABLE, 1):
        raise FileUnreadable("is no workbook that can be read: save it as .xlsx")
    if done.returncode:
        raise FileUnreadable("is too large: delete unused rows and columns")
    return [
        Sheet(
            sheet["name"],
            list(enumerate(sheet["rows"], 1)),
            [(first, left, last, right) for first, left, last, right in sheet["merged"]],
        )
        for sheet in json.loads(done.stdout)
    ]


def _csv_sheet(text: str, most_rows: int | None = None) -> tuple[Sheet, _Header | None]:
    """The table in `text`, with the first delimiter by which it has a header."""
    text = text.removeprefix("\ufeff")
    for delimiter in DELIMITERS:
        if _header(list(_csv_rows(text, delimiter, HEADER_WITHIN))) is not None:
            rows = list(_csv_rows(text, delimiter, most_rows))
            return Sheet("", rows), _header(rows)
    return Sheet("", []), None


def _csv_rows(text: str, delimiter: str, most: int | None) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in islice(reader, most):
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileUnreadable(f"is no CSV table: {error}", line) from error


# The header


def _header(rows: list[tuple[int, list[str]]]) -> _Header | None:
    for at, (_, row) in enumerate(rows[:HEADER_WITHIN]):
        header = _meanings(at, row)
        if {Column.QUESTION, Column.ANSWER} <= set(header.columns.values()):
            return header
    return None


def _meanings(at: int, row: list[str]) -> _Header:
    header = _Header(at, {}, {}, {})
    for place, cell in enumerate(row):
        if len(cell) > 60 or not cell.strip():
            continue
        name = _BESIDE.sub("", fold_width(cell).lower())
        column = _COLUMN_OF.get(name)
        option = _OPTION_NAME.fullmatch(name)
        if column:
            if column in header.columns.values() and column is not Column.KNOWLEDGE:
                header.twice = cell
            header.columns[place] = column
        elif option:
            mark = option[1] or letter(min(max(int(option[2]), 1), 26) - 1)
            if mark.upper() in header.options.values():
                header.twice = cell
            header.options[place] = mark.upper()
        elif re.sub(r"\d+$", "", name) in ("标签", "tag", "知识点"):
            header.columns[place] = Column.KNOWLEDGE
        else:
            header.others[place] = cell.strip()
    return header


# The rows


def _items(sheet: Sheet, header: _Header | None, count: int, skills: Collection[str]) -> Iterator[Item | Refusal]:
    first = sheet.rows[0][0]
    if header is None:
        yield Refusal(count + 1, first, sheet.name, remark(Reason.NO_HEADER, name=sheet.name), sheet.name)
        return
    line, head = sheet.rows[header.at]
    if header.twice:
        yield Refusal(count + 1, line, sheet.name, remark(Reason.COLUMN_UNCLEAR, text=header.twice), sheet.name)
        return
    _fill_merged(sheet, header)
    for line, row in sheet.rows[header.at + 1 :]:
        if not any(cell.strip() for cell in row) or row == head:
            continue
        count += 1
        found = settled(count, _draft(line, row, header), skills)
        place = _place(sheet.name, line, header, found)
        if isinstance(found, Item):
            yield Item(
                found.number, found.line, found.name, found.content, found.skill, found.level, found.tags,
                found.category, found.remarks, place,
            )  # fmt: skip
        else:
            yield Refusal(found.number, found.line, found.name, found.remark, place)


def _fill_merged(sheet: Sheet, header: _Header) -> None:
    """Give a cell that describes several questions to each of their rows."""
    rows = dict(sheet.rows)
    for first, left, last, right in sheet.merged:
        if left != right or header.columns.get(left) not in _PROPERTIES or first + 1 not in rows:
            continue
        top = rows[first + 1]
        value = top[left] if left < len(top) else ""
        for number in range(first + 2, min(last + 1, first + 10_000) + 1):
            row = rows.get(number)
            if row and value:
                row += [""] * (left + 1 - len(row))
                row[left] = row[left] or value


def _draft(line: int, row: list[str], header: _Header) -> Draft:
    draft = Draft(line)
    for place, cell in enumerate(row):
        cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u3000\xa0")
        if not cell:
            continue
        column = header.columns.get(place)
        if column is Column.QUESTION:
            draft.stem = cell
        elif column is Column.ANSWER:
            draft.answer = cell
        elif column is Column.EXPLANATION:
            draft.explanation = cell
        elif column is Column.OPTIONS:
            draft.options += _options_in_cell(cell)
        elif column is Column.TYPE and hint_in(cell) is None:
            draft.remarks.append(_left_out("题型", cell))
        elif column in _PROPERTIES:
            set_property(draft, _PROPERTIES[column], cell)
        elif place in header.options:
            draft.options.append((header.options[place], _without_mark(cell, header.options[place])))
        elif place in header.others or column is None:
            draft.remarks.append(_left_out(header.others.get(place, ""), cell))
    if header.options:
        draft.options.sort(key=lambda option: option[0])
    return draft


def _left_out(column: str, cell: str) -> Remark:
    return remark(Note.LEFT_OUT, text=f"{column}: {cell}" if column else cell)


def _without_mark(cell: str, mark: str) -> str:
    """The text of an option whose cell repeats its letter."""
    found = re.match(rf"\(?{mark}\s*[.、):]\s*(?=\S)", fold_width(cell), re.IGNORECASE)
    return cell[found.end() :] if found else cell


def _options_in_cell(cell: str) -> list[tuple[str, str]]:
    """Options that share a cell: with their letters, or one a line, or with | or ； between."""
    lines = [line.strip() for line in cell.split("\n") if line.strip()]
    if len(lines) == 1 and not re.match(r"\(?A\s*[.、):]", fold_width(cell)):
        for sign in (r"\|+", "[;；]"):
            parts = [part.strip() for part in re.split(sign, cell)]
            if len(parts) > 1:
                lines = parts if parts[-1] else parts[:-1]
                break
    elif len(lines) == 1:
        parts = [part.strip() for part in re.split(r"[|;；]", cell) if part.strip()]
        marked = [bool(re.match(r"\(?[A-Z]\s*[.、):]", fold_width(part))) for part in parts]
        lines = parts if all(marked) else lines
    if all(re.match(r"\(?[A-Za-z]\s*[.、):]", fold_width(line)) for line in lines):
        return options_on(lines)
    return [(letter(place).upper(), line) for place, line in enumerate(lines)]


def _place(sheet: str, line: int, header: _Header, found: Item | Refusal) -> str:
    """Sheet and cell, the one that a refusal is about."""
    column = header.place(Column.QUESTION)
    if isinstance(found, Refusal):
        code = found.remark.code
        if code in _ANSWER_REASONS:
            column = header.place(Column.ANSWER)
        elif code in _OPTION_REASONS:
            options = header.place(Column.OPTIONS)
            column = options if options is not None else next(iter(header.options), column)
    cell = f"{letter(column or 0).upper()}{line}"
    return f"{excerpt(sheet)}!{cell}" if sheet else cell
