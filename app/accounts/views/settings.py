"""How a person is called and spoken to, the password, and all sessions."""

from typing import Any

from babel.dates import get_timezone_location
from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from app.accounts import passwords, services
from app.accounts.forms import PasswordForm, SettingsForm
from app.accounts.guards import begin_session, me, signed_in
from app.accounts.limits import few_wrong_passwords
from app.accounts.views.shared import refuse
from app.db import db

bp = Blueprint("settings", __name__, url_prefix="/settings")
# Where people of this trade live and call; a person's own zone is added where it is another.
ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Bangkok", "Asia/Jakarta",
    "Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow", "Europe/Berlin", "Europe/London",
    "Africa/Lagos", "Africa/Johannesburg", "America/Sao_Paulo", "America/New_York", "America/Chicago",
    "America/Los_Angeles", "Australia/Sydney", "UTC",
)  # fmt: skip


@bp.route("/", methods=["GET", "POST"])
@signed_in
def edit() -> Any:
    """Name, language and time zone."""
    form = _settings_form()
    if form.validate_on_submit():
        services.save_settings(me(), name=form.name.data, language=form.language.data, time_zone=form.time_zone.data)
        db.session.commit()
        flash(_("Your settings are saved."), "success")
        return redirect(url_for(".edit"), 303)
    return render_template("accounts/settings/edit.html", form=form, password_form=PasswordForm(prefix="p"))


@bp.route("/password/", methods=["POST"])
@signed_in
@few_wrong_passwords
def password() -> Any:
    """Another password; all other sessions end."""
    form = PasswordForm(prefix="p")
    if form.validate_on_submit():
        try:
            services.change_password(me(), form.current.data, form.password.data)
        except services.PresentPasswordWrong as refusal:
            refuse(form.current, refusal)
        except passwords.REFUSALS as refusal:
            refuse(form.password, refusal)
        else:
            begin_session(me())
            db.session.commit()
            flash(_("Your new password is set. All other sessions have ended."), "success")
            return redirect(url_for(".edit"), 303)
    return render_template("accounts/settings/edit.html", form=_settings_form(fresh=True), password_form=form)


@bp.route("/sessions/deletion/", methods=["POST"])
@signed_in
def end_sessions() -> Any:
    """Sign out everywhere."""
    services.end_sessions(me())
    db.session.commit()
    logout_user()
    session.clear()
    flash(_("You have signed out everywhere."), "success")
    return redirect("/", 303)


def _settings_form(*, fresh: bool = False) -> SettingsForm:
    """The form filled from the person; `fresh` does not read what was sent to the other form of the page."""
    form = SettingsForm(None, obj=current_user) if fresh else SettingsForm(obj=current_user)
    form.language.choices = [("", _("As the browser asks")), ("zh", "简体中文"), ("en", "English")]
    zones = dict.fromkeys((*ZONES, current_user.time_zone))
    form.time_zone.choices = [(zone, get_timezone_location(zone, locale=get_locale())) for zone in zones]
    return form
