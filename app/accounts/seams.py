"""What accounts offers to the first page and the rail."""

from datetime import date, datetime

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import policies, queries
from app.accounts.guards import organisations_of
from app.accounts.models import Person, Role
from app.accounts.nav import organisation_name
from app.registry import NavEntry, NavLink, NextStep, Panel, PanelView, Sitemap, registry


def init_app(app: Flask) -> None:
    """Offer rail entries and panels."""
    offered = registry(app)
    offered.nav.append(NavEntry(60, _verification_links))
    offered.nav.append(NavEntry(90, _people_links))
    offered.panels.append(Panel(-100, "main", _unfinished_profile))
    offered.panels.append(Panel(-90, "main", _nowhere_yet))
    offered.panels.append(Panel(60, "side", _waiting_enterprises))
    offered.panels.append(Panel(70, "side", _unverified_enterprise))
    offered.sitemaps.append(Sitemap("organisations", _pages, queries.public_organisation_after))


def _pages(after: int, count: int) -> list[tuple[int, str, datetime | None]]:
    return [
        (one.id, url_for("accounts.organisations.show", slug=one.slug, _external=True), one.verified_at)
        for one in queries.public_organisations(after, count)
    ]


def _people_links(person: Person) -> list[NavLink]:
    return _links(person, policies.MANAGERS, _("Members"), "accounts.people.index", "people")


def _verification_links(person: Person) -> list[NavLink]:
    return _links(person, policies.VERIFIERS, _("Verification"), "accounts.verifications.index", "shield")


def _links(person: Person, roles: tuple[Role, ...], label: str, endpoint: str, icon: str) -> list[NavLink]:
    """A line for each organisation; its name stands in it where there are several."""
    if not person.is_authenticated:
        return []
    places = organisations_of(person, *roles)
    links = []
    for place in places:
        words = label if len(places) == 1 else f"{label} · {organisation_name(place)}"
        links.append(NavLink(words, url_for(endpoint, slug=place.slug), icon))
    return links


def _unfinished_profile(person: Person, _today: date) -> PanelView | None:
    if not person.has_role(Role.STUDENT):
        return None
    profile = queries.profile_of(person)
    if profile is not None and profile.is_complete:
        return None
    step = NextStep(
        kicker=_("First, two minutes"),
        title=_("Fill in your profile"),
        text=_("Major, year, graduation and month of birth decide which internships may be offered to you."),
        action=_("Fill in"),
        url=url_for("accounts.profiles.edit"),
    )
    return PanelView("", next=step)


def _nowhere_yet(person: Person, today: date) -> PanelView | None:
    if person.current(today):
        return None
    step = NextStep(
        kicker=_("First"),
        title=_("Register your enterprise, or open an invitation"),
        text=_("You belong to no organisation yet. A university invites its students and teachers by a link."),
        action=_("Register an enterprise"),
        url=url_for("accounts.organisations.new"),
    )
    return PanelView("", next=step)


def _waiting_enterprises(person: Person, today: date) -> PanelView | None:
    places = organisations_of(person, *policies.VERIFIERS)
    if not places:
        return None
    count, since = queries.count_awaiting_verification(policies.region_of(places[0]))
    url = url_for("accounts.verifications.index", slug=places[0].slug)
    step = NextStep(
        kicker=_("Waiting for you"),
        title=ngettext("%(num)d enterprise waits for verification", "%(num)d enterprises wait for verification", count),
        text=_("An enterprise can publish postings only after somebody has checked that it is what it says."),
        action=_("Open the list"),
        url=url,
    )
    values = {"count": count, "since": since, "url": url}
    return PanelView("accounts/panels/verifications.html", values, step if count else None)


def _unverified_enterprise(person: Person, today: date) -> PanelView | None:
    waiting = [place for place in organisations_of(person, Role.RECRUITER) if not place.is_verified]
    if not waiting:
        return None
    return PanelView("accounts/panels/unverified.html", {"organisations": waiting})
