"""What anyone sees: the list of competitions, and a competition's page."""

from flask import Blueprint, abort, render_template
from flask_login import current_user

from app.accounts.guards import authorize, public
from app.clock import received, today
from app.db import db
from competitions import policies, queries

bp = Blueprint("contests", __name__, url_prefix="/competitions")
BEST = 10


@bp.route("/")
@public
def index() -> str:
    """All competitions, the latest deadline first."""
    page = db.paginate(queries.public_competitions(), per_page=20, max_per_page=20)
    return render_template(
        "competitions/contests/index.html",
        page=page,
        counts=queries.counts_of([competition.id for competition in page.items]),
        now=received(),
    )


@bp.route("/<int:competition_id>/")
@public
def show(competition_id: int) -> str:
    """Rulebook, calendar, rubric; after publication the best places."""
    competition = queries.competition_page(competition_id) or abort(404)
    authorize(policies.may_see, competition)
    signed_in = current_user.is_authenticated
    return render_template(
        "competitions/contests/show.html",
        competition=competition,
        rubric=queries.rubric_with_rows(competition.rubric_id) if competition.rubric_id else None,
        counts=queries.counts_of([competition.id])[competition.id],
        best=queries.results_page(competition.id, 1, BEST) if competition.is_published else [],
        own_team=queries.team_of(competition.id, current_user.id) if signed_in else None,
        may_enter=signed_in and policies.may_enter(current_user, today()),
        may_organise=policies.may_organise(current_user, competition),
        now=received(),
    )
