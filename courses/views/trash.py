"""What was deleted, and bringing it back within thirty days."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import organisation_for, roles
from app.db import db, utcnow
from courses import queries, services
from courses.policies import AUTHORS
from courses.services import files
from courses.views.workshop import course_for

bp = Blueprint("trash", __name__, url_prefix="/organisations/<slug>/courses")
KEPT = timedelta(days=30)


@bp.route("/deleted/")
@roles(*AUTHORS)
def courses(slug: str) -> str:
    """Courses that were deleted in the last thirty days."""
    organisation = organisation_for(slug, *AUTHORS)
    return render_template(
        "courses/trash/courses.html",
        organisation=organisation,
        courses=queries.deleted_in(organisation.id, utcnow() - KEPT),
        kept=KEPT,
    )


@bp.route("/<int:course_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int) -> Response:
    """Take a course away."""
    _organisation, course = course_for(slug, course_id)
    services.delete_course(course, current_user.id, utcnow())
    db.session.commit()
    flash(_("The course is deleted. For thirty days it can be brought back from “Deleted courses”."), "info")
    return redirect(url_for("courses.workshop.index", slug=slug), 303)


@bp.route("/<int:course_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore(slug: str, course_id: int) -> Response:
    """Bring a course back as it was."""
    organisation = organisation_for(slug, *AUTHORS)
    course = queries.deleted_course_in(organisation.id, course_id, utcnow() - KEPT) or abort(404)
    services.restore_course(course, current_user.id)
    db.session.commit()
    flash(_("The course is back."), "success")
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id), 303)


@bp.route("/<int:course_id>/lessons/deleted/")
@roles(*AUTHORS)
def lessons(slug: str, course_id: int) -> str:
    """Lessons, modules and files of a course that were deleted in the last thirty days."""
    organisation, course = course_for(slug, course_id)
    since = utcnow() - KEPT
    return render_template(
        "courses/trash/lessons.html",
        organisation=organisation,
        course=course,
        lessons=queries.deleted_lessons_of(course.id, since),
        modules=queries.deleted_modules_of(course.id, since),
        files=queries.deleted_files_of(course.id, since),
        cohorts=queries.deleted_cohorts_of(course.id, organisation.id, since),
        kept=KEPT,
    )


@bp.route("/<int:course_id>/lessons/<int:lesson_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_lesson(slug: str, course_id: int, lesson_id: int) -> Response:
    """Bring a lesson back, at the end of its module."""
    organisation, course = course_for(slug, course_id)
    lesson = queries.deleted_lesson_in(course.id, lesson_id, utcnow() - KEPT) or abort(404)
    services.restore_lesson(lesson, current_user.id, organisation.id)
    db.session.commit()
    flash(_("The lesson is back, at the end of its module."), "success")
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


@bp.route("/<int:course_id>/modules/<int:module_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_module(slug: str, course_id: int, module_id: int) -> Response:
    """Bring a module back, empty, at the end."""
    _organisation, course = course_for(slug, course_id)
    module = queries.deleted_module_in(course.id, module_id, utcnow() - KEPT) or abort(404)
    services.restore_module(module)
    db.session.commit()
    flash(_("The module is back, at the end. Its lessons are where they are now."), "success")
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


@bp.route("/<int:course_id>/files/<int:key>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_file(slug: str, course_id: int, key: int) -> Response:
    """Let a name mean again the file that it meant."""
    _organisation, course = course_for(slug, course_id)
    kept = queries.deleted_file_in(course.id, key, utcnow() - KEPT) or abort(404)
    files.restore_file(kept, course, current_user.id, utcnow())
    db.session.commit()
    flash(_("“%(name)s” is back.", name=kept.name), "success")
    return redirect(url_for("courses.files.index", slug=slug, course_id=course_id), 303)
