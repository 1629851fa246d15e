"""The gradebook: what lessons earn, what people override and why, what it comes to. Nothing here commits."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.db import db
from app.errors import Refused
from courses import queries
from courses.models import ChangeKind, Cohort, ColumnGrade, Enrolment, Grade, GradeChange, GradeColumn, LessonDone
from courses.queries import grades as grade_queries
from courses.queries.grades import Column
from courses.rules import grading
from courses.rules.grade_files import on_scale
from courses.rules.grading import Mark, Rules, Total
from courses.services.completion import check_completion, decide_done, hold, rules_of

AT_ONCE = 500  # learners whose cells are in memory together


class CellChanged(Refused):
    message = _l("Somebody has changed this cell meanwhile. Look at its history, then decide anew.")


class PointsImpossible(Refused):
    message = _l("Points here are between 0 and %(most)s.")


class ReasonMissing(Refused):
    message = _l("Say why; the learner reads it.")


# Columns


def columns_of(cohort: Cohort) -> list[Column]:
    """The columns of a cohort's gradebook: lessons with a quiz or assignment, then those that its teachers added."""
    points = grade_queries.points_of_quizzes(cohort.version_id)
    return [*grade_queries.lesson_columns(cohort.version_id, points), *grade_queries.own_columns(cohort.id)]


def add_column(
    cohort: Cohort, title_zh: str, title_en: str, category: str, points_max: Decimal, by_id: int, now: datetime
) -> GradeColumn:
    """A column of the cohort's own, in which nobody has points yet."""
    column = GradeColumn(
        cohort_id=cohort.id,
        title_zh=title_zh,
        title_en=title_en,
        category=category,
        points_max=points_max,
        created_at=now,
        created_by_id=by_id,
    )
    db.session.add(column)
    audit.record("gradebook.add-column", column, actor_id=by_id, organisation_id=cohort.organisation_id)
    refresh_totals(cohort, now)
    return column


def change_column(
    cohort: Cohort, column: GradeColumn, title_zh: str, title_en: str, category: str, points_max: Decimal, by_id: int,
    now: datetime,
) -> None:  # fmt: skip
    """Other words, category or most points; points that were given keep their share of the most."""
    column.title_zh, column.title_en = title_zh, title_en
    column.category, column.points_max = category, points_max
    audit.record("gradebook.change-column", column, actor_id=by_id, organisation_id=cohort.organisation_id)
    refresh_totals(cohort, now)


def delete_column(cohort: Cohort, column: GradeColumn, by_id: int, now: datetime) -> None:
    """Take a column away; its history stays."""
    column.deleted_at = column.deleted_at or now
    audit.record("gradebook.delete-column", column, actor_id=by_id, organisation_id=cohort.organisation_id)
    refresh_totals(cohort, now)


def restore_column(cohort: Cohort, column: GradeColumn, by_id: int, now: datetime) -> None:
    """Bring a column back with the points that it held; they count again."""
    column.deleted_at = None
    audit.record("gradebook.restore-column", column, actor_id=by_id, organisation_id=cohort.organisation_id)
    db.session.flush()
    refresh_totals(cohort, now)


# Cells


def cell_of(enrolment: Enrolment, column: Column) -> Grade | ColumnGrade | None:
    """The row of a cell; None where it has never held anything."""
    if column.lesson_id is not None:
        return db.session.get(Grade, (enrolment.id, column.lesson_id))
    return db.session.get(ColumnGrade, (enrolment.id, column.column_id))


def lesson_marked(enrolment: Enrolment, lesson_id: int, points: Decimal, points_max: Decimal, now: datetime) -> None:
    """Keep what a lesson has earned somebody; called again with another mark, that one counts.

    An override stays above it. The same mark again is no change.
    """
    hold(enrolment)
    grade = db.session.get(Grade, (enrolment.id, lesson_id), populate_existing=True)
    if grade is not None and (grade.points, grade.points_max) == (points, points_max):
        return
    if grade is None:
        grade = Grade(enrolment_id=enrolment.id, lesson_id=lesson_id, points_max=points_max, revision=0)
        db.session.add(grade)
    before = grade.points
    grade.points, grade.points_max, grade.marked_at = points, points_max, now
    _changed(grade, now)
    _note(enrolment.id, grade, ChangeKind.MARK, (before, points), points_max, "", None, now)
    db.session.flush()
    refresh_totals(enrolment.cohort, now, [enrolment.id])


def set_points(
    enrolment: Enrolment,
    column: Column,
    points: Decimal,
    reason: str,
    *,
    seen: int,
    by_id: int,
    now: datetime,
    kind: ChangeKind = ChangeKind.OVERRIDE,
) -> None:
    """Give somebody points in a cell by hand, with the reason; they win over what the lesson earned.

    Where they are enough to pass, the lesson counts as done, by this decision and as long as it stands.
    `seen` is the revision of the cell that the giver saw, 0 for an empty one. Raises CellChanged, PointsImpossible,
    ReasonMissing.
    """
    hold(enrolment)
    _override(enrolment.id, column, points, reason, seen=seen, by_id=by_id, now=now, kind=kind)
    _decide(enrolment, column, now)
    refresh_totals(enrolment.cohort, now, [enrolment.id])


