"""What templates ask about the signed-in person: the rail, and for whom they are acting."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.models import Role
from app.clock import today
from app.i18n import language
from app.registry import registry


@dataclass(frozen=True)
class RailLink:
    """One line of the rail, and whether the page shown belongs to it."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class ActingFor:
    """Who the person is here: a line, and a smaller one."""

    label: str
    sub: str


def rail() -> list[RailLink]:
    """The rail of the signed-in person; for nobody the few public pages."""
    links = [link for entry in sorted(registry().nav, key=lambda entry: entry.order) for link in entry.entries(current_user)]
    best = max((link.url for link in links if _is_under(link.url)), key=len, default=None)
    return [RailLink(link.label, link.url, link.icon, link.url == best) for link in links]


def _is_under(url: str) -> bool:
    return request.path == url if url == "/" else request.path.startswith(url)


ROLE_WORDS = {
    Role.STUDENT: lambda: _("Student"),
    Role.TEACHER: lambda: _("Teacher"),
    Role.COORDINATOR: lambda: _("Coordinator"),
    Role.MENTOR: lambda: _("Mentor"),
    Role.RECRUITER: lambda: _("Recruiter"),
    Role.JUDGE: lambda: _("Judge"),
    Role.OFFICIAL: lambda: _("Official"),
    Role.ADMINISTRATOR: lambda: _("Administrator"),
}


def role_word(role: Role) -> str:
    """The name of a role in the reader's language."""
    return ROLE_WORDS[Role(role)]()


def acting_for() -> ActingFor | None:
    """The organisation that the address names, else the first one, with the person's roles there."""
    if not current_user.is_authenticated:
        return None
    current = current_user.current(today())
    named = (request.view_args or {}).get("slug")
    here = [m for m in current if m.organisation.slug == named] or [
        m for m in current if m.organisation_id == current[0].organisation_id
    ]
    if not here:
        return ActingFor(current_user.display_name, "")
    organisation = here[0].organisation
    name = (language() == "en" and organisation.name_en) or organisation.name_zh
    return ActingFor(current_user.display_name, f"{name} · {'、'.join(role_word(m.role) for m in here)}"
        if language() == "zh" else f"{name} · {', '.join(role_word(m.role) for m in here)}")


def init_app(app: Flask) -> None:
    """Give templates these globals."""
    values: dict[str, Any] = {
        "nav_items": rail,
        "acting_for": acting_for,
        "role_word": role_word,
        "today": today,
        "icp_number": app.config["ICP_NUMBER"],
    }
    app.jinja_env.globals.update(values)


