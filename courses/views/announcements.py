"""What a cohort is told: written by its teachers, read by its learners."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.guards import me, roles, signed_in
from app.clock import received
from app.db import db
from app.security import own_path
from courses import queries, services
from courses.forms.cohorts import AnnouncementForm
from courses.forms.seen import newer
from courses.models import Announcement
from courses.policies import AUTHORS
from courses.views.cohorts import taught_cohort_for

bp = Blueprint("announcements", __name__)
COHORT = "/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>/announcements"


@bp.route(f"{COHORT}/", methods=["GET", "POST"])
@roles(*AUTHORS)
def index(slug: str, course_id: int, cohort_id: int) -> Any:
    """What the cohort was told, and a form for what it is told next."""
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    form = AnnouncementForm()
    if form.validate_on_submit():
        services.announce(
            cohort,
            *_said(form),
            me(),
            received(),
        )
        db.session.commit()
        flash(_("Told. Learners see it on their first page until they have read it."), "success")
        return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    return render_template(
        "courses/announcements/index.html",
        organisation=organisation,
        cohort=cohort,
        announcements=queries.announcements_in(cohort.id),
        form=form,
    )


@bp.route(f"{COHORT}/<int:announcement_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, cohort_id: int, announcement_id: int) -> Any:
    """Say it in other words; readers see when it was changed."""
    if request.method == "POST":
        services.hold(Announcement, announcement_id)
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    told = queries.announcement_in(cohort.id, announcement_id) or abort(404)
    form = AnnouncementForm(obj=told)
    clash = newer(form, AnnouncementForm(formdata=None, obj=told))
    if form.validate_on_submit() and not clash:
        services.change_announcement(told, cohort, *_said(form), me(), received())
        db.session.commit()
        flash(_("Changed. Learners read when it was changed; who has read it is not told again."), "success")
        return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    answer = render_template(
        "courses/announcements/edit.html", organisation=organisation, cohort=cohort, told=told, form=form, newer=clash
    )
    return answer, 409 if clash else 200


def _said(form: AnnouncementForm) -> tuple[str, str, str, str]:
    bodies = ((form.body_zh.data or "").replace("\r\n", "\n"), (form.body_en.data or "").replace("\r\n", "\n"))
    return form.title_zh.data, form.title_en.data or "", *bodies


@bp.route(f"{COHORT}/<int:announcement_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, cohort_id: int, announcement_id: int) -> Response:
    """Take an announcement down; it can be brought back."""
    _organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    services.take_down(queries.announcement_in(cohort.id, announcement_id) or abort(404), cohort, me(), received())
    db.session.commit()
    flash(_("Nobody sees it any more. For thirty days it can be brought back from “Deleted in this cohort”."), "info")
    return redirect(url_for(".index", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


@bp.route("/announcements/<int:announcement_id>/reading/", methods=["POST"])
@signed_in
def read(announcement_id: int) -> Response:
    """Say that it is read."""
    services.mark_read(queries.announcement_for(me(), announcement_id) or abort(404), me(), received())
    db.session.commit()
    return redirect(own_path(request.form.get("next")), 303)
