"""Match rounds: the organiser's list, the page for everybody, and what is done before a round is run."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, me, organisation_for, roles, signed_in
from app.accounts.models import Role
from app.clock import received, today
from app.db import db
from app.reference import queries as reference
from app.ui import charts, progress
from app.ui.filters import words
from internships import policies, queries
from internships.forms.rounds import RoundForm, first_moments
from internships.models import MatchRound, Part
from internships.policies import ORGANISERS
from internships.services import rounds as services

bp = Blueprint("rounds", __name__)
OFFERED = 100
A_PAGE = 50
DRAWN = 20


def own(round_id: int) -> MatchRound:
    """The round, if the signed-in person organises it; else 404."""
    match_round = db.get_or_404(MatchRound, round_id)
    authorize(policies.may_run, match_round)
    return match_round


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
    form.offer(organisation, reference.regions(), reference.clusters())
    if form.validate_on_submit():
        match_round = services.announce(organisation, form.plan(), by=current_user.id)
        db.session.commit()
        flash(_("The round is announced. Invite postings; they take part when their enterprises say yes."), "success")
        return redirect(url_for(".show", round_id=match_round.id), 303)
    return render_template("internships/rounds/new.html", form=form, organisation=organisation)


@bp.route("/rounds/<int:round_id>/")
@signed_in
def show(round_id: int) -> Response:
    """Dates, lottery, postings; after the release the numbers and what they mean. The organiser acts here too."""
    match_round = db.get_or_404(MatchRound, round_id)
    may_run = policies.may_run(current_user, match_round)
    is_open = not match_round.is_settled
    parts = list(Part) if may_run and is_open else [Part.JOINED]
    page = db.paginate(
        queries.parts_of_round(match_round, parts), per_page=A_PAGE, max_per_page=A_PAGE, error_out=False
    )
    job = queries.job_by_id(match_round.job_id) if may_run else None
    counts = match_round.record.get("counts") if match_round.is_released else None
    answer = render_template(
        "internships/rounds/show.html",
        round=match_round,
        page=page,
        waiting={} if counts else queries.applications_per_posting([one.posting for one in page.items]),
        per_part=queries.parts_per_round([match_round.id]),
        may_run=may_run,
        offered=queries.postings_without_round(match_round, today(), OFFERED) if may_run and is_open else [],
        job=job,
        counts=counts,
        choices=_choices(counts) if counts and may_run else [],
        picture=_chart(counts) if counts and may_run else None,
        second=queries.second_round_of(match_round) if counts else None,
        now=received(),
    )
    return progress.over(answer, is_running=job is not None and not job.is_over)


def _choices(counts: dict[str, Any]) -> list[tuple[str, int]]:
    """How many got the first choice, the second, …, and how many none and why."""
    by_choice = counts.get("by_choice", [])
    rows = [(_("choice %(number)s", number=place), count) for place, count in enumerate(by_choice[:DRAWN], start=1)]
    if len(by_choice) > DRAWN:
        rows.append((_("a later choice"), sum(by_choice[DRAWN:])))
    return rows


def _chart(counts: dict[str, Any]) -> dict[str, Any]:
    part = _("students")
    return charts.bars(
        [{"label": label, "value": count, "part": part} for label, count in _choices(counts)], part, upright=False
    )


@bp.route("/rounds/<int:round_id>/postings/", methods=["POST"])
@roles(*ORGANISERS)
def add(round_id: int) -> Any:
    """Invite the chosen postings."""
    match_round = own(round_id)
    chosen = [queries.posting_by_id(number) for number in request.form.getlist("posting", type=int)[:OFFERED]]
    asked = services.invite(
        match_round, [posting for posting in chosen if posting is not None], by=me(), now=received(), today=today()
    )
    db.session.commit()
    flash(ngettext("%(num)d posting is invited.", "%(num)d postings are invited.", asked), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.route("/rounds/<int:round_id>/postings/<int:posting_id>/removal/", methods=["POST"])
@roles(*ORGANISERS, Role.RECRUITER)
def remove(round_id: int, posting_id: int) -> Any:
    """Take a posting out again: the organiser may, and the enterprise whose posting it is."""
    match_round = db.get_or_404(MatchRound, round_id)
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
    services.close_now(own(round_id), by=me(), now=received())
    db.session.commit()
    flash(_("Closed. Nobody can change an order any more; run the round when you are ready."), "success")
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.route("/rounds/<int:round_id>/second-rounds/", methods=["POST"])
@roles(*ORGANISERS)
def follow(round_id: int) -> Any:
    """Announce a second round for the seats that stayed free; a second click finds the same one."""
    second = services.follow_up(own(round_id), by=me(), now=received(), today=today())
    db.session.commit()
    flash(
        _("“%(title)s” is announced; the enterprises with free seats are invited.", title=words(second, "title")),
        "success",
    )
    return redirect(url_for(".show", round_id=second.id), 303)
