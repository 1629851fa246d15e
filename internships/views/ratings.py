"""The mentor's rating: a level and an example for each skill that the posting asked for."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.guards import authorize, me, roles
from app.accounts.models import Role
from app.clock import received, today
from app.db import db
from internships import policies, queries
from internships.models import Placement
from internships.services import placements as services

bp = Blueprint("ratings", __name__)
LONGEST = 2000


@bp.route("/placements/<int:placement_id>/rating/", methods=["GET", "POST"])
@roles(Role.MENTOR)
def new(placement_id: int) -> Any:
    """Rate an intern, once; what is given becomes evidence on their skill passport."""
    placement = queries.placement_by_id(placement_id)
    if placement is None:
        abort(404)
    authorize(policies.is_host, placement)
    if placement.rated_at is not None:
        flash(str(services.AlreadyRated.message), "info")
        return redirect(url_for("internships.placements.show", placement_id=placement_id), 303)
    authorize(policies.may_rate, placement, today())
    faults: dict[str, str] = {}
    if request.method == "POST":
        given, faults = _read(placement)
        if not faults:
            services.rate(placement, given, by=me(), now=received())
            db.session.commit()
            flash(_("Rated. It is evidence on the student's skill passport now."), "success")
            return redirect(url_for("internships.placements.show", placement_id=placement_id), 303)
    return render_template(
        "internships/ratings/new.html", placement=placement, faults=faults, given=request.form, longest=LONGEST
    )


def _read(placement: Placement) -> tuple[dict[str, services.Given], dict[str, str]]:
    given: dict[str, services.Given] = {}
    faults: dict[str, str] = {}
    for asked in placement.posting.skills:
        code = asked.skill_code
        level = request.form.get(f"level-{code}", type=int)
        example = request.form.get(f"example-{code}", "").strip()
        if level is None or level not in range(5):
            faults[f"level-{code}"] = _("Choose a level.")
        elif len(example) < services.MIN_EXAMPLE:
            faults[f"example-{code}"] = _("Say in a sentence what you saw.")
        elif len(example) > LONGEST:
            faults[f"example-{code}"] = _("At most %(count)s characters.", count=LONGEST)
        else:
            given[code] = services.Given(level, example)
    return given, faults
