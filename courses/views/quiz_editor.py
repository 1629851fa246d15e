"""The quiz of a lesson: which questions, worth how much, by which rules."""

from collections.abc import Mapping
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
from app.db import db, utcnow
from app.i18n import language
from app.reference import queries as reference
from app.ui.filters import number
from courses import services
from courses.forms.courses import DrawForm, QuizForm, share_of_percent
from courses.forms.seen import Told, newer
from courses.models import Lesson
from courses.policies import AUTHORS
from courses.rules import bounds
from courses.services import Asked, QuizRules
from courses.views.lesson_editor import STEPS, lesson_for
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
    if request.method == "POST":
        services.hold(Lesson, lesson_id)
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    quiz = lesson.quiz
    items = assessment.items_of(quiz.id) if quiz else []
    form = QuizForm(data=form_values(quiz))
    chosen, problem = _chosen(items) if request.method == "POST" else ([], "")
    pools, trouble = _pools(quiz) if request.method == "POST" else ({}, "")
    clash = newer(
        form,
        QuizForm(formdata=None, data=form_values(quiz)),
        [_asked(items, chosen, pools)],
        [_asked(items, _held(items), quiz.pools if quiz else {})],
    )
    newest = assessment.newest_versions([item.version.question_id for item in items])
    problem = problem or trouble
    if form.validate_on_submit() and not clash and not problem:
        questions = [Asked(newest[question_id], points, pool) for question_id, points, pool in chosen]
        services.set_quiz(lesson, course, questions, _rules(form, pools), actor_id=current_user.id, now=utcnow())
        db.session.commit()
        flash(_("The quiz is saved."), "success")
        anchor = "questions" if request.form.get("move") else None
        return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id, _anchor=anchor), 303)
    words, skill = request.args.get("q", "").strip()[:100], request.args.get("skill", "")[:20]
    bank = assessment.bank_of(
        organisation.id,
        skill=skill or None,
        words=words,
        without=[item.version.question_id for item in items],
    )
    answer = render_template(
        "courses/quiz_editor/edit.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        quiz=quiz,
        is_taken=bool(quiz and assessment.has_attempts(quiz.id)),
        items=[item for item in items if item.pool is None],
        pools=pools_of(quiz, items),
        reworded=[item for item in items if newest[item.version.question_id].id != item.question_version_id],
        form=form,
        newer=clash,
        typed=request.form,
        problem="" if clash else problem,
        page=db.paginate(bank, per_page=20, max_per_page=20),
        words=words,
        skill=skill,
        skill_names=reference.skill_names(language()),
        draw_form=draw_form(),
    )
    return answer, 409 if clash else 200


@bp.route("/quiz/items/", methods=["POST"])
@roles(*AUTHORS)
def add(slug: str, course_id: int, lesson_id: int) -> Response:
    """Put the ticked questions of the bank at the end of the quiz, one point each."""
    services.hold(Lesson, lesson_id)
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
        services.set_quiz(lesson, course, questions, _rules_of(lesson), actor_id=current_user.id, now=utcnow())
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
    services.hold(Lesson, lesson_id)
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
    following = max((int(name) for name in quiz.pools), default=0) + 1 if quiz else 1
    questions = [Asked(item.version, item.points, item.pool) for item in items]
    questions += [Asked(version, form.points.data, following) for version in newest.values()]
    rules = _rules_of(lesson)
    pools = {**rules.pools, str(following): {"take": form.take.data, "skill": skill, "level": level}}
    if len(newest) < form.take.data:
        raise services.PoolTooSmall(take=form.take.data, size=len(newest))
    services.set_quiz(lesson, course, questions, replace(rules, pools=pools), actor_id=current_user.id, now=utcnow())
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
        name = f"{item.version.question_id}" if item.pool is None else f"pool-{item.pool}"
        if f"drop-{name}" in request.form:
            continue
        points = _number(request.form.get(f"points-{name}", ""))
        place = _number(request.form.get(f"place-{name}", "")) if item.pool is None else MOST_POINTS * (item.pool + 1)
        if points is None or place is None or not 0 <= points <= MOST_POINTS:
            return [], _("Points are numbers from 0 to 1000, places are numbers.")
        kept.append((place, item.position, item.version.question_id, points, item.pool))
    ordered = [(question_id, points, pool) for _place, _position, question_id, points, pool in sorted(kept)]
    return _moved(ordered, *request.form.get("move", "").partition(":")[::2]), ""


def _moved(
    chosen: list[tuple[int, Decimal, int | None]], question: str, step: str
) -> list[tuple[int, Decimal, int | None]]:
    """The questions after one of them changed places with the one before or after it, as its button says."""
    fixed = [one for one in chosen if one[2] is None]
    here = next((place for place, one in enumerate(fixed) if str(one[0]) == question), None)
    there = None if here is None else here + STEPS.get(step, 0)
    if here is None or there is None or not 0 <= there < len(fixed):
        return chosen
    fixed[here], fixed[there] = fixed[there], fixed[here]
    return [*fixed, *(one for one in chosen if one[2] is not None)]


def _held(items: list[QuizItem]) -> list[tuple[int, Decimal, int | None]]:
    """The questions as they are kept."""
    return [(item.version.question_id, item.points, item.pool) for item in items]


def _asked(items: list[QuizItem], chosen: list[tuple[int, Decimal, int | None]], pools: Mapping[str, Any]) -> Told:
    """What is asked, a question a line, and how many are drawn, as it is compared with what somebody else saved."""
    names = {item.version.question_id: item.version.question.name for item in items}
    lines = [f"{names[question_id]} · {number(points)}" for question_id, points, pool in chosen if pool is None]
    drawn = {name: [pool["take"], pool["skill"], pool["level"]] for name, pool in pools.items()}
    lines += [f"{take} × {skill} {level}" for take, skill, level in drawn.values()]
    return Told(
        _("Questions"),
        "\n".join(lines) or "–",
        [[question_id, f"{points.normalize():f}", pool or 0] for question_id, points, pool in chosen] + [drawn],
    )


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
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return round(found, 4) if found.is_finite() and abs(found) < 1_000_000 else None
