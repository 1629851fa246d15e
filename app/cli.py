"""What all command-line doors share: reading a file safely, one-line refusals, exit codes.

Exit codes: 0 done; 1 a check found something; 2 the file or an option cannot be used; 3 well-formed but impossible.
Standard output holds only the result; everything else goes to standard error.
"""

import codecs
import csv
import gc
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
from flask import current_app
from sqlalchemy import make_url

Command = TypeVar("Command", bound=Callable[..., Any])

MEGABYTE = 1_000_000
DEFAULT_MAX_MB = 512
# A decimal on its way into JSON stands behind a sign that texts do not hold; JSON writes the sign as its number.
MARK = "\x00"
MARKED = re.compile(r'"\\u0000(-?[0-9]+(?:\.[0-9]+)?)"')
UNICODE_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unusable(click.ClickException):
    """The file as a whole cannot be used: one line on standard error, exit code 2, nothing written."""

    exit_code = 2

    def __init__(self, file: str, reason: str, *, row: int | None = None, field: str | None = None) -> None:
        place = [file]
        if row is not None:
            place.append(f"row {row}")
        if field is not None:
            place.append(f"field {field!r}")
        super().__init__(f"{', '.join(place)}: {' '.join(reason.split())}")


class Impossible(click.ClickException):
    """The file is well formed, and what it asks cannot be done: one sentence on standard error, exit code 3."""

    exit_code = 3

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


@dataclass
class Text:
    """A decoded file: its text, the encoding that was used, and warnings about other readings."""

    name: str
    text: str
    encoding: str
    warnings: list[str] = field(default_factory=list)


def read_bytes(file: str, max_mb: int = DEFAULT_MAX_MB) -> bytes:
    """The content of `file`, or of standard input for `-`; refused when larger than `max_mb` megabytes.

    A regular file is refused by its size, before it is read.
    """
    limit = max_mb * MEGABYTE
    if file == "-":
        content = _read(sys.stdin.buffer, limit)
    else:
        path = Path(file)
        try:
            if path.is_dir():
                raise Unusable(file, "is a folder, not a file")
            if path.stat().st_size > limit:
                raise Unusable(file, f"larger than {max_mb} MB (see --max-mb)")
            with path.open("rb") as handle:
                content = _read(handle, limit)
        except OSError as error:
            raise Unusable(file, error.strerror or "cannot be read") from error
    if len(content) > limit:
        raise Unusable(file, f"larger than {max_mb} MB (see --max-mb)")
    if not content.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        raise Unusable(file, "is empty")
    return content


def _read(stream: BinaryIO, limit: int) -> bytes:
    """All of a stream, or the first bytes beyond `limit`; in pieces, since one read would make room for the limit."""
    pieces, size = [], 0
    while size <= limit and (piece := stream.read(MEGABYTE)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def need_database_file() -> None:
    """Refuse a SQLite database that is not there, before asking it anything would make an empty one."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise Unusable("database", "is not there: run `flask db upgrade`")


def decode(file: str, content: bytes, encoding: str | None = None) -> Text:
    """The text of `content`: UTF-8 with or without BOM, then GB18030, then Windows-1252, unless `encoding` says.

    Warns when a second reading fits, because GB18030 and Windows-1252 cannot always be told apart.
    """
    if encoding:
        try:
            return Text(file, content.decode(encoding).removeprefix("\ufeff"), codecs.lookup(encoding).name)
        except LookupError as error:
            raise Unusable(file, f"unknown encoding {encoding!r}") from error
        except (UnicodeDecodeError, ValueError) as error:
            raise Unusable(file, f"is not {encoding} text") from error
    for mark, name in UNICODE_MARKS:
        if content.startswith(mark):
            raise Unusable(file, f"looks like {name}; name it with --encoding {name}")
    if b"\x00" in content:
        raise Unusable(file, "is binary, not text")
    for codec, name in (("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("cp1252", "windows-1252")):
        try:
            text = Text(file, content.decode(codec), name)
        except UnicodeDecodeError:
            continue
        if codec == "gb18030" and _fits(content, "cp1252"):
            text.warnings.append("read as GB18030; Windows-1252 fits too: name one with --encoding if this is wrong")
        return text
    raise Unusable(file, "is neither UTF-8, GB18030 nor Windows-1252 text")


def _fits(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read_text(file: str, max_mb: int = DEFAULT_MAX_MB, encoding: str | None = None) -> Text:
    """Read and decode `file`; see `read_bytes` and `decode`."""
    return decode(file, read_bytes(file, max_mb), encoding)


def read_json(file: str, max_mb: int = DEFAULT_MAX_MB, encoding: str | None = None) -> Any:
    """The JSON value in `file`; a repeated key, NaN or infinity is refused, not silently resolved."""
    text = read_text(file, max_mb, encoding)
    warn(text.warnings)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise Unusable(file, "the same key twice", field=twice)
        return found

    def finite(word: str) -> float:
        number = float(word)
        if not isfinite(number):
            raise Unusable(file, f"{word} is not a finite number")
        return number

    try:
        with uncollected():
            return json.loads(text.text, object_pairs_hook=once, parse_float=finite, parse_constant=finite)
    except json.JSONDecodeError as error:
        raise Unusable(file, f"is not JSON: {error.msg}", row=error.lineno) from error
    except ValueError as error:
        raise Unusable(file, "holds a number with too many digits") from error
    except RecursionError as error:
        raise Unusable(file, "is nested too deeply") from error


def csv_rows(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text that are not blank, with their numbers from 1 and without spaces around the fields."""
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if row:
                yield number, [value.strip() for value in row]
    except csv.Error as error:
        raise Unusable(file, f"is not CSV: {error}") from error


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector: millions of small lists set it off again and again, and none of them is garbage."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def put(result: str) -> None:
    """Write `result` to standard output as UTF-8, whatever the terminal's own encoding is."""
    click.echo(result.encode(), nl=False)


class Door(click.Command):
    """A command whose wrong arguments are refused like a wrong file: one line, exit code 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise Unusable(ctx.command_path, error.format_message()) from error


def reads_file(command: Command) -> Command:
    """The argument and the options of every door that reads a file: FILE, --max-mb, --encoding."""
    for add in (
        click.option("--encoding", metavar="NAME", help="Read FILE in this encoding instead of finding it out."),
        click.option(
            "--max-mb",
            type=click.IntRange(min=1),
            default=DEFAULT_MAX_MB,
            show_default=True,
            help="Refuse a larger FILE, before it is read.",
        ),
        click.argument("file"),
    ):
        command = add(command)
    return command


def answers_in(default: str) -> Callable[[Command], Command]:
    """The option --format csv|json, which arrives as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(("csv", "json")),
        default=default,
        show_default=True,
        help="How to answer.",
    )


def exact_json(value: Any) -> str:
    """`value` as one line of JSON; a decimal is written digit by digit, since a float cannot hold every one."""
    marked = json.dumps(value, ensure_ascii=False, default=_marked_decimal)
    return MARKED.sub(r"\1", marked) + "\n"


def _marked_decimal(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{MARK}{value:f}"
    raise TypeError(f"{type(value).__name__} has no place in an answer")


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV table as text, lines ended by a line feed; None is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def warn(lines: Iterable[str]) -> None:
    """Say `lines` on standard error, so that standard output holds only the result."""
    for line in lines:
        click.echo(line, err=True)
