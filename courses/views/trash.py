"""What was deleted, and bringing it back within thirty days."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import me, organisation_for, roles
from app.clock import received
from app.db import db, utcnow
from app.ui.filters import words
from courses import queries, services
from courses.models import Announcement, GradeColumn, LearningPath
from courses.policies import AUTHORS
from courses.queries.trash import KEPT, deleted_among, deleted_one
from courses.services import files, grades
from courses.views.cohorts import taught_cohort_for
from courses.views.workshop import course_for

bp = Blueprint("trash", __name__, url_prefix="/organisations/<slug>/courses")
COHORT = "/<int:course_id>/cohorts/<int:cohort_id>"


@bp.route("/deleted/")
@roles(*AUTHORS)
def courses(slug: str) -> str:
    """Courses and paths that were deleted in the last thirty days."""
    organisation = organisation_for(slug, *AUTHORS)
    since = utcnow() - KEPT
    return render_template(
        "courses/trash/courses.html",
        organisation=organisation,
        courses=_lines(
            queries.deleted_in(organisation.id, since), lambda one: url_for(".restore", slug=slug, course_id=one.id)
        ),
        paths=_lines(
            deleted_among(LearningPath, since, organisation_id=organisation.id),
            lambda one: url_for(".restore_path", slug=slug, path_id=one.id),
        ),
        kept=KEPT,
    )


@bp.route("/<int:course_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int) -> Response:
    """Take a course away."""
    _organisation, course = course_for(slug, course_id)
    services.delete_course(course, current_user.id, utcnow())
    db.session.commit()
    flash(_("The course is deleted. For thirty days it can be brought back from “Deleted courses and paths”."), "info")
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
    here: dict[str, Any] = {"slug": slug, "course_id": course.id}
    rows = {
        "lessons": _lines(
            queries.deleted_lessons_of(course.id, since),
            lambda one: url_for(".restore_lesson", lesson_id=one.id, **here),
        ),
        "modules": _lines(
            queries.deleted_modules_of(course.id, since),
            lambda one: url_for(".restore_module", module_id=one.id, **here),
        ),
        "files": [
            (one.name, one.deleted_at, url_for(".restore_file", key=one.id, **here))
            for one in queries.deleted_files_of(course.id, since)
        ],
        "cohorts": [
            (
                words(one, "name"),
                one.deleted_at,
                url_for("courses.archive.restore_cohort", cohort_id=one.id, **here),
            )
            for one in queries.deleted_cohorts_of(course.id, organisation.id, since)
        ],
    }
    return render_template("courses/trash/lessons.html", organisation=organisation, course=course, rows=rows, kept=KEPT)


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
    """Bring a module back, at the end, with its lessons that are in no other one."""
    _organisation, course = course_for(slug, course_id)
    module = queries.deleted_module_in(course.id, module_id, utcnow() - KEPT) or abort(404)
    services.restore_module(module)
    db.session.commit()
    flash(_("The module is back, at the end, with its lessons that are in no other module now."), "success")
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


@bp.route("/paths/<int:path_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_path(slug: str, path_id: int) -> Response:
    """Bring a path back with its steps, as a draft."""
    organisation = organisation_for(slug, *AUTHORS)
    path = deleted_one(LearningPath, path_id, utcnow() - KEPT, organisation_id=organisation.id) or abort(404)
    services.restore_path(path, current_user.id)
    db.session.commit()
    flash(_("The path is back, as a draft. Publish it again when it may be found."), "success")
    return redirect(url_for("courses.paths.edit", slug=slug, path_id=path_id), 303)


@bp.route(f"{COHORT}/deleted/")
@roles(*AUTHORS)
def cohort(slug: str, course_id: int, cohort_id: int) -> str:
    """Announcements and columns of a cohort that were deleted in the last thirty days."""
    organisation, taught, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    since = utcnow() - KEPT
    here: dict[str, Any] = {"slug": slug, "course_id": course_id, "cohort_id": taught.id}
    return render_template(
        "courses/trash/cohort.html",
        organisation=organisation,
        cohort=taught,
        announcements=_lines(
            deleted_among(Announcement, since, cohort_id=taught.id),
            lambda one: url_for(".restore_announcement", announcement_id=one.id, **here),
        ),
        columns=_lines(
            deleted_among(GradeColumn, since, cohort_id=taught.id),
            lambda one: url_for(".restore_column", column_id=one.id, **here),
        ),
        kept=KEPT,
    )


@bp.route(f"{COHORT}/announcements/<int:announcement_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_announcement(slug: str, course_id: int, cohort_id: int, announcement_id: int) -> Response:
    """Let an announcement be seen again."""
    _organisation, taught, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    found = deleted_one(Announcement, announcement_id, utcnow() - KEPT, cohort_id=taught.id) or abort(404)
    services.bring_back(found, taught, me())
    db.session.commit()
    flash(_("The announcement is back."), "success")
    return redirect(url_for("courses.announcements.index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


@bp.route(f"{COHORT}/columns/<int:column_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_column(slug: str, course_id: int, cohort_id: int, column_id: int) -> Response:
    """Bring a column of the gradebook back with its points."""
    _organisation, taught, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    found = deleted_one(GradeColumn, column_id, utcnow() - KEPT, cohort_id=taught.id) or abort(404)
    grades.restore_column(taught, found, current_user.id, received())
    db.session.commit()
    flash(_("The column is back, and its points count again."), "success")
    return redirect(url_for("courses.gradebook.index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


def _lines(rows: Sequence[Any], address: Callable[[Any], str]) -> list[tuple[str, datetime, str]]:
    """Rows as the page lists them: what each is called, when it was deleted, where it is brought back."""
    return [(words(one, "title"), one.deleted_at, address(one)) for one in rows]
