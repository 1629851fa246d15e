"""Questions from a file: look, then take."""

from contextlib import closing
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import ngettext
from flask_login import current_user

from app.accounts.guards import organisation_for, roles
from app.assessment.forms import ImportForm, TakeForm, skill_choices
from app.assessment.policies import AUTHORS
from app.assessment.services import imports, questions
from app.db import db
from app.errors import Refused
from app.i18n import language
from app.reference import queries as reference

bp = Blueprint("imports", __name__, url_prefix="/organisations/<slug>/questions/import")


@bp.route("/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str) -> Any:
    """Send a file; see item by item what would be taken, what is refused and why. Nothing is written."""
    organisation = organisation_for(slug, *AUTHORS)
    form = ImportForm()
    names = reference.skill_names(language())
    form.skill.choices = skill_choices(names)
    if form.validate_on_submit():
        with closing(form.file.data) as sent:
            name, content = sent.filename or "", sent.read(imports.MOST_BYTES + 1)
        skill, level = form.skill.data or None, int(form.level.data) if form.level.data else None
        organisation_id = organisation.id
        db.session.rollback()  # nobody else has to wait with writing while a large file is read
        try:
            upload = imports.read_upload(name, content, form.language.data, organisation_id, skill=skill, level=level)
        except Refused as refusal:
            form.file.errors = [*form.file.errors, refusal.sentence()]
        else:
            take = TakeForm(
                formdata=None,
                ticket=upload.ticket,
                file_name=upload.file_name,
                language=upload.language,
                skill=skill or "",
                level=str(level or ""),
            )
            return render_template(
                "assessment/imports/show.html",
                organisation=organisation,
                upload=upload,
                form=take,
                skill_names=names,
            )
    return render_template("assessment/imports/new.html", organisation=organisation, form=form)


@bp.route("/taking/", methods=["POST"])
@roles(*AUTHORS)
def take(slug: str) -> Any:
    """Take what was shown: the same file is read again, and all its good items are written in one transaction."""
    organisation = organisation_for(slug, *AUTHORS)
    form = TakeForm()
    if not form.validate_on_submit():
        return redirect(url_for(".new", slug=slug), 303)
    names = reference.skill_names(language())
    skill = form.skill.data if form.skill.data in names else None
    level = int(form.level.data) if skill and form.level.data in ("1", "2", "3", "4") else None
    organisation_id = organisation.id
    content = imports.waiting_upload(form.ticket.data, organisation_id)
    db.session.rollback()
    upload = imports.read_upload(
        form.file_name.data or "", content, form.language.data, organisation_id, skill=skill, level=level
    )
    taken = questions.take_questions(upload.items, upload.language, organisation_id, current_user.id)
    db.session.commit()
    flash(ngettext("%(num)d question is in your bank.", "%(num)d questions are in your bank.", len(taken)), "success")
    return redirect(url_for("assessment.questions.index", slug=slug), 303)
