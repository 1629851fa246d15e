"""Files of a course: authors add and take them away, readers get those of their lessons."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app import files
from app.accounts.guards import roles, signed_in
from app.clock import today
from app.db import db, utcnow
from courses import policies, queries, services
from courses.forms.courses import FileForm
from courses.models import Course
from courses.policies import AUTHORS
from courses.services.files import REFERENCE, add_file, delete_file
from courses.views.workshop import course_for

bp = Blueprint("files", __name__)


@bp.route("/organisations/<slug>/courses/<int:course_id>/files/", methods=["GET", "POST"])
@roles(*AUTHORS)
def index(slug: str, course_id: int) -> Any:
    """The files of a course, how a text names them, and one more."""
    organisation, course = course_for(slug, course_id)
    form = FileForm()
    if form.validate_on_submit():
        with closing(form.file.data) as sent:
            kept = add_file(course, sent.stream, sent.filename or "", current_user.id, utcnow())
        db.session.commit()
        flash(_("“%(name)s” is kept.", name=kept.name), "success")
        return redirect(url_for(".index", slug=slug, course_id=course_id), 303)
    return render_template(
        "courses/files/index.html",
        organisation=organisation,
        course=course,
        files=queries.files_of(course.id),
        form=form,
    )


@bp.route("/organisations/<slug>/courses/<int:course_id>/files/<int:key>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, key: int) -> Response:
    """Take a file away; what was published with it keeps it."""
    _organisation, course = course_for(slug, course_id)
    kept = queries.course_file_in(course.id, key) or abort(404)
    delete_file(kept, course, current_user.id, utcnow())
    db.session.commit()
    return redirect(url_for(".index", slug=slug, course_id=course_id), 303)


@bp.route("/courses/<int:course_id>/files/<int:file_id>/")
@signed_in
def show(course_id: int, file_id: int) -> Response:
    """A file of a course, for its authors and for those to whom a lesson that they may read now shows it."""
    course = queries.course_by_id(course_id) or abort(404)
    if not policies.may_write(current_user, course):
        _require_shown(course, file_id)
    kept = queries.file_of_course(course.id, file_id) or abort(404)
    return files.download(kept.file)


def _require_shown(course: Course, file_id: int) -> None:
    """404 unless a lesson of the version that somebody learns or teaches shows the file, and is open to them."""
    enrolment = queries.enrolment_in(current_user, course.id)
    if enrolment is not None and enrolment.left_at is not None:
        enrolment = None
    teaches_at = policies.teaches_at(current_user, today()) if enrolment is None else []
    cohort = enrolment.cohort if enrolment else queries.cohort_to_read(course.id, teaches_at) if teaches_at else None
    if cohort is None:
        abort(404)
    shown_in = queries.lessons_showing(cohort.version_id, file_id)
    now = utcnow()
    if not any(enrolment is None or services.is_readable(enrolment, lesson_id, now) for lesson_id in shown_in):
        abort(404)


def address_of(course_id: int, file_id: int) -> str:
    """Where a reader gets a file of a course."""
    return url_for("courses.files.show", course_id=course_id, file_id=file_id)


def linked(text: str, course_id: int, named: Mapping[str, int]) -> str:
    """A Markdown text in which the course's own files have addresses; a name that means nothing stays as it is."""

    def address(name: str) -> str | None:
        return address_of(course_id, named[name]) if name in named else None

    return REFERENCE.sub(lambda found: address(found[1]) or found[0], text)
