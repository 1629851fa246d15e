"""What the reports offer to the parts that must not import them: rail entries, a panel, the demo's snapshots."""

from datetime import date, timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from app.accounts.models import Role
from app.i18n import language
from app.reference import queries as reference
from app.registry import NavEntry, NavLink, NextStep, Panel, PanelView, registry
from reports import headlines, services
from reports.figures import figures_on_or_before
from reports.places import home_code, place_by_code
from reports.policies import may_read_figures

PANEL_LEVEL = 2
PANEL_ROWS = 5
MONTHS_SEEDED = 6
ONE_DAY = timedelta(days=1)


def rail(person: Any) -> list[NavLink]:
    """The reports, for those who read figures."""
    if not person.is_authenticated or not may_read_figures(person):
        return []
    return [NavLink(_("Skill gap"), url_for("reports.gaps.index"), "chart")]


def gap_panel(person: Any, day: date) -> PanelView | None:
    """An official's own region in one sentence with its clearest rows."""
    if not person.has_role(Role.OFFICIAL, Role.ADMINISTRATOR):
        return None
    place = place_by_code(home_code(person))
    figures = figures_on_or_before(services.cubes_folder(), day)
    if place is None or figures is None:
        return None
    names = reference.skill_names(language())
    rows = figures.at(place.region, place.cluster, PANEL_LEVEL)
    sentence = headlines.sentence(place.name, rows, names)
    url = url_for("reports.gaps.index", place=place.code, level=PANEL_LEVEL)
    step = NextStep(
        _("As of %(day)s", day=figures.day.isoformat()),
        sentence,
        _("Skills at level %(level)s or above: open places against people who have shown them.", level=PANEL_LEVEL),
        _("Open the skill gap"),
        url,
    )
    values = {"rows": headlines.ordered(rows)[:PANEL_ROWS], "names": names, "place": place, "url": url}
    return PanelView("reports/panels/gap.html", values, step)


def plant_snapshots(world: Any) -> None:
    """Take the snapshots of the demo world: today's, and the first of each of the last months."""
    first = world.today.replace(day=1)
    days = [world.today]
    for _month in range(MONTHS_SEEDED):
        days.append(first)
        first = (first - ONE_DAY).replace(day=1)
    for number, taken in enumerate(sorted(set(days)), start=1):
        services.take_snapshot(taken)
        world.say("snapshots", number, len(set(days)))


def init_app(app: Flask) -> None:
    """Offer them."""
    offered = registry(app)
    offered.nav.append(NavEntry(60, rail))
    offered.panels.append(Panel(50, "main", gap_panel))
    offered.seeders.append((900, "snapshots of supply and demand", plant_snapshots))
