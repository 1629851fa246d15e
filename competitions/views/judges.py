"""The judges of a competition, who marks what, and the start of judging."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.clock import SETTLING, received, today
from app.db import db
from competitions import queries
from competitions.policies import ORGANISERS
from competitions.services import judging as services
from competitions.views.office import competition_for

bp = Blueprint("judges", __name__, url_prefix="/organisations/<slug>/competitions/<int:competition_id>")
LONGEST_SEED = 60


@bp.route("/judges/")
@roles(*ORGANISERS)
def index(slug: str, competition_id: int) -> str:
    """Who judges, how much each has to do, and a search for more."""
    organisation, competition = competition_for(slug, competition_id)
    words = request.args.get("q", "").strip()
    now = received()
    return render_template(
        "competitions/judges/index.html",
        organisation=organisation,
        competition=competition,
        judges=queries.judges_of(competition.id),
        counts=queries.counts_of([competition.id])[competition.id],
        words=words,
        candidates=queries.possible_judges(competition.id, words) if words else [],
        seed=competition.record.get("seed") or secrets.token_hex(4),
        is_settled=now >= competition.closes_at + SETTLING,
        now=now,
    )


@bp.route("/judges/", methods=["POST"])
@roles(*ORGANISERS)
def new(slug: str, competition_id: int) -> Response:
    """Add a judge."""
    _organisation, competition = competition_for(slug, competition_id)
    person = queries.person_who_judges(request.form.get("person_id", 0, type=int))
    if person is None:
        raise services.NotAJudge
    services.add_judge(competition, person, received(), current_user.id)
    db.session.commit()
    return redirect(url_for(".index", slug=slug, competition_id=competition_id), 303)


@bp.route("/judges/<int:judge_id>/deletion/", methods=["POST"])
@roles(*ORGANISERS)
def delete(slug: str, competition_id: int, judge_id: int) -> Response:
    """Let a judge go."""
    _organisation, competition = competition_for(slug, competition_id)
    judge = queries.judge_in(competition.id, judge_id) or abort(404)
    services.remove_judge(competition, judge, current_user.id)
    db.session.commit()
    return redirect(url_for(".index", slug=slug, competition_id=competition_id), 303)


@bp.route("/assignment/", methods=["POST"])
@roles(*ORGANISERS)
def assign(slug: str, competition_id: int) -> Response:
    """Give each entry its judges."""
    _organisation, competition = competition_for(slug, competition_id)
    seed = request.form.get("seed", "").strip()[:LONGEST_SEED] or secrets.token_hex(4)
    found = services.assign(competition, seed, received(), today(), current_user.id)
    db.session.commit()
    if found.connected:
        flash(_("Every entry has its judges, and all judges can be compared with each other."), "success")
    else:
        flash(
            _(
                "Every entry has its judges, but judges and entries fall into groups that share no mark: "
                "severity cannot be corrected. More judges per entry, or fewer judges, would connect them."
            ),
            "warning",
        )
    return redirect(url_for(".index", slug=slug, competition_id=competition_id), 303)


@bp.route("/judging/", methods=["POST"])
@roles(*ORGANISERS)
def start(slug: str, competition_id: int) -> Response:
    """Start judging."""
    _organisation, competition = competition_for(slug, competition_id)
    services.start(competition, received(), current_user.id)
    db.session.commit()
    flash(_("Judging has begun: judges see their entries now."), "success")
    return redirect(url_for("competitions.results.show", slug=slug, competition_id=competition_id), 303)
