"""The parts of a course: named, and taken away."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.db import db, utcnow
from courses import queries, services
from courses.forms.courses import ModuleForm
from courses.forms.seen import newer
from courses.models import Course, Module
from courses.policies import AUTHORS
from courses.views.lesson_editor import STEPS
from courses.views.workshop import course_for

bp = Blueprint("modules", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/modules")


@bp.route("/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str, course_id: int) -> Any:
    """A part at the end of the course."""
    organisation, course = course_for(slug, course_id)
    form = ModuleForm()
    if form.validate_on_submit():
        services.add_module(course, form.title_zh.data, form.title_en.data)
        db.session.commit()
        return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)
    return render_template(
        "courses/modules/edit.html", organisation=organisation, course=course, module=None, form=form, newer=[]
    )


@bp.route("/<int:module_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, module_id: int) -> Any:
    """What a part is called."""
    if request.method == "POST":
        services.hold(Module, module_id)
    organisation, course = course_for(slug, course_id)
    module = module_for(course, module_id)
    form = ModuleForm(obj=module)
    clash = newer(form, ModuleForm(formdata=None, obj=module))
    if form.validate_on_submit() and not clash:
        module.title_zh, module.title_en = form.title_zh.data, form.title_en.data or ""
        db.session.commit()
        return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)
    answer = render_template(
        "courses/modules/edit.html", organisation=organisation, course=course, module=module, form=form, newer=clash
    )
    return answer, 409 if clash else 200


@bp.route("/<int:module_id>/place/", methods=["POST"])
@roles(*AUTHORS)
def move(slug: str, course_id: int, module_id: int) -> Response:
    """One place up or down, with its lessons."""
    _organisation, course = course_for(slug, course_id)
    services.move_module(module_for(course, module_id), STEPS.get(request.form.get("step", ""), 0))
    db.session.commit()
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor=f"m{module_id}"), 303)


@bp.route("/<int:module_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, module_id: int) -> Response:
    """Take a part away; its lessons stay in the course."""
    _organisation, course = course_for(slug, course_id)
    services.delete_module(module_for(course, module_id), utcnow())
    db.session.commit()
    flash(
        _("The module is dissolved. For thirty days it can be brought back from “Deleted lessons, modules and files”."),
        "info",
    )
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


def module_for(course: Course, module_id: int) -> Module:
    """A part of the course; else 404."""
    return queries.module_in(course.id, module_id) or abort(404)
