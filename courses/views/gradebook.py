"""A cohort's gradebook: the table, one learner, one cell with its history, own columns, files both ways."""

import json
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import authorize, organisation_for, roles, signed_in
from app.accounts.models import Organisation
from app.clock import received
from app.db import db, pages_of
from app.ui.filters import words
from courses import policies, queries
from courses.forms.grades import ClearForm, ColumnForm, ImportForm, OverrideForm, TableFileForm
from courses.models import Cohort, Enrolment, Grade
from courses.policies import AUTHORS
from courses.queries import grades as grade_queries
from courses.queries.grades import Column
from courses.rules.grade_files import on_scale
from courses.rules.grading import Rules, readable_rules, rounded
from courses.services import completion, grade_files, grades
from courses.services.grades import Totals
from courses.views.cohorts import cohort_for

bp = Blueprint("gradebook", __name__)
BASE = "/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>/gradebook"
PER_PAGE = 50
SHOWN_CHANGES = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def gradebook_for(slug: str, course_id: int, cohort_id: int) -> tuple[Organisation, Cohort]:
    """A cohort whose learners the person may see, and its university; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    cohort = cohort_for(organisation, course_id, cohort_id)
    teachers = queries.teachers_of(cohort.id)
    authorize(policies.may_see_learners, cohort, [teacher.person_id for teacher in teachers])
    return organisation, cohort


# The table


@lru_cache(maxsize=10_000)
def _plain(points: Decimal, of: Decimal, most: Decimal) -> str:
    """Points on the scale of their column, to two decimals at most."""
    scaled = on_scale(points, of, most) or Decimal(0)
    return f"{round(scaled, 2).normalize():f}"


# More than any cell holds.
MOST_POINTS = Decimal(1_000_000)


@bp.route(f"{BASE}/")
@roles(*AUTHORS)
def index(slug: str, course_id: int, cohort_id: int) -> str:
    """Fifty learners with all their cells and both totals."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    searched, sort = request.args.get("q", "").strip()[:100], request.args.get("sort", "name")[:10]
    columns = grades.columns_of(cohort)
    rules, is_readable = readable_rules(cohort.version.rules if cohort.version else {})
    page = pages_of(grade_queries.learners_listed(cohort.id, searched, sort), PER_PAGE)
    return render_template(
        "courses/gradebook/index.html",
        organisation=organisation,
        cohort=cohort,
        columns=columns,
        page=page,
        rows=_rows(page.items, columns),
        rules=rules,
        is_readable=is_readable,
        searched=searched,
        sort=sort,
    )


def _rows(learners: list[Any], columns: list[Column]) -> list[tuple[int, str, str, str, list[tuple[str, str, str]]]]:
    """(enrolment, name, so far, final, cells) of each learner; a cell is its key, what it shows and its class."""
    ids = [learner[0] for learner in learners]
    held: dict[tuple[int, str], tuple[Decimal | None, Decimal, bool]] = {}
    for enrolment_id, lesson_id, points, most, by_hand in grade_queries.cells_of_lessons(ids):
        held[enrolment_id, f"l{lesson_id}"] = (points, most, by_hand)
    for enrolment_id, column_id, points, most in grade_queries.cells_of_columns(ids):
        held[enrolment_id, f"c{column_id}"] = (points, most, False)
    keys = [(column.key, column.most) for column in columns]
    rows = []
    for enrolment_id, name, so_far, final in learners:
        cells = []
        for key, most in keys:
            points, of, by_hand = held.get((enrolment_id, key), (None, most, False))
            shown = "–" if points is None else _plain(points, of, most)
            cells.append((key, shown, "by-hand" if by_hand else ""))
        rows.append((enrolment_id, name, share_text(so_far), share_text(final), cells))
    return rows


@lru_cache(maxsize=10_001)
def share_text(share: Decimal | None) -> str:
    """A share in per cent, to a hundredth, without zeros at its end."""
    return "–" if share is None else f"{(share * 100).normalize():f}%"


def fraction_text(share: Fraction) -> str:
    """An exact share as `share_text` writes a rounded one."""
    return share_text(rounded(share))


# One learner


