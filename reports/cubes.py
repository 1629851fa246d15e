"""The cubes behind the figures: columnar snapshots, and one ibis expression for each published cube.

A snapshot is a folder named by its day with `supply.parquet` (person × skill) and `demand.parquet` (posting × skill).
The expressions use plain joins, windows and integer sums only, so that DuckDB, Spark or ClickHouse give the same
cube. Probabilities are integer millionths: sums do not depend on their order.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reports.rules.publication import ABLE, LEVELS, MILLION, NATION, REST, SOURCES, CubeRow

if TYPE_CHECKING:
    import ibis

SUPPLY_SCHEMA = pa.schema(
    [
        ("person", pa.int64()),
        ("region", pa.string()),
        ("skill", pa.string()),
        *((f"p{level}", pa.int64()) for level in LEVELS),
        ("shown", pa.int64()),
        *((f"rows_{source}", pa.int64()) for source in SOURCES),
        ("available", pa.bool_()),
    ]
)
"""One row per person and skill with countable evidence. `region` is an ISO 3166-2 code; p1 … p4 are P(θ > cut) in
millionths; `shown` is the level shown, 0 to 4."""

DEMAND_SCHEMA = pa.schema(
    [
        ("posting", pa.int64()),
        ("employer", pa.int64()),
        ("title_key", pa.string()),
        ("city", pa.string()),
        ("region", pa.string()),
        ("cluster", pa.string()),
        ("skill", pa.string()),
        ("level", pa.int64()),
        ("seats", pa.int64()),
    ]
)
"""One row per posting open that day and skill it asks. `seats` are those not yet filled; `cluster` is empty outside all
clusters, else its province is `region`. Advertisements with the same employer, title, city and region count once."""

FILES = ("supply.parquet", "demand.parquet")


def write_snapshot(folder: Path, supply: pa.Table, demand: pa.Table) -> None:
    """Write or replace the snapshot of a day, without figures; see `write_tables` and `replaced`."""
    with replaced(folder) as fresh:
        write_tables(fresh, supply, demand)


def write_tables(folder: Path, supply: pa.Table, demand: pa.Table) -> None:
    """Write the two tables of a snapshot into `folder`.

    Rows are sorted first, so that the same rows give the same bytes. Raises ValueError where a column is missing or of
    another kind, a value is null, a level or probability is out of range, a person or posting has two rows in a skill,
    a person has no row of any source, or a cluster lies in two regions.
    """
    supply = _as(SUPPLY_SCHEMA, supply).sort_by([("skill", "ascending"), ("person", "ascending")])
    demand = _as(DEMAND_SCHEMA, demand).sort_by([("skill", "ascending"), ("posting", "ascending")])
    _check(supply, demand)
    for name, table in zip(FILES, (supply, demand), strict=True):
        pq.write_table(table, folder / name, compression="zstd")


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A fresh folder that takes the place of `folder` once everything in it is written; after an error what was there
    stays. Readers see the old one or the new one, never half of one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, stale = (folder.parent / f".{folder.name}.{word}.{os.getpid()}" for word in ("new", "old"))
    for leftover in (fresh, stale):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir()
    try:
        yield fresh
        if folder.exists():
            folder.rename(stale)
        fresh.rename(folder)
    finally:
        for leftover in (fresh, stale):
            shutil.rmtree(leftover, ignore_errors=True)


def snapshots(root: Path) -> list[date]:
    """Days of the complete snapshots under `root`, oldest first."""
    days = []
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            day = date.fromisoformat(folder.name)
        except ValueError:
            continue
        if all((folder / name).is_file() for name in FILES):
            days.append(day)
    return sorted(days)


def snapshot_on_or_before(root: Path, day: date) -> Path | None:
    """The folder of the last snapshot taken on or before `day`; None if there is none."""
    taken = [one for one in snapshots(root) if one <= day]
    return root / taken[-1].isoformat() if taken else None


def read_cube(folder: Path, engine_url: str = "duckdb://") -> list[CubeRow]:
    """The cube of one snapshot, computed by the engine behind the URL; sorted by skill, level, region, cluster."""
    import ibis

    engine = ibis.connect(engine_url)
    try:
        parts = [
            engine.to_pyarrow(cube(engine.read_parquet(str(folder / name)))).to_pylist()
            for cube, name in zip((supply_cube, demand_cube), FILES, strict=True)
        ]
    finally:
        engine.disconnect()
    cells: dict[tuple[str, int, str, str], dict[str, Any]] = {}
    for row in (row for part in parts for row in part):
        cells.setdefault((row["skill"], row["level"], row["region"], row["cluster"]), {}).update(row)
    return [_cube_row(cells[key]) for key in sorted(cells)]


def supply_cube(supply: "ibis.Table") -> "ibis.Table":
    """Skill × level × region (and CN): people, able, Σp, Σp(1−p) and people by source of evidence, all available.

    Σp(1−p) counts in 10⁻¹² and fits 64 bits up to 36 million people a cell.
    """
    import ibis

    people = supply.filter(supply.available)
    levels = ibis.union(
        *(
            people.mutate(level=ibis.literal(level, type="int64"), p=people[f"p{level}"]).drop(
                *(f"p{other}" for other in LEVELS)
            )
            for level in LEVELS
        ),
        distinct=False,
    )
    placed = ibis.union(levels, levels.mutate(region=ibis.literal(NATION)), distinct=False)
    placed = placed.mutate(cluster=ibis.literal(""))
    return placed.group_by("skill", "level", "region", "cluster").agg(
        people=placed.count().cast("int64"),
        able=(placed.p >= round(ABLE * MILLION)).cast("int64").sum().cast("int64"),
        supply=placed.p.sum().cast("int64"),
        variance=(placed.p * (MILLION - placed.p)).sum().cast("int64"),
        **{source: (placed[f"rows_{source}"] > 0).cast("int64").sum().cast("int64") for source in SOURCES},
    )


def demand_cube(demand: "ibis.Table") -> "ibis.Table":
    """Skill × level × region (and CN), × cluster and × REST (outside clusters): places, Σ of squared seats, postings,
    employers, the two largest.

    Repeated advertisements are taken together first, as `indicators.counted_once` defines it: the larger seats count,
    and all levels and skills of them belong to the cluster of the repetition with most seats.
    """
    import ibis
    from ibis import _

    same = ["employer", "title_key", "city", "region"]
    first = ibis.row_number().over(
        ibis.window(group_by=same, order_by=[ibis.desc("seats"), ibis.desc("cluster"), ibis.asc("posting")])
    )
    home = demand.mutate(place=first).filter(_.place == 0).select(*same, home=_.cluster)
    levels = ibis.union(
        *(demand.filter(demand.level >= level).mutate(level=ibis.literal(level, type="int64")) for level in LEVELS),
        distinct=False,
    )
    once = levels.group_by("skill", "level", *same).agg(seats=levels.seats.max()).join(home, same)
    columns = ["skill", "level", "region", "cluster", "employer", "seats"]
    placed = ibis.union(
        once.mutate(cluster=ibis.literal("")).select(columns),
        once.mutate(cluster=(once.home == "").ifelse(REST, once.home)).select(columns),
        once.mutate(cluster=ibis.literal(""), region=ibis.literal(NATION)).select(columns),
        distinct=False,
    )
    cell = ["skill", "level", "region", "cluster"]
    employers = placed.group_by(*cell, "employer").agg(
        seats=_.seats.sum(), squares=(_.seats * _.seats).sum(), postings=_.count()
    )
    rank = ibis.row_number().over(ibis.window(group_by=cell, order_by=[ibis.desc("seats"), ibis.asc("employer")]))
    ranked = employers.mutate(place=rank)
    return ranked.group_by(cell).agg(
        demand=ranked.seats.sum().cast("int64"),
        squares=ranked.squares.sum().cast("int64"),
        postings=ranked.postings.sum().cast("int64"),
        employers=ranked.count().cast("int64"),
        largest=(ranked.place == 0).ifelse(ranked.seats, 0).max().cast("int64"),
        second=(ranked.place == 1).ifelse(ranked.seats, 0).max().cast("int64"),
    )


def _cube_row(cell: dict[str, Any]) -> CubeRow:
    sources = tuple(cell.pop(source, 0) for source in SOURCES)
    return CubeRow(**cell, sources=sources)


def _as(schema: pa.Schema, table: pa.Table) -> pa.Table:
    missing = set(schema.names) - set(table.column_names)
    if missing:
        raise ValueError(f"columns missing: {', '.join(sorted(missing))}")
    try:
        cast = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise ValueError(f"a column is of another kind: {problem}") from problem
    holes = [name for name in schema.names if cast.column(name).null_count]
    if holes:
        raise ValueError(f"values missing in: {', '.join(holes)}")
    return cast


def _check(supply: pa.Table, demand: pa.Table) -> None:
    for table, key in ((supply, ["skill", "person"]), (demand, ["skill", "posting"])):
        if table.group_by(key).aggregate([]).num_rows < table.num_rows:
            raise ValueError(f"two rows for one {' and '.join(key)}")
    for table, name, low, high in (
        *((supply, f"p{level}", 0, 1_000_000) for level in LEVELS),
        (demand, "level", LEVELS[0], LEVELS[-1]),
        (demand, "seats", 1, 1_000_000),
    ):
        ends = pc.min_max(table.column(name)).as_py()
        if table.num_rows and not low <= ends["min"] <= ends["max"] <= high:
            raise ValueError(f"{name} is not within {low} to {high}")
    rows = [supply.column(f"rows_{source}").to_numpy() for source in SOURCES]
    if supply.num_rows and min(map(sum, zip(*rows, strict=True))) < 1:
        raise ValueError("a person has no row of any source")
    homes: dict[str, str] = {}
    for row in demand.select(["cluster", "region"]).group_by(["cluster", "region"]).aggregate([]).to_pylist():
        if row["cluster"] and homes.setdefault(row["cluster"], row["region"]) != row["region"]:
            raise ValueError(f"cluster {row['cluster']} lies in two regions")
