"""What the passport offers to the rail and the first page."""

from datetime import date

from flask import Flask, url_for
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.registry import NavEntry, NavLink, Panel, PanelView, registry
from app.skills import queries, reading

LATELY = 4


def init_app(app: Flask) -> None:
    """Offer the passport's place in the rail, and the skills shown lately."""
    registry(app).nav.append(NavEntry(20, _passport_link))
    registry(app).panels.append(Panel(20, "side", _shown_lately))


def _passport_link(person: Person) -> list[NavLink]:
    if not person.is_authenticated or not person.has_role(Role.STUDENT):
        return []
    return [NavLink(_("Skill passport"), url_for("skills.passport.show"), "passport")]


def _shown_lately(person: Person, _today: date) -> PanelView | None:
    if not person.has_role(Role.STUDENT):
        return None
    found = queries.shown_lately(person.id, LATELY)
    lines = [(estimate, skill, reading.likely_level(estimate.mean)) for estimate, skill in found]
    return PanelView("skills/panels/lately.html", {"lines": lines})
