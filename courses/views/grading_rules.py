"""How a course's marks make a total and what completes it, on the working copy."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import roles
from app.clock import received
from app.db import db
from courses import queries
from courses.forms.courses import share_of_percent
from courses.forms.grades import SPARE_ROWS, GradingForm
from courses.models import Course, Lesson
from courses.policies import AUTHORS
from courses.rules.grading import MOST_CATEGORIES, Category, Rules, readable_rules
from courses.services import grading_rules
from courses.views.gradebook import category_choices
from courses.views.workshop import course_for

bp = Blueprint("grading_rules", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>")


@bp.route("/grading/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int) -> Any:
    """Categories, where lessons count, what completes the course."""
    organisation, course = course_for(slug, course_id)
    lessons = queries.lessons_of(course.id)
    rules, is_readable = readable_rules(course.rules)
    form = _form(course, rules, lessons)
    if form.validate_on_submit():
        wanted = _rules(form, rules)
        places = {
            lesson_id: (row.category.data or "", row.is_required.data)
            for row in form.lessons
            if (lesson_id := _id_in(row.lesson_id.data)) is not None
        }
        grading_rules.set_rules(
            course, wanted, places, seen=form.seen.data or "", by_id=current_user.id, now=received()
        )
        db.session.commit()
        flash(_("Kept. Cohorts get these rules with the next version that you publish."), "success")
        return redirect(url_for(".edit", slug=slug, course_id=course_id), 303)
    return render_template(
        "courses/grading_rules/edit.html",
        organisation=organisation,
        course=course,
        rules=rules,
        is_readable=is_readable,
        lessons={str(lesson.id): lesson for lesson in lessons},
        form=form,
    )


def _id_in(told: str | int | None) -> int | None:
    """The id that a hidden field tells; it holds a number itself where nothing was sent."""
    text = str(told or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _form(course: Course, rules: Rules, lessons: Sequence[Lesson]) -> GradingForm:
    """The form with the rules as they are, and some empty rows for further categories."""
    kept: list[dict[str, Any]] = [
        {"name": one.name, "title_zh": one.title_zh, "title_en": one.title_en, "weight": one.weight, "drop": one.drop}
        for one in rules.categories
    ]
    spare = min(SPARE_ROWS, MOST_CATEGORIES - len(kept))
    form = GradingForm(
        seen=grading_rules.mark_of(course, lessons),
        categories=kept + [{"name": ""} for _number in range(spare)],
        lessons=[
            {"lesson_id": lesson.id, "category": lesson.category, "is_required": lesson.is_required}
            for lesson in lessons
        ],
        pass_percent=None if rules.pass_share is None else rules.pass_share * 100,
        valid_months=rules.valid_months,
        sequential=rules.sequential,
    )
    choices = category_choices(rules)
    for row in form.lessons:
        row.category.choices = choices
        if row.category.data not in {choice.value for choice in choices}:
            row.category.data = ""
    return form


def _rules(form: GradingForm, before: Rules) -> Rules:
    """What the form says; a row without a title is no category, a new one gets a name that none has had here."""
    names = {one.name for one in before.categories}
    categories = []
    for row in form.categories:
        title = (row.title_zh.data or "").strip()
        if not title:
            continue
        name = row.form.name.data if row.form.name.data in names else _free_name(names)
        names.add(name)
        weight = Decimal(1) if row.weight.data is None else row.weight.data
        categories.append(Category(name, title, (row.title_en.data or "").strip(), weight, row.drop.data or 0))
    percent = form.pass_percent.data
    return Rules(
        tuple(categories),
        None if percent is None else share_of_percent(percent),
        form.sequential.data,
        form.valid_months.data,
    )


def _free_name(names: set[str]) -> str:
    return next(f"category-{number}" for number in range(1, 1000) if f"category-{number}" not in names)
