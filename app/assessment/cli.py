"""`flask questions import` and `flask questions mark`."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.accounts import services as accounts
from app.accounts.models import Organisation
from app.assessment.formats import detect, gift
from app.assessment.formats.items import FileUnreadable, Item, Refusal
from app.assessment.rules.answers import answer_from_words
from app.assessment.rules.content import Content, Matching
from app.assessment.rules.marking import Marked, mark, max_points
from app.assessment.services import imports
from app.assessment.services import questions as bank
from app.cli import Door, Unusable, answers_in, need_database_file, put, read_bytes, read_json, reads_file, table, warn
from app.db import db, utcnow
from app.reference.files import skill_codes

AUTO = "auto"
CHINESE = re.compile("[\u4e00-\u9fff]")

questions = AppGroup("questions", help="Read and mark questions.")


@questions.command("import", cls=Door)
@reads_file
@click.option(
    "--type",
    "type_name",
    type=click.Choice([AUTO, *(file_type.value for file_type in detect.FileType)]),
    default=AUTO,
    show_default=True,
    help="The format of FILE.",
)
@click.option(
    "--language",
    type=click.Choice([AUTO, "zh", "en"]),
    default=AUTO,
    show_default=True,
    help="The language of the questions; auto: zh if any of them asks in Chinese characters, else en.",
)
@click.option("--organisation", metavar="SLUG", help="Whose bank takes them; without it, the platform's own.")
@click.option("--dry-run", is_flag=True, help="Report, and write nothing.")
@answers_in("json")
def import_(
    file: str,
    max_mb: int,
    encoding: str | None,
    type_name: str,
    language: str,
    organisation: str | None,
    dry_run: bool,
    form: str,
) -> None:
    """Take the questions in FILE (- for standard input) into the bank, and report on each item.

    Example: flask questions import quiz.txt --type gift --dry-run
    """
    if not dry_run:
        _need_bank(organisation)
    content = read_bytes(file, max_mb)
    lines, refused, items, chinese = [], [], [], False
    try:
        reading = imports.read_questions(
            file, content, encoding=encoding, file_type=None if type_name == AUTO else detect.FileType(type_name)
        )
        for each in reading.found:
            if isinstance(each, Refusal):
                refused.append(_refusal(each))
                continue
            lines.append(_line(each))
            chinese = chinese or bool(CHINESE.search(each.content.text))
            if not dry_run:
                items.append(each)
        beside = imports.beside_questions(reading, content)
    except FileUnreadable as error:
        raise Unusable(file, error.reason, row=error.line) from error
    warnings = [*reading.warnings, *([f"things that are no questions: {beside}"] if beside else [])]
    if not lines and not refused:
        raise Unusable(file, "; ".join(["holds no question", *warnings]))
    if language == AUTO:
        language = "zh" if chinese else "en"
    if items:
        _take(items, language, organisation)
    warn(f"{file}: {warning}" for warning in warnings)
    report = {
        "encoding": reading.encoding,
        "type": reading.file_type.value,
        "language": language,
        "items": len(lines) + len(refused),
        "taken": len(lines),
        "refused": refused,
        "questions": lines,
        "warnings": warnings,
    }
    put(_json(report) if form == "json" else _items_table(lines, refused))


def _items_table(taken: list[dict[str, Any]], refused: list[dict[str, Any]]) -> str:
    """One row an item, in the order of the file."""
    rows: list[tuple[Any, ...]] = [
        (one["line"], "taken", one["type"], one["name"], one["skill"], one["level"], "; ".join(one.get("warnings", ())))
        for one in taken
    ] + [(one["line"], "refused", None, one["name"], None, None, one["reason"]) for one in refused]
    rows.sort(key=lambda row: row[0])
    return table(("line", "status", "type", "name", "skill", "level", "reason"), rows)


def _need_bank(slug: str | None) -> None:
    """Refuse before a large file is read: a missing organisation, database or table."""
    need_database_file()
    try:
        if slug is None:
            db.session.execute(sa.select(Organisation.id).limit(1))
        else:
            bank.bank_called(slug)
    except bank.NoSuchBank as refused:
        raise Unusable("--organisation", f"no organisation {slug!r}") from refused
    except (OperationalError, ProgrammingError) as error:
        raise Unusable("database", "cannot be reached or lacks its tables (flask db upgrade)") from error
    finally:
        # Nobody else has to wait with writing while a large file is read.
        db.session.rollback()


def _take(items: list[Item], language: str, slug: str | None) -> None:
    """Write all of them in one transaction."""
    try:
        owner = accounts.the_platform(utcnow()) if slug is None else bank.bank_called(slug)
        bank.take_questions(items, language, owner.id, None)
        db.session.commit()
    except IntegrityError as error:
        raise Unusable("database", "lacks a skill of the taxonomy (flask reference load)") from error


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "item": refusal.number,
        "line": refusal.line,
        "name": refusal.name,
        "reason": refusal.remark.sentence,
        **({"place": refusal.place} if refusal.place else {}),
    }


def _line(item: Item) -> dict[str, Any]:
    line: dict[str, Any] = {
        "type": item.content.kind.value,
        "name": item.name,
        "skill": item.skill,
        "level": item.level,
        "line": item.line,
    }
    if item.place:
        line["place"] = item.place
    if item.remarks:
        line["warnings"] = [remark.sentence for remark in item.remarks]
    return line


def _json(value: Any) -> str:
    # Half a character, which JSON can write but UTF-8 cannot, stays as it was written.
    return json.dumps(value, ensure_ascii=False, indent=1).encode(errors="backslashreplace").decode() + "\n"


@questions.command("mark", cls=Door)
@reads_file
@answers_in("json")
def mark_(file: str, max_mb: int, encoding: str | None, form: str) -> None:
    """Mark answers to questions in GIFT.

    FILE is {"gift": "…", "responses": [{"question": "its name, or its number from 1", "answer": …}]}. An answer names
    options, rows and choices by their texts or keys: "no one", ["Grant", "Grant's wife"], true, 1822,
    {"Canada": "Ottawa"}. The mark of an essay is null.

    Example: flask questions mark responses.json
    """
    given = read_json(file, max_mb, encoding)
    if not isinstance(given, dict) or not isinstance(given.get("gift"), str):
        raise Unusable(file, "is not a text", field="gift")
    responses = given.get("responses")
    if not isinstance(responses, list):
        raise Unusable(file, "is not a list", field="responses")
    find = _Finder(file, gift.read(given["gift"], skill_codes()))
    marked = [_marked(find, file, number, response) for number, response in enumerate(responses, 1)]
    if form == "json":
        put(_json(marked))
    else:
        header = ("question", "mark", "max", "reason")
        put(table(header, ([one[name] for name in header] for one in marked)))


class _Finder:
    """The items of a file, by name and by number."""

    def __init__(self, file: str, found: Iterable[Item | Refusal]) -> None:
        self.file = file
        self.items = list(found)
        self.by_name: dict[str, list[Item | Refusal]] = {}
        for item in self.items:
            self.by_name.setdefault(item.name, []).append(item)

    def one(self, row: int, wanted: Any) -> Item:
        """The item called `wanted`, or at that place. Raises Unusable where it is not just one taken item."""
        if isinstance(wanted, int) and not isinstance(wanted, bool):
            named = self.items[wanted - 1 : wanted] if wanted > 0 else []
        else:
            named = self.by_name.get(wanted, []) if isinstance(wanted, str) else []
        if len(named) != 1:
            reason = (
                f"{len(named)} questions are called {str(wanted)[:80]!r}: give its number"
                if named
                else "no such question"
            )
            raise Unusable(self.file, reason, row=row, field="question")
        if isinstance(named[0], Refusal):
            raise Unusable(
                self.file, f"this question is refused: {named[0].remark.sentence}", row=row, field="question"
            )
        return named[0]


def _marked(find: _Finder, file: str, row: int, response: Any) -> dict[str, Any]:
    if not isinstance(response, Mapping) or "question" not in response or "answer" not in response:
        raise Unusable(file, "needs question and answer", row=row, field="responses")
    item = find.one(row, response["question"])
    result = mark(item.content, answer_from_words(item.content, response["answer"]))
    most = max_points(item.content)
    return {
        "question": response["question"],
        "mark": None if result.mark is None else result.mark * most,
        "max": most,
        "parts": _parts(item.content, result),
        "reason": result.reason.value,
    }


def _parts(content: Content, result: Marked) -> list[dict[str, Any]]:
    """The marks of the parts, each out of 1, by the texts of their rows."""
    rows = {pair.key: pair.text for pair in content.pairs} if isinstance(content, Matching) else {}
    return [
        {"part": rows.get(part.key, part.key), "mark": part.mark, "reason": part.reason.value} for part in result.parts
    ]
