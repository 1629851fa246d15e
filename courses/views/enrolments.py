"""Coming into a cohort and leaving it."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, signed_in
from app.clock import today
from app.db import db, utcnow
from courses import policies, queries, services

bp = Blueprint("enrolments", __name__)


@bp.route("/cohorts/<int:cohort_id>/enrolment/", methods=["POST"])
@signed_in
def new(cohort_id: int) -> Response:
    """Enrol, and go to the first lesson that is not done."""
    cohort = queries.cohort_by_id(cohort_id) or abort(404)
    day = today()
    authorize(policies.may_enrol, cohort, day)
    enrolment = services.enrol(cohort, current_user, utcnow(), day)
    db.session.commit()
    lesson = queries.next_lesson(enrolment, cohort.version_id)
    flash(_("You are enrolled."), "success")
    if lesson is None:
        return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)
    return redirect(url_for("courses.lessons.show", course_id=cohort.course_id, position=lesson.position), 303)


@bp.route("/cohorts/<int:cohort_id>/enrolment/deletion/", methods=["POST"])
@signed_in
def delete(cohort_id: int) -> Response:
    """Leave; what is done stays done for a return."""
    enrolment = queries.enrolments_of_people(cohort_id, [current_user.id]).get(current_user.id) or abort(404)
    cohort = queries.cohort_by_id(cohort_id) or abort(404)
    services.give_up_seat(cohort, enrolment, utcnow(), today())
    db.session.commit()
    flash(_("You have left the course. What you have shown stays in your skill passport."), "success")
    return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)
