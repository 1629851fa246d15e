"""Postings that wait for somebody to check them, and which ones wait at all."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, me, organisation_for, roles
from app.accounts.models import Organisation, OrganisationKind, Role
from app.accounts.policies import region_of
from app.clock import received, today
from app.db import db
from internships import policies, queries
from internships.forms.postings import CheckForm
from internships.models import CheckDecision, Checked
from internships.services import checks as services

bp = Blueprint("checks", __name__)
CHECKERS = (Role.COORDINATOR, Role.OFFICIAL, Role.ADMINISTRATOR)
RULES = {
    OrganisationKind.PLATFORM: (Checked.UNVERIFIED, Checked.ALL),
    OrganisationKind.UNIVERSITY: (Checked.NONE, Checked.ALL),
}


@bp.route("/organisations/<slug>/posting-checks/")
@roles(*CHECKERS)
def index(slug: str) -> str:
    """What waits for a check, the longest wait first; for a university, what it has not decided about yet."""
    checker = organisation_for(slug, *CHECKERS)
    is_university = checker.kind is OrganisationKind.UNIVERSITY
    found = (
        queries.postings_to_show(checker, today()) if is_university else queries.postings_to_check(region_of(checker))
    )
    rule = queries.rule_of(checker.id)
    offered = RULES.get(checker.kind, ())
    return render_template(
        "internships/checks/index.html",
        checker=checker,
        is_university=is_university,
        page=db.paginate(found, per_page=20, max_per_page=20, error_out=False),
        offered=offered,
        rule=rule.checked if rule is not None else next(iter(offered), None),
    )


@bp.route("/organisations/<slug>/posting-checks/rule/", methods=["POST"])
@roles(Role.COORDINATOR, Role.ADMINISTRATOR)
def set_rule(slug: str) -> Response:
    """Decide which postings are checked."""
    checker = organisation_for(slug, Role.COORDINATOR, Role.ADMINISTRATOR)
    wanted = request.form.get("checked", "")
    if wanted not in {rule.value for rule in RULES.get(checker.kind, ())}:
        abort(400)
    services.set_rule(checker, Checked(wanted), by=me())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.route("/organisations/<slug>/posting-checks/<int:posting_id>/", methods=["POST"])
@roles(*CHECKERS)
def new(slug: str, posting_id: int) -> Any:
    """Approve a posting or send it back with a reason."""
    checker: Organisation = organisation_for(slug, *CHECKERS)
    posting = queries.posting_by_id(posting_id) or abort(404)
    authorize(policies.may_check, checker, posting)
    wanted = request.form.get("decision", "")
    form = CheckForm()
    if wanted not in list(CheckDecision) or not form.validate_on_submit():
        abort(400)
    decision, reason = CheckDecision(wanted), (form.reason.data or "").strip()
    services.decide(posting, checker, decision, reason, by=me(), now=received(), today=today())
    db.session.commit()
    flash(_("Approved.") if decision is CheckDecision.APPROVED else _("Sent back with your reason."), "success")
    return redirect(url_for(".index", slug=slug), 303)
