"""What templates ask about the signed-in person: the rail, and for whom they are acting."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.models import Organisation, Role
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
    entries = sorted(registry().nav, key=lambda entry: entry.order)
    links = [link for entry in entries for link in entry.entries(current_user)]
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
    between = "、" if language() == "zh" else ", "
    roles = between.join(role_word(membership.role) for membership in here)
    return ActingFor(current_user.display_name, f"{organisation_name(here[0].organisation)} · {roles}")


@dataclass(frozen=True)
class MenuEntry:
    """A line of the person's own menu; `post` lines are buttons."""

    label: str
    url: str
    icon: str
    post: bool = False


def account_menu() -> list[MenuEntry]:
    """What a person does about the account; for strangers, how to come in."""
    if not current_user.is_authenticated:
        return [MenuEntry(_("Help"), url_for("home.guide"), "help"), MenuEntry(_("Sign in"), sign_in_url(), "sign-in")]
    entries = [MenuEntry(_("Settings"), url_for("accounts.settings.edit"), "settings")]
    if current_user.has_role(Role.STUDENT):
        entries.insert(0, MenuEntry(_("Profile"), url_for("accounts.profiles.edit"), "person"))
    entries.append(MenuEntry(_("Help"), url_for("home.guide"), "help"))
    entries.append(MenuEntry(_("Sign out"), url_for("accounts.sessions.delete"), "sign-out", post=True))
    return entries


def sign_in_url() -> str:
    """Where to sign in, and come back to the page shown."""
    here = request.full_path.rstrip("?") if request.method == "GET" and request.endpoint else "/"
    if here == "/" or (request.endpoint or "").startswith("accounts.sessions."):
        return url_for("accounts.sessions.new")
    return url_for("accounts.sessions.new", next=here)


def footer_links() -> list[MenuEntry]:
    """The foot of every page."""
    return [
        MenuEntry(_("Help"), url_for("home.guide"), "help"),
        MenuEntry(_("Check a certificate"), url_for("credentials.find"), "certificate"),
        MenuEntry(_("Privacy"), url_for("home.privacy"), "lock"),
        MenuEntry(_("Terms of use"), url_for("home.terms"), "document"),
    ]


def organisation_name(organisation: Organisation) -> str:
    """The name of an organisation in the reader's language."""
    return (language() == "en" and organisation.name_en) or organisation.name_zh


def init_app(app: Flask) -> None:
    """Give templates these globals."""
    values: dict[str, Any] = {
        "account_menu": account_menu,
        "footer_links": footer_links,
        "nav_items": rail,
        "acting_for": acting_for,
        "role_word": role_word,
        "today": today,
        "icp_number": app.config["ICP_NUMBER"],
    }
    app.jinja_env.globals.update(values)
