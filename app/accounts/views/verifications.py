"""Enterprises that wait for somebody to check that they are what they say."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import policies, queries, services
from app.accounts.forms import SuspensionForm, VerificationForm
from app.accounts.guards import authorize, organisation_for, roles
from app.accounts.models import Organisation
from app.accounts.rules import credit_code
from app.db import db, utcnow
from app.i18n import language
from app.reference import queries as reference

bp = Blueprint("verifications", __name__, url_prefix="/organisations/<slug>/verifications")


@bp.route("/")
@roles(*policies.VERIFIERS)
def index(slug: str) -> Any:
    """The queue of the office's own region, oldest first; all regions for the platform."""
    verifier = organisation_for(slug, *policies.VERIFIERS)
    waiting = request.args.get("state") != "verified"
    words = request.args.get("q", "").strip()[:100]
    cluster = request.args.get("cluster", "")
    region = policies.region_of(verifier)
    found = queries.enterprises(region, waiting=waiting, words=words, cluster_code=cluster)
    name = "name_en" if language() == "en" else "name_zh"
    clusters = [(one.code, getattr(one, name)) for one in reference.clusters() if region in (None, one.region_code)]
    return render_template(
        "accounts/verifications/index.html",
        verifier=verifier,
        enterprises=db.paginate(found, per_page=50),
        clusters=clusters,
        waiting=waiting,
        words=words,
        cluster=cluster,
        region=region,
        now=utcnow(),
    )


@bp.route("/<int:enterprise_id>/")
@roles(*policies.VERIFIERS)
def show(slug: str, enterprise_id: int) -> Any:
    """What an enterprise says, and what of it the code itself confirms or contradicts."""
    verifier, enterprise = _load(slug, enterprise_id)
    division = credit_code.division_of(enterprise.credit_code) if enterprise.credit_code else ""
    return render_template(
        "accounts/verifications/show.html",
        verifier=verifier,
        enterprise=enterprise,
        contacts=queries.contacts_of(enterprise.id),
        fault=credit_code.fault_of(enterprise.credit_code),
        division=reference.region_by_any_code(division) if division else None,
        form=VerificationForm(),
        suspension=SuspensionForm(),
    )


@bp.route("/<int:enterprise_id>/verification/", methods=["POST"])
@roles(*policies.VERIFIERS)
def new(slug: str, enterprise_id: int) -> Any:
    """Say that the enterprise is what it says it is."""
    _verifier, enterprise = _load(slug, enterprise_id)
    form = VerificationForm()
    services.verify(enterprise, current_user, utcnow(), (form.note.data or "") if form.validate_on_submit() else "")
    db.session.commit()
    flash(_("The enterprise is verified and may publish."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.route("/<int:enterprise_id>/suspension/", methods=["POST"])
@roles(*policies.VERIFIERS)
def suspend(slug: str, enterprise_id: int) -> Any:
    """Let an enterprise publish no more, with a reason."""
    _verifier, enterprise = _load(slug, enterprise_id)
    form = SuspensionForm()
    if form.validate_on_submit():
        services.suspend(enterprise, form.reason.data, current_user, utcnow())
        db.session.commit()
        flash(_("Suspended. Its people read your reason."), "success")
    else:
        flash(_("Say why: the people of the enterprise read it."), "error")
    return redirect(url_for(".show", slug=slug, enterprise_id=enterprise_id), 303)


@bp.route("/<int:enterprise_id>/suspension/deletion/", methods=["POST"])
@roles(*policies.VERIFIERS)
def reinstate(slug: str, enterprise_id: int) -> Any:
    """Let a suspended enterprise publish again."""
    _verifier, enterprise = _load(slug, enterprise_id)
    services.reinstate(enterprise, current_user)
    db.session.commit()
    flash(_("The enterprise may publish again."), "success")
    return redirect(url_for(".show", slug=slug, enterprise_id=enterprise_id), 303)


def _load(slug: str, enterprise_id: int) -> tuple[Organisation, Organisation]:
    verifier = organisation_for(slug, *policies.VERIFIERS)
    enterprise = queries.organisation_with_places(enterprise_id) or abort(404)
    authorize(policies.may_verify, verifier, enterprise)
    return verifier, enterprise
