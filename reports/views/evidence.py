"""The end of the thread: evidence rows, for the organisation that recorded them."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.accounts.guards import organisation_for, roles
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from app.registry import registry
from reports import queries
from reports.policies import RECORDERS

bp = Blueprint("evidence", __name__)


@bp.route("/")
@roles(*RECORDERS)
def index(slug: str) -> str:
    """Rows that the organisation recorded, newest first, by skill."""
    organisation = organisation_for(slug, *RECORDERS)
    names = reference.skill_names(language())
    skill = request.args.get("skill", "")
    query = queries.rows_recorded_by(organisation, skill if skill in names else None)
    page = db.paginate(query, per_page=50, max_per_page=50, error_out=False)
    wanted: dict[str, list[int]] = {}
    for row in page.items:
        wanted.setdefault(row.source_kind.value, []).append(row.source_id)
    links = {
        (kind, source): link
        for kind, ids in wanted.items()
        if kind in registry().evidence_links
        for source, link in registry().evidence_links[kind](current_user, ids).items()
    }
    return render_template(
        "reports/evidence/index.html", organisation=organisation, names=names, skill=skill, page=page, links=links
    )
