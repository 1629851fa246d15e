"""Taking a quiz: begin, one question a page, every answer saved with a receipt, look over, hand in, result."""

from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, signed_in
from app.assessment import contexts, queries
from app.assessment.models import NO_TIME, Attempt, Paging, QuizItem
from app.assessment.policies import may_take
from app.assessment.queries import regrades as regrade_queries
from app.assessment.rules.content import FileUpload
from app.assessment.rules.drawing import drawn
from app.assessment.rules.showing import Shown, answer_of
from app.assessment.rules.showing import show as shown_question
from app.assessment.services import answer_files, outcomes, quizzes
from app.clock import received, revision
from app.db import db
from app.errors import wants_json
from app.i18n import language
from app.skills.reading import likely_level
from app.ui.filters import moment_iso, moment_text

bp = Blueprint("attempts", __name__)
FLAGS = {"flag": True, "unflag": False}
STEPS = {"next": 1, "previous": -1}


@bp.route("/quizzes/<int:quiz_id>/attempts/", methods=["POST"])
@signed_in
def new(quiz_id: int) -> Response:
    """Begin an attempt, or go on with the open one."""
    quiz = queries.quiz_by_id(quiz_id) or abort(404)
    authorize(may_take, quiz, contexts.context_of(quiz))
    attempt = quizzes.begin(quiz, current_user, received())
    db.session.commit()
    return redirect(url_for(".show", attempt_id=attempt.id), 303)


@bp.route("/attempts/<int:attempt_id>/")
@signed_in
def show(attempt_id: int) -> Any:
    """One question: what is asked, what is saved, what it tests."""
    attempt = own_attempt(attempt_id)
    now = received()
    if attempt.submitted_at is not None:
        return redirect(url_for(".result", attempt_id=attempt.id), 303)
    if not attempt.is_open(now):
        return render_template("assessment/attempts/over.html", attempt=attempt, now=now)
    places = queries.palette_of(attempt)
    kept = [(place.item_id, place.revision) for place in places]
    if attempt.quiz.paging is Paging.ALL:
        items = {item.id: item for item in queries.drawn_items(attempt)}
        return render_template(
            "assessment/attempts/all.html",
            attempt=attempt,
            asked=[(place, items[place.item_id], asked(attempt, items[place.item_id], place)) for place in places],
            places=places,
            kept=kept,
            now=now,
            headline_small=True,
        )
    number = max(1, request.args.get("question", 1, type=int))
    if number > len(places):
        return redirect(url_for(".review", attempt_id=attempt.id), 303)
    current = places[number - 1]
    item = queries.item_by_id(current.item_id)
    checked = outcomes.checked(attempt, item, language()) if attempt.quiz.paging is Paging.CHECKED else None
    tested = queries.tested_skill(current_user, item.version.skill_code) if item.version.skill_code else None
    estimate = tested.estimate if tested else None
    return render_template(
        "assessment/attempts/show.html",
        attempt=attempt,
        item=item,
        shown=asked(attempt, item, current),
        current=current,
        places=places,
        kept=kept,
        now=now,
        checked=checked,
        tested=tested,
        likely=likely_level(estimate.mean) if estimate else None,
        headline_small=True,
    )


@bp.route("/attempts/<int:attempt_id>/answers/<int:item_id>/", methods=["POST"])
@signed_in
def save(attempt_id: int, item_id: int) -> Any:
    """Save one answer: with script a receipt as JSON, without it the next page."""
    found = queries.attempt_with_item(current_user, attempt_id, item_id) or abort(404)
    attempt, item = found
    content = drawn(next(iter(item.version.contents.values())), attempt.seed, str(item.id))
    given = answer_of(content, request.form.to_dict(flat=False), seed=seed_of(attempt), place=str(item.id))
    if isinstance(content, FileUpload):
        given = answer_files.given_to(attempt, item)  # its files came by themselves, and stay
    then = request.form.get("then", "")
    receipt = quizzes.save_answer(
        attempt,
        item,
        given,
        received(),
        revision=revision(),
        flagged=FLAGS.get(then),
        notices=[one for one in quizzes.NOTICES if one in request.form.getlist("notice")],
    )
    paging, place = attempt.quiz.paging, f"question-{item_id}"
    if then == "check" and paging is Paging.CHECKED:
        quizzes.check(attempt, item, received())
    db.session.commit()
    if wants_json():
        return jsonify(
            saved_at=moment_iso(receipt.saved_at),
            receipt=_("Saved %(time)s", time=moment_text(receipt.saved_at, "clock")),
            digest=receipt.digest,
        )
    if then == "review":
        return redirect(url_for(".review", attempt_id=attempt_id), 303)
    if paging is Paging.ALL:
        return redirect(url_for(".show", attempt_id=attempt_id, _anchor=place), 303)
    numbers = {each.item_id: each.number for each in queries.palette_of(own_attempt(attempt_id))}
    return redirect(
        url_for(".show", attempt_id=attempt_id, question=max(1, numbers[item_id] + STEPS.get(then, 0))), 303
    )


