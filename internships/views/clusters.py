"""Clusters: seats that are open, how many of them fill, and how long that takes."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import public
from app.clock import today
from app.i18n import language
from app.reference import queries as reference
from app.ui.charts import bars
from internships import policies
from internships.queries.clusters import offered_in_clusters
from internships.rules.filling import FEW, Filling, filling

bp = Blueprint("clusters", __name__)


@bp.route("/postings/clusters/")
@public
def index() -> str:
    """Figures of the last year for each cluster; officials read rates that rest on few seats, too."""
    regions, clusters = reference.place_names(language())
    region = request.args.get("region", "")
    region = region if region in regions else ""
    found = filling(offered_in_clusters(today(), region or None))
    found.sort(key=lambda one: (-one.seats_open, one.cluster))
    names = {code: name for code, (name, _home) in clusters.items()}
    return render_template(
        "internships/clusters/index.html",
        rows=found,
        names=names,
        regions=regions,
        region=region,
        few=FEW,
        sees_all=policies.may_see_all_rates(current_user),
        chart=_chart(found, names) if found else None,
    )


def _chart(found: list[Filling], names: dict[str, str]) -> dict[str, Any]:
    rows = [{"label": names[one.cluster], "value": one.seats_open, "part": _("Seats open")} for one in found]
    return bars(rows, _("Seats open"))
