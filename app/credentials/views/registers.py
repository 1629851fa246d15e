"""An organisation's register of certificates: find one, renew it, take it back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, me, organisation_for, roles
from app.clock import received, today
from app.credentials import policies, queries, services
from app.credentials.forms import RenewalForm, RevocationForm
from app.credentials.models import Certificate, CertificateState
from app.db import db

bp = Blueprint("registers", __name__, url_prefix="/organisations/<slug>/certificates")
PER_PAGE = 25


@bp.route("/")
@roles(*policies.KEEPERS)
def index(slug: str) -> str:
    """What the organisation has certified, newest first."""
    organisation = organisation_for(slug, *policies.KEEPERS)
    words, state = request.args.get("words", "").strip()[:100], request.args.get("state", "")
    chosen = CertificateState(state) if state in list(CertificateState) else None
    found = queries.issued_by(organisation.id, today(), words=words, code=services.normal_code(words), state=chosen)
    page = db.paginate(found, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    return render_template(
        "credentials/registers/index.html", organisation=organisation, page=page, words_sought=words, state=state
    )


@bp.route("/<code>/")
@roles(*policies.KEEPERS)
def show(slug: str, code: str) -> str:
    """One certificate, with what its organisation may do about it."""
    return _page(_own(slug, code), RevocationForm(), RenewalForm())


@bp.route("/<code>/revocation/", methods=["POST"])
@roles(*policies.KEEPERS)
def revoke(slug: str, code: str) -> Any:
    """Take it back, for good."""
    certificate, form = _own(slug, code), RevocationForm()
    if not form.validate_on_submit():
        return _page(certificate, form, RenewalForm(formdata=None))
    services.revoke(certificate, form.because.data or "", me(), received())
    db.session.commit()
    flash(_("Revoked. Its page says so from now on."), "success")
    return _shown(slug, certificate)


@bp.route("/<code>/renewal/", methods=["POST"])
@roles(*policies.KEEPERS)
def renew(slug: str, code: str) -> Any:
    """Put a new certificate in its place."""
    certificate, form = _own(slug, code), RenewalForm()
    if not form.validate_on_submit():
        return _page(certificate, RevocationForm(formdata=None), form)
    try:
        newer = services.renew(certificate, form.ends(), me(), received())
    except services.EndsTooEarly as refusal:  # raised before anything was changed
        form.valid_until.errors = [refusal.sentence()]
        return _page(certificate, RevocationForm(formdata=None), form)
    db.session.commit()
    flash(_("This is the new certificate. The page of the old one leads here."), "success")
    return _shown(slug, newer)


def _own(slug: str, code: str) -> Certificate:
    organisation = organisation_for(slug, *policies.KEEPERS)
    certificate = queries.certificate_by_code(code)
    if certificate is None or certificate.organisation_id != organisation.id:
        abort(404)
    authorize(policies.may_keep, certificate)
    return certificate


def _shown(slug: str, certificate: Certificate) -> Response:
    return redirect(url_for(".show", slug=slug, code=certificate.code), 303)


def _page(certificate: Certificate, revocation: RevocationForm, renewal: RenewalForm) -> str:
    return render_template(
        "credentials/registers/show.html",
        organisation=certificate.organisation,
        certificate=certificate,
        revocation=revocation,
        renewal=renewal,
    )
