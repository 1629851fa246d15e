"""Reading a lesson, and saying that it is read."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import signed_in
from app.assessment import queries as assessment
from app.assessment.queries import marking
from app.db import db, utcnow
from courses import policies, queries, services
from courses.models import Lesson, LessonRevision
from courses.views.submissions import desk_of

bp = Blueprint("lessons", __name__)


@bp.route("/courses/<int:course_id>/lessons/<int:position>/")
@signed_in
def show(course_id: int, position: int) -> Any:
    """A lesson with what comes before and after it, and its quiz: of the version that the reader's cohort learns.

    Who is not enrolled but writes the course reads the working copy.
    """
    course = queries.course_by_id(course_id) or abort(404)
    enrolment = queries.enrolment_in(current_user, course.id)
    if not policies.may_read(current_user, course, enrolment):
        if not policies.may_see(current_user, course):
            abort(404)
        flash(_("Enrol in the course to read its lessons."), "info")
        return redirect(url_for("courses.courses.show", course_id=course.id), 303)
    if enrolment is not None and enrolment.left_at is None:
        lesson: Lesson | LessonRevision = queries.lesson_at(enrolment.cohort.version_id, position) or abort(404)
        lessons = queries.contents_of(enrolment.cohort.version_id, enrolment.id)
    else:
        enrolment = None
        lesson = queries.lesson_at_place(course.id, position) or abort(404)
        lessons = queries.draft_contents(course.id)
    attempts = assessment.attempts_of(current_user, [lesson.quiz_id]) if lesson.quiz_id and enrolment else []
    line = next(line for line in lessons if line.position == position)
    now = utcnow()
    return render_template(
        "courses/lessons/show.html",
        course=course,
        lesson=lesson,
        enrolment=enrolment,
        lessons=lessons,
        line=line,
        desk=desk_of(lesson, line.id, enrolment),
        before=next((line for line in lessons if line.position == position - 1), None),
        after=next((line for line in lessons if line.position == position + 1), None),
        supplied=queries.skills_of_lesson(line.id) if lesson.quiz_id else [],
        attempts=attempts,
        waiting=marking.waiting_in([attempts[-1].id]).get(attempts[-1].id, 0) if attempts else 0,
        open_attempt=next((attempt for attempt in attempts if attempt.is_open(now)), None),
        may_write=policies.may_write(current_user, course),
    )


@bp.route("/courses/<int:course_id>/lessons/<int:position>/completion/", methods=["POST"])
@signed_in
def complete(course_id: int, position: int) -> Response:
    """Done: on to the next lesson, or to the course with the certificate."""
    course = queries.course_by_id(course_id) or abort(404)
    enrolment = queries.enrolment_in(current_user, course.id)
    if enrolment is None or enrolment.left_at is not None:
        abort(404)
    lesson = queries.lesson_at(enrolment.cohort.version_id, position) or abort(404)
    services.read_to_end(enrolment, lesson, course, utcnow())
    db.session.commit()
    following = queries.next_lesson(enrolment, enrolment.cohort.version_id)
    if following is None:
        flash(_("You have completed the course; your certificate is ready."), "success")
        return redirect(url_for("courses.courses.show", course_id=course.id), 303)
    return redirect(url_for(".show", course_id=course.id, position=following.position), 303)
