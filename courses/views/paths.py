"""Learning paths: found and followed by anyone, put together by universities."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import organisation_for, public, roles
from app.accounts.models import Organisation
from app.db import db, utcnow
from app.ui.filters import words
from courses import queries, services
from courses.forms.cohorts import PathForm, StepForm
from courses.forms.seen import newer
from courses.models import Course, LearningPath
from courses.policies import AUTHORS

bp = Blueprint("paths", __name__)
OWN = "/organisations/<slug>/paths"


@bp.route("/paths/")
@public
def index() -> str:
    """The paths that anyone can find, with what the reader has done of each."""
    person_id = current_user.id if current_user.is_authenticated else None
    return render_template("courses/paths/index.html", rows=queries.published_paths(person_id))


@bp.route("/paths/<int:path_id>/")
@public
def show(path_id: int) -> Any:
    """A path: its courses in order, how far the reader is, and what comes next."""
    path = queries.path_by_id(path_id) or abort(404)
    may_write = _may_write(path)
    if path.published_at is None and not may_write:
        abort(404)
    steps = queries.steps_of(path.id, current_user.id if current_user.is_authenticated else None)
    ahead = [step for step in steps if not step.is_completed]
    return render_template(
        "courses/paths/show.html",
        path=path,
        steps=steps,
        sizes=queries.sizes_of([step.course.id for step in steps]),
        required=sum(step.is_required for step in steps),
        done=sum(step.is_completed and step.is_required for step in steps),
        next=next((step for step in ahead if step.is_required), ahead[0] if ahead else None),
        may_write=may_write,
    )


def _may_write(path: LearningPath) -> bool:
    who = current_user
    return bool(who.is_authenticated and who.has_role(*AUTHORS, organisation_id=path.organisation_id))


@bp.route(f"{OWN}/")
@roles(*AUTHORS)
def own(slug: str) -> str:
    """The paths of a university."""
    organisation = organisation_for(slug, *AUTHORS)
    return render_template("courses/paths/own.html", organisation=organisation, rows=queries.paths_in(organisation.id))


@bp.route(f"{OWN}/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str) -> Any:
    """Begin a path."""
    organisation = organisation_for(slug, *AUTHORS)
    form = PathForm()
    if form.validate_on_submit():
        path = services.create_path(
            organisation.id,
            form.title_zh.data,
            form.title_en.data or "",
            summary_zh=form.summary_zh.data or "",
            summary_en=form.summary_en.data or "",
            is_strict=form.is_strict.data,
            actor_id=current_user.id,
        )
        db.session.commit()
        return redirect(url_for(".edit", slug=slug, path_id=path.id), 303)
    return render_template("courses/paths/edit.html", organisation=organisation, path=None, form=form, newer=[])


@bp.route(f"{OWN}/<int:path_id>/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, path_id: int) -> Any:
    """Words of a path, and its steps."""
    if request.method == "POST":
        services.hold(LearningPath, path_id)
    organisation, path = path_for(slug, path_id)
    form = PathForm(obj=path)
    clash = newer(form, PathForm(formdata=None, obj=path))
    steps = queries.steps_of(path.id)
    if form.validate_on_submit() and not clash:
        path.title_zh, path.title_en = form.title_zh.data, form.title_en.data or ""
        path.summary_zh, path.summary_en = form.summary_zh.data or "", form.summary_en.data or ""
        path.is_strict = form.is_strict.data
        services.set_steps(path, [(step.course, step.is_required) for step in steps])
        db.session.commit()
        flash(_("Kept."), "success")
        return redirect(url_for(".edit", slug=slug, path_id=path_id), 303)
    answer = render_template(
        "courses/paths/edit.html",
        organisation=organisation,
        path=path,
        form=form,
        newer=clash,
        steps=steps,
        step_form=_step_form(organisation, {step.course.id for step in steps}, formdata=None),
    )
    return answer, 409 if clash else 200


@bp.route(f"{OWN}/<int:path_id>/steps/", methods=["POST"])
@roles(*AUTHORS)
def new_step(slug: str, path_id: int) -> Response:
    """One more course at the end."""
    organisation, path = path_for(slug, path_id)
    steps = queries.steps_of(path.id)
    form = _step_form(organisation, {step.course.id for step in steps})
    if form.validate_on_submit():
        course = queries.course_by_id(form.course.data) or abort(404)
        kept = [(step.course, step.is_required) for step in steps]
        services.set_steps(path, [*kept, (course, form.is_required.data)])
        db.session.commit()
    else:
        flash(_("Choose a course that is not on the path yet."), "warning")
    return redirect(url_for(".edit", slug=slug, path_id=path_id, _anchor="steps"), 303)


@bp.route(f"{OWN}/<int:path_id>/steps/<int:course_id>/", methods=["POST"])
@roles(*AUTHORS)
def change_step(slug: str, path_id: int, course_id: int) -> Response:
    """Move a step up or down, make it needed or not, or take it out."""
    _organisation, path = path_for(slug, path_id)
    steps = [(step.course, step.is_required) for step in queries.steps_of(path.id)]
    changed = changed_steps(steps, course_id, request.form.get("change", "")) or abort(404)
    services.set_steps(path, changed[0])
    db.session.commit()
    return redirect(url_for(".edit", slug=slug, path_id=path_id, _anchor="steps"), 303)


def changed_steps(
    steps: list[tuple[Course, bool]], course_id: int, change: str
) -> tuple[list[tuple[Course, bool]]] | None:
    """The steps after a change to one of them; None where there is no such step."""
    place = next((place for place, (course, _required) in enumerate(steps) if course.id == course_id), None)
    if place is None:
        return None
    course, is_required = steps.pop(place)
    if change == "out":
        return (steps,)
    to = {"up": place - 1, "down": place + 1}.get(change, place)
    steps.insert(max(0, to), (course, not is_required if change == "turn" else is_required))
    return (steps,)


@bp.route(f"{OWN}/<int:path_id>/publication/", methods=["POST"])
@roles(*AUTHORS)
def publish(slug: str, path_id: int) -> Response:
    """Let anyone find it."""
    _organisation, path = path_for(slug, path_id)
    services.publish_path(path, utcnow(), current_user.id)
    db.session.commit()
    flash(_("The path is published."), "success")
    return redirect(url_for(".edit", slug=slug, path_id=path_id), 303)


@bp.route(f"{OWN}/<int:path_id>/publication/deletion/", methods=["POST"])
@roles(*AUTHORS)
def withdraw(slug: str, path_id: int) -> Response:
    """Let nobody else find it."""
    _organisation, path = path_for(slug, path_id)
    services.withdraw_path(path, current_user.id)
    db.session.commit()
    return redirect(url_for(".edit", slug=slug, path_id=path_id), 303)


@bp.route(f"{OWN}/<int:path_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, path_id: int) -> Response:
    """Delete it; its courses stay."""
    _organisation, path = path_for(slug, path_id)
    services.delete_path(path, current_user.id, utcnow())
    db.session.commit()
    flash(
        _(
            "The path is deleted; its courses stay."
            " For thirty days it can be brought back from “Deleted courses and paths”."
        ),
        "success",
    )
    return redirect(url_for(".own", slug=slug), 303)


def path_for(slug: str, path_id: int) -> tuple[Organisation, LearningPath]:
    """The organisation at `slug`, of which the person is an author, and one of its paths; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    return organisation, queries.path_in(organisation.id, path_id) or abort(404)


def _step_form(organisation: Organisation, taken: set[int], **more: Any) -> StepForm:
    form = StepForm(**more)
    form.course.choices = [
        SelectChoice(one.id, f"{words(one, 'title')} · {words(one.organisation, 'name')}")
        for one in queries.courses_for_path(organisation.id)
        if one.id not in taken
    ]
    return form
