"""More time and attempts at a quiz for one person."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import roles
from app.accounts.models import Organisation
from app.assessment import queries as assessment
from app.assessment.services import quizzes
from app.clock import received
from app.db import db
from courses import queries
from courses.forms.courses import AllowanceForm
from courses.models import Course, LessonRevision
from courses.policies import AUTHORS
from courses.views.cohorts import course_to_teach
from courses.views.lesson_editor import lesson_for

bp = Blueprint(
    "allowances", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/lessons/<int:lesson_id>"
)


@bp.route("/quiz/allowances/", methods=["GET", "POST"])
@roles(*AUTHORS)
def index(slug: str, course_id: int, lesson_id: int) -> Any:
    """Who has more time or attempts than the rules give, and why; one more, or the same person's anew.

    Of another university's course the quiz is the one that the newest own cohort has.
    """
    organisation, course = course_to_teach(slug, course_id)
    is_borrowed = course.organisation_id != organisation.id
    lesson = _borrowed_lesson(organisation, course, lesson_id) if is_borrowed else lesson_for(course, lesson_id)
    quiz = lesson.quiz or abort(404)
    learners = {person.id: person for person in queries.learners_for(current_user, course, organisation.id)}
    form = AllowanceForm()
    form.person.choices = [SelectChoice(person.id, person.name) for person in learners.values()]
    if form.validate_on_submit():
        quizzes.allow(
            quiz,
            learners[form.person.data],
            minutes=form.minutes.data or 0,
            attempts=form.attempts.data or 0,
            reason=form.reason.data.strip(),
            by=current_user,
            now=received(),
        )
        db.session.commit()
        flash(_("Kept. An attempt that is open ends later at once."), "success")
        return redirect(url_for(".index", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)
    return render_template(
        "courses/allowances/index.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        allowances=[one for one in assessment.allowances_of(quiz.id) if one.person_id in learners],
        form=form,
        has_learners=bool(learners),
        is_borrowed=is_borrowed,
    )


def _borrowed_lesson(organisation: Organisation, course: Course, lesson_id: int) -> LessonRevision:
    cohort = queries.cohort_to_read(course.id, [organisation.id]) or abort(404)
    return queries.lesson_in_version(cohort.version_id, lesson_id) or abort(404)
