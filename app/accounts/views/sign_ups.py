"""An account for a stranger, who proves the address first."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _

from app.accounts import passwords, services
from app.accounts.forms import NewPasswordForm, SignUpForm
from app.accounts.guards import begin_session, public
from app.accounts.limits import few_mails, few_tries
from app.accounts.views.shared import refuse
from app.db import db
from app.i18n import language

bp = Blueprint("sign_ups", __name__, url_prefix="/sign-up")


@bp.route("/", methods=["GET", "POST"])
@public
@few_mails
def new() -> Any:
    """Ask for an account. The answer does not say whether there is one already."""
    form = SignUpForm()
    if form.validate_on_submit():
        try:
            services.ask_for_account(form.email.data, form.name.data, language())
        except services.EmailUnusable as refusal:
            refuse(form.email, refusal)
        else:
            db.session.commit()
            return redirect("/sign-up/sent/", 303)
    return render_template("accounts/sign_ups/new.html", form=form)


@bp.route("/sent/")
@public
def show() -> str:
    """What happens next."""
    return render_template("accounts/sign_ups/show.html")


@bp.route("/<token>/", methods=["GET", "POST"])
@public
@few_tries
def edit(token: str) -> Any:
    """Finish the account: choose a password."""
    try:
        email, name = services.address_of_sign_up_token(token)
    except services.SignUpLinkOver as refusal:
        return render_template("accounts/sign_ups/over.html", message=refusal.sentence()), 410
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            person = services.sign_up(token, form.password.data, language())
        except passwords.REFUSALS as refusal:
            refuse(form.password, refusal)
        else:
            begin_session(person)
            db.session.commit()
            flash(_("Your account is open."), "success")
            return redirect("/", 303)
    return render_template("accounts/sign_ups/edit.html", form=form, email=email, name=name)
