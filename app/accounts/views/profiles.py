"""What a student says of themselves."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import queries, services
from app.accounts.forms import ProfileForm
from app.accounts.guards import roles
from app.accounts.models import Role
from app.clock import today
from app.db import db

bp = Blueprint("profiles", __name__, url_prefix="/profile")


@bp.route("/", methods=["GET", "POST"])
@roles(Role.STUDENT)
def edit() -> Any:
    """The student's own profile."""
    form = ProfileForm(today(), obj=queries.profile_of(current_user))
    if form.validate_on_submit():
        services.save_profile(
            current_user,
            major=form.major.data,
            year=form.year.data,
            graduates_on=form.graduates_on.data,
            birth_month=form.birth_month.data,
            about=form.about.data or "",
        )
        db.session.commit()
        flash(_("Your profile is saved."), "success")
        return redirect("/", 303)
    return render_template("accounts/profiles/edit.html", form=form)
