"""The page of an invitation: accept it, or make an account there."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import passwords, queries, services
from app.accounts.forms import JoinForm
from app.accounts.guards import begin_session, public, signed_in
from app.accounts.limits import few_tries
from app.accounts.models import Invitation
from app.accounts.views.shared import refuse
from app.clock import today
from app.db import db, utcnow
from app.i18n import language

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.route("/<secret>/", methods=["GET", "POST"])
@public
@few_tries
def show(secret: str) -> Any:
    """What one is invited to. Strangers make an account here; signed-in people accept."""
    now = utcnow()
    invitation = _open_invitation(secret)
    if invitation is None:
        return _over()
    if current_user.is_authenticated:
        is_other = bool(invitation.email) and invitation.email != current_user.email
        return render_template(
            "accounts/invitations/accept.html", invitation=invitation, secret=secret, is_other=is_other
        )
    form = JoinForm(email=invitation.email)
    if form.validate_on_submit():
        try:
            person = services.join_by_invitation(
                invitation, form.email.data, form.name.data, form.password.data, language(), now, today()
            )
        except (services.EmailTaken, services.EmailUnusable, services.InvitationForSomebodyElse) as refusal:
            refuse(form.email, refusal)
        except passwords.REFUSALS as refusal:
            refuse(form.password, refusal)
        else:
            begin_session(person)
            db.session.commit()
            flash(_("Your account is open."), "success")
            return redirect("/", 303)
    return render_template("accounts/invitations/join.html", invitation=invitation, secret=secret, form=form)


@bp.route("/<secret>/acceptance/", methods=["POST"])
@signed_in
def accept(secret: str) -> Any:
    """Join with the account that is signed in."""
    invitation = _open_invitation(secret)
    if invitation is None:
        return _over()
    services.accept(invitation, current_user, utcnow(), today())
    db.session.commit()
    flash(_("Welcome. You have joined."), "success")
    return redirect("/", 303)


def _open_invitation(secret: str) -> Invitation | None:
    invitation = queries.invitation_by_digest(services.digest_of(secret))
    return invitation if invitation is not None and invitation.is_open(utcnow()) else None


def _over() -> Any:
    return render_template("accounts/invitations/over.html", message=services.InvitationOver().sentence()), 410
