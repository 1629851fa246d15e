"""A student's applications: apply, withdraw, put in order, read what came of them."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, roles
from app.accounts.models import Role
from app.accounts.queries import profile_of
from app.clock import received, today
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from internships import policies, queries
from internships.forms.applications import ApplicationForm
from internships.services import applications as services
from internships.services import explanations

bp = Blueprint("applications", __name__)


@bp.route("/applications/")
@roles(Role.STUDENT)
def index() -> str:
    """Open applications in the student's order, then what has been decided and why, and placements."""
    taken = queries.applications_of(current_user)
    explanations.add_to(taken)
    rounds = queries.rounds_of_postings([one.posting_id for one in taken])
    return render_template(
        "internships/applications/index.html",
        open=[one for one in taken if one.is_open],
        decided=[one for one in taken if not one.is_open],
        rounds=rounds,
        placements=queries.placements_of(current_user),
        names=reference.skill_names(language()),
        now=received(),
    )


@bp.route("/postings/<int:posting_id>/applications/", methods=["POST"])
@roles(Role.STUDENT)
def new(posting_id: int) -> Any:
    """Apply; a second click finds the application that the first one made."""
    posting = queries.posting_by_id(posting_id)
    if posting is None:
        abort(404)
    authorize(policies.may_see_posting, posting)
    form = ApplicationForm()
    if not form.validate_on_submit():
        flash(_("The statement is too long: at most 3,000 characters."), "error")
        return redirect(url_for("internships.postings.show", posting_id=posting.id), 303)
    services.apply(current_user, profile_of(current_user), posting, form.statement.data or "", received(), today())
    db.session.commit()
    flash(_("You have applied. Put your applications in the order in which you want them."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/applications/<int:application_id>/withdrawal/", methods=["POST"])
@roles(Role.STUDENT)
def delete(application_id: int) -> Response:
    """Take an application back."""
    application = queries.application_by_id(application_id)
    if application is None:
        abort(404)
    authorize(policies.is_own_application, application)
    services.withdraw(application, received())
    db.session.commit()
    flash(_("Withdrawn. You may apply again while the posting is open."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/applications/order/", methods=["POST"])
@roles(Role.STUDENT)
def order() -> Response:
    """Keep the order of the open applications: by the numbers given, or one step up or down."""
    taken = queries.open_applications_of(current_user)
    wanted: dict[int, int] = {}
    for place, application in enumerate(taken, start=1):
        given = request.form.get(f"rank-{application.id}", type=int)
        # Twice the number leaves room between two places for one that moves.
        wanted[application.id] = 2 * (given if given is not None else place)
    move, _dash, moved = request.form.get("move", "").partition("-")
    if re.fullmatch(r"[0-9]{1,9}", moved) and int(moved) in wanted:
        wanted[int(moved)] += {"up": -3, "down": 3}.get(move, 0)
    rounds = queries.held_rounds_of_postings([one.posting_id for one in taken])
    services.order(taken, wanted, received(), rounds)
    db.session.commit()
    flash(_("Your order is saved."), "success")
    return redirect(url_for(".index"), 303)
