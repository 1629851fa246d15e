"""The skill gap of a place: every skill with demand, supply and tightness, in a table, a picture, and a file."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import roles
from app.clock import today
from app.db import paged
from app.i18n import language
from app.reference import files as reference_files
from app.reference import queries as reference
from app.ui.charts import interval_chart
from reports import headlines
from reports.figures import COLUMNS, EFFECTIVE, Figures, as_csv, figures_on_or_before
from reports.places import Place, home_code, place_by_code
from reports.policies import READERS
from reports.rules.publication import PublishedRow
from reports.services import cubes_folder

bp = Blueprint("gaps", __name__)
PER_PAGE = 20
DEFAULT_LEVEL = 2


def asked_place() -> Place:
    """The place in the address, by default the reader's own region; 404 for one that does not exist."""
    place = place_by_code(request.args.get("place") or home_code(current_user))
    if place is None:
        abort(404)
    return place


def asked_level() -> int:
    """The level in the address, 1 to 4."""
    level = request.args.get("level", type=int) or DEFAULT_LEVEL
    return level if level in range(1, 5) else DEFAULT_LEVEL


@bp.route("/")
@roles(*READERS)
def index() -> str:
    """What a place is short of, and what it has plenty of."""
    place, level = asked_place(), asked_level()
    family, call = request.args.get("family", ""), request.args.get("call", "")
    names = reference.skill_names(language())
    regions, clusters = reference.place_names(language())
    figures = figures_on_or_before(cubes_folder(), today())
    rows = figures.at(place.region, place.cluster, level) if figures else []
    shown = [row for row in headlines.ordered(rows) if row.skill.startswith(family) and call in ("", row.call or "c")]
    page = paged(shown, PER_PAGE)
    return render_template(
        "reports/gaps/index.html",
        place=place,
        level=level,
        figures=figures,
        names=names,
        regions=regions,
        clusters=clusters,
        sentence=headlines.sentence(place.name, rows, names),
        summary=headlines.summary(rows),
        page=page,
        chart=chart_of(page.items, names),
        families=families(),
        family=family,
        call=call,
    )


def families() -> list[tuple[str, str]]:
    """The skill families with their names, for the filter."""
    column = "name_en" if language() == "en" else "name_zh"
    return [(row["code"], row[column]) for row in reference_files.rows("families")]


def chart_of(rows: list[PublishedRow], names: dict[str, str]) -> dict[str, Any] | None:
    """The picture of the rows that have an interval."""
    drawn = [
        {
            "label": names[row.skill],
            "value": row.tightness,
            "low": row.low,
            "high": row.high,
            "call": row.call if row.call in ("shortage", "surplus") else "unsure",
        }
        for row in rows
        if row.tightness
    ]
    if not drawn:
        return None
    words = {"shortage": _("Shortage"), "surplus": _("Surplus"), "unsure": _("Cannot tell")}
    return interval_chart(drawn, _("Places per able person"), words)


@bp.route("/download/")
@roles(*READERS)
def download() -> Response:
    """The figures as CSV: what `flask reports gap` prints of a place, all levels of it and of the clusters within it,
    with names and the effective number of postings."""
    place = asked_place()
    figures = figures_on_or_before(cubes_folder(), today())
    if figures is None:
        abort(404)
    rows = figures.selected(place.region, place.cluster or None)
    return csv_of(figures, rows, f"skill-gap-{place.code}-{figures.day}.csv")


def csv_of(figures: Figures, rows: list[PublishedRow], name: str) -> Response:
    """Published rows as a CSV attachment that spreadsheets read in UTF-8."""
    skills = reference.skill_names(language())
    regions, clusters = reference.place_names(language())

    def extra(row: PublishedRow) -> dict[str, str]:
        region = regions.get(row.region) or _("China")
        place = clusters[row.cluster][0] if row.cluster in clusters else region
        return {"as_of": figures.day.isoformat(), "skill_name": skills.get(row.skill, ""), "place_name": place}

    out = as_csv(rows, ("as_of", *COLUMNS, EFFECTIVE, "skill_name", "place_name"), extra)
    response = Response("\ufeff" + out, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
