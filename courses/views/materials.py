"""Materials of a cohort: written by its teachers, read by its learners between the lessons."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer
from wtforms.fields.choices import SelectChoice

from app import files
from app.accounts.guards import me, roles, signed_in
from app.accounts.models import Organisation
from app.clock import moment_on_the_wall, on_the_wall, received
from app.db import db
from app.errors import Refused
from app.ui.filters import words
from courses import policies
from courses import queries as courses
from courses.forms.cohorts import MaterialForm
from courses.models import Cohort, CohortMaterial
from courses.policies import AUTHORS
from courses.queries import LessonLine
from courses.queries import materials as queries
from courses.queries.materials import MaterialLine
from courses.services import materials as services
from courses.services.materials import MaterialText
from courses.views.cohorts import taught_cohort_for
from courses.views.trash import KEPT

bp = Blueprint("materials", __name__)
COHORT = "/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>/materials"
MATERIAL = f"{COHORT}/<int:material_id>"
READ = "/cohort-materials/<int:material_id>"


# Written


@bp.route(f"{COHORT}/")
@roles(*AUTHORS)
def index(slug: str, course_id: int, cohort_id: int) -> str:
    """The pieces that a cohort has of its own, and what was removed lately."""
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    return render_template(
        "courses/materials/index.html",
        organisation=organisation,
        cohort=cohort,
        materials=queries.materials_of(cohort.id),
        lessons={line.id: line for line in lessons_of(cohort)},
        removed=queries.deleted_materials_of(cohort.id, received() - KEPT),
        kept=KEPT,
        now=received(),
    )


@bp.route(f"{COHORT}/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str, course_id: int, cohort_id: int) -> Any:
    """Add a piece."""
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    form = _form(cohort, MaterialForm())
    if form.validate_on_submit():
        try:
            made = services.add_material(cohort, _entered(form), me(), received())
        except Refused as refusal:
            return _page(organisation, cohort, None, form, refusal.sentence()), 409
        db.session.commit()
        return _with_files(organisation, cohort, made, form, _("The cohort has it now."))
    return _page(organisation, cohort, None, form)


@bp.route(f"{MATERIAL}/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, cohort_id: int, material_id: int) -> Any:
    """Change a piece. Where somebody else did so meanwhile both texts are shown, and nothing is lost."""
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    material = queries.material_in(cohort.id, material_id) or abort(404)
    form = _form(cohort, MaterialForm(data=_values(material)), material)
    if form.validate_on_submit():
        seen = int(form.revision.data) if (form.revision.data or "").isdecimal() else 0
        try:
            services.change_material(cohort, material, _entered(form), me(), received(), seen=seen)
        except services.MaterialChanged as refusal:
            form.revision.data, form.revision.raw_data = str(material.revision), None
            return _page(organisation, cohort, material, form, refusal.sentence(), is_beside=True), 409
        except Refused as refusal:
            return _page(organisation, cohort, material, form, refusal.sentence()), 409
        db.session.commit()
        return _with_files(organisation, cohort, material, form, _("It is saved."))
    return _page(organisation, cohort, material, form)


@bp.route(f"{MATERIAL}/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, cohort_id: int, material_id: int) -> Answer:
    """Remove a piece; for thirty days it can be brought back."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    services.remove_material(cohort, queries.material_in(cohort.id, material_id) or abort(404), me(), received())
    db.session.commit()
    flash(_("It is removed. For thirty days it can be brought back below."), "info")
    return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