def clear_override(enrolment: Enrolment, column: Column, reason: str, *, seen: int, by_id: int, now: datetime) -> None:
    """Take the points given by hand back, with the reason: what the lesson earned counts again.

    A lesson that only they had completed is open again. Raises CellChanged, ReasonMissing.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    hold(enrolment)
    cell = _held(enrolment.id, column)
    if cell is None or cell.override_points is None:
        return
    if cell.revision != seen:
        raise CellChanged
    before, most = cell.override_points, cell.override_max or column.most
    cell.override_points = cell.override_max = cell.override_by_id = cell.override_at = None
    cell.override_reason = ""
    _changed(cell, now)
    after = cell.points if isinstance(cell, Grade) else None
    _note(enrolment.id, cell, ChangeKind.CLEARED, (before, after), most, reason[:300], by_id, now)
    db.session.flush()
    _decide(enrolment, column, now)
    refresh_totals(enrolment.cohort, now, [enrolment.id])


def _decide(enrolment: Enrolment, column: Column, now: datetime) -> None:
    """Bring the lesson in line with what its cell says."""
    cell = _held(enrolment.id, column)
    if column.lesson_id is not None:
        pair = [(enrolment.id, column.lesson_id)]
        decide_done(pair if _passes(cell, column) else [], [] if _passes(cell, column) else pair, now)
        db.session.refresh(enrolment, ["lessons_done"])


def _passes(cell: Grade | ColumnGrade | None, column: Column) -> bool:
    """Whether points given by hand are enough to pass the lesson of a cell."""
    if cell is None or cell.override_points is None or column.pass_share is None:
        return False
    return cell.override_points >= (cell.override_max or column.most) * column.pass_share


def points_to_pass(column: Column) -> Decimal | None:
    """How many points, given by hand, let a lesson count as done; None for a column of no lesson."""
    return None if column.pass_share is None else column.most * column.pass_share


def done_of(enrolment: Enrolment, column: Column) -> LessonDone | None:
    """Whether and how the lesson of a cell is done."""
    return None if column.lesson_id is None else db.session.get(LessonDone, (enrolment.id, column.lesson_id))


def _override(
    enrolment_id: int,
    column: Column,
    points: Decimal,
    reason: str,
    *,
    seen: int,
    by_id: int,
    now: datetime,
    kind: ChangeKind,
) -> None:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if not (points.is_finite() and 0 <= points <= column.most):
        raise PointsImpossible(most=f"{column.most.normalize():f}")
    cell = _held(enrolment_id, column)
    if seen != (cell.revision if cell else 0):
        raise CellChanged
    if cell is None:
        cell = _new_cell(enrolment_id, column)
        db.session.add(cell)
    _give(cell, enrolment_id, column, points, reason, kind, by_id, now)
    db.session.flush()


def _give(
    cell: Grade | ColumnGrade,
    enrolment_id: int,
    column: Column,
    points: Decimal,
    reason: str,
    kind: ChangeKind,
    by_id: int,
    now: datetime,
) -> None:
    before = _on_scale(cell, column.most)
    cell.override_points, cell.override_max = points, column.most
    cell.override_reason, cell.override_by_id, cell.override_at = reason[:300], by_id, now
    _changed(cell, now)
    _note(enrolment_id, cell, kind, (before, points), column.most, reason[:300], by_id, now)


def override_many(
    wishes: Sequence[tuple[int, Column, Decimal | None, Decimal]], reason: str, *, by_id: int, now: datetime
) -> tuple[int, Collection[int]]:
    """Give points in many cells: (enrolment id, column, points seen before, points), of learners who are held.

    A cell that does not hold any more what was seen is left as it is. Returns how many were changed, and for whom a
    lesson counts as done by that. Totals and completion are the caller's.
    """
    ids = sorted({wish[0] for wish in wishes})
    cells: dict[tuple[int, str], Grade | ColumnGrade] = {}
    for grade in grade_queries.grades_of(ids):
        cells[grade.enrolment_id, f"l{grade.lesson_id}"] = grade
    for cell in grade_queries.column_grades_of(ids):
        cells[cell.enrolment_id, f"c{cell.column_id}"] = cell
    changed: list[tuple[Grade | ColumnGrade, Column]] = []
    for enrolment_id, column, seen, points in wishes:
        held = cells.get((enrolment_id, column.key))
        if not (points.is_finite() and 0 <= points <= column.most) or _on_scale(held, column.most) != seen:
            continue
        if held is None:
            held = cells[enrolment_id, column.key] = _new_cell(enrolment_id, column)
            db.session.add(held)
        _give(held, enrolment_id, column, points, reason, ChangeKind.IMPORT, by_id, now)
        changed.append((held, column))
    db.session.flush()
    of_lessons = [(one, column) for one, column in changed if isinstance(one, Grade)]
    passed = [(one.enrolment_id, one.lesson_id) for one, column in of_lessons if _passes(one, column)]
    not_passed = [(one.enrolment_id, one.lesson_id) for one, column in of_lessons if not _passes(one, column)]
    return len(changed), decide_done(passed, not_passed, now)


def _on_scale(cell: Grade | ColumnGrade | None, most: Decimal) -> Decimal | None:
    if cell is None:
        return None
    if cell.override_points is not None:
        return on_scale(cell.override_points, cell.override_max or most, most)
    return on_scale(cell.points, cell.points_max, most) if isinstance(cell, Grade) else None


def _held(enrolment_id: int, column: Column) -> Grade | ColumnGrade | None:
    if column.lesson_id is not None:
        return db.session.get(Grade, (enrolment_id, column.lesson_id), populate_existing=True)
    return db.session.get(ColumnGrade, (enrolment_id, column.column_id), populate_existing=True)


def _new_cell(enrolment_id: int, column: Column) -> Grade | ColumnGrade:
    if column.lesson_id is not None:
        return Grade(enrolment_id=enrolment_id, lesson_id=column.lesson_id, points_max=column.most, revision=0)
    return ColumnGrade(enrolment_id=enrolment_id, column_id=column.column_id, revision=0)


def _changed(cell: Grade | ColumnGrade, now: datetime) -> None:
    cell.revision += 1
    cell.changed_at = now


def _note(
    enrolment_id: int,
    cell: Grade | ColumnGrade,
    kind: ChangeKind,
    points: tuple[Decimal | None, Decimal | None],
    most: Decimal,
    reason: str,
    by_id: int | None,
    now: datetime,
) -> None:
    db.session.add(
        GradeChange(
            enrolment_id=enrolment_id,
            lesson_id=cell.lesson_id if isinstance(cell, Grade) else None,
            column_id=cell.column_id if isinstance(cell, ColumnGrade) else None,
            kind=kind,
            points_before=points[0],
            points_after=points[1],
            points_max=most,
            reason=reason,
            at=now,
            by_id=by_id,
        )
    )


# Totals


@dataclass(frozen=True)
class Totals:
    """What somebody's marks come to: of what is marked so far, and with what is missing counted as nothing."""

    so_far: Total
    final: Total


