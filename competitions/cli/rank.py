"""The door `rank`: a ranking from a file of marks, which anyone can compute again."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import click

from app.cli import (
    Door,
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
from competitions.rules.decimals import is_usable
from competitions.rules.marks import Mark, Method, Note, Ranking, RankRow, Remark, Uncorrected
from competitions.rules.ranking import PANEL_DIGITS, rank_entries

COLUMNS = ("entry", "judge", "criterion", "mark")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
WORDS = {
    Remark.NO_MARK: "no mark: {}",
    Remark.NOT_TRIMMED: "fewer than 3 marks, nothing trimmed: {}",
    Remark.LEFT_OUT: "left out: {}",
    Remark.NO_JUDGE: "no judge marked every criterion",
    Remark.NO_DIFFERENCE: "the marks do not tell the entries apart",
    Uncorrected.SINGLE_JUDGE: "not corrected: a single judge",
    Uncorrected.DISCONNECTED: "not corrected: judges and entries fall into groups that share no mark",
    Uncorrected.NOT_SETTLED: "not corrected: the marks have no finite measures",
    Uncorrected.NO_RESIDUAL: "not corrected: no residual is left to tell judges from entries by",
}


@dataclass
class MarkFile:
    """The marks of a file by segment (the empty name where there is no such column), in the order of the file."""

    has_segments: bool
    segments: dict[str, list[Mark]] = field(default_factory=dict)

    def criteria(self) -> Iterator[tuple[str, str]]:
        """Each segment with each of its criteria."""
        for segment, marks in self.segments.items():
            for criterion in dict.fromkeys(mark.criterion for mark in marks):
                yield segment, criterion


@click.command("rank", cls=Door)
@reads_file
@click.option("--method", required=True, metavar="mean|trimmed|mixed|rasch", help="How marks become a total.")
@click.option(
    "--weights", metavar="C=W,…", help="Weight per criterion, or per segment/criterion. Without it all are 1."
)
@click.option("--absent", metavar="NUMBER", help="A mark equal to this number means that the judge was absent.")
@click.option(
    "--round",
    "digits",
    type=click.IntRange(0, 12),
    default=PANEL_DIGITS,
    show_default=True,
    help="Places to which mean and trimmed round, half up; mixed and rasch have 4.",
)
@answers_in("csv")
def rank(
    file: str,
    max_mb: int,
    encoding: str | None,
    method: str,
    weights: str | None,
    absent: str | None,
    digits: int,
    form: str,
) -> None:
    """Rank the entries of FILE from the marks of their judges.

    FILE (- for standard input) is CSV with the columns entry, judge, criterion, mark and, if each segment is to be
    ranked alone, segment. An empty mark is an absent judge.

    \b
    mean     panel score per criterion: mean of the marks present
    trimmed  the same without one highest and one lowest
    mixed    corrected for the severity of the judges (positive: marks lower than the panel)
    rasch    many-facet Rasch measures in logits: marks are ordered categories; severity and fit of each judge

    \b
    Example:
      flask competitions rank marks.csv --method trimmed --absent 0 \\
        --weights "Composition=1.6,Finals/Composition=2"

    A weight for segment/criterion goes before one for the criterion. A comma in a name: "\\"Sales, export\\"=2".
    """
    if method not in tuple(Method):
        raise Unusable("--method", f"{method!r} is none of {', '.join(Method)}")
    nobody = None if absent is None else _number("--absent", absent)
    with uncollected():
        text = read_text(file, max_mb, encoding)
        warn(text.warnings)
        marks = _read(file, text.text, nobody)
        weighed = _weights(weights, marks)
        rankings = {
            segment: rank_entries(rows, None if weighed is None else weighed[segment], Method(method), digits)
            for segment, rows in marks.segments.items()
        }
        answer = _mixed_answer if method in (Method.MIXED, Method.RASCH) else _panel_answer
        header, rows, more = answer(marks, rankings)
        if form == "csv":
            put(table(header, (["true" if v is True else "false" if v is False else v for v in row] for row in rows)))
        else:
            records = [dict(zip(header, row, strict=True)) for row in rows]
            put(exact_json({"method": method, "ranking": records, **more}))


def _read(file: str, text: str, absent: Decimal | None) -> MarkFile:
    """The marks in the CSV `text`; a mark equal to `absent` is none."""
    rows = csv_rows(file, text)
    _, header = next(rows, (1, []))
    found = MarkFile("segment" in header)
    wanted = (*COLUMNS, "segment") if found.has_segments else COLUMNS
    for column in header:
        if column not in wanted:
            raise Unusable(file, "is not a column of marks", row=1, field=column)
        if header.count(column) > 1:
            raise Unusable(file, "the same column twice", row=1, field=column)
    for column in wanted:
        if column not in header:
            raise Unusable(file, "the column is missing", row=1, field=column)
    places = [header.index(column) for column in ("segment", *COLUMNS) if column in header]
    seen: set[tuple[str, ...]] = set()
    numbers: dict[str, Decimal | None] = {"": None}
    for number, row in rows:
        if len(row) != len(header):
            raise Unusable(file, f"{len(row)} fields where the header has {len(header)}", row=number)
        *key, mark = (row[place] for place in places)
        if "" in key:
            raise Unusable(file, "is empty", row=number, field=header[places[key.index("")]])
        if tuple(key) in seen:
            raise Unusable(
                file, "a second mark of this judge on this criterion of this entry", row=number, field="mark"
            )
        seen.add(tuple(key))
        if mark not in numbers:
            value = _number(file, mark, row=number, field="mark")
            numbers[mark] = None if value == absent else value
        entry, judge, criterion = key[-3:]
        segment = key[0] if found.has_segments else ""
        found.segments.setdefault(segment, []).append(Mark(entry, judge, criterion, numbers[mark]))
    if not found.segments:
        raise Unusable(file, "holds no mark")
    return found


def _number(source: str, text: str, *, row: int | None = None, field: str | None = None) -> Decimal:
    """The exact number that `text` writes."""
    if not NUMBER.fullmatch(text):
        raise Unusable(source, f"{text[:40]!r} is not a finite number", row=row, field=field)
    number = Decimal(text)
    if not is_usable(number):
        raise Unusable(source, f"{text[:40]} is too large or too finely divided", row=row, field=field)
    return number


def _weights(stated: str | None, marks: MarkFile) -> dict[str, dict[str, Decimal]] | None:
    """The weights by segment and criterion that `--weights` states; None without it."""
    if stated is None:
        return None
    general: dict[str, Decimal] = {}
    for part in next(csv.reader([" ".join(stated.splitlines())]), []):
        key, sign, value = (piece.strip() for piece in part.rpartition("="))
        if not sign or not key:
            raise Unusable("--weights", f"{part.strip()!r} is not criterion=weight")
        if key in general:
            raise Unusable("--weights", f"{key!r} is weighed twice")
        general[key] = _number("--weights", value)
        if general[key] < 0:
            raise Unusable("--weights", f"the weight of {key!r} is negative")
    unused = set(general)
    named: dict[str, tuple[str, str]] = {}
    weighed: dict[str, dict[str, Decimal]] = {}
    for segment, criterion in marks.criteria():
        narrow = f"{segment}/{criterion}"
        if marks.has_segments and narrow in general:
            if narrow in named:
                raise Unusable("--weights", f"{narrow!r} may mean {named[narrow]} or {(segment, criterion)}")
            named[narrow] = (segment, criterion)
            key = narrow
        elif criterion in general:
            key = criterion
        else:
            raise Unusable(
                "--weights", f"the criterion {(narrow if marks.has_segments else criterion)!r} has no weight"
            )
        unused -= {key, criterion}
        weighed.setdefault(segment, {})[criterion] = general[key]
    if unused:
        raise Unusable("--weights", f"{min(unused)!r} is no criterion of the file")
    return weighed


Answer = tuple[list[str], list[list[Any]], dict[str, Any]]


def _panel_answer(marks: MarkFile, rankings: Mapping[str, Ranking]) -> Answer:
    """Header, rows and nothing more: rank, entry, total, one column per criterion, note."""
    criteria = list(dict.fromkeys(criterion for _, criterion in marks.criteria()))
    fixed = ["segment", "rank", "entry", "total", "note"]
    header = [f"criterion/{criterion}" if criterion in fixed else criterion for criterion in criteria]
    rows = [
        [row.rank, row.entry, row.total, *(row.scores.get(criterion) for criterion in criteria), _words(row.notes)]
        for _, row in _rows(rankings)
    ]
    return *_by_segment(marks, rankings, [*fixed[1:4], *header, "note"], rows), {}


def _mixed_answer(marks: MarkFile, rankings: Mapping[str, Ranking]) -> Answer:
    """Header, rows, and for JSON the judges, whether all is corrected and why not."""
    rows = []
    for ranking, row in _rows(rankings):
        note = "; ".join(filter(None, (ranking.reason and WORDS[ranking.reason], _words(row.notes))))
        rows.append([row.rank, row.entry, row.total, row.raw, row.sd, row.corrected, note])
    judges = [
        {
            **({"segment": segment} if marks.has_segments else {}),
            "judge": judge.judge,
            "severity": judge.severity,
            "sd": judge.sd,
            "marks": judge.marks,
            **({} if judge.infit is None else {"infit": judge.infit, "outfit": judge.outfit}),
        }
        for segment, ranking in rankings.items()
        for judge in ranking.judges
    ]
    reasons = {segment: WORDS[ranking.reason] for segment, ranking in rankings.items() if ranking.reason}
    more = {
        "corrected": not reasons,
        "reason": "; ".join(f"{segment}: {why}" if segment else why for segment, why in reasons.items()) or None,
        "judges": judges,
    }
    header = ["rank", "entry", "total", "raw", "sd", "corrected", "note"]
    return *_by_segment(marks, rankings, header, rows), more


def _rows(rankings: Mapping[str, Ranking]) -> list[tuple[Ranking, RankRow]]:
    return [(ranking, row) for ranking in rankings.values() for row in ranking.rows]


def _by_segment(
    marks: MarkFile, rankings: Mapping[str, Ranking], header: list[str], rows: list[list[Any]]
) -> tuple[list[str], list[list[Any]]]:
    """`header` and `rows` with the segment in front, where the file has segments."""
    if not marks.has_segments:
        return header, rows
    segments = [segment for segment, ranking in rankings.items() for _ in ranking.rows]
    return ["segment", *header], [[segment, *row] for segment, row in zip(segments, rows, strict=True)]


def _words(notes: Iterable[Note]) -> str:
    """The notes in words: one phrase for each kind of remark."""
    about: dict[Remark, dict[str, list[str]]] = {}
    for note in notes:
        subject = about.setdefault(note.remark, {})
        if note.judge is not None:
            subject.setdefault(note.judge, []).append(str(note.criterion))
        elif note.criterion is not None:
            subject[note.criterion] = []
    return "; ".join(
        WORDS[remark].format(
            ", ".join(f"{name} (no {', '.join(lacking)})" if lacking else name for name, lacking in subject.items())
        )
        for remark, subject in about.items()
    )
