"""Cohorts that are put away: archived ones, which stay to be read, and deleted ones, which nobody ever entered."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import organisation_for, roles
from app.db import db, utcnow
from courses import queries, services
from courses.policies import AUTHORS
from courses.views.cohorts import cohort_for, course_to_teach
from courses.views.trash import KEPT

bp = Blueprint("archive", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/cohorts")


@bp.route("/archive/")
@roles(*AUTHORS)
def index(slug: str, course_id: int) -> str:
    """The archived cohorts of a course, and those that were deleted in the last thirty days."""
    organisation, course = course_to_teach(slug, course_id)
    return render_template(
        "courses/archive/index.html",
        organisation=organisation,
        course=course,
        archived=queries.archived_cohorts_of(course.id, organisation.id),
        deleted=queries.deleted_cohorts_of(course.id, organisation.id, utcnow() - KEPT),
        kept=KEPT,
    )


@bp.route("/<int:cohort_id>/archive/", methods=["POST"])
@roles(*AUTHORS)
def create(slug: str, course_id: int, cohort_id: int) -> Response:
    """Archive a cohort."""
    organisation = organisation_for(slug, *AUTHORS)
    services.archive(cohort_for(organisation, course_id, cohort_id), current_user.id, utcnow())
    db.session.commit()
    flash(_("The cohort is archived. Its learners go on reading."), "info")
    return redirect(url_for(".index", slug=slug, course_id=course_id), 303)


@bp.route("/<int:cohort_id>/archive/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, cohort_id: int) -> Response:
    """Take a cohort out of the archive."""
    organisation = organisation_for(slug, *AUTHORS)
    services.take_out_of_archive(cohort_for(organisation, course_id, cohort_id), current_user.id)
    db.session.commit()
    flash(_("The cohort stands in the lists again."), "success")
    return _shown(slug, course_id, cohort_id)


@bp.route("/<int:cohort_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete_cohort(slug: str, course_id: int, cohort_id: int) -> Response:
    """Delete a cohort that nobody ever entered."""
    organisation = organisation_for(slug, *AUTHORS)
    services.delete_cohort(cohort_for(organisation, course_id, cohort_id), current_user.id, utcnow())
    db.session.commit()
    flash(_("The cohort is deleted. For thirty days it can be brought back."), "info")
    return redirect(url_for(".index", slug=slug, course_id=course_id), 303)


@bp.route("/<int:cohort_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_cohort(slug: str, course_id: int, cohort_id: int) -> Response:
    """Bring a deleted cohort back."""
    organisation = organisation_for(slug, *AUTHORS)
    found = queries.deleted_cohort_in(organisation.id, course_id, cohort_id, utcnow() - KEPT) or abort(404)
    services.restore_cohort(found, current_user.id)
    db.session.commit()
    flash(_("The cohort is back."), "success")
    return _shown(slug, course_id, cohort_id)


def _shown(slug: str, course_id: int, cohort_id: int) -> Response:
    """To the page on which every author may land: a teacher sees the learners of own cohorts only."""
    return redirect(url_for("courses.cohorts.index", slug=slug, course_id=course_id, _anchor=f"c{cohort_id}"), 303)