def totals_of(rules: Rules, columns: Sequence[Column], cells: Sequence[tuple[str, Decimal | None, Decimal]]) -> Totals:
    """What cells (key of the column, points, of how many) come to by the rules."""
    held = {key: (points, most) for key, points, most in cells}
    marks = []
    for column in columns:
        points, most = held.get(column.key, (None, column.most))
        share = grading.share_of(points, most)
        marks.append(Mark(column.key, column.category, share, Fraction(column.most)))
    return Totals(grading.total(rules, marks, missing_as_zero=False), grading.total(rules, marks, missing_as_zero=True))


def cells_of(enrolment_ids: Sequence[int]) -> dict[int, list[tuple[str, Decimal | None, Decimal]]]:
    """The cells of some learners, by enrolment: (key of the column, points that count, of how many)."""
    found: defaultdict[int, list[tuple[str, Decimal | None, Decimal]]] = defaultdict(list)
    for enrolment_id, lesson_id, points, most, _by_hand in grade_queries.cells_of_lessons(enrolment_ids):
        found[enrolment_id].append((f"l{lesson_id}", points, most))
    for enrolment_id, column_id, points, most in grade_queries.cells_of_columns(enrolment_ids):
        found[enrolment_id].append((f"c{column_id}", points, most))
    return found


def refresh_totals(
    cohort: Cohort, now: datetime, enrolment_ids: Collection[int] | None = None, gained: Collection[int] = ()
) -> None:
    """Work out what marks come to, of some or all in a cohort, and complete the course for whom that is enough.

    `gained` are those of them who have done more lessons than before.
    """
    db.session.flush()
    rules, columns = rules_of(queries.version_of(cohort)), columns_of(cohort)
    ids = grade_queries.enrolment_ids_in(cohort.id) if enrolment_ids is None else sorted(enrolment_ids)
    for some in pieces(ids):
        cells = cells_of(some)
        rows = []
        for enrolment_id in some:
            totals = totals_of(rules, columns, cells.get(enrolment_id, []))
            rows.append({"id": enrolment_id, "share_so_far": totals.so_far.share, "share_final": totals.final.share})
        db.session.execute(sa.update(Enrolment), rows)
        least = None if len(ids) == 1 else rules.pass_share
        if len(ids) == 1 or least is not None:
            for enrolment in grade_queries.learners_with_total(some, least):
                check_completion(enrolment, cohort.course, now)
        if least is None and len(ids) > 1 and gained:
            for enrolment in grade_queries.learners_with_total([one for one in some if one in gained], None):
                check_completion(enrolment, cohort.course, now)


def pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Some hundred ids at a time."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def keep_best_attempts(cohort: Cohort, now: datetime) -> None:
    """Bring what attempts of a cohort have earned into its gradebook, where it holds nothing yet.

    For what comes from elsewhere: a few statements, without history.
    """
    db.session.flush()
    names = ["enrolment_id", "lesson_id", "points", "points_max", "marked_at", "changed_at", "revision"]
    db.session.execute(sa.insert(Grade).from_select(names, grade_queries.best_attempts_in(cohort.id)))
    refresh_totals(cohort, now)
