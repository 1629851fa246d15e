"""Taking a snapshot: what was asked for and what was shown as of a day, written as files, published with its audit."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from flask import current_app

import internships.queries as internships
from app.accounts import queries as people
from app.db import db, utcnow
from app.reference import files as reference_files
from app.reference import queries as reference
from app.skills import queries as ledger
from app.skills import services as skills
from app.skills.rules import levels
from reports import cubes, figures
from reports.models import Snapshot
from reports.rules.publication import MILLION, SOURCES, HiddenCell, Publication, publish


class Unprotected(RuntimeError):
    """Hidden counts could be worked out from what would be shown, so nothing is published."""

    def __init__(self, day: date, exposed: Sequence[HiddenCell]) -> None:
        first = exposed[0]
        place = first.cluster or first.region
        super().__init__(
            f"the snapshot of {day} is not published, and the figures before it stay: hidden counts could be "
            f"worked out from the rest ({len(exposed)}, first {first.figure.value} of {first.skill} in {place})"
        )


def take_snapshot(day: date) -> Snapshot:
    """Write supply and demand as of `day`, publish them, and note the snapshot in the session.

    Taken again for the same day from the same rows it gives the same bytes. Raises Unprotected, and leaves what there
    was before, where a hidden count could be worked out from the rest.
    """
    supply, demand = supply_table(day), demand_table(day)
    clusters = {cluster.code: cluster.region_code for cluster in reference.clusters()}
    with cubes.replaced(cubes_folder() / day.isoformat()) as fresh:
        cubes.write_tables(fresh, supply, demand)
        publication = publish(cubes.read_cube(fresh, current_app.config["CUBE_ENGINE"]), clusters)
        if publication.audit.exposed:
            raise Unprotected(day, publication.audit.exposed)
        write_publication(fresh, publication)
    snapshot = db.session.get(Snapshot, day) or Snapshot(day=day)
    snapshot.taken_at = utcnow()
    snapshot.reference_version = reference_files.version()
    snapshot.counts = {
        "people": len(set(supply.column("person").to_pylist())),
        "person_skills": supply.num_rows,
        "postings": len(set(demand.column("posting").to_pylist())),
        "figures": len(publication.rows),
        "hidden": len(publication.audit.hidden),
    }
    db.session.add(snapshot)
    return snapshot


def cubes_folder() -> Path:
    """Where the snapshots of this database lie."""
    folder: Path = current_app.config["DATA_DIR"] / "cubes"
    return folder


def supply_table(day: date) -> pa.Table:
    """One row per person and skill with countable evidence as of `day`; see `cubes.SUPPLY_SCHEMA`."""
    rows = ledger.countable_rows(until=day)
    posteriors, _newest = skills.estimates(rows, day)
    kinds: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        kinds[row.person_id, row.skill_code][row.assessor_kind.value] += 1
    regions = people.student_regions(day)
    placed = internships.placed_student_ids(day)
    columns: dict[str, list[Any]] = {name: [] for name in cubes.SUPPLY_SCHEMA.names}
    for (person, skill), posterior in sorted(posteriors.items()):
        home = regions.get(person)
        if home is None:
            continue
        columns["person"].append(person)
        columns["region"].append(home)
        columns["skill"].append(skill)
        above = levels.level_probabilities(posterior.mean, posterior.sd)
        for level, probability in enumerate(above, start=1):
            columns[f"p{level}"].append(round(probability * MILLION))
        columns["shown"].append(levels.shown_level(posterior.mean, posterior.sd))
        for source in SOURCES:
            columns[f"rows_{source}"].append(kinds[person, skill][source])
        columns["available"].append(person not in placed)
    return pa.table(columns, schema=cubes.SUPPLY_SCHEMA)


def demand_table(day: date) -> pa.Table:
    """One row per posting open on `day` and skill it asks; see `cubes.DEMAND_SCHEMA`."""
    columns: dict[str, list[Any]] = {name: [] for name in cubes.DEMAND_SCHEMA.names}
    # A cluster lies in one province, whatever a posting says: one row at odds with that must not stop all figures.
    homes = {cluster.code: cluster.region_code for cluster in reference.clusters()}
    for row in internships.demand_rows(day):
        if row.seats_open < 1:
            continue
        columns["posting"].append(row.posting_id)
        columns["employer"].append(row.employer_id)
        columns["title_key"].append(row.title_key)
        columns["city"].append(row.city)
        columns["region"].append(homes.get(row.cluster or "", row.region))
        columns["cluster"].append(row.cluster or "")
        columns["skill"].append(row.skill)
        columns["level"].append(row.level)
        columns["seats"].append(row.seats_open)
    return pa.table(columns, schema=cubes.DEMAND_SCHEMA)


def write_publication(folder: Path, publication: Publication) -> None:
    """Put the published rows and their audit beside the snapshot; a reader sees a whole file or none."""
    table = pa.Table.from_pylist([figures.to_record(row) for row in publication.rows], schema=figures.PUBLISHED_SCHEMA)
    _replace(folder / figures.AUDIT, json.dumps(asdict(publication.audit), default=str, sort_keys=True).encode())
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    _replace(folder / figures.PUBLISHED, buffer.getvalue().to_pybytes())


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
