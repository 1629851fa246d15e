"""The shared language as tables: skill, region, cluster, pilot zone. Codes are keys; names stand in both languages."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, calendar_day, key, line, long_text, moment_now, short_code

NATION = "CN"


class ReferenceVersion(Model):
    """One loading of the reference files: their digest is the taxonomy version that evidence rows carry."""

    __tablename__ = "reference_version"

    version: Mapped[short_code] = mapped_column(primary_key=True)
    loaded_at: Mapped[moment_now]
    counts: Mapped[dict[str, Any]]


class Skill(Model):
    """A skill of cross-border e-commerce with a descriptor for each of its four levels."""

    __tablename__ = "skill"

    code: Mapped[short_code] = mapped_column(primary_key=True)
    family: Mapped[short_code] = mapped_column(index=True)
    family_zh: Mapped[line]
    family_en: Mapped[line]
    name_zh: Mapped[line]
    name_en: Mapped[line]
    definition_zh: Mapped[long_text]
    definition_en: Mapped[long_text]
    levels_zh: Mapped[list[str]]
    levels_en: Mapped[list[str]]
    esco_label: Mapped[line]
    esco_uri: Mapped[line]
    onet_soc: Mapped[short_code]
    version: Mapped[short_code]
    is_current: Mapped[bool] = mapped_column(default=True)


class Region(Model):
    """A province-level division of China, by its ISO 3166-2 code."""

    __tablename__ = "region"

    code: Mapped[short_code] = mapped_column(primary_key=True)
    gb_code: Mapped[short_code] = mapped_column(unique=True)
    name_zh: Mapped[line]
    name_en: Mapped[line]
    macro_region_zh: Mapped[line]
    macro_region_en: Mapped[line]


class Cluster(Model):
    """An industrial cluster: firms of one trade in one place."""

    __tablename__ = "cluster"

    code: Mapped[short_code] = mapped_column(primary_key=True)
    name_zh: Mapped[line]
    name_en: Mapped[line]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"), index=True)
    city_zh: Mapped[line]
    city_en: Mapped[line]
    category_zh: Mapped[line]
    category_en: Mapped[line]
    hs_chapters: Mapped[line]
    is_sourced: Mapped[bool]
    source: Mapped[long_text]

    region: Mapped[Region] = relationship()


class PilotZone(Model):
    """A comprehensive pilot zone for cross-border e-commerce."""

    __tablename__ = "pilot_zone"

    id: Mapped[key]
    batch: Mapped[int]
    since: Mapped[calendar_day]
    document: Mapped[line]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"), index=True)
    zone_zh: Mapped[line]
    zone_en: Mapped[line]
    division_code: Mapped[short_code]
    evidence: Mapped[line]
    source: Mapped[long_text]


__all__ = ["NATION", "Cluster", "PilotZone", "ReferenceVersion", "Region", "Skill"]
