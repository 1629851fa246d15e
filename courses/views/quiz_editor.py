"""The quiz of a lesson: which questions, worth how much, by which rules."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.assessment import queries as assessment
from app.assessment.forms import skill_choices
from app.assessment.models import Paging, Quiz, QuizItem
from app.clock import moment_on_the_wall, on_the_wall
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from courses import services
from courses.forms import DrawForm, QuizForm, share_of_percent
from courses.models import Lesson
from courses.policies import AUTHORS
from courses.rules import bounds
from courses.services import Asked, QuizRules
from courses.views.lesson_editor import lesson_for
from courses.views.workshop import course_for

bp = Blueprint(
    "quiz_editor", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/lessons/<int:lesson_id>"
)
MOST_POINTS = Decimal(bounds.ITEM_POINTS.most)
ONE = Decimal(1)
MOST_IN_POOL = 500


@bp.route("/quiz/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, lesson_id: int) -> Any:
    """The quiz as it stands, and the bank to choose from. Saving takes the newest wording of each question."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    quiz = lesson.quiz
    items = assessment.items_of(quiz.id) if quiz else []
    form = QuizForm(data=form_values(quiz))
    newest = assessment.newest_versions([item.version.question_id for item in items])
    problem = ""
    if form.validate_on_submit():
        chosen, problem = _chosen(items)
        pools, trouble = _pools(quiz)
        problem = problem or trouble
        if not problem:
            questions = [Asked(newest[question_id], points, pool) for question_id, points, pool in chosen]
            services.set_quiz(lesson, course, questions, _rules(form, pools), actor_id=current_user.id)
            db.session.commit()
            flash(_("The quiz is saved."), "success")
            return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)
    words, skill = request.args.get("q", "").strip()[:100], request.args.get("skill", "")[:20]
    bank = assessment.bank_of(
        organisation.id,
        skill=skill or None,
        words=words,
        without=[item.version.question_id for item in items],
    )
    return render_template(
        "courses/quiz_editor/edit.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        quiz=quiz,
        is_taken=bool(quiz and assessment.has_attempts(quiz.id)),
        items=[item for item in items if item.pool is None],
        pools=pools_of(quiz, items),
        newer=[item for item in items if newest[item.version.question_id].id != item.question_version_id],
        form=form,
        problem=problem,
        page=db.paginate(bank, per_page=20, max_per_page=20),
        words=words,
        skill=skill,
        skill_names=reference.skill_names(language()),
        draw_form=draw_form(),
    )


@bp.route("/quiz/items/", methods=["POST"])
@roles(*AUTHORS)
def add(slug: str, course_id: int, lesson_id: int) -> Response:
    """Put the ticked questions of the bank at the end of the quiz, one point each."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    items = assessment.items_of(lesson.quiz.id) if lesson.quiz else []
    held = [item.version.question_id for item in items]
    ticked = [int(value) for value in request.form.getlist("question") if value.isdecimal() and len(value) < 10]
    added = assessment.questions_in(organisation.id, [one for one in ticked if one not in held])
    newest = assessment.newest_versions([question.id for question in added])
    questions = [Asked(item.version, item.points, item.pool) for item in items]
    questions += [Asked(newest[question.id], ONE) for question in added]
    if added:
        services.set_quiz(lesson, course, questions, _rules_of(lesson), actor_id=current_user.id)
        db.session.commit()
    return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)


def draw_form() -> DrawForm:
    """The form of a draw, with the skills to choose from."""
    form = DrawForm()
    form.skill.choices = skill_choices(reference.skill_names(language()))
    return form


@bp.route("/quiz/draws/", methods=["POST"])
@roles(*AUTHORS)
def draw(slug: str, course_id: int, lesson_id: int) -> Response:
    """Draw so many questions of a skill and level for each attempt; the pool holds what the bank has of them now."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    quiz = lesson.quiz
    here = url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id, _anchor="draws")
    form = draw_form()
    if not form.validate_on_submit():
        flash(_("Choose skill and level, and how many questions are drawn."), "error")
        return redirect(here, 303)
    items = assessment.items_of(quiz.id) if quiz else []
    skill, level = form.skill.data, int(form.level.data)
    bank = assessment.bank_of(
        organisation.id,
        skill=skill,
        level=level,
        without=[item.version.question_id for item in items],
    )
    newest = assessment.newest_versions([one.id for one in assessment.questions_found(bank, MOST_IN_POOL)])
    number = max((int(name) for name in quiz.pools), default=0) + 1 if quiz else 1
    questions = [Asked(item.version, item.points, item.pool) for item in items]
    questions += [Asked(version, form.points.data, number) for version in newest.values()]
    rules = _rules_of(lesson)
    pools = {**rules.pools, str(number): {"take": form.take.data, "skill": skill, "level": level}}
    if len(newest) < form.take.data:
        raise services.PoolTooSmall(take=form.take.data, size=len(newest))
    services.set_quiz(lesson, course, questions, replace(rules, pools=pools), actor_id=current_user.id)
    db.session.commit()
    return redirect(here, 303)


