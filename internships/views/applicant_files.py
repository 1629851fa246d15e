"""What applicants show of themselves: their words and CV, files of an application, and who may fetch them."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, me, roles, signed_in
from app.accounts.models import Role
from app.clock import received
from app.db import db
from app.files import download
from internships import policies
from internships import queries as applications
from internships.forms.applications import ApplicantProfileForm, UploadForm
from internships.models import Application
from internships.queries import applicants as queries
from internships.services import applicant_files as services

bp = Blueprint("applicant_files", __name__)


@bp.route("/applicant-profile/", methods=["GET", "POST"])
@roles(Role.STUDENT)
def edit() -> Any:
    """What a student says about themselves; the CV stands beside it."""
    kept = queries.applicant_profile_of(current_user.id)
    data = {"words": kept.words, "languages": kept.languages, "links": "\n".join(kept.links)} if kept else {}
    form = ApplicantProfileForm(data=data)
    if form.validate_on_submit():
        services.describe(me(), form.words.data or "", form.languages.data or "", form.links.data or "", received())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for(".edit"), 303)
    return render_template("internships/applicant_files/edit.html", form=form, kept=kept, upload_form=UploadForm())


@bp.route("/applicant-profile/cv/", methods=["POST"])
@roles(Role.STUDENT)
def keep() -> Response:
    """Keep a CV, or take it away."""
    if request.form.get("remove"):
        services.remove_cv(me(), received())
        db.session.commit()
        flash(_("Your CV is no longer shown."), "success")
        return redirect(url_for(".edit"), 303)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        flash(_("Choose a file first."), "error")
        return redirect(url_for(".edit"), 303)
    services.keep_cv(me(), upload.stream, upload.filename, received())
    db.session.commit()
    flash(_("Your CV is kept."), "success")
    return redirect(url_for(".edit"), 303)


@bp.route("/applicant-profile/cv/file/")
@roles(Role.STUDENT)
def own_cv() -> Response:
    """A student's own CV."""
    kept = queries.applicant_profile_of(current_user.id)
    if kept is None or kept.cv is None:
        abort(404)
    return download(kept.cv)


def _readable(application_id: int) -> Application:
    application = applications.application_by_id(application_id)
    if application is None:
        abort(404)
    authorize(policies.may_read_files, application)
    return application


@bp.route("/applications/<int:application_id>/cv/")
@signed_in
def cv(application_id: int) -> Response:
    """The applicant's CV, while the application is open and after it led to a place."""
    kept = queries.applicant_profile_of(_readable(application_id).student_id)
    if kept is None or kept.cv is None:
        abort(404)
    return download(kept.cv)


@bp.route("/applications/<int:application_id>/files/<int:attached_id>/")
@signed_in
def show(application_id: int, attached_id: int) -> Response:
    """A file of an application, to whom it is shown."""
    found = queries.file_of(_readable(application_id), attached_id)
    if found is None:
        abort(404)
    return download(found.file)


@bp.route("/applications/<int:application_id>/files/", methods=["POST"])
@roles(Role.STUDENT)
def new(application_id: int) -> Response:
    """Add a file to an application."""
    application = _own(application_id)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        flash(_("Choose a file first."), "error")
    else:
        services.attach(application, upload.stream, upload.filename, by=me(), now=received())
        db.session.commit()
        flash(_("Added. The enterprise can read it."), "success")
    return redirect(url_for("internships.applications.show", application_id=application_id), 303)


@bp.route("/applications/<int:application_id>/files/<int:attached_id>/removal/", methods=["POST"])
@roles(Role.STUDENT)
def delete(application_id: int, attached_id: int) -> Response:
    """Take a file out again."""
    application = _own(application_id)
    found = queries.file_of(application, attached_id)
    if found is None:
        abort(404)
    services.detach(application, found)
    db.session.commit()
    flash(_("Taken out."), "success")
    return redirect(url_for("internships.applications.show", application_id=application_id), 303)


def _own(application_id: int) -> Application:
    application = applications.application_by_id(application_id)
    if application is None:
        abort(404)
    authorize(policies.is_own_application, application)
    return application