@dataclass(frozen=True)
class Line:
    """A cell as it is told to somebody: its column, points, the override and its reason, whether it was dropped."""

    column: Column
    points: Decimal | None
    earned: Decimal | None
    by_hand: bool
    reason: str
    is_dropped: bool
    is_dropped_finally: bool


def lines_of(enrolment: Enrolment, columns: list[Column], totals: Totals) -> list[Line]:
    """All cells of one learner in the order of the columns."""
    held: dict[str, Any] = {f"l{one.lesson_id}": one for one in grade_queries.grades_of([enrolment.id])}
    held |= {f"c{one.column_id}": one for one in grade_queries.column_grades_of([enrolment.id])}
    lines = []
    for column in columns:
        cell = held.get(column.key)
        earned = on_scale(cell.points, cell.points_max, column.most) if isinstance(cell, Grade) else None
        override = None
        if cell is not None and cell.override_points is not None:
            override = on_scale(cell.override_points, cell.override_max or column.most, column.most)
        lines.append(
            Line(
                column,
                earned if override is None else override,
                earned,
                override is not None and column.lesson_id is not None,
                "" if cell is None else cell.override_reason,
                column.key in totals.so_far.dropped,
                column.key in totals.final.dropped,
            )
        )
    return lines


def _account(enrolment: Enrolment, cohort: Cohort) -> dict[str, Any]:
    """What a page about one learner's marks shows."""
    rules, columns = completion.rules_of(cohort.version), grades.columns_of(cohort)
    totals = grades.totals_of(rules, columns, grades.cells_of([enrolment.id]).get(enrolment.id, []))
    return {
        "enrolment": enrolment,
        "cohort": cohort,
        "rules": rules,
        "totals": totals,
        "lines": lines_of(enrolment, columns, totals),
        "share_text": share_text,
        "fraction_text": fraction_text,
    }


@bp.route(f"{BASE}/learners/<int:enrolment_id>/")
@roles(*AUTHORS)
def learner(slug: str, course_id: int, cohort_id: int, enrolment_id: int) -> str:
    """One learner's cells and how they make the total."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    enrolment = grade_queries.enrolment_in_cohort(cohort.id, enrolment_id) or abort(404)
    return render_template(
        "courses/gradebook/learner.html", organisation=organisation, is_own=False, **_account(enrolment, cohort)
    )


@bp.route("/courses/<int:course_id>/grades/")
@signed_in
def own(course_id: int) -> str:
    """What a learner's own marks come to, and how."""
    course = queries.course_by_id(course_id) or abort(404)
    enrolment = queries.enrolment_in(current_user, course.id)
    if enrolment is None or enrolment.left_at is not None:
        abort(404)
    return render_template(
        "courses/gradebook/own.html", course=course, is_own=True, **_account(enrolment, enrolment.cohort)
    )


# One cell


@bp.route(f"{BASE}/learners/<int:enrolment_id>/cells/<key>/", methods=["GET", "POST"])
@roles(*AUTHORS)
def cell(slug: str, course_id: int, cohort_id: int, enrolment_id: int, key: str) -> Any:
    """What a cell holds, its history, and points by hand."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    enrolment, column = _cell_for(cohort, enrolment_id, key)
    held = grades.cell_of(enrolment, column)
    form = OverrideForm(seen=str(held.revision if held else 0))
    if form.validate_on_submit():
        grades.set_points(
            enrolment,
            column,
            form.points.data,
            form.reason.data,
            seen=_revision(form.seen.data),
            by_id=current_user.id,
            now=received(),
        )
        db.session.commit()
        flash(_("Kept, with your reason."), "success")
        return redirect(_learner_url(organisation, cohort, enrolment), 303)
    return _cell_page(organisation, cohort, enrolment, column, form, ClearForm(None, prefix="back"))


@bp.route(f"{BASE}/learners/<int:enrolment_id>/cells/<key>/override/deletion/", methods=["POST"])
@roles(*AUTHORS)
def clear(slug: str, course_id: int, cohort_id: int, enrolment_id: int, key: str) -> Any:
    """What was earned counts again."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    enrolment, column = _cell_for(cohort, enrolment_id, key)
    form = ClearForm(prefix="back")
    if not form.validate_on_submit():
        held = grades.cell_of(enrolment, column)
        giving = OverrideForm(None, seen=str(held.revision if held else 0))
        return _cell_page(organisation, cohort, enrolment, column, giving, form)
    grades.clear_override(
        enrolment,
        column,
        form.reason.data or "",
        seen=_revision(form.seen.data),
        by_id=current_user.id,
        now=received(),
    )
    db.session.commit()
    flash(_("Taken back. What the lesson earned counts."), "success")
    return redirect(_learner_url(organisation, cohort, enrolment), 303)


