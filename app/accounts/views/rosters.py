"""Bringing a class in by a table: look at it first, keep it on confirmation."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import services
from app.accounts.forms import RosterFileForm, RosterForm
from app.accounts.guards import organisation_for, roles
from app.accounts.models import Organisation, Role
from app.accounts.rules.roster import Fate, Roster, read_roster
from app.cli import Unusable, decode
from app.clock import today
from app.db import db, utcnow

bp = Blueprint("rosters", __name__, url_prefix="/organisations/<slug>/people/import")
MAX_BYTES = 2_000_000


@bp.route("/", methods=["GET", "POST"])
@roles(Role.COORDINATOR)
def new(slug: str) -> Any:
    """Choose a table; then its people, or its faults by row. Nothing is kept yet."""
    organisation = organisation_for(slug, Role.COORDINATOR)
    form = RosterFileForm()
    if not form.validate_on_submit():
        return render_template("accounts/rosters/new.html", organisation=organisation, form=form)
    name = (form.file.data.filename or _("table"))[:100]
    content = form.file.data.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        form.file.errors = [_("The file is larger than 2 MB; a table of 5,000 rows is smaller.")]
        return render_template("accounts/rosters/new.html", organisation=organisation, form=form)
    try:
        text = decode(name, content)
    except Unusable as error:
        form.file.errors = [_("The file cannot be read as text: %(reason)s", reason=error.message)]
        return render_template("accounts/rosters/new.html", organisation=organisation, form=form)
    return _preview(organisation, read_roster(text.text), text.text, name, text.encoding)


@bp.route("/confirmation/", methods=["POST"])
@roles(Role.COORDINATOR)
def create(slug: str) -> Any:
    """Keep the table that was looked at: all of it, or nothing."""
    organisation = organisation_for(slug, Role.COORDINATOR)
    form = RosterForm()
    if not form.validate_on_submit():
        return redirect(url_for(".new", slug=slug), 303)
    roster = read_roster(form.table.data)
    if roster.refused:
        return _preview(organisation, roster, form.table.data, _("table"), "")
    result = services.take_roster(organisation, roster.rows, Role.STUDENT, current_user, utcnow(), today())
    db.session.commit()
    flash(
        _(
            "Accounts made: %(created)s. Invited, since they have an account: %(invited)s. "
            "Invited before: %(waiting)s. Here already: %(here)s.",
            created=result.counts[Fate.NEW],
            invited=result.counts[Fate.INVITED],
            waiting=result.counts[Fate.WAITING],
            here=result.counts[Fate.HERE],
        ),
        "success",
    )
    return redirect(url_for("accounts.people.index", slug=slug, role=Role.STUDENT.value), 303)


def _preview(organisation: Organisation, roster: Roster, text: str, name: str, encoding: str) -> str:
    return render_template(
        "accounts/rosters/preview.html",
        organisation=organisation,
        roster=roster,
        fates=services.plan_roster(organisation, roster.rows, Role.STUDENT, utcnow()).fates,
        text=text,
        name=name,
        encoding=encoding,
        form=RosterForm(None, table=text),
    )
