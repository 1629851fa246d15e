"""One skill everywhere: all regions as a map and a table, all clusters as a table."""

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from app.accounts.guards import roles
from app.clock import today
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from app.reference.models import NATION, Skill
from app.ui.charts import tile_map
from reports import headlines
from reports.figures import figures_on_or_before
from reports.policies import READERS
from reports.services import cubes_folder
from reports.views.gaps import asked_level

bp = Blueprint("skills", __name__)


@bp.route("/<code>/")
@roles(*READERS)
def show(code: str) -> str:
    """Where a skill is short and where it is plenty, at a level."""
    skill = db.session.get(Skill, code)
    if skill is None:
        abort(404)
    level = asked_level()
    figures = figures_on_or_before(cubes_folder(), today())
    rows = figures.of(code, level) if figures else []
    regions, clusters = reference.place_names(language())
    places = [row for row in rows if not row.cluster and row.region != NATION]
    calls = {row.region: row.call if row.call in ("shortage", "surplus") else "unsure" for row in places if row.call}
    words = {"shortage": _("Shortage"), "surplus": _("Surplus"), "unsure": _("Cannot tell")}
    values = {row.region: row.tightness for row in places if row.tightness or row.symbol or row.demand_symbol}
    return render_template(
        "reports/skills/show.html",
        skill=skill,
        level=level,
        figures=figures,
        nation=next((row for row in rows if row.region == NATION), None),
        places=headlines.ordered(places),
        in_clusters=headlines.ordered(row for row in rows if row.cluster and row.demand != 0),
        regions=regions,
        clusters=clusters,
        chart=tile_map(values, _("Places per able person"), regions, language(), calls, words) if values else None,
        tab="clusters" if request.args.get("by") == "clusters" else "regions",
    )
