"""Private notes: kept beside the lesson, read all together, taken away as a file."""

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import signed_in
from app.clock import received, revision
from app.db import db
from app.errors import wants_json
from app.ui.filters import moment_iso, moment_text, words
from courses import policies, queries
from courses.forms.discussions import NoteForm
from courses.queries import notes
from courses.queries.trash import KEPT
from courses.services import notes as services

bp = Blueprint("notes", __name__)


@bp.route("/lessons/<int:lesson_id>/")
@signed_in
def lesson(lesson_id: int) -> Response:
    """The lesson where the reader reads it: at its place in the version of their cohort, or in the working copy."""
    course_id, position = _place_of(lesson_id) or abort(404)
    return redirect(url_for("courses.lessons.show", course_id=course_id, position=position), 303)


@bp.route("/lessons/<int:lesson_id>/note/", methods=["POST"])
@signed_in
def save(lesson_id: int) -> Any:
    """Keep the reader's note on a lesson: with script a receipt, without it the lesson again."""
    course_id, position = _place_of(lesson_id) or abort(404)
    form = NoteForm()
    if not form.validate_on_submit():
        message = _("A note has at most 50,000 characters.")
        if wants_json():
            return jsonify(message=message), 422
        flash(message, "error")
        return redirect(url_for("courses.lessons.show", course_id=course_id, position=position), 303)
    body = (form.body.data or "").replace("\r\n", "\n")
    note = services.keep_note(current_user.id, lesson_id, body, revision(), received())
    saved_at = note.saved_at
    db.session.commit()
    if wants_json():
        return jsonify(saved_at=moment_iso(saved_at), receipt=_("Saved %(time)s", time=moment_text(saved_at, "clock")))
    flash(_("Your note is saved."), "success")
    return redirect(url_for("courses.lessons.show", course_id=course_id, position=position, _anchor="note"), 303)


def _place_of(lesson_id: int) -> tuple[int, int] | None:
    """Course and place of a lesson that the signed-in person may read."""
    course = queries.course_of_lesson(lesson_id)
    if course is None:
        return None
    enrolment = queries.enrolment_in(current_user, course.id)
    if enrolment is not None and enrolment.left_at is None:
        position = queries.position_in(enrolment.cohort.version_id, lesson_id)
    elif policies.may_write(current_user, course):
        written = queries.lesson_in(course.id, lesson_id)
        position = written.position if written else None
    else:
        position = None
    return None if position is None else (course.id, position)


@bp.route("/notes/")
@signed_in
def index() -> str:
    """All own notes by course, or those that hold some words."""
    sought = request.args.get("q", "")[:200].strip()
    rows = notes.notes_of(current_user.id, sought)
    return render_template(
        "courses/notes/index.html",
        sought=sought,
        courses=[(next(iter(some)), some) for some in _by_course(rows)],
        count=len(rows),
        emptied=[
            (words(row, "lesson"), row.note.emptied_at, url_for(".restore", lesson_id=row.lesson_id))
            for row in notes.emptied_of(current_user.id, received() - KEPT)
        ],
        kept=KEPT,
    )


@bp.route("/lessons/<int:lesson_id>/note/restoration/", methods=["POST"])
@signed_in
def restore(lesson_id: int) -> Response:
    """Put back what a note held when it was emptied; what it holds now stays below."""
    note = notes.note_of(current_user.id, lesson_id) or abort(404)
    services.bring_back(note, revision(), received())
    db.session.commit()
    flash(_("Your note is back."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/notes/notes.md")
@signed_in
def download() -> Response:
    """All own notes as one Markdown file."""
    parts = [f"# {_('My notes')}\n"]
    for some in _by_course(notes.notes_of(current_user.id)):
        parts.append(f"\n## {words(some[0], 'course')}\n")
        parts += [f"\n### {words(row, 'lesson')}\n\n{row.note.body.strip()}\n" for row in some]
    answer = Response("".join(parts), mimetype="text/markdown")
    answer.headers["Content-Disposition"] = "attachment; filename=notes.md"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _by_course(rows: list[notes.NoteRow]) -> list[list[notes.NoteRow]]:
    return [list(some) for _course_id, some in groupby(rows, key=lambda row: row.course_id)]
