"""Reads of the shared language."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app, g

from app.db import db
from app.reference.models import Cluster, ReferenceVersion, Region, Skill

NEWEST = sa.select(sa.func.max(ReferenceVersion.loaded_at))


def current_skills() -> list[Skill]:
    """All skills of the taxonomy in use, by code."""
    return list(db.session.scalars(sa.select(Skill).where(Skill.is_current).order_by(Skill.code)))


def skills_by_code(codes: set[str] | None = None) -> dict[str, Skill]:
    """Skills by code; all of them, retired ones too, unless `codes` says which."""
    query = sa.select(Skill)
    if codes is not None:
        query = query.where(Skill.code.in_(codes))
    return {skill.code: skill for skill in db.session.scalars(query)}


def regions() -> list[Region]:
    """All province-level divisions, in the order of their GB/T 2260 codes."""
    return list(db.session.scalars(sa.select(Region).order_by(Region.gb_code)))


def clusters() -> list[Cluster]:
    """All clusters with their regions, by region and code."""
    return list(db.session.scalars(sa.select(Cluster).order_by(Cluster.region_code, Cluster.code)))


def region_by_any_code(code: str) -> Region | None:
    """A region by its ISO 3166-2 code (CN-ZJ) or GB/T 2260 code (330000)."""
    return db.session.scalars(sa.select(Region).where(sa.or_(Region.code == code, Region.gb_code == code))).first()


def skill_names(language: str) -> dict[str, str]:
    """Names of all skills by code, in one language; the same for every reader, who changes nothing in it."""
    return _names(language).skills


def place_names(language: str) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Names of regions by code, and (name, region) of clusters by code, in one language."""
    names = _names(language)
    return names.regions, names.clusters


@dataclass(frozen=True)
class Names:
    """What the shared language calls its things, as of one loading of the reference files."""

    loaded_at: datetime | None
    skills: dict[str, str]
    regions: dict[str, str]
    clusters: dict[str, tuple[str, str]]


def _names(language: str) -> Names:
    """Read anew when the reference files have been loaded anew; until then a page asks when that was, alone."""
    if "reference_loaded_at" not in g:
        g.reference_loaded_at = db.session.scalar(NEWEST)
    loaded_at: datetime | None = g.reference_loaded_at
    kept: dict[str, Names] = current_app.extensions.setdefault("reference_names", {})
    if language not in kept or kept[language].loaded_at != loaded_at:
        kept[language] = _read_names(language, loaded_at)
    return kept[language]


def _read_names(language: str, loaded_at: datetime | None) -> Names:
    name = "name_en" if language == "en" else "name_zh"
    skills = sa.select(Skill.code, getattr(Skill, name)).order_by(Skill.code)
    regions = sa.select(Region.code, getattr(Region, name)).order_by(Region.gb_code)
    clusters = sa.select(Cluster.code, getattr(Cluster, name), Cluster.region_code).order_by(Cluster.code)
    return Names(
        loaded_at,
        dict(db.session.execute(skills).all()),
        dict(db.session.execute(regions).all()),
        {code: (title, home) for code, title, home in db.session.execute(clusters)},
    )
