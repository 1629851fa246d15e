"""Materials of cohorts: what learners see in the table of contents, and what their teachers have written."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from courses.models import Cohort, CohortMaterial, CohortMaterialFile, Course


@dataclass(frozen=True)
class MaterialLine:
    """A piece as a table of contents shows it."""

    id: int
    after_lesson_id: int | None
    title_zh: str
    title_en: str


_LINES = (
    sa.select(CohortMaterial.id, CohortMaterial.after_lesson_id, CohortMaterial.title_zh, CohortMaterial.title_en)
    .where(CohortMaterial.cohort_id == sa.bindparam("cohort_id"), CohortMaterial.deleted_at.is_(None))
    .where(sa.or_(CohortMaterial.visible_from.is_(None), CohortMaterial.visible_from <= sa.bindparam("now")))
    .order_by(CohortMaterial.id)
)


def material_lines(cohort: Cohort, now: datetime) -> list[MaterialLine]:
    """What learners of a cohort see of its materials; a cohort without any costs no statement."""
    if not cohort.materials:
        return []
    return [MaterialLine(*row) for row in db.session.execute(_LINES, {"cohort_id": cohort.id, "now": now})]


def materials_of(cohort_id: int) -> list[CohortMaterial]:
    """The materials of a cohort as they were added, with who changed each last."""
    query = (
        sa.select(CohortMaterial)
        .where(CohortMaterial.cohort_id == cohort_id, CohortMaterial.deleted_at.is_(None))
        .options(joinedload(CohortMaterial.changed_by))
        .order_by(CohortMaterial.id)
    )
    return list(db.session.scalars(query))


def deleted_materials_of(cohort_id: int, since: datetime) -> list[CohortMaterial]:
    """The materials of a cohort that were removed after `since`, the latest first."""
    query = (
        sa.select(CohortMaterial)
        .where(CohortMaterial.cohort_id == cohort_id, CohortMaterial.deleted_at > since)
        .order_by(CohortMaterial.deleted_at.desc())
    )
    return list(db.session.scalars(query))


def material_in(cohort_id: int, material_id: int) -> CohortMaterial | None:
    """One of a cohort's materials, with who changed it last."""
    query = (
        sa.select(CohortMaterial)
        .where(CohortMaterial.id == material_id, CohortMaterial.cohort_id == cohort_id)
        .where(CohortMaterial.deleted_at.is_(None))
        .options(joinedload(CohortMaterial.changed_by))
    )
    return db.session.scalars(query).one_or_none()


def deleted_material_in(cohort_id: int, material_id: int, since: datetime) -> CohortMaterial | None:
    """One of a cohort's materials that was removed after `since`."""
    query = sa.select(CohortMaterial).where(
        CohortMaterial.id == material_id, CohortMaterial.cohort_id == cohort_id, CohortMaterial.deleted_at > since
    )
    return db.session.scalars(query).one_or_none()


def material_by_id(material_id: int) -> CohortMaterial | None:
    """A piece with its cohort and course, unless it was removed."""
    query = (
        sa.select(CohortMaterial)
        .where(CohortMaterial.id == material_id, CohortMaterial.deleted_at.is_(None))
        .options(
            joinedload(CohortMaterial.cohort, innerjoin=True)
            .joinedload(Cohort.course, innerjoin=True)
            .joinedload(Course.organisation, innerjoin=True),
            joinedload(CohortMaterial.cohort, innerjoin=True).joinedload(Cohort.organisation, innerjoin=True),
            joinedload(CohortMaterial.changed_by),
        )
    )
    return db.session.scalars(query).one_or_none()


def files_of_material(material_id: int, since: datetime | None = None) -> list[CohortMaterialFile]:
    """The files of a piece as they were added; with `since` those that were taken out after it, the latest first."""
    query = (
        sa.select(CohortMaterialFile)
        .where(CohortMaterialFile.material_id == material_id)
        .options(joinedload(CohortMaterialFile.file))
    )
    if since is None:
        query = query.where(CohortMaterialFile.deleted_at.is_(None)).order_by(CohortMaterialFile.id)
    else:
        query = query.where(CohortMaterialFile.deleted_at > since).order_by(CohortMaterialFile.deleted_at.desc())
    return list(db.session.scalars(query))


def file_of_material(material_id: int, key: int) -> CohortMaterialFile | None:
    """A file of a piece by its own number, whether or not it was taken out."""
    query = (
        sa.select(CohortMaterialFile)
        .where(CohortMaterialFile.id == key, CohortMaterialFile.material_id == material_id)
        .options(joinedload(CohortMaterialFile.file))
    )
    return db.session.scalars(query).one_or_none()
