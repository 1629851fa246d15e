"""Work handed in, rubrics, and the marks that people give."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import IO

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import files
from app.accounts.models import Person
from app.assessment import queries
from app.assessment.models import HandIn, Rubric, RubricMark, RubricRow
from app.assessment.rules.rubrics import Step, problem_with, steps_to_json
from app.db import db
from app.errors import Refused


class MarkOutOfRange(Refused):
    message = _l("A mark lies between 0 and %(most)s.")


class NewerMarksKept(Refused):
    message = _l("Newer marks for this entry are saved already, from another page or device. Reload to see them.")


class RubricWithoutRows(Refused):
    message = _l("A rubric needs at least one criterion with a weight above zero.")


class StepsUnfit(Refused):
    message = _l(
        "A row has two to five steps or none, each with its own marks, none above the most marks of the row, "
        "and each with words in Chinese."
    )


@dataclass(frozen=True)
class Criterion:
    """What a rubric row is made from."""

    title_zh: str
    title_en: str
    weight: Decimal
    marks_max: Decimal = Decimal(100)
    skill_code: str | None = None
    level: int | None = None
    descriptor_zh: str = ""
    descriptor_en: str = ""
    steps: tuple[Step, ...] = ()


def criterion_of(row: RubricRow) -> Criterion:
    """What a row was made from."""
    told = {each.name: getattr(row, each.name) for each in fields(Criterion)}
    return Criterion(**told | {"steps": row.scale})


def create_rubric(organisation_id: int, title_zh: str, title_en: str, criteria: Sequence[Criterion]) -> Rubric:
    """A rubric with its rows in order. Raises RubricWithoutRows, StepsUnfit."""
    if not any(criterion.weight > 0 for criterion in criteria):
        raise RubricWithoutRows
    if any(problem_with(criterion.steps, criterion.marks_max) for criterion in criteria):
        raise StepsUnfit
    rubric = Rubric(organisation_id=organisation_id, title_zh=title_zh, title_en=title_en)
    rubric.rows = [
        RubricRow(
            position=position,
            title_zh=criterion.title_zh,
            title_en=criterion.title_en,
            weight=criterion.weight,
            marks_max=criterion.marks_max,
            skill_code=criterion.skill_code,
            level=criterion.level,
            descriptor_zh=criterion.descriptor_zh,
            descriptor_en=criterion.descriptor_en,
            steps=steps_to_json(criterion.steps),
        )
        for position, criterion in enumerate(criteria, start=1)
    ]
    db.session.add(rubric)
    db.session.flush()
    return rubric


def hand_in(
    context_kind: str, context_id: int, person: Person, stream: IO[bytes], name: str, note: str, now: datetime
) -> HandIn:
    """Keep a file as the newest version for its context; the receipt is a digest of what was received and when.

    The caller has checked that the deadline has not passed at `now`, the moment at which the whole request was there.
    """
    stored = files.store(stream, name, owner_kind=context_kind, uploaded_by=person.id)
    db.session.flush()
    newest = db.session.scalar(
        sa.select(sa.func.max(HandIn.number)).where(
            HandIn.context_kind == context_kind, HandIn.context_id == context_id
        )
    )
    receipt = hashlib.sha256(f"{context_kind}:{context_id}:{stored.sha256}:{now.isoformat()}".encode()).hexdigest()
    work = HandIn(
        context_kind=context_kind,
        context_id=context_id,
        number=(newest or 0) + 1,
        person_id=person.id,
        file_id=stored.id,
        note=note,
        received_at=now,
        receipt=receipt,
    )
    db.session.add(work)
    db.session.flush()
    return work


def give_marks(
    context_kind: str,
    context_id: int,
    rubric: Rubric,
    marker: Person,
    given: Mapping[int, tuple[Decimal | None, str]],
    now: datetime,
) -> list[RubricMark]:
    """Save a marker's marks: {row id: (mark or None, comment)}, given at `now`.

    Raises MarkOutOfRange, and NewerMarksKept where what arrives late was given before what is kept; then nothing is
    kept. The caller holds the work, so that the two cannot cross.
    """
    rows = {row.id: row for row in rubric.rows}
    for row_id, (mark, _comment) in given.items():
        if mark is not None and not (mark.is_finite() and 0 <= mark <= rows[row_id].marks_max):
            raise MarkOutOfRange(most=rows[row_id].marks_max.normalize())
    kept = {mark.row_id: mark for mark in queries.marks_by(context_kind, context_id, marker)}
    if any(mark.saved_at > now for mark in kept.values()):
        raise NewerMarksKept
    for row_id, (mark, comment) in given.items():
        found = kept.get(row_id)
        if found is None:
            found = RubricMark(
                context_kind=context_kind, context_id=context_id, row_id=row_id, marker_id=marker.id, saved_at=now
            )
            db.session.add(found)
            kept[row_id] = found
        found.mark, found.comment, found.saved_at = mark, comment, now
    db.session.flush()
    return list(kept.values())
