"""Paste or upload a credential: does its signature hold, and was it revoked here?"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from app.accounts.guards import public
from app.clock import day_of, received, today
from app.credentials import paper, queries, services
from app.credentials.forms import CheckForm
from app.credentials.models import CertificateState
from app.credentials.rules import badges
from app.credentials.rules.signatures import LONGEST, seconds_of

bp = Blueprint("checks", __name__)
LARGEST_FILE = 5_000_000


@bp.route("/certificates/check/", methods=["GET", "POST"])
@public
def show() -> Any:
    """Nothing is kept of what was sent, so that the answer stands on this very page."""
    form = CheckForm()
    if not form.validate_on_submit():
        return render_template("credentials/check.html", form=form, verdict=None)
    token, content = _sent(form)
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
        file_found=services.check_paper(content) if content else None,
        issued_on=_day(said.issued_at) if said else None,
        ends_on=_day(said.valid_until, timedelta(seconds=1)) if said and said.valid_until else None,
    )


def _sent(form: CheckForm) -> tuple[str, bytes]:
    """The credential in what was sent, and the file where it is a PDF."""
    upload = request.files.get(form.file.name)
    if upload is None or not upload.filename:
        return (form.credential.data or "").strip(), b""
    content = upload.stream.read(LARGEST_FILE)
    if content.startswith(b"%PDF-"):
        return paper.credential_in(content) or "", content
    return content[: LONGEST + 1].decode("ascii", "replace").strip(), b""


def _day(written: str, before: timedelta = timedelta()) -> date | None:
    """The day in Shanghai of a moment as credentials write it; of an end the last day that counts."""
    seconds = seconds_of(written)
    return None if seconds is None else day_of(datetime.fromtimestamp(seconds, UTC) - before)
