"""Match rounds: the organiser's list, the page for everybody, and what the organiser does there."""

import json
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import jobs
from app.accounts.guards import authorize, me, organisation_for, roles, signed_in
from app.accounts.models import Role
from app.accounts.services import link_to
from app.clock import received, today
from app.db import db
from internships import policies, queries, tasks
from internships.forms.rounds import RoundForm, first_moments
from internships.models import MatchRound
from internships.policies import ORGANISERS
from internships.services import rounds as services

bp = Blueprint("rounds", __name__)
OFFERED = 100


@bp.route("/organisations/<slug>/rounds/")
@roles(*ORGANISERS)
def index(slug: str) -> str:
    """The organiser's rounds, those that close last at the top."""
    organisation = organisation_for(slug, *ORGANISERS)
    page = db.paginate(queries.rounds_of(organisation), per_page=25, max_per_page=25, error_out=False)
    return render_template("internships/rounds/index.html", organisation=organisation, page=page, now=received())


@bp.route("/organisations/<slug>/rounds/new/", methods=["GET", "POST"])
@roles(*ORGANISERS)
def new(slug: str) -> Any:
    """Announce a round; its lottery seed is drawn and published at once."""
    organisation = organisation_for(slug, *ORGANISERS)
    form = RoundForm(data=first_moments(received()))
    if form.validate_on_submit():
        opens, closes = form.moments()
        match_round = services.create(
            organisation, form.title_zh.data or "", form.title_en.data or "", opens, closes, by=current_user.id
        )
        db.session.commit()
        flash(_("The round is announced. Choose the postings that take part."), "success")
        return redirect(url_for(".show", round_id=match_round.id), 303)
    return render_template("internships/rounds/new.html", form=form, organisation=organisation)


@bp.route("/rounds/<int:round_id>/")
@signed_in
def show(round_id: int) -> str:
    """Dates, lottery, postings; after the run the numbers and what they mean. The organiser acts here too."""
    match_round = _round(round_id)
    may_run = policies.may_run(current_user, match_round)
    postings = queries.postings_of_round(match_round)
    is_open = match_round.run_at is None
    offered = queries.postings_without_round(today(), OFFERED) if may_run and is_open else []
    wants_trial = may_run and is_open and request.args.get("trial") == "1"
    return render_template(
        "internships/rounds/show.html",
        round=match_round,
        postings=postings,
        waiting=queries.applications_per_posting(postings) if is_open else {},
        may_run=may_run,
        offered=offered,
        trial=services.trial(match_round, today()) if wants_trial else None,
        now=received(),
    )


def _round(round_id: int) -> MatchRound:
    match_round: MatchRound = db.get_or_404(MatchRound, round_id)
    return match_round


def _own(round_id: int) -> MatchRound:
    match_round = _round(round_id)
    authorize(policies.may_run, match_round)
    return match_round


@bp.route("/rounds/<int:round_id>/postings/", methods=["POST"])
@roles(*ORGANISERS)
def add(round_id: int) -> Any:
    """Let the chosen postings take part."""
    match_round = _own(round_id)
    chosen = [queries.posting_by_id(number) for number in request.form.getlist("posting", type=int)[:OFFERED]]
    services.add_postings(match_round, [posting for posting in chosen if posting is not None], received(), today())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.route("/rounds/<int:round_id>/postings/<int:posting_id>/removal/", methods=["POST"])
@roles(*ORGANISERS, Role.RECRUITER)
def remove(round_id: int, posting_id: int) -> Any:
    """Take a posting out again: the organiser may, and the enterprise whose posting it is."""
    match_round = _round(round_id)
    posting = queries.posting_by_id(posting_id)
    if posting is None:
        abort(404)
    is_own = policies.may_edit_posting(me(), posting)
    if not is_own:
        authorize(policies.may_run, match_round)
    services.remove_posting(match_round, posting, by=me(), now=received())
    db.session.commit()
    if is_own:
        flash(_("Your posting no longer takes part in the round; its applications stay open."), "success")
        return redirect(
            url_for("internships.applicants.index", slug=posting.organisation.slug, posting_id=posting_id), 303
        )
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.route("/rounds/<int:round_id>/closure/", methods=["POST"])
@roles(*ORGANISERS)
def close(round_id: int) -> Any:
    """Close early, visibly."""
    services.close_now(_own(round_id), by=me(), now=received())
    db.session.commit()
    flash(_("Closed. Nobody can change an order any more; run the round when you are ready."), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.route("/rounds/<int:round_id>/run/", methods=["POST"])
@roles(*ORGANISERS)
def run(round_id: int) -> Any:
    """Match, once; a second click changes nothing."""
    match_round = _own(round_id)
    is_first = match_round.run_at is None
    services.run(match_round, by=me(), now=received(), today=today())
    if is_first:
        link = link_to("internships.applications.index")
        jobs.enqueue(tasks.TELL, {"round": round_id, "link": link}, actor_id=current_user.id)
    db.session.commit()
    flash(_("The round has been run. Everybody has been told, with the reason."), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.route("/rounds/<int:round_id>/record/")
@roles(*ORGANISERS)
def record(round_id: int) -> Response:
    """What was matched, as `flask internships match` and `flask internships check` read it; people by number only."""
    match_round = _own(round_id)
    if match_round.run_at is None:
        abort(404)
    whole = match_round.record["instance"] | {"matching": match_round.record["matching"]}
    answer = Response(json.dumps(whole, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="round-{round_id}.json"'
    return answer
