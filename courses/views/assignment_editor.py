"""The assignment of a lesson as its authors set it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.db import db, utcnow
from app.i18n import language
from app.reference import queries as reference
from courses import services
from courses.forms.assignments import AssignmentForm, assignment_values
from courses.forms.seen import Told, newer
from courses.models import Lesson
from courses.policies import AUTHORS
from courses.queries import submissions as queries
from courses.views.lesson_editor import lesson_for
from courses.views.workshop import course_for

bp = Blueprint(
    "assignment_editor", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/lessons/<int:lesson_id>"
)
MORE = 4


@bp.route("/assignment/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, lesson_id: int) -> Any:
    """What is asked and how it is marked. What cohorts learn already stays; they get this with the next version."""
    if request.method == "POST":
        services.hold(Lesson, lesson_id)
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    assignment = queries.assignment_with_rubric(lesson.assignment_id) if lesson.assignment_id else None
    form = AssignmentForm(data=assignment_values(assignment))
    clash: list[Told] = []
    if request.form.get("more"):
        for _number in range(min(MORE, form.criteria.max_entries - len(form.criteria))):
            form.criteria.append_entry()
        form.offer(reference.skill_names(language()))
    else:
        form.offer(reference.skill_names(language()))
        kept = AssignmentForm(formdata=None, data=assignment_values(assignment))
        kept.offer(reference.skill_names(language()))
        clash = newer(form, kept)
        if form.validate_on_submit() and not clash:
            services.set_assignment(lesson, course, form.rules(), form.rubric(), current_user.id, utcnow())
            db.session.commit()
            flash(_("The assignment is saved. Cohorts get it with the next version of the course."), "success")
            return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)
    answer = render_template(
        "courses/assignment_editor/edit.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        assignment=assignment,
        form=form,
        newer=clash,
        is_kept=assignment is not None and queries.is_assignment_kept(assignment.id),
    )
    return answer, 409 if clash else 200


@bp.route("/assignment/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, lesson_id: int) -> Response:
    """Make the lesson a page again."""
    _organisation, course = course_for(slug, course_id)
    services.take_assignment_away(lesson_for(course, lesson_id), course, current_user.id, utcnow())
    db.session.commit()
    flash(_("The lesson is a page again. What was handed in stays with its cohorts."), "success")
    return redirect(url_for("courses.lesson_editor.edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)
