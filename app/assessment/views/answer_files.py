"""Files as answers to a question of an attempt: bring one, take one out, fetch one's own."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app import files
from app.accounts.guards import signed_in
from app.assessment import queries
from app.assessment.models import Attempt, Paging, QuizItem
from app.assessment.services import answer_files
from app.clock import received
from app.db import db

bp = Blueprint("answer_files", __name__, url_prefix="/attempts/<int:attempt_id>/answers/<int:item_id>/files")


@bp.route("/", methods=["POST"])
@signed_in
def new(attempt_id: int, item_id: int) -> Response:
    """Bring a file; in time is what was wholly received before the attempt ended."""
    attempt, item = held(attempt_id, item_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise answer_files.FileMissing
    answer_files.add(attempt, item, sent.stream, sent.filename, received())
    where = place_of(attempt, item)
    db.session.commit()
    flash(_("The file is kept as your answer."), "success")
    return redirect(where, 303)


@bp.route("/<int:file_id>/deletion/", methods=["POST"])
@signed_in
def delete(attempt_id: int, item_id: int, file_id: int) -> Response:
    """Take a file out of the answer."""
    attempt, item = held(attempt_id, item_id)
    answer_files.remove(attempt, item, file_id, received())
    where = place_of(attempt, item)
    db.session.commit()
    flash(_("The file is taken out of your answer."), "success")
    return redirect(where, 303)


@bp.route("/<int:file_id>/")
@signed_in
def show(attempt_id: int, item_id: int, file_id: int) -> Response:
    """One of the files of one's own answer."""
    attempt = queries.attempt_of(current_user, attempt_id) or abort(404)
    answer = queries.answers_of(attempt).get(item_id) or abort(404)
    return files.download(answer_files.file_of(answer.given.get("answer"), file_id) or abort(404))


def held(attempt_id: int, item_id: int) -> tuple[Attempt, QuizItem]:
    """An attempt of the signed-in person and one of its items, locked; else 404."""
    return queries.attempt_with_item(current_user, attempt_id, item_id, alone=True) or abort(404)


def place_of(attempt: Attempt, item: QuizItem) -> str:
    """The address of the question within the attempt."""
    if attempt.quiz.paging is Paging.ALL:
        return url_for("assessment.attempts.show", attempt_id=attempt.id, _anchor=f"question-{item.id}")
    numbers = {place.item_id: place.number for place in queries.palette_of(attempt)}
    return url_for("assessment.attempts.show", attempt_id=attempt.id, question=numbers.get(item.id, 1))