@dataclass(frozen=True)
class Pool:
    """A draw as the page shows it: from how many questions of which skill and level, how many, worth how much each."""

    name: str
    take: int
    size: int
    skill: str
    level: int
    points: Decimal


def pools_of(quiz: Quiz | None, items: list[QuizItem]) -> list[Pool]:
    """The draws of a quiz, in their order."""
    found = []
    for name, pool in sorted(quiz.pools.items(), key=lambda each: int(each[0])) if quiz else ():
        held = [item for item in items if str(item.pool) == name]
        found.append(Pool(name, pool["take"], len(held), pool["skill"], pool["level"], held[0].points))
    return found


def form_values(quiz: Quiz | None) -> dict[str, Any]:
    """What the form shows of a quiz; the defaults of the form where there is none yet."""
    if quiz is None:
        return {}
    return {
        "minutes": quiz.minutes,
        "attempts_allowed": quiz.attempts_allowed,
        "pass_percent": int(quiz.pass_share * 100),
        "shuffles": quiz.shuffles,
        "paging": quiz.paging.value,
        "markers": str(quiz.markers),
        "peers": quiz.peers,
        "opens_at": on_the_wall(quiz.opens_at) if quiz.opens_at else None,
        "closes_at": on_the_wall(quiz.closes_at) if quiz.closes_at else None,
    }


def _rules(form: QuizForm, pools: dict[str, dict[str, Any]]) -> QuizRules:
    return QuizRules(
        minutes=form.minutes.data,
        attempts_allowed=form.attempts_allowed.data,
        pass_share=share_of_percent(form.pass_percent.data),
        shuffles=form.shuffles.data,
        paging=Paging(form.paging.data),
        markers=int(form.markers.data),
        peers=form.peers.data or 0,
        opens_at=moment_on_the_wall(form.opens_at.data) if form.opens_at.data else None,
        closes_at=moment_on_the_wall(form.closes_at.data) if form.closes_at.data else None,
        pools=pools,
    )


def _rules_of(lesson: Lesson) -> QuizRules:
    quiz = lesson.quiz
    if quiz is None:
        return QuizRules()
    return QuizRules(
        minutes=quiz.minutes,
        attempts_allowed=quiz.attempts_allowed,
        pass_share=quiz.pass_share,
        shuffles=quiz.shuffles,
        paging=quiz.paging,
        markers=quiz.markers,
        peers=quiz.peers,
        opens_at=quiz.opens_at,
        closes_at=quiz.closes_at,
        pools=quiz.pools,
    )


def _chosen(items: list[QuizItem]) -> tuple[list[tuple[int, Decimal, int | None]], str]:
    """The questions that stay, in the order of their numbers, then the pools; and what is wrong with the numbers."""
    kept = []
    for item in items:
        name = f"{item.id}" if item.pool is None else f"pool-{item.pool}"
        if f"drop-{name}" in request.form:
            continue
        points = _number(request.form.get(f"points-{name}", ""))
        place = _number(request.form.get(f"place-{name}", "")) if item.pool is None else MOST_POINTS * (item.pool + 1)
        if points is None or place is None or not 0 <= points <= MOST_POINTS:
            return [], _("Points are numbers from 0 to 1000, places are numbers.")
        kept.append((place, item.position, item.version.question_id, points, item.pool))
    return [(question_id, points, pool) for _place, _position, question_id, points, pool in sorted(kept)], ""


def _pools(quiz: Quiz | None) -> tuple[dict[str, dict[str, Any]], str]:
    """The pools that stay, with how many are drawn of each; and what is wrong with that number."""
    found = {}
    for name, pool in quiz.pools.items() if quiz else ():
        if f"drop-pool-{name}" in request.form:
            continue
        take = request.form.get(f"take-pool-{name}", type=int)
        if take is None or take < 1:
            return {}, _("At least one question is drawn.")
        found[name] = {**pool, "take": take}
    return found, ""


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return round(number, 4) if number.is_finite() and abs(number) < 1_000_000 else None