@bp.route("/attempts/<int:attempt_id>/review/")
@signed_in
def review(attempt_id: int) -> Any:
    """Before handing in: which questions have no answer, which are marked for a second look."""
    attempt = own_attempt(attempt_id)
    now = received()
    if attempt.submitted_at is not None:
        return redirect(url_for(".result", attempt_id=attempt.id), 303)
    if not attempt.is_open(now):
        return render_template("assessment/attempts/over.html", attempt=attempt, now=now)
    places = queries.palette_of(attempt)
    return render_template(
        "assessment/attempts/review.html",
        attempt=attempt,
        places=places,
        kept=[(place.item_id, place.revision) for place in places],
        unanswered=[place for place in places if not place.is_answered],
        flagged=[place for place in places if place.is_flagged],
        now=now,
    )


@bp.route("/attempts/<int:attempt_id>/hand-in/", methods=["POST"])
@signed_in
def hand_in(attempt_id: int) -> Response:
    """Hand in. Done twice it is done once; after the end what was saved in time counts."""
    attempt = own_attempt(attempt_id)
    quizzes.submit(attempt, received())
    db.session.commit()
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


@bp.route("/attempts/<int:attempt_id>/result/")
@signed_in
def result(attempt_id: int) -> Any:
    """Points, each item, and the skill that the attempt showed. Silent about answers while another attempt is open."""
    attempt = own_attempt(attempt_id)
    now = received()
    if attempt.submitted_at is None:
        if attempt.is_open(now):
            return redirect(url_for(".show", attempt_id=attempt.id), 303)
        return render_template("assessment/attempts/over.html", attempt=attempt, now=now)
    attempts = queries.attempts_of(current_user, [attempt.quiz_id])
    open_attempt = next((other for other in attempts if other.submitted_at is None and other.is_open(now)), None)
    allowance = queries.allowance_of(attempt.quiz_id, attempt.person_id)
    left = quizzes.attempts_left(attempt.quiz, allowance, len(attempts))
    tell_right = left <= 0 or any(other.is_passed for other in attempts)
    items = queries.drawn_items(attempt)
    answers = queries.answers_of(attempt)
    context = contexts.context_of(attempt.quiz)
    return render_template(
        "assessment/attempts/result.html",
        attempt=attempt,
        open_attempt=open_attempt,
        left=left,
        may_again=left > 0
        and attempt.quiz.is_open(now, allowance.extra if allowance else NO_TIME)
        and may_take(current_user, attempt.quiz, context),
        items=[]
        if open_attempt
        else outcomes.item_outcomes(attempt, items, answers, language(), tell_right=tell_right),
        waiting=outcomes.count_waiting(answers),
        kept=[(item.id, 0) for item in items],
        regraded=regrade_queries.regraded_items(attempt.id),
        noticed={item_id: answer.notices for item_id, answer in answers.items() if answer.notices},
        skills=outcomes.skill_outcomes(attempt, items),
        place=context.place(attempt.quiz) if context else None,
    )


def own_attempt(attempt_id: int) -> Attempt:
    """An attempt of the signed-in person; else 404."""
    return queries.attempt_of(current_user, attempt_id) or abort(404)


def asked(attempt: Attempt, item: QuizItem, place: queries.Place) -> Shown:
    """A question as this attempt asks it in the reader's language, with what was last given."""
    content = drawn(item.version.content_in(language()), attempt.seed, str(item.id))
    return shown_question(content, place.given, seed=seed_of(attempt), place=str(item.id))


def seed_of(attempt: Attempt) -> int | None:
    """What the order of options is drawn from; None where the quiz keeps the author's."""
    return attempt.seed if attempt.quiz.shuffles else None
