"""Placements: the lists of both sides, the page of one, its mentor, its end."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import authorize, me, organisation_for, roles, signed_in
from app.accounts.models import OrganisationKind, Role
from app.clock import today
from app.db import db
from internships import policies, queries
from internships.forms.placements import MentorForm
from internships.models import Placement, PlacementStatus
from internships.policies import STAFF
from internships.services import placements as services

bp = Blueprint("placements", __name__)
READERS = (*STAFF, Role.COORDINATOR)


@bp.route("/organisations/<slug>/placements/")
@roles(*READERS)
def index(slug: str) -> str:
    """An enterprise's interns, or a university's students at work; what ends first stands at the top."""
    organisation = organisation_for(slug, *READERS)
    wanted = request.args.get("status", "")
    status = PlacementStatus(wanted) if wanted in list(PlacementStatus) else None
    is_enterprise = organisation.kind is OrganisationKind.ENTERPRISE
    query = (queries.placements_at if is_enterprise else queries.placements_from)(organisation, status)
    page = db.paginate(query, per_page=25, max_per_page=25, error_out=False)
    return render_template(
        "internships/placements/index.html",
        organisation=organisation,
        page=page,
        status=wanted,
        is_enterprise=is_enterprise,
        to_rate={one.id for one in page.items if policies.may_rate(current_user, one, today())},
    )


@bp.route("/placements/<int:placement_id>/")
@signed_in
def show(placement_id: int) -> str:
    """One placement, for the student, the enterprise and the student's university."""
    placement = _placement(placement_id)
    is_host = policies.is_host(current_user, placement)
    form = MentorForm(data={"mentor": str(placement.mentor_id or "")})
    form.offer([(one.id, one.name) for one in queries.mentors_of(placement.posting.organisation_id)] if is_host else [])
    return render_template(
        "internships/placements/show.html",
        placement=placement,
        ratings=queries.ratings_of(placement),
        is_host=is_host,
        is_student=placement.student_id == current_user.id,
        may_rate=policies.may_rate(current_user, placement, today()),
        form=form,
    )


def _placement(placement_id: int) -> Placement:
    placement = queries.placement_by_id(placement_id)
    if placement is None:
        abort(404)
    authorize(policies.may_see_placement, placement, queries.universities_of(placement))
    return placement


@bp.route("/placements/<int:placement_id>/mentor/", methods=["POST"])
@roles(Role.RECRUITER)
def mentor(placement_id: int) -> Any:
    """Name who looks after the intern."""
    placement = _placement(placement_id)
    authorize(policies.is_host, placement)
    people = {str(one.id): one for one in queries.mentors_of(placement.posting.organisation_id)}
    chosen = people.get(request.form.get("mentor", ""))
    if chosen is None:
        flash(_("Choose one of your mentors."), "error")
    else:
        services.name_mentor(placement, chosen, by=me())
        db.session.commit()
        flash(_("%(name)s looks after this placement now.", name=chosen.name), "success")
    return redirect(url_for(".show", placement_id=placement_id), 303)


@bp.route("/placements/<int:placement_id>/end/", methods=["POST"])
@signed_in
def end(placement_id: int) -> Any:
    """End it; the student and the enterprise both may."""
    placement = _placement(placement_id)
    if placement.student_id != current_user.id and not policies.is_host(current_user, placement):
        abort(404)
    services.finish(placement, today(), by=me())
    db.session.commit()
    flash(_("The placement has ended."), "success")
    return redirect(url_for(".show", placement_id=placement_id), 303)
