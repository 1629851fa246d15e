"""An enterprise's applicants: what they have shown in the posting's skills, in which order they stand, declining."""

import sys
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import me, organisation_for, roles
from app.accounts.models import Role
from app.clock import received
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from internships import policies, queries
from internships.fits import Line, lines_of
from internships.forms.applications import DeclineForm
from internships.models import Application, ApplicationStatus, Posting, RankedBy
from internships.rules.fit import fit, rank_by_fit
from internships.services import applications as services
from internships.services import explanations, news, pipeline, rounds

bp = Blueprint("applicants", __name__)


@dataclass(frozen=True)
class Candidate:
    """An open application with what the enterprise may see: the fit and the levels in the posting's skills."""

    application: Application
    place: int | None
    score: float
    lines: tuple[Line, ...]


def _posting(slug: str, posting_id: int) -> Posting:
    organisation = organisation_for(slug, Role.RECRUITER)
    posting = queries.posting_by_id(posting_id)
    if posting is None or posting.organisation_id != organisation.id:
        abort(404)
    return posting


@bp.route("/organisations/<slug>/postings/<int:posting_id>/applicants/")
@roles(Role.RECRUITER)
def index(slug: str, posting_id: int) -> str:
    """Who applied; levels are shown while an application is open, afterwards only what came of it."""
    posting = _posting(slug, posting_id)
    applicants = queries.applicants_of(posting)
    explanations.add_to(applicants)
    match_round = queries.rounds_of_postings([posting.id]).get(posting.id)
    visible = [one for one in applicants if policies.may_see_levels(current_user, one)]
    return render_template(
        "internships/applicants/index.html",
        posting=posting,
        candidates=_candidates(posting, visible, match_round.seed if match_round else str(posting.id)),
        decided=sorted((one for one in applicants if not one.is_open), key=_outcome_order),
        match_round=match_round,
        names=reference.skill_names(language()),
        form=DeclineForm(),
        now=received(),
    )


def _outcome_order(application: Application) -> tuple[bool, int]:
    """Those with a place first, then by rank; those who were never ranked last."""
    return application.status is not ApplicationStatus.MATCHED, application.outcome.get("rank", sys.maxsize)


def _candidates(posting: Posting, applicants: list[Application], seed: str) -> list[Candidate]:
    has = rounds.estimates_for({one.student_id for one in applicants}, [posting])
    needs = rounds.needs_of(posting)
    fits = {one.student_id: fit(needs, has.get(one.student_id, {})) for one in applicants}
    by_fit = rank_by_fit({str(student): found.score for student, found in fits.items()}, seed)
    places = {student: place for place, student in enumerate(by_fit, start=1)}
    found = [
        Candidate(
            one,
            one.posting_rank if posting.ranked_by is not RankedBy.FIT else places[str(one.student_id)],
            fits[one.student_id].score,
            lines_of(fits[one.student_id], has.get(one.student_id, {})),
        )
        for one in applicants
    ]
    return sorted(found, key=lambda one: (one.place is None, one.place or 0, -one.score, one.application.id))


@bp.route("/organisations/<slug>/postings/<int:posting_id>/applicants/order/", methods=["POST"])
@roles(Role.RECRUITER)
def order(slug: str, posting_id: int) -> Response:
    """Keep the enterprise's own order; an empty number leaves somebody unranked, who then gets no place here."""
    posting = _posting(slug, posting_id)
    match_round = queries.held_rounds_of_postings([posting.id]).get(posting.id)
    if match_round is not None and not match_round.takes_rankings(received()):
        raise services.RankingClosed
    applicants = [one for one in queries.applicants_of(posting) if one.is_open]
    wanted = {one.id: request.form.get(f"rank-{one.id}", type=int) for one in applicants}
    services.rank_by_hand(posting, applicants, wanted)
    db.session.commit()
    flash(_("Your order is saved."), "success")
    return redirect(url_for(".index", slug=slug, posting_id=posting_id), 303)


@bp.route("/organisations/<slug>/postings/<int:posting_id>/applicants/<int:application_id>/refusal/", methods=["POST"])
@roles(Role.RECRUITER)
def decline(slug: str, posting_id: int, application_id: int) -> Any:
    """Tell an applicant no, with the reason that they read."""
    posting = _posting(slug, posting_id)
    application = queries.application_by_id(application_id)
    if application is None or application.posting_id != posting.id:
        abort(404)
    form = DeclineForm()
    if not form.validate_on_submit():
        raise pipeline.ReasonMissing
    words = pipeline.checked(form.why(), form.words())
    services.decline(application, words, by=me(), now=received(), because=form.why())
    news.tell_student(application, application.outcome["outcome"])
    db.session.commit()
    flash(_("Declined. They read your reason."), "success")
    if request.form.get("back") == "pipeline":
        return redirect(url_for("internships.pipeline.index", slug=slug, posting_id=posting_id), 303)
    return redirect(url_for(".index", slug=slug, posting_id=posting_id), 303)
