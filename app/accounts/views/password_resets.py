"""Setting a new password by a link."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _

from app.accounts import passwords, services
from app.accounts.forms import EmailForm, NewPasswordForm
from app.accounts.guards import begin_session, public
from app.accounts.limits import few_mails, few_tries
from app.accounts.views.shared import refuse
from app.db import db
from app.i18n import language

bp = Blueprint("password_resets", __name__, url_prefix="/password-resets")


@bp.route("/", methods=["GET", "POST"])
@public
@few_mails
def new() -> Any:
    """Ask for a link. The answer does not say whether the address is known."""
    form = EmailForm()
    if form.validate_on_submit():
        try:
            services.ask_for_reset(form.email.data, language())
        except services.EmailUnusable as refusal:
            refuse(form.email, refusal)
        else:
            db.session.commit()
            flash(_("If this address has an account, a link is on its way. It works for three hours."), "success")
            return redirect("/sign-in/", 303)
    return render_template("accounts/password_resets/new.html", form=form)


@bp.route("/<token>/", methods=["GET", "POST"])
@public
@few_tries
def edit(token: str) -> Any:
    """Choose the new password."""
    try:
        person = services.person_of_reset_token(token)
    except services.ResetLinkOver as refusal:
        return render_template("accounts/password_resets/over.html", message=refusal.sentence()), 410
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            services.set_password(person, form.password.data)
        except passwords.REFUSALS as refusal:
            refuse(form.password, refusal)
        else:
            begin_session(person)
            db.session.commit()
            flash(_("Your new password is set, and you are signed in. All other sessions have ended."), "success")
            return redirect("/", 303)
    return render_template("accounts/password_resets/edit.html", form=form, person=person)
