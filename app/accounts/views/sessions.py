"""Signing in and out."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from app.accounts import services
from app.accounts.forms import SignInForm
from app.accounts.guards import begin_session, public, signed_in
from app.accounts.limits import few_wrong_passwords
from app.db import db
from app.security import own_path

bp = Blueprint("sessions", __name__)


@bp.route("/sign-in/", methods=["GET", "POST"])
@public
@few_wrong_passwords
def new() -> Any:
    """Sign in. The same answer, after the same work, for an unknown address and a wrong password."""
    target = own_path(request.values.get("next"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(target, 303)
    form = SignInForm(next=target)
    refused = ""
    if form.validate_on_submit():
        try:
            person = services.person_signing_in(form.email.data, form.password.data)
        except services.CredentialsWrong as refusal:
            refused = refusal.sentence()
        else:
            begin_session(person)
            db.session.commit()
            return redirect(target, 303)
    return render_template("accounts/sessions/new.html", form=form, refused=refused)


@bp.route("/sign-out/", methods=["POST"])
@signed_in
def delete() -> Any:
    """Sign out."""
    logout_user()
    session.clear()
    flash(_("You have signed out."), "success")
    return redirect("/", 303)
