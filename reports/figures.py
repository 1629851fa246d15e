"""The published figures as pages and doors read them: loaded once a process from a snapshot's file, found by place."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.cli import table
from reports import cubes
from reports.rules.publication import NATION, SOURCES, PublishedRow

PUBLISHED = "published.parquet"
AUDIT = "audit.json"
COLUMNS = (
    "skill", "level", "region", "cluster", "demand", "demand_symbol", "supply",
    "symbol", "tightness", "low", "high", "call",
)  # fmt: skip
"""What anyone is given of a figure, in files and on standard output: the columns of `flask reports gap`."""
EFFECTIVE = "demand_effective"
"""Beside them, wherever the columns are not fixed: the number of postings from which the interval is computed."""
PUBLISHED_SCHEMA = pa.schema(
    [
        ("skill", pa.string()),
        ("level", pa.int64()),
        ("region", pa.string()),
        ("cluster", pa.string()),
        ("demand", pa.int64()),
        ("demand_symbol", pa.string()),
        ("supply", pa.int64()),
        ("symbol", pa.string()),
        ("tightness", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("call", pa.string()),
        ("effective", pa.int64()),
        ("people", pa.int64()),
        ("able", pa.int64()),
        *((f"people_{source}", pa.int64()) for source in SOURCES),
    ]
)
PLAIN = [name for name in PUBLISHED_SCHEMA.names if not name.startswith("people_")]


def to_record(row: PublishedRow) -> dict[str, Any]:
    """A published row as one record of the file."""
    record = {name: getattr(row, name) for name in PLAIN}
    record.update({f"people_{source}": row.sources[source] for source in SOURCES})
    return record


def from_record(record: dict[str, Any]) -> PublishedRow:
    """The published row of one record. Figures of before November 2026 counted rows by source; these are not shown."""
    sources = {source: record.get(f"people_{source}") for source in SOURCES}
    return PublishedRow(**{name: record[name] for name in PLAIN}, sources=sources)


@dataclass(frozen=True)
class Figures:
    """All published rows of one snapshot, and the ways in which pages look for them."""

    day: date
    rows: tuple[PublishedRow, ...]
    by_place: dict[tuple[str, str], tuple[PublishedRow, ...]]
    by_skill: dict[str, tuple[PublishedRow, ...]]

    def at(self, region: str = NATION, cluster: str = "", level: int | None = None) -> list[PublishedRow]:
        """The rows of a place, at one level or all."""
        return [row for row in self.by_place.get((region, cluster), ()) if level in (None, row.level)]

    def of(self, skill: str, level: int | None = None) -> list[PublishedRow]:
        """The rows of a skill everywhere, at one level or all."""
        return [row for row in self.by_skill.get(skill, ()) if level in (None, row.level)]

    def selected(
        self, region: str | None = None, cluster: str | None = None, skill: str | None = None
    ) -> list[PublishedRow]:
        """The rows of files and doors: of a region with the clusters within it, of a cluster, of a skill, or all."""
        return [
            row
            for row in self.rows
            if region in (None, row.region) and cluster in (None, row.cluster) and skill in (None, row.skill)
        ]

    def one(self, skill: str, level: int, region: str, cluster: str = "") -> PublishedRow | None:
        """One figure."""
        found = [row for row in self.at(region, cluster, level) if row.skill == skill]
        return found[0] if found else None


Value = str | int | float | None


def given(row: PublishedRow) -> dict[str, Value]:
    """What is given of a row, under COLUMNS and EFFECTIVE: counts are whole numbers, ratios numbers of four significant
    digits, and None is hidden or undefined."""
    return {**{name: getattr(row, name) for name in COLUMNS}, EFFECTIVE: row.effective}


def as_csv(
    rows: Iterable[PublishedRow],
    columns: Sequence[str] = COLUMNS,
    extra: Callable[[PublishedRow], Mapping[str, Value]] | None = None,
) -> str:
    """Rows as CSV, with the columns asked for; `extra` gives the values of those that `given` does not know."""
    filled = ({**given(row), **(extra(row) if extra else {})} for row in rows)
    return table(columns, ([plain(values[name]) for name in columns] for values in filled))


def plain(value: Value) -> str | int | None:
    """A value as it is printed: a ratio to four significant digits, without exponent and without zeros at the end."""
    return f"{Decimal(f'{value:.4g}'):f}" if isinstance(value, float) else value


def figures_on_or_before(root: Path, day: date) -> Figures | None:
    """The figures of the last published snapshot on or before `day`; None where there is none."""
    for taken in reversed(cubes.snapshots(root)):
        file = root / taken.isoformat() / PUBLISHED
        if taken <= day and file.is_file():
            return _loaded(file, file.stat().st_mtime_ns)
    return None


def days(root: Path) -> list[date]:
    """Days of the published snapshots, oldest first."""
    return [day for day in cubes.snapshots(root) if (root / day.isoformat() / PUBLISHED).is_file()]


@lru_cache(maxsize=4)
def _loaded(file: Path, _written: int) -> Figures:
    rows = tuple(from_record(record) for record in pq.read_table(file).to_pylist())
    return Figures(
        day=date.fromisoformat(file.parent.name),
        rows=rows,
        by_place=_grouped(rows, lambda row: (row.region, row.cluster)),
        by_skill=_grouped(rows, lambda row: row.skill),
    )


def _grouped(rows: Iterable[PublishedRow], key: Any) -> dict[Any, tuple[PublishedRow, ...]]:
    groups: dict[Any, list[PublishedRow]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: tuple(members) for name, members in groups.items()}
