"""Writing lessons: title, text with a preview, order, removal."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import organisation_for, roles
from app.db import db, utcnow
from app.ui.markdown import render_markdown
from courses import queries, services
from courses.forms import LessonForm
from courses.models import Course, Lesson
from courses.policies import AUTHORS
from courses.views.workshop import course_for

bp = Blueprint("lesson_editor", __name__, url_prefix="/organisations/<slug>")
STEPS = {"up": -1, "down": 1}


@bp.route("/courses/<int:course_id>/lessons/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str, course_id: int) -> Any:
    """Write a lesson; it comes last."""
    organisation, course = course_for(slug, course_id)
    form = LessonForm()
    if form.validate_on_submit():
        lesson = services.add_lesson(
            course,
            form.title_zh.data,
            form.title_en.data,
            body_zh=form.body_zh.data,
            body_en=form.body_en.data,
            minutes=form.minutes.data,
        )
        db.session.commit()
        return redirect(_after(slug, course_id, lesson), 303)
    return render_template(
        "courses/lesson_editor/edit.html", organisation=organisation, course=course, lesson=None, form=form
    )


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, lesson_id: int) -> Any:
    """Change a lesson's title or text."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    form = LessonForm(obj=lesson)
    if form.validate_on_submit():
        services.save_lesson(lesson, _text(form, lesson), utcnow(), current_user.id)
        db.session.commit()
        return redirect(_after(slug, course_id, lesson), 303)
    return render_template(
        "courses/lesson_editor/edit.html", organisation=organisation, course=course, lesson=lesson, form=form
    )


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/place/", methods=["POST"])
@roles(*AUTHORS)
def move(slug: str, course_id: int, lesson_id: int) -> Response:
    """One place up or down."""
    _organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    services.move_lesson(lesson, STEPS.get(request.form.get("step", ""), 0))
    db.session.commit()
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, lesson_id: int) -> Response:
    """Remove a lesson that nobody has used."""
    organisation, course = course_for(slug, course_id)
    services.delete_lesson(lesson_for(course, lesson_id), current_user.id, organisation.id, utcnow())
    db.session.commit()
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


@bp.route("/lesson-preview/", methods=["POST"])
@roles(*AUTHORS)
def preview(slug: str) -> str:
    """How Markdown will look, as safe HTML."""
    organisation_for(slug, *AUTHORS)
    return render_markdown(request.form.get("text", "")[:200_000], top=3)


def _text(form: LessonForm, lesson: Lesson) -> services.LessonText:
    return replace(
        services.text_of(lesson),
        title_zh=form.title_zh.data,
        title_en=form.title_en.data,
        body_zh=form.body_zh.data,
        body_en=form.body_en.data,
        minutes=form.minutes.data,
    )


def lesson_for(course: Course, lesson_id: int) -> Lesson:
    """A lesson of the course; else 404."""
    return queries.lesson_in(course.id, lesson_id) or abort(404)


def _after(slug: str, course_id: int, lesson: Lesson) -> str:
    """Where the pressed button leads: to the quiz, or back to the bench."""
    if request.form.get("then") == "quiz":
        return url_for("courses.quiz_editor.edit", slug=slug, course_id=course_id, lesson_id=lesson.id)
    return url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons")
