"""Materials of a cohort: added, changed, removed and brought back by those who teach it. Nothing here commits."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import IO

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit, files
from app.accounts.models import Person
from app.db import db
from app.errors import Refused
from courses.models import Cohort, CohortMaterial, CohortMaterialFile
from courses.queries import materials as queries
from courses.services.submissions import LinkBroken, is_address

OWNER = "cohort"
MOST_MATERIALS = 200
MOST_FILES = 20


class TooManyMaterials(Refused):
    message = _l("A cohort has at most %(most)s pieces of its own. Remove one that is no longer needed.")


class TooManyFiles(Refused):
    message = _l("A piece has at most %(most)s files. Take one out, or send them as one ZIP.")


class MaterialChanged(Refused):
    message = _l("%(name)s has changed it meanwhile. Yours is not saved yet: compare, and save again.")


@dataclass(frozen=True)
class MaterialText:
    """What a piece says and where it stands."""

    title_zh: str
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    link: str = ""
    after_lesson_id: int | None = None
    visible_from: datetime | None = None


def text_of(material: CohortMaterial) -> MaterialText:
    """A piece as it was written."""
    return MaterialText(**{each.name: getattr(material, each.name) for each in fields(MaterialText)})


def add_material(cohort: Cohort, text: MaterialText, by: Person, now: datetime) -> CohortMaterial:
    """Add a piece; the same sent twice is one. Raises LinkBroken, TooManyMaterials."""
    _check(text)
    _hold(cohort)
    present = queries.materials_of(cohort.id)
    for one in present:
        if text_of(one) == text and one.changed_by_id == by.id:
            return one
    if len(present) >= MOST_MATERIALS:
        raise TooManyMaterials(most=MOST_MATERIALS)
    made = CohortMaterial(cohort_id=cohort.id)
    db.session.add(_written(made, text, by, now))
    made.revision = 1
    _count(cohort)
    _tell("cohort.add-material", cohort, made, by)
    return made


def change_material(
    cohort: Cohort, material: CohortMaterial, text: MaterialText, by: Person, now: datetime, *, seen: int
) -> None:
    """Change a piece, having begun from what was saved `seen` times; the same again changes nothing.

    Raises LinkBroken, MaterialChanged.
    """
    _check(text)
    _hold(cohort)
    db.session.refresh(material)
    if text_of(material) == text:
        return
    if material.revision != seen:
        db.session.refresh(material, ["changed_by"])
        raise MaterialChanged(name=material.changed_by.name if material.changed_by else "")
    _written(material, text, by, now)
    material.revision += 1
    _tell("cohort.change-material", cohort, material, by)


def remove_material(cohort: Cohort, material: CohortMaterial, by: Person, now: datetime) -> None:
    """Take a piece away; for thirty days it can be brought back."""
    _hold(cohort)
    material.deleted_at = material.deleted_at or now
    _count(cohort)
    _tell("cohort.remove-material", cohort, material, by)


def restore_material(cohort: Cohort, material: CohortMaterial, by: Person) -> None:
    """Bring a piece back as it was. Raises TooManyMaterials."""
    _hold(cohort)
    if len(queries.materials_of(cohort.id)) >= MOST_MATERIALS:
        raise TooManyMaterials(most=MOST_MATERIALS)
    material.deleted_at = None
    _count(cohort)
    _tell("cohort.restore-material", cohort, material, by)


def add_file(cohort: Cohort, material: CohortMaterial, stream: IO[bytes], name: str, by: Person) -> CohortMaterialFile:
    """Keep a file with a piece; the same content under the same name is there once.

    Raises TooManyFiles, and what `app.files.store` raises.
    """
    _hold(cohort)
    present = queries.files_of_material(material.id)
    if len(present) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    stored = files.store(stream, name, owner_kind=OWNER, uploaded_by=by.id)
    for one in present:
        if (one.file.name, one.file.sha256) == (stored.name, stored.sha256):
            db.session.expunge(stored)
            return one
    db.session.flush()
    kept = CohortMaterialFile(material_id=material.id, file_id=stored.id)
    db.session.add(kept)
    db.session.flush()
    return kept


def take_file_out(kept: CohortMaterialFile, now: datetime) -> None:
    """Take a file out of a piece; for thirty days it can be put back."""
    kept.deleted_at = kept.deleted_at or now


def put_file_back(cohort: Cohort, kept: CohortMaterialFile) -> None:
    """Put a file back. Raises TooManyFiles."""
    _hold(cohort)
    if len(queries.files_of_material(kept.material_id)) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    kept.deleted_at = None


def _check(text: MaterialText) -> None:
    if text.link and not is_address(text.link):
        raise LinkBroken


def _hold(cohort: Cohort) -> None:
    """Let nobody else change the materials of a cohort until the transaction ends, so that their count is true."""
    db.session.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update(key_share=True))


def _written(material: CohortMaterial, text: MaterialText, by: Person, now: datetime) -> CohortMaterial:
    for each in fields(MaterialText):
        setattr(material, each.name, getattr(text, each.name))
    material.changed_by_id, material.changed_at = by.id, now
    return material


def _count(cohort: Cohort) -> None:
    """How many pieces there are stands on the cohort, so that a page of one without any need not ask."""
    db.session.flush()
    cohort.materials = len(queries.materials_of(cohort.id))


def _tell(act: str, cohort: Cohort, material: CohortMaterial, by: Person) -> None:
    db.session.flush()
    told = {"material_id": material.id, "title": material.title_zh}
    audit.record(act, cohort, actor_id=by.id, organisation_id=cohort.organisation_id, **told)
