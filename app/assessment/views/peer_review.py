"""Peer review: what waits for a reviewer, one answer by its number; for teachers who reviews how."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.accounts.guards import me, roles, signed_in
from app.assessment.forms.marking import answer_form, marks_in, values_of
from app.assessment.models import QuizItem, Rubric
from app.assessment.policies import AUTHORS
from app.assessment.rules.content import Essay, FileUpload
from app.assessment.rules.showing import show as shown_question
from app.assessment.services import handmarks
from app.assessment.services import peer_review as services
from app.assessment.services.peer_review import Task
from app.assessment.views.marking import MarkUnreadable, first_error, item_for, nameless_file, rubric_of
from app.clock import microseconds, moment_of, received, revision
from app.db import db
from app.errors import wants_json
from app.i18n import language
from app.ui.filters import moment_iso, moment_text, percent

bp = Blueprint("peer_review", __name__)
ANSWER = "/peer-reviews/<int:item_id>/answers/<int:number>"
ITEM = "/organisations/<slug>/marking/items/<int:item_id>/peers"


@bp.route("/peer-reviews/")
@signed_in
def index() -> str:
    """What the signed-in person has to review, quiz by quiz, examples first; and what they have reviewed."""
    tasks = services.tasks_of(me(), received())
    by_item: dict[int, list[Task]] = {}
    for task in tasks:
        by_item.setdefault(task.answer.item_id, []).append(task)
    return render_template(
        "assessment/peer_review/index.html",
        groups=list(by_item.values()),
        ahead=sum(task.is_ahead for task in tasks),
        following=services.following(tasks),
    )


@bp.route(f"{ANSWER}/")
@signed_in
def show(item_id: int, number: int) -> Any:
    """One answer with the question, the guide and the marks to give; examples come first."""
    task, tasks = task_for(item_id, number)
    if task.state is services.ReviewState.EXAMPLES_FIRST:
        first = services.following(tasks) or abort(404)
        return redirect(url_for(".show", item_id=item_id, number=first.number), 303)
    item = task.answer.item
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)(formdata=None, data=values_of(handmarks.entered(task.review, item), rows))
    return review_page(task, tasks, rubric, form)


@bp.route(f"{ANSWER}/marks/", methods=["POST"])
@signed_in
def save(item_id: int, number: int) -> Any:
    """Save what is there: with script a receipt as JSON."""
    task, tasks = task_for(item_id, number)
    item = task.answer.item
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)()
    if not form.validate():
        if wants_json():
            raise MarkUnreadable(first_error(form))
        return review_page(task, tasks, rubric, form), 422
    now = moment_of(revision())
    services.give(task.answer.id, me(), rubric, marks_in(form, rows), now)
    db.session.commit()
    if wants_json():
        return jsonify(saved_at=moment_iso(now), receipt=_("Saved %(time)s", time=moment_text(now, "clock")))
    flash(_("Saved %(time)s", time=moment_text(now, "clock")), "success")
    return redirect(url_for(".show", item_id=item_id, number=number), 303)


@bp.route(f"{ANSWER}/finish/", methods=["POST"])
@signed_in
def finish(item_id: int, number: int) -> Any:
    """Save and let the review count, for good; the next answer follows. Of an example the teacher's mark is told."""
    task, tasks = task_for(item_id, number)
    item = task.answer.item
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)()
    if not form.validate():
        return review_page(task, tasks, rubric, form), 422
    now, answer_id = received(), task.answer.id
    services.give(answer_id, me(), rubric, marks_in(form, rows), now)
    db.session.commit()  # what was given stays given, though it may be too little to finish
    review = services.finish(answer_id, me(), now)
    if review.is_calibration:
        own, true = percent(float(review.share or 0)), percent(float(task.answer.share or 0))
        flash(_("You gave this example %(own)s, the teacher gave it %(true)s.", own=own, true=true), "info")
    else:
        flash(_("Your review of answer %(number)s is finished.", number=number), "success")
    db.session.commit()
    tasks = services.tasks_of(me(), now, item_id)
    here = next(each for each in tasks if each.number == number)
    after = services.following(tasks, here)
    if after is None:
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".show", item_id=item_id, number=after.number), 303)


@bp.route(f"{ANSWER}/files/<int:file_id>/")
@signed_in
def download(item_id: int, number: int, file_id: int) -> Response:
    """A file of an answer, under a name that does not tell whose it is."""
    task, _tasks = task_for(item_id, number)
    if not task.waits and task.state is not services.ReviewState.FINISHED:
        abort(404)
    return nameless_file(task.answer, number, file_id)


@bp.route(f"{ITEM}/")
@roles(*AUTHORS)
def item(slug: str, item_id: int) -> str:
    """How the peer review of a question stands: who reviews how, which answers need a teacher."""
    organisation, item = reviewed_item_for(slug, item_id)
    sheets = handmarks.sheets_of(item, me(), organisation.id)
    return render_template(
        "assessment/peer_review/item.html",
        organisation=organisation,
        item=item,
        found=services.overview_of(item, me(), organisation.id),
        own_numbers={sheet.number for sheet in sheets},
        examples=sum(sheet.answer.share is not None for sheet in sheets),
        examples_wanted=services.rules.EXAMPLES,
        is_open=item.quiz.closes_at is not None and received() < item.quiz.closes_at,
    )


@bp.route(f"{ITEM}/allocation/", methods=["POST"])
@roles(*AUTHORS)
def allocate(slug: str, item_id: int) -> Response:
    """Give the answers that wait to peers now."""
    _organisation, item = reviewed_item_for(slug, item_id)
    count = services.allocate(item.id, received(), actor_id=me().id)
    db.session.commit()
    if count:
        flash(ngettext("One answer is with peers now.", "%(num)d answers are with peers now.", count), "success")
    else:
        flash(_("The answers have been given to peers before. Later ones wait for you."), "info")
    return redirect(url_for(".item", slug=slug, item_id=item_id), 303)


# What the views above have in common


def reviewed_item_for(slug: str, item_id: int) -> tuple[Any, QuizItem]:
    """An item that the signed-in person marks and that peers review; else 404."""
    organisation, item = item_for(slug, item_id)
    if not item.quiz.peers:
        abort(404)
    return organisation, item


def task_for(item_id: int, number: int) -> tuple[Task, list[Task]]:
    """One answer that the signed-in person reviews, by its number, among all of the item; else 404."""
    tasks = services.tasks_of(me(), received(), item_id)
    return next((task for task in tasks if task.number == number), None) or abort(404), tasks


def review_page(task: Task, tasks: list[Task], rubric: Rubric | None, form: FlaskForm) -> str:
    """The page on which one answer is reviewed."""
    review, item = task.review, task.answer.item
    content = item.version.content_in(language())
    form["comment"].description = (
        _("For practice: nobody else reads it.")
        if review.is_calibration
        else _("What is good, and what would make it better? The author reads it, without your name.")
    )
    saved_at = review.saved_at
    return render_template(
        "assessment/peer_review/show.html",
        task=task,
        item=item,
        rubric=rubric,
        form=form,
        shown=shown_question(content, None, seed=None, place=str(item.id)),
        guide=content.guide if isinstance(content, Essay | FileUpload) else "",
        content=content,
        following=services.following(tasks, task),
        left=sum(each.is_ahead for each in tasks if each is not task),
        saved_at=saved_at,
        revision=microseconds(saved_at) if saved_at else 0,
        now=received(),
    )