def _cell_page(
    organisation: Organisation,
    cohort: Cohort,
    enrolment: Enrolment,
    column: Column,
    form: OverrideForm,
    clearing: ClearForm,
) -> str:
    held = grades.cell_of(enrolment, column)
    clearing.seen.data = str(held.revision if held else 0)
    return render_template(
        "courses/gradebook/cell.html",
        organisation=organisation,
        cohort=cohort,
        enrolment=enrolment,
        column=column,
        cell=held,
        earned=held.points if isinstance(held, Grade) else None,
        history=grade_queries.history_of(enrolment.id, column),
        form=form,
        clearing=clearing,
        to_pass=grades.points_to_pass(column),
        done=grades.done_of(enrolment, column),
    )


def _learner_url(organisation: Organisation, cohort: Cohort, enrolment: Enrolment) -> str:
    return url_for(
        ".learner",
        slug=organisation.slug,
        course_id=cohort.course_id,
        cohort_id=cohort.id,
        enrolment_id=enrolment.id,
    )


def _cell_for(cohort: Cohort, enrolment_id: int, key: str) -> tuple[Enrolment, Column]:
    enrolment = grade_queries.enrolment_in_cohort(cohort.id, enrolment_id) or abort(404)
    column = next((one for one in grades.columns_of(cohort) if one.key == key), None) or abort(404)
    return enrolment, column


def _revision(sent: str | None) -> int:
    """The revision that a form says it saw; one that no cell has where it says nothing."""
    return int(sent) if sent and sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


# Own columns