@bp.route(f"{MATERIAL}/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore(slug: str, course_id: int, cohort_id: int, material_id: int) -> Answer:
    """Bring a piece back."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    removed = queries.deleted_material_in(cohort.id, material_id, received() - KEPT) or abort(404)
    services.restore_material(cohort, removed, me())
    db.session.commit()
    flash(_("It is back."), "success")
    return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


@bp.route(f"{MATERIAL}/files/<int:key>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete_file(slug: str, course_id: int, cohort_id: int, material_id: int, key: int) -> Answer:
    """Take a file out of a piece."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    material = queries.material_in(cohort.id, material_id) or abort(404)
    services.take_file_out(queries.file_of_material(material.id, key) or abort(404), received())
    db.session.commit()
    return _back(slug, course_id, cohort_id, material_id)


@bp.route(f"{MATERIAL}/files/<int:key>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_file(slug: str, course_id: int, cohort_id: int, material_id: int, key: int) -> Answer:
    """Put a file back."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    material = queries.material_in(cohort.id, material_id) or abort(404)
    kept = queries.file_of_material(material.id, key)
    if kept is None or (kept.deleted_at is not None and kept.deleted_at <= received() - KEPT):
        abort(404)
    services.put_file_back(cohort, kept)
    db.session.commit()
    return _back(slug, course_id, cohort_id, material_id)


# Read


@bp.route(f"{READ}/")
@signed_in
def show(material_id: int) -> str:
    """A piece on a page of its own, for those who learn in its cohort and those who teach it."""
    material, may_write = material_for(material_id)
    return render_template(
        "courses/materials/show.html",
        material=material,
        cohort=material.cohort,
        course=material.cohort.course,
        files=queries.files_of_material(material.id),
        may_write=may_write,
        is_visible=material.is_visible(received()),
    )


@bp.route(f"{READ}/files/<int:key>/")
@signed_in
def download(material_id: int, key: int) -> Response:
    """A file of a piece, for the same people."""
    material, may_write = material_for(material_id)
    kept = queries.file_of_material(material.id, key)
    if kept is None or (kept.deleted_at is not None and not may_write):
        abort(404)
    return files.download(kept.file)


# What the views above have in common


def material_for(material_id: int) -> tuple[CohortMaterial, bool]:
    """A piece that the signed-in person may read, and whether they teach its cohort; else 404."""
    material = queries.material_by_id(material_id) or abort(404)
    cohort = material.cohort
    teachers = [teacher.person_id for teacher in courses.teachers_of(cohort.id)]
    if policies.may_see_learners(me(), cohort, teachers):
        return material, True
    enrolment = courses.enrolment_in(me(), cohort.course_id)
    is_learner = enrolment is not None and enrolment.left_at is None and enrolment.cohort_id == cohort.id
    return (material, False) if is_learner and material.is_visible(received()) else abort(404)


def materials_by_place(
    cohort: Cohort, lessons: Sequence[LessonLine], now: datetime
) -> dict[int | None, list[MaterialLine]]:
    """What learners see of a cohort's materials, by the lesson after which it stands; None: before the first.

    What stood after a lesson that the version no longer has comes first.
    """
    known = {line.id for line in lessons}
    found: dict[int | None, list[MaterialLine]] = {}
    for line in queries.material_lines(cohort, now):
        found.setdefault(line.after_lesson_id if line.after_lesson_id in known else None, []).append(line)
    return found


def lessons_of(cohort: Cohort) -> list[LessonLine]:
    """The lessons that a cohort learns; before the course is published, as its authors have them."""
    if cohort.version_id is None:
        return courses.draft_contents(cohort.course_id)
    return courses.contents_of(cohort.version_id, None)


def _form(cohort: Cohort, form: MaterialForm, material: CohortMaterial | None = None) -> MaterialForm:
    lessons = lessons_of(cohort)
    places = [SelectChoice("", _("Before the first lesson"))]
    places += [
        SelectChoice(
            str(line.id), _("After lesson %(number)s: %(title)s", number=line.position, title=words(line, "title"))
        )
        for line in lessons
    ]
    kept = None if material is None else material.after_lesson_id
    if kept is not None and kept not in {line.id for line in lessons}:
        places.append(SelectChoice(str(kept), _("After a lesson that this cohort no longer has")))
    form.place.choices = places
    return form


def _values(material: CohortMaterial) -> dict[str, Any]:
    names = ("title_zh", "title_en", "body_zh", "body_en", "link")
    return {
        **{name: getattr(material, name) for name in names},
        "place": str(material.after_lesson_id or ""),
        "visible_from": on_the_wall(material.visible_from) if material.visible_from else None,
        "revision": str(material.revision),
    }


def _entered(form: MaterialForm) -> MaterialText:
    shown = form.visible_from.data
    return MaterialText(
        title_zh=form.title_zh.data.strip(),
        title_en=(form.title_en.data or "").strip(),
        body_zh=form.body_zh.data or "",
        body_en=form.body_en.data or "",
        link=(form.link.data or "").strip(),
        after_lesson_id=int(form.place.data) if form.place.data else None,
        visible_from=moment_on_the_wall(shown) if shown else None,
    )


def _with_files(
    organisation: Organisation, cohort: Cohort, material: CohortMaterial, form: MaterialForm, told: str
) -> Answer:
    """Keep the files that came with the words, each by itself: one that is not taken loses nothing else."""
    slug, course_id, cohort_id, material_id = organisation.slug, cohort.course_id, cohort.id, material.id
    all_kept = True
    for sent in request.files.getlist(form.files.name):
        if not sent.filename:
            continue
        try:
            with closing(sent):
                services.add_file(cohort, material, sent.stream, sent.filename, me())
        except Refused as refusal:
            db.session.rollback()
            flash(refusal.sentence(), "error")
            all_kept = False
        db.session.commit()
    flash(told, "success")
    if not all_kept:
        return _back(slug, course_id, cohort_id, material_id)
    return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


def _back(slug: str, course_id: int, cohort_id: int, material_id: int) -> Answer:
    place: dict[str, Any] = {"slug": slug, "course_id": course_id, "cohort_id": cohort_id}
    return redirect(url_for(".edit", **place, material_id=material_id, _anchor="its-files"), 303)


def _page(
    organisation: Organisation,
    cohort: Cohort,
    material: CohortMaterial | None,
    form: MaterialForm,
    problem: str = "",
    *,
    is_beside: bool = False,
) -> str:
    since = received() - KEPT
    return render_template(
        "courses/materials/edit.html",
        organisation=organisation,
        cohort=cohort,
        material=material,
        form=form,
        problem=problem,
        is_beside=is_beside,
        files=queries.files_of_material(material.id) if material else [],
        removed=queries.files_of_material(material.id, since) if material else [],
        kept=KEPT,
    )
