"""What internships offers to the parts that must not import it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.guards import organisations_of
from app.accounts.models import Person, Role
from app.accounts.policies import VERIFIERS, region_of
from app.clock import received
from app.i18n import language
from app.reference import queries as reference
from app.registry import EvidenceLink, NavEntry, NavLink, NextStep, Panel, PanelView, registry
from app.skills.models import SourceKind
from app.ui.filters import day, words
from internships import finding, fits, queries
from internships.policies import ORGANISERS, STAFF
from internships.queries.searches import searches_of
from internships.seeds import plant_postings

CONSIDERED = 60
SHOWN = 3


def init_app(app: Flask) -> None:
    """Offer rail entries, panels, and where ratings came from."""
    offered = registry(app)
    offered.nav.append(NavEntry(30, _student_nav))
    offered.nav.append(NavEntry(31, _enterprise_nav))
    offered.nav.append(NavEntry(40, _organiser_nav))
    offered.panels.append(Panel(40, "main", matching_panel))
    offered.panels.append(Panel(25, "main", due_panel))
    offered.panels.append(Panel(35, "side", dates_panel))
    offered.panels.append(Panel(26, "main", rounds_panel))
    offered.nav.append(NavEntry(61, _checking_nav))
    offered.panels.append(Panel(61, "side", checks_panel))
    offered.panels.append(Panel(41, "side", searches_panel))
    offered.search_sources.append(finding.source())
    offered.sitemaps.append(finding.postings_map())
    offered.organisation_parts.append(finding.enterprise_part)
    offered.seeders.append((300, "internships", plant_postings))
    offered.evidence_links[SourceKind.INTERNSHIP_RATING.value] = rating_links


def _student_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated or not person.has_role(Role.STUDENT):
        return []
    return [
        NavLink(_("Internships"), url_for("internships.postings.index"), "briefcase"),
        NavLink(_("Applications"), url_for("internships.applications.index"), "send"),
    ]


def _enterprise_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    links = []
    for organisation in organisations_of(person, Role.RECRUITER)[:1]:
        links.append(
            NavLink(_("Our postings"), url_for("internships.postings.work", slug=organisation.slug), "briefcase")
        )
    for organisation in organisations_of(person, *STAFF)[:1]:
        links.append(
            NavLink(_("Our interns"), url_for("internships.placements.index", slug=organisation.slug), "people")
        )
    return links


def _organiser_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    links = []
    for organisation in organisations_of(person, *ORGANISERS)[:1]:
        links.append(NavLink(_("Match rounds"), url_for("internships.rounds.index", slug=organisation.slug), "scale"))
    for organisation in organisations_of(person, Role.COORDINATOR)[:1]:
        links.append(
            NavLink(_("Placements"), url_for("internships.placements.index", slug=organisation.slug), "briefcase")
        )
        links.append(
            NavLink(_("Not yet placed"), url_for("internships.unplaced.index", slug=organisation.slug), "people")
        )
    return links


def _checking_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    return [
        NavLink(_("Posting checks"), url_for("internships.checks.index", slug=one.slug), "check-circle")
        for one in organisations_of(person, *ORGANISERS)[:1]
    ]


def checks_panel(person: Person, today: date) -> PanelView | None:
    """How many postings wait for those who check them before they are published."""
    checkers = organisations_of(person, *VERIFIERS)
    count = queries.count_to_check(region_of(checkers[0])) if checkers else 0
    if not count:
        return None
    url = url_for("internships.checks.index", slug=checkers[0].slug)
    return PanelView("internships/panels/checks.html", {"count": count, "url": url})


def searches_panel(person: Person, today: date) -> PanelView | None:
    """What was new this morning in a student's saved searches."""
    if not person.has_role(Role.STUDENT):
        return None
    new = [search for search in searches_of(person.id) if search.found]
    return PanelView("internships/panels/searches.html", {"searches": new}) if new else None


