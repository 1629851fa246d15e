"""What certificates offer to the rail."""

from flask import Flask, url_for
from flask_babel import gettext as _

from app.accounts.guards import organisations_of
from app.accounts.models import Person
from app.accounts.nav import organisation_name
from app.credentials.policies import KEEPERS
from app.registry import NavEntry, NavLink, registry


def init_app(app: Flask) -> None:
    """Offer the register to whoever keeps one."""
    registry(app).nav.append(NavEntry(80, _registers))


def _registers(person: Person) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    places = organisations_of(person, *KEEPERS)
    return [
        NavLink(
            _("Certificates") if len(places) == 1 else f"{_('Certificates')} · {organisation_name(place)}",
            url_for("credentials.registers.index", slug=place.slug),
            "certificate",
        )
        for place in places
    ]
