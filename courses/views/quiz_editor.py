"""The quiz of a lesson: which questions, worth how much, by which rules."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.assessment import queries as assessment
from app.assessment.models import QuizItem
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from courses import services
from courses.forms import QuizForm, share_of_percent
from courses.models import Lesson
from courses.policies import AUTHORS
from courses.services import QuizRules
from courses.views.lesson_editor import lesson_for
from courses.views.workshop import course_for

bp = Blueprint(
    "quiz_editor", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/lessons/<int:lesson_id>"
)
MOST_POINTS = Decimal(1000)
ONE = Decimal(1)


@bp.route("/quiz/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, lesson_id: int) -> Any:
    """The quiz as it stands, and the bank to choose from. Saving takes the newest wording of each question."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    quiz = lesson.quiz
    items = assessment.items_of(quiz.id) if quiz else []
    form = QuizForm(obj=quiz, pass_percent=int(quiz.pass_share * 100) if quiz else 60)
    newest = assessment.newest_versions([item.version.question_id for item in items])
    problem = ""
    if form.validate_on_submit():
        chosen, problem = _chosen(items)
        if not problem:
            questions = [(newest[question_id], points) for question_id, points in chosen]
            services.set_quiz(lesson, course, questions, _rules(form), actor_id=current_user.id)
            db.session.commit()
            flash(_("The quiz is saved."), "success")
            return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)
    words, skill = request.args.get("q", "").strip()[:100], request.args.get("skill", "")[:20]
    bank = assessment.bank_of(
        organisation.id,
        skill=skill or None,
        words=words,
        without=[item.version.question_id for item in items],
        without_kinds=services.UNMARKED_KINDS,
    )
    return render_template(
        "courses/quiz_editor/edit.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        quiz=quiz,
        is_taken=bool(quiz and assessment.has_attempts(quiz.id)),
        items=items,
        newer=[item for item in items if newest[item.version.question_id].id != item.question_version_id],
        form=form,
        problem=problem,
        page=db.paginate(bank, per_page=20, max_per_page=20),
        words=words,
        skill=skill,
        skill_names=reference.skill_names(language()),
    )


@bp.route("/quiz/items/", methods=["POST"])
@roles(*AUTHORS)
def add(slug: str, course_id: int, lesson_id: int) -> Response:
    """Put the ticked questions of the bank at the end of the quiz, one point each."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    items = assessment.items_of(lesson.quiz.id) if lesson.quiz else []
    held = [item.version.question_id for item in items]
    ticked = [int(value) for value in request.form.getlist("question") if value.isdigit() and len(value) < 10]
    added = assessment.questions_in(organisation.id, [one for one in ticked if one not in held])
    newest = assessment.newest_versions([question.id for question in added])
    questions = [(item.version, item.points) for item in items]
    questions += [(newest[question.id], ONE) for question in added]
    if added:
        services.set_quiz(lesson, course, questions, _rules_of(lesson), actor_id=current_user.id)
        db.session.commit()
    return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)


def _rules(form: QuizForm) -> QuizRules:
    return QuizRules(
        form.minutes.data, form.attempts_allowed.data, share_of_percent(form.pass_percent.data), form.shuffles.data
    )


def _rules_of(lesson: Lesson) -> QuizRules:
    quiz = lesson.quiz
    if quiz is None:
        return QuizRules()
    return QuizRules(quiz.minutes, quiz.attempts_allowed, quiz.pass_share, quiz.shuffles)


def _chosen(items: list[QuizItem]) -> tuple[list[tuple[int, Decimal]], str]:
    """The questions that stay, in the order of their numbers, with their points; and what is wrong with the numbers."""
    kept = []
    for item in items:
        if f"drop-{item.id}" in request.form:
            continue
        points = _number(request.form.get(f"points-{item.id}", ""))
        place = _number(request.form.get(f"place-{item.id}", ""))
        if points is None or place is None or not 0 <= points <= MOST_POINTS:
            return [], _("Points are numbers from 0 to 1000, places are numbers.")
        kept.append((place, item.position, item.version.question_id, points))
    return [(question_id, points) for _place, _position, question_id, points in sorted(kept)], ""


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return round(number, 4) if number.is_finite() and abs(number) < 1_000_000 else None