@bp.route(f"{BASE}/columns/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new_column(slug: str, course_id: int, cohort_id: int) -> Any:
    """A column for what happens outside of the lessons."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    form = _column_form(cohort, ColumnForm())
    if form.validate_on_submit():
        grades.add_column(
            cohort,
            form.title_zh.data,
            form.title_en.data or "",
            form.category.data,
            form.points_max.data,
            current_user.id,
            received(),
        )
        db.session.commit()
        return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    return render_template(
        "courses/gradebook/column.html", organisation=organisation, cohort=cohort, column=None, form=form
    )


@bp.route(f"{BASE}/columns/<int:column_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit_column(slug: str, course_id: int, cohort_id: int, column_id: int) -> Any:
    """Other words, most points or category."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    column = grade_queries.column_in(cohort.id, column_id) or abort(404)
    form = _column_form(cohort, ColumnForm(obj=column))
    if form.validate_on_submit():
        grades.change_column(
            cohort,
            column,
            form.title_zh.data,
            form.title_en.data or "",
            form.category.data,
            form.points_max.data,
            current_user.id,
            received(),
        )
        db.session.commit()
        return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    return render_template(
        "courses/gradebook/column.html", organisation=organisation, cohort=cohort, column=column, form=form
    )


@bp.route(f"{BASE}/columns/<int:column_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete_column(slug: str, course_id: int, cohort_id: int, column_id: int) -> Any:
    """Take a column away."""
    _organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    column = grade_queries.column_in(cohort.id, column_id) or abort(404)
    grades.delete_column(cohort, column, current_user.id, received())
    db.session.commit()
    flash(
        _("The column is gone. For thirty days it can be brought back from “Deleted in this cohort”."),
        "info",
    )
    return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


def _column_form(cohort: Cohort, form: ColumnForm) -> ColumnForm:
    form.category.choices = category_choices(completion.rules_of(cohort.version))
    return form


def category_choices(rules: Rules) -> list[SelectChoice]:
    """The categories to choose from; that of everything where the rules name none."""
    if not rules.categories:
        return [SelectChoice("", _("the total, like every mark"))]
    nowhere = SelectChoice("", _("nowhere: shown, not counted"))
    return [nowhere, *(SelectChoice(one.name, words(one, "title")) for one in rules.categories)]


# Files


@bp.route(f"{BASE}/download.csv")
@roles(*AUTHORS)
def download_csv(slug: str, course_id: int, cohort_id: int) -> Response:
    """The whole gradebook as CSV."""
    _organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    content = grade_files.as_csv(grade_files.sheet_of(cohort, received()))
    return _attachment(content, "text/csv; charset=utf-8", f"gradebook-{cohort.id}.csv")


@bp.route(f"{BASE}/download.xlsx")
@roles(*AUTHORS)
def download_xlsx(slug: str, course_id: int, cohort_id: int) -> Response:
    """The whole gradebook as a workbook."""
    _organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    content = grade_files.as_xlsx(grade_files.sheet_of(cohort, received()), words(cohort, "name"))
    return _attachment(content, XLSX, f"gradebook-{cohort.id}.xlsx")


def _attachment(content: bytes, kind: str, name: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.route(f"{BASE}/import/", methods=["GET", "POST"])
@roles(*AUTHORS)
def bring_in(slug: str, course_id: int, cohort_id: int) -> Any:
    """Choose a table; then what it would change, cell by cell. Nothing is kept yet."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    form = TableFileForm()
    if not form.validate_on_submit():
        return render_template("courses/gradebook/import.html", organisation=organisation, cohort=cohort, form=form)
    with closing(form.file.data) as sent:
        name, content = (sent.filename or "")[:100], sent.read(grade_files.MOST_BYTES + 1)
    try:
        rows = grade_files.read_table(name, content)
    except grade_files.FileUnfit as refusal:
        return render_template(
            "courses/gradebook/import.html",
            organisation=organisation,
            cohort=cohort,
            form=form,
            problem=refusal.sentence(),
        )
    plan = grade_files.plan_import(cohort, rows, received())
    wishes = [[one.person_id, one.key, _exact(one.before), _exact(one.after)] for one in plan.changes]
    people = {one[0]: one[1] for one in grade_queries.learners_with_addresses(cohort.id)}
    return render_template(
        "courses/gradebook/preview.html",
        organisation=organisation,
        cohort=cohort,
        plan=plan,
        name=name,
        most=SHOWN_CHANGES,
        columns={column.key: column for column in grades.columns_of(cohort)},
        people=people,
        form=ImportForm(None, name=name, wishes=json.dumps(wishes, separators=(",", ":"))),
    )


@bp.route(f"{BASE}/import/confirmation/", methods=["POST"])
@roles(*AUTHORS)
def confirm_import(slug: str, course_id: int, cohort_id: int) -> Any:
    """The changes that were looked at: all of them but those of cells that have changed since."""
    _organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    form = ImportForm()
    if form.validate_on_submit():
        wishes = _wishes(form.wishes.data or "")
        taken = grade_files.take_import(cohort, wishes, (form.name.data or "")[:100], current_user.id, received())
        db.session.commit()
        flash(ngettext("%(num)d cell was changed.", "%(num)d cells were changed.", taken.changed), "success")
        if taken.left:
            flash(
                ngettext(
                    "%(num)d cell had changed meanwhile and was left.",
                    "%(num)d cells had changed meanwhile and were left.",
                    taken.left,
                ),
                "info",
            )
    return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


def _exact(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:f}"


def _wishes(sent: str) -> list[grade_files.Wish]:
    """The changes that the page before wrote down; 404 for anything else."""
    try:
        return [
            grade_files.Wish(int(person), str(key), None if before is None else _told(before), _told(after, 4))
            for person, key, before, after in json.loads(sent)
        ]
    except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError):
        abort(404)


def _told(points: str, places: int | None = None) -> Decimal:
    """Points as `_exact` wrote them. Raises ValueError, TypeError, InvalidOperation for anything else."""
    read = Decimal(points)
    if not read.is_finite() or abs(read) > MOST_POINTS or (places is not None and read != round(read, places)):
        raise ValueError
    return read
