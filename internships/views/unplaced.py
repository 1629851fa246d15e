"""A university's students in their placement year who have no internship yet."""

from flask import Blueprint, render_template, request

from app.accounts.guards import organisation_for, roles
from app.accounts.models import Role
from app.clock import today
from internships.queries.unplaced import Unplaced, unplaced_of

bp = Blueprint("unplaced", __name__)
STATES = {"none": False, "some": True}


@bp.route("/organisations/<slug>/unplaced/")
@roles(Role.COORDINATOR)
def index(slug: str) -> str:
    """Who graduates within a year and has no placement, whether they have applied, and how to write to them."""
    university = organisation_for(slug, Role.COORDINATOR)
    state = request.args.get("applied", "")
    words = request.args.get("q", "").strip()[:100]
    page = unplaced_of(university, today(), words=words, applied=STATES.get(state))
    return render_template(
        "internships/unplaced/index.html",
        university=university,
        page=page,
        students=[Unplaced(**row._asdict()) for row in page.items],
        state=state if state in STATES else "",
        words=words,
    )
