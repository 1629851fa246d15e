"""An enterprise's side of match rounds: invitations, its postings in rounds, caps."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.accounts.guards import me, organisation_for, roles
from app.accounts.models import Organisation, Role
from app.clock import received, today
from app.db import db
from internships import queries
from internships.forms.rounds import CapForm
from internships.models import MatchRound, Posting
from internships.services import rounds as services

bp = Blueprint("round_parts", __name__)


def _found(slug: str, round_id: int, posting_id: int) -> tuple[MatchRound, Posting]:
    organisation = organisation_for(slug, Role.RECRUITER)
    posting = queries.posting_by_id(posting_id)
    if posting is None or posting.organisation_id != organisation.id:
        abort(404)
    return db.get_or_404(MatchRound, round_id), posting


def _back(slug: str) -> Any:
    return redirect(url_for(".index", slug=slug), 303)


@bp.route("/organisations/<slug>/match-rounds/")
@roles(Role.RECRUITER)
def index(slug: str) -> str:
    """What the enterprise is asked, which postings take part where, and which rounds each might join."""
    organisation: Organisation = organisation_for(slug, Role.RECRUITER)
    now = received()
    parts = queries.parts_of_enterprise(organisation)
    joined = {one.posting_id for one in parts}
    free = [one for one in queries.open_postings_of(organisation, today()) if one.id not in joined]
    rounds = queries.open_rounds(now)
    return render_template(
        "internships/rounds/parts.html",
        organisation=organisation,
        invitations=queries.invitations_of([organisation.id], now),
        parts=parts,
        offers=[(posting, [one for one in rounds if services.is_for(one, posting)]) for posting in free],
        form=CapForm(),
        now=now,
    )


@bp.route(
    "/organisations/<slug>/match-rounds/<int:round_id>/postings/<int:posting_id>/participation/", methods=["POST"]
)
@roles(Role.RECRUITER)
def join(slug: str, round_id: int, posting_id: int) -> Any:
    """Let a posting take part; said twice it is the same."""
    match_round, posting = _found(slug, round_id, posting_id)
    services.join(match_round, posting, by=me(), now=received(), today=today())
    db.session.commit()
    flash(
        _("Your posting takes part. Put its applicants in order before the round closes, or leave it to the fit."),
        "success",
    )
    return _back(slug)


@bp.route("/organisations/<slug>/match-rounds/<int:round_id>/postings/<int:posting_id>/refusal/", methods=["POST"])
@roles(Role.RECRUITER)
def refuse(slug: str, round_id: int, posting_id: int) -> Any:
    """Answer an invitation with no."""
    match_round, posting = _found(slug, round_id, posting_id)
    services.refuse(match_round, posting, by=me(), now=received())
    db.session.commit()
    flash(_("The organiser reads that your posting does not take part."), "success")
    return _back(slug)


@bp.route("/organisations/<slug>/match-rounds/<int:round_id>/postings/<int:posting_id>/caps/", methods=["POST"])
@roles(Role.RECRUITER)
def cap(slug: str, round_id: int, posting_id: int) -> Any:
    """Limit how many of one university or programme a posting takes."""
    match_round, posting = _found(slug, round_id, posting_id)
    form = CapForm()
    if not form.validate_on_submit():
        flash(_("A cap is a whole number from 1 to 500; leave it empty for none."), "error")
        return _back(slug)
    services.cap(match_round, posting, form.caps(), form.over(), by=me(), now=received())
    db.session.commit()
    flash(_("Saved."), "success")
    return _back(slug)
