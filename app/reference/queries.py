"""Reads of the shared language."""

import sqlalchemy as sa

from app.db import db
from app.reference.models import Cluster, Region, Skill


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
    """Names of all skills by code, in one language; lighter than the skills themselves."""
    name = Skill.name_en if language == "en" else Skill.name_zh
    return dict(db.session.execute(sa.select(Skill.code, name).order_by(Skill.code)).all())


def place_names(language: str) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Names of regions by code, and (name, region) of clusters by code, in one language."""
    region = Region.name_en if language == "en" else Region.name_zh
    cluster = Cluster.name_en if language == "en" else Cluster.name_zh
    regions = db.session.execute(sa.select(Region.code, region).order_by(Region.gb_code))
    clusters = db.session.execute(sa.select(Cluster.code, cluster, Cluster.region_code).order_by(Cluster.code))
    return dict(regions.all()), {code: (name, home) for code, name, home in clusters}
