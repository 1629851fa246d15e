"""Who comes into a cohort, for its teachers: the code with its picture, requests and their answers."""

from io import BytesIO

import segno
from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.accounts.guards import me, roles
from app.accounts.services import link_to
from app.clock import received, today
from app.db import db
from courses import queries, services
from courses.forms.cohorts import AnswerForm
from courses.models import Joining
from courses.policies import AUTHORS
from courses.services import joining
from courses.views.cohorts import taught_cohort_for

bp = Blueprint("entrance", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>")


@bp.route("/code/", methods=["POST"])
@roles(*AUTHORS)
def renew_code(slug: str, course_id: int, cohort_id: int) -> Answer:
    """A new code; the old one opens nothing any more."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    if cohort.joining is not Joining.CODE:
        abort(404)
    services.renew_code(cohort, current_user.id)
    db.session.commit()
    flash(_("There is a new code. The old one opens nothing any more."), "success")
    return redirect(url_for("courses.cohorts.show", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


@bp.route("/code.svg")
@roles(*AUTHORS)
def picture(slug: str, course_id: int, cohort_id: int) -> Response:
    """The address that the code opens, as a QR code."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    if cohort.joining is not Joining.CODE or cohort.code is None:
        abort(404)
    drawn = BytesIO()
    segno.make(link_to("courses.joining.show", code=cohort.code), error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=2, light="#fff", xmldecl=False
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "private, no-store"})


@bp.route("/requests/<int:request_id>/answer/", methods=["POST"])
@roles(*AUTHORS)
def answer(slug: str, course_id: int, cohort_id: int, request_id: int) -> Answer:
    """Let a student in or not, with a word."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    asked = queries.request_in(cohort.id, request_id) or abort(404)
    form = AnswerForm()
    here = url_for("courses.cohorts.show", slug=slug, course_id=course_id, cohort_id=cohort_id)
    if not form.validate_on_submit():
        flash(_("A word of at most 300 characters, please."), "error")
        return redirect(here, 303)
    is_accepted = request.form.get("decision") == "accept"
    joining.answer(
        asked,
        cohort,
        me(),
        received(),
        today(),
        is_accepted=is_accepted,
        word=(form.word.data or "").strip(),
        link=link_to("courses.courses.show", course_id=cohort.course_id),
    )
    db.session.commit()
    flash(_("They are in, and get a message.") if is_accepted else _("Declined; they get a message."), "success")
    return redirect(here, 303)
