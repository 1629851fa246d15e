"""How a student comes into a cohort: by a code, by asking, by waiting for a seat."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user

from app.accounts.guards import View, authorize, me, signed_in
from app.accounts.services import link_to
from app.clock import received, today
from app.credentials.services import normal_code
from app.db import db
from app.extensions import limiter
from courses import policies, queries, services
from courses.forms.cohorts import CodeForm, RequestForm
from courses.models import Cohort, Joining
from courses.services import joining
from courses.views.prerequisites import shown_for

bp = Blueprint("joining", __name__)


def _who() -> str:
    return str(current_user.id) if current_user.is_authenticated else get_remote_address()


def _was_wrong(response: Response) -> bool:
    return response.status_code == 404


def few_wrong_codes(view: View) -> View:
    """Twenty wrong codes by one person in a quarter of an hour; right ones are not counted."""
    limited: Any = limiter.limit("20 per 15 minutes", key_func=_who, deduct_when=_was_wrong)(view)
    return limited


@bp.route("/join/", methods=["GET", "POST"])
@signed_in
def index() -> Any:
    """Type a code."""
    form = CodeForm()
    if form.validate_on_submit():
        code = normal_code(form.code.data)[:20]
        if code:
            return redirect(url_for(".show", code=code), 303)
    return render_template("courses/joining/index.html", form=form, unknown="")


@bp.route("/join/<code>/", methods=["GET", "POST"])
@few_wrong_codes
@signed_in
def show(code: str) -> Any:
    """The cohort that a code opens; on the press of a button one is in."""
    plain = normal_code(code)
    if plain and plain != code:
        return redirect(url_for(".show", code=plain), 301)
    cohort = queries.cohort_by_code(plain)
    if cohort is None or cohort.joining is not Joining.CODE or not cohort.course.is_published:
        form = CodeForm(formdata=None)
        return render_template("courses/joining/index.html", form=form, unknown=code[:40]), 404
    day, now = today(), received()
    is_student = policies.may_enrol(current_user, cohort, day)
    form = CodeForm(data={"code": plain})
    if form.validate_on_submit() and is_student:
        services.enter_by_code(plain, cohort, me(), now, day)
        db.session.commit()
        return _to_first_lesson(cohort)
    enrolment = queries.enrolment_in(current_user, cohort.course_id)
    return render_template(
        "courses/joining/show.html",
        cohort=cohort,
        form=form,
        is_student=is_student,
        is_in=enrolment is not None and enrolment.left_at is None,
        takes_students=cohort.takes_students(day),
        seats_left=queries.seats_free(cohort, now),
        place=queries.waiting_numbers(current_user, cohort.course_id).get(cohort.id),
        before=shown_for(current_user, cohort.course_id),
    )


@bp.route("/join/<code>/waiting-place/", methods=["POST"])
@few_wrong_codes
@signed_in
def wait_with_code(code: str) -> Any:
    """Wait for a seat of a cohort whose code one knows."""
    cohort = queries.cohort_by_code(normal_code(code)) or abort(404)
    return _wait(cohort, normal_code(code))


@bp.route("/cohorts/<int:cohort_id>/waiting-place/", methods=["POST"])
@signed_in
def wait(cohort_id: int) -> Any:
    """Wait for a seat of a full cohort."""
    return _wait(queries.cohort_by_id(cohort_id) or abort(404), "")


def _wait(cohort: Cohort, code: str) -> Any:
    day, now = today(), received()
    authorize(policies.may_enrol, cohort, day)
    link = link_to("courses.courses.show", course_id=cohort.course_id)
    place = services.wait_for_seat(cohort, me(), now, day, link, code)
    db.session.commit()
    if place is None:
        return _to_first_lesson(cohort)
    flash(
        _("You are on the waiting list. When a seat is free and it is your turn you are enrolled, and told."), "success"
    )
    if code:
        return redirect(url_for(".show", code=code), 303)
    return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)


@bp.route("/cohorts/<int:cohort_id>/waiting-place/deletion/", methods=["POST"])
@signed_in
def stop_waiting(cohort_id: int) -> Any:
    """Wait no longer."""
    cohort = queries.cohort_by_id(cohort_id) or abort(404)
    if queries.waiting_place(cohort.id, current_user.id) is not None:
        services.stop_waiting(cohort, me())
        db.session.commit()
        flash(_("You wait no longer for a seat."), "success")
    return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)


@bp.route("/cohorts/<int:cohort_id>/request/", methods=["GET", "POST"])
@signed_in
def request_place(cohort_id: int) -> Any:
    """Ask to be let in, with a note."""
    cohort = queries.cohort_by_id(cohort_id) or abort(404)
    day = today()
    authorize(policies.may_enrol, cohort, day)
    if cohort.joining is not Joining.REQUEST:
        abort(404)
    form = RequestForm()
    if form.validate_on_submit():
        joining.ask(cohort, me(), (form.note.data or "").strip(), received(), day)
        db.session.commit()
        flash(_("Your request is with the teachers. You get a message when they have answered."), "success")
        return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)
    return render_template(
        "courses/joining/request.html", cohort=cohort, form=form, before=shown_for(current_user, cohort.course_id)
    )


@bp.route("/cohorts/<int:cohort_id>/request/deletion/", methods=["POST"])
@signed_in
def take_request_back(cohort_id: int) -> Any:
    """Ask no longer."""
    cohort = queries.cohort_by_id(cohort_id) or abort(404)
    joining.take_back(cohort, me())
    db.session.commit()
    return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)


def _to_first_lesson(cohort: Cohort) -> Any:
    flash(_("You are enrolled."), "success")
    enrolment = queries.enrolment_in(current_user, cohort.course_id)
    lesson = queries.next_lesson(enrolment, cohort.version_id) if enrolment else None
    if lesson is None:
        return redirect(url_for("courses.courses.show", course_id=cohort.course_id), 303)
    return redirect(url_for("courses.lessons.show", course_id=cohort.course_id, position=lesson.position), 303)
