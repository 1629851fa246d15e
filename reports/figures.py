"""The published figures as pages and doors read them: loaded once a process from a snapshot's file, found by place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reports import cubes
from reports.rules.publication import NATION, SOURCES, PublishedRow

PUBLISHED = "published.parquet"
AUDIT = "audit.json"
COLUMNS = (
    "skill", "level", "region", "cluster", "demand", "demand_symbol", "supply",
    "symbol", "tightness", "low", "high", "call",
)  # fmt: skip
"""What anyone is given of a figure, in files and on standard output."""
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
        ("has_sources", pa.bool_()),
        *((f"rows_{source}", pa.int64()) for source in SOURCES),
    ]
)
PLAIN = [name for name in PUBLISHED_SCHEMA.names if not name.startswith("rows_") and name != "has_sources"]


def to_record(row: PublishedRow) -> dict[str, Any]:
    """A published row as one record of the file."""
    record = {name: getattr(row, name) for name in PLAIN}
    record["has_sources"] = row.sources is not None
    record.update({f"rows_{source}": (row.sources or {}).get(source) for source in SOURCES})
    return record


def from_record(record: dict[str, Any]) -> PublishedRow:
    """The published row of one record."""
    sources = {source: record[f"rows_{source}"] for source in SOURCES} if record["has_sources"] else None
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

    def one(self, skill: str, level: int, region: str, cluster: str = "") -> PublishedRow | None:
        """One figure."""
        found = [row for row in self.at(region, cluster, level) if row.skill == skill]
        return found[0] if found else None


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