def matching_panel(person: Person, today: date) -> PanelView | None:
    """A student's three best-fitting internships among those that close soonest."""
    if not person.has_role(Role.STUDENT):
        return None
    postings = queries.first_lines(queries.open_postings(today), CONSIDERED)
    if not postings:
        return None
    best = sorted(fits.sides(person, postings), key=lambda side: (-side.fit.score, side.posting.closes_on))[:SHOWN]
    return PanelView("internships/panels/matching.html", {"sides": best, "names": reference.skill_names(language())})


def dates_panel(person: Person, today: date) -> PanelView | None:
    """When the rounds close in which a student has open applications."""
    if not person.has_role(Role.STUDENT):
        return None
    taken = queries.open_applications_of(person)
    rounds = {one.id: one for one in queries.rounds_of_postings([one.posting_id for one in taken]).values()}
    if not rounds:
        return None
    url = url_for("internships.applications.index")
    dates = [
        (one.closes_at, _("%(title)s: your order of choices", title=words(one, "title")), url)
        for one in sorted(rounds.values(), key=lambda one: one.closes_at)
    ]
    return PanelView("internships/panels/dates.html", {"dates": dates})


def due_panel(person: Person, today: date) -> PanelView | None:
    """What an enterprise's people owe: ratings of interns, answers to applicants."""
    employers = organisations_of(person, *STAFF)
    if not employers:
        return None
    lines = [
        {
            "title": _("Rate %(name)s", name=placement.student.name),
            "sub": f"{words(placement.posting, 'title')} · {day(placement.ends_on)}",
            "url": url_for("internships.ratings.new", placement_id=placement.id),
        }
        for placement in queries.ratings_due(person, [one.id for one in employers], today)
        if person.has_role(Role.MENTOR, organisation_id=placement.posting.organisation_id)
    ]
    for employer in organisations_of(person, Role.RECRUITER):
        for posting, waiting in queries.postings_with_applicants(employer.id):
            lines.append(
                {
                    "title": words(posting, "title"),
                    "sub": ngettext("%(num)d applicant waits", "%(num)d applicants wait", waiting),
                    "url": url_for("internships.applicants.index", slug=employer.slug, posting_id=posting.id),
                }
            )
    if not lines:
        employer = employers[0]
        step = NextStep(
            _("Next step"),
            _("Write a posting"),
            _("Say which skills the work needs, at which level; students are matched by what they have shown."),
            _("Write it"),
            url_for("internships.postings.new", slug=employer.slug),
        )
        return PanelView("", next=step) if person.has_role(Role.RECRUITER) else None
    first = lines[0]
    step = NextStep(_("Next step"), first["title"], first["sub"], _("Open"), first["url"])
    return PanelView("internships/panels/due.html", {"lines": lines}, step)


def rounds_panel(person: Person, today: date) -> PanelView | None:
    """An organiser's rounds that have not been run; one that has closed is the next thing to do."""
    organisers = organisations_of(person, *ORGANISERS)
    rounds = queries.rounds_before_run([one.id for one in organisers]) if organisers else []
    if not rounds:
        return None
    now = received()
    waiting = queries.applicants_per_round([one.id for one in rounds])
    closed = next((one for one in rounds if one.is_closed(now)), None)
    step = None
    if closed is not None:
        count = waiting.get(closed.id, 0)
        step = NextStep(
            _("Next step"),
            words(closed, "title"),
            ngettext("%(num)d student waits for the result.", "%(num)d students wait for the result.", count),
            _("Run the round"),
            url_for("internships.rounds.show", round_id=closed.id),
        )
    values = {"rounds": rounds, "waiting": waiting, "now": now, "slug": organisers[0].slug}
    return PanelView("internships/panels/rounds.html", values, step)


def rating_links(_person: Any, ids: Sequence[int]) -> dict[int, EvidenceLink]:
    """What ratings were for; the page of the placement asks again who may read it."""
    return {
        rating.id: EvidenceLink(
            _(
                "Internship “%(title)s” at %(name)s",
                title=words(rating.placement.posting, "title"),
                name=words(rating.placement.posting.organisation, "name"),
            ),
            url_for("internships.placements.show", placement_id=rating.placement_id),
        )
        for rating in queries.ratings_by_id(ids)
    }
