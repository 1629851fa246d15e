"""The history of a lesson: what it said, what changed, and letting it say so again."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.db import db, utcnow
from courses import queries, services
from courses.models import Lesson, LessonRevision
from courses.policies import AUTHORS
from courses.rules.differences import Line, differences
from courses.views.lesson_editor import lesson_for
from courses.views.workshop import course_for

bp = Blueprint(
    "history", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/lessons/<int:lesson_id>/history"
)


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str, course_id: int, lesson_id: int) -> str:
    """Every saved state of a lesson, newest first."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    return render_template(
        "courses/history/index.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        page=db.paginate(queries.revisions_of(lesson.id), per_page=25, max_per_page=25),
        published=queries.versions_showing(lesson.id),
    )


@bp.route("/<int:number>/")
@roles(*AUTHORS)
def show(slug: str, course_id: int, lesson_id: int, number: int) -> Any:
    """A saved state beside another one, by default beside the lesson as it is."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    revision = queries.revision_numbered(lesson.id, number) or abort(404)
    other_number = request.args.get("with", type=int)
    other: Lesson | LessonRevision = lesson
    if other_number is not None:
        other = queries.revision_numbered(lesson.id, other_number) or abort(404)
    return render_template(
        "courses/history/show.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        revision=revision,
        other=other,
        other_number=other_number,
        numbers=queries.revision_numbers(lesson.id),
        changes=_changes(revision, other),
    )


@bp.route("/<int:number>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore(slug: str, course_id: int, lesson_id: int, number: int) -> Response:
    """Let the lesson say again what it said; what it says now stays in the history."""
    _organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    revision = queries.revision_numbered(lesson.id, number) or abort(404)
    with_work = request.form.get("with") == "work"
    services.restore_revision(lesson, revision, utcnow(), current_user.id, with_work=with_work)
    db.session.commit()
    flash(_("The lesson says again what it said in state %(number)s.", number=number), "success")
    return redirect(url_for("courses.lesson_editor.edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)


def _changes(before: LessonRevision, after: Lesson | LessonRevision) -> list[tuple[str, list[Line]]]:
    """The fields that differ, each with its lines side by side."""
    named = {
        "title_zh": _("Title in Chinese"),
        "title_en": _("Title in English"),
        "kind": _("Kind"),
        "minutes": _("Minutes"),
        "is_required": _("Needed to complete the course"),
        "body_zh": _("Text in Chinese"),
        "body_en": _("Text in English"),
    }
    found = [
        (label, differences(str(getattr(before, name)), str(getattr(after, name)))) for name, label in named.items()
    ]
    return [(label, lines) for label, lines in found if lines]
