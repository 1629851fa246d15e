"""A student's side of interview appointments: choosing a time, asking for others."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, me, roles
from app.accounts.models import Role
from app.clock import received
from app.db import db
from internships import policies
from internships.forms.applications import WordsForm
from internships.models import EventKind, Interview
from internships.queries import interviews as queries
from internships.services import interviews as services
from internships.services import news

bp = Blueprint("interviews", __name__)


def _own(interview_id: int) -> Interview:
    interview = queries.interview_by_id(interview_id)
    if interview is None:
        abort(404)
    authorize(policies.is_own_application, interview.application)
    return interview


@bp.route("/interviews/<int:interview_id>/choice/", methods=["POST"])
@roles(Role.STUDENT)
def choose(interview_id: int) -> Response:
    """Take one of the times."""
    interview = _own(interview_id)
    was_chosen = interview.chosen_at
    services.choose(interview, request.form.get("slot", 0, type=int), by=me(), now=received())
    if interview.chosen_at != was_chosen:
        news.tell_recruiters(interview.application, EventKind.INTERVIEW_CHOSEN.value)
    db.session.commit()
    flash(_("The time is fixed. It stands in your calendar."), "success")
    return redirect(url_for("internships.applications.show", application_id=interview.application_id), 303)


@bp.route("/interviews/<int:interview_id>/other-times/", methods=["POST"])
@roles(Role.STUDENT)
def ask(interview_id: int) -> Response:
    """Say that no time fits."""
    interview = _own(interview_id)
    services.ask_for_others(interview, WordsForm().words.data or "", by=me(), now=received())
    news.tell_recruiters(interview.application, EventKind.INTERVIEW_OTHERS_ASKED.value)
    db.session.commit()
    flash(_("The enterprise reads which times would fit you."), "success")
    return redirect(url_for("internships.applications.show", application_id=interview.application_id), 303)
