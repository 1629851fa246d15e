"""Paste or upload a credential: does its signature hold, and was it revoked here?"""

from typing import Any

from flask import Blueprint, render_template, request

from app.accounts.guards import public
from app.clock import received, today
from app.credentials import paper, queries, services
from app.credentials.forms import CheckForm
from app.credentials.models import CertificateState
from app.credentials.rules import badges
from app.credentials.rules.signatures import LONGEST

bp = Blueprint("checks", __name__)
LARGEST_FILE = 5_000_000


@bp.route("/certificates/check/", methods=["GET", "POST"])
@public
def show() -> Any:
    """Nothing is kept of what was sent, so that the answer stands on this very page."""
    form = CheckForm()
    if not form.validate_on_submit():
        return render_template("credentials/check.html", form=form, verdict=None)
    token = _sent(form)
    verdict = services.check(token, received())
    said = badges.said_by(verdict.payload) if verdict.is_signed and verdict.payload else None
    certificate = queries.certificate_by_code(services.code_in(said.id)) if said else None
    state = certificate.state(today()) if certificate else None
    return render_template(
        "credentials/check.html",
        form=form,
        verdict=verdict,
        said=said,
        certificate=certificate,
        is_revoked=state is CertificateState.REVOKED,
        is_empty=not token,
    )


def _sent(form: CheckForm) -> str:
    upload = request.files.get(form.file.name)
    if upload is None or not upload.filename:
        return (form.credential.data or "").strip()
    content = upload.stream.read(LARGEST_FILE)
    if content.startswith(b"%PDF-"):
        return paper.credential_in(content) or ""
    return content[: LONGEST + 1].decode("ascii", "replace").strip()
