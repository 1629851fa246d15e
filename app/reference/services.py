"""Loading the reference files into the database: the same files twice change nothing."""

from datetime import date

import sqlalchemy as sa

from app.db import Model, db, utcnow
from app.reference import files
from app.reference.models import Cluster, PilotZone, ReferenceVersion, Region, Skill


def load() -> dict[str, int]:
    """Bring the tables up to the files; returns how many rows of each were created, changed or left as they were.

    A skill that has gone from the file stays, marked not current, because evidence may name it.
    """
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    wanted: list[Model] = [*_regions(), *_clusters(), *_skills(), *_pilot_zones()]
    for row in wanted:
        counts[_put(row)] += 1
    current = files.skill_codes()
    for skill in db.session.scalars(sa.select(Skill)):
        skill.is_current = skill.code in current
    known = db.session.get(ReferenceVersion, files.version())
    if known is None:
        db.session.add(ReferenceVersion(version=files.version(), counts=counts))
    elif counts["created"] or counts["changed"]:
        known.loaded_at = utcnow()  # an earlier version has come back; names that processes keep are out of date
    return counts


def _put(row: Model) -> str:
    columns = sa.inspect(type(row)).columns
    values = {column.key: getattr(row, column.key) for column in columns if getattr(row, column.key) is not None}
    kept = db.session.get(type(row), sa.inspect(type(row)).primary_key_from_instance(row))
    if kept is None:
        db.session.add(row)
        db.session.flush()
        return "created"
    changed = {name: value for name, value in values.items() if getattr(kept, name) != value and name != "version"}
    for name, value in values.items():
        setattr(kept, name, value)
    return "changed" if changed else "unchanged"


def _regions() -> list[Region]:
    return [
        Region(
            code=row["iso_3166_2"],
            gb_code=row["gb2260"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            macro_region_zh=row["macro_region_zh"],
            macro_region_en=row["macro_region_en"],
        )
        for row in files.rows("regions")
    ]


def _clusters() -> list[Cluster]:
    return [
        Cluster(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            region_code=row["province_iso"],
            city_zh=row["city_zh"],
            city_en=row["city_en"],
            category_zh=row["category_zh"],
            category_en=row["category_en"],
            hs_chapters=row["hs_chapters"],
            is_sourced=row["evidence"] == "sourced",
            source=row["source"],
        )
        for row in files.rows("clusters")
    ]


def _skills() -> list[Skill]:
    return [
        Skill(
            code=row["code"],
            family=row["family"],
            family_zh=row["family_zh"],
            family_en=row["family_en"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            definition_zh=row["definition_zh"],
            definition_en=row["definition_en"],
            levels_zh=[row[f"level{level}_zh"] for level in range(1, 5)],
            levels_en=[row[f"level{level}_en"] for level in range(1, 5)],
            esco_label=row["esco_label"],
            esco_uri=row["esco_uri"],
            onet_soc=row["onet_soc"],
            version=files.version(),
            is_current=True,
        )
        for row in files.rows("skills")
    ]


def _pilot_zones() -> list[PilotZone]:
    return [
        PilotZone(
            id=number,
            batch=int(row["batch"]),
            since=date.fromisoformat(row["date"]),
            document=row["document"],
            region_code=row["province_iso"],
            zone_zh=row["zone_zh"],
            zone_en=row["zone_en"],
            division_code=row["division_code"],
            evidence=row["evidence"],
            source=row["source"],
        )
        for number, row in enumerate(files.rows("pilot_zones"), start=1)
    ]
