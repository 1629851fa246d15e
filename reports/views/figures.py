"""One figure opened: formula, inputs, counts by source, and who may open the rows."""

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from app.accounts.guards import organisations_of, roles
from app.clock import today
from app.db import db
from app.reference.models import Skill
from reports.figures import figures_on_or_before
from reports.places import place_by_code
from reports.policies import READERS, RECORDERS
from reports.services import cubes_folder

bp = Blueprint("figures", __name__)


@bp.route("/<code>/<int:level>/<place_code>/")
@roles(*READERS)
def show(code: str, level: int, place_code: str) -> str:
    """Where one figure comes from. Its counts are suppressed as in any table; rows open to those who recorded them."""
    skill, place = db.session.get(Skill, code), place_by_code(place_code)
    figures = figures_on_or_before(cubes_folder(), today())
    if skill is None or place is None or figures is None or level not in range(1, 5):
        abort(404)
    row = figures.one(code, level, place.region, place.cluster)
    if row is None:
        abort(404)
    own = organisations_of(current_user, *RECORDERS)
    return render_template(
        "reports/figures/show.html",
        skill=skill,
        level=level,
        place=place,
        row=row,
        figures=figures,
        levels=[figures.one(code, other, place.region, place.cluster) for other in range(1, 5)],
        own=[(o, url_for("reports.evidence.index", slug=o.slug, skill=code)) for o in own],
    )
