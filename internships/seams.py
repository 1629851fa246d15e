"""What internships offers to the parts that must not import it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.guards import organisations_of
from app.accounts.models import Organisation, Person, Role
from app.accounts.policies import VERIFIERS, region_of
from app.clock import received
from app.i18n import language
from app.reference import queries as reference
from app.registry import Deadline, EvidenceLink, NavEntry, NavLink, NextStep, Panel, PanelView, registry
from app.skills.models import SourceKind
from app.ui.filters import day, moment_text, words
from internships import finding, fits, queries
from internships.models import Application, Interview
from internships.policies import ORGANISERS, STAFF
from internships.queries import interviews as appointments
from internships.queries import messages, pipeline
from internships.queries.searches import searches_of
from internships.seeds import plant_postings

CONSIDERED = 60
SHOWN = 3
MOST_LINES = 5
URGENT = timedelta(days=3)


def init_app(app: Flask) -> None:
    """Offer rail entries, panels, and where ratings came from."""
    offered = registry(app)
    offered.nav.append(NavEntry(30, _student_nav))
    offered.nav.append(NavEntry(31, _enterprise_nav))
    offered.nav.append(NavEntry(40, _organiser_nav))
    offered.demands.append(queries.open_seats)
    offered.panels.append(Panel(40, "main", matching_panel))
    offered.panels.append(Panel(25, "main", due_panel))
    offered.panels.append(Panel(12, "main", answers_panel))
    offered.deadlines.append(deadlines)
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
        links.append(
            NavLink(_("Match rounds"), url_for("internships.round_parts.index", slug=organisation.slug), "scale")
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
    hiring = organisations_of(person, Role.RECRUITER)
    if hiring:
        lines = _answers_due(hiring) + lines
    for part in queries.invitations_of([one.id for one in hiring], received()):
        lines.append(
            {
                "title": _("Invitation: %(title)s", title=words(part.round, "title")),
                "sub": words(part.posting, "title"),
                "url": url_for("internships.round_parts.index", slug=part.posting.organisation.slug),
            }
        )
    for employer in hiring:
        found = queries.postings_with_applicants(employer.id)
        rounds = queries.rounds_of_postings([posting.id for posting, _waiting in found])
        for posting, waiting in found:
            page = "internships.applicants.index" if posting.id in rounds else "internships.pipeline.index"
            lines.append(
                {
                    "title": words(posting, "title"),
                    "sub": ngettext("%(num)d applicant waits", "%(num)d applicants wait", waiting),
                    "url": url_for(page, slug=employer.slug, posting_id=posting.id),
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


def _answers_due(employers: Sequence[Organisation]) -> list[dict[str, str]]:
    """Applications about which recruiters were reminded, and messages that nobody has read."""
    slugs = {one.id: one.slug for one in employers}

    def line(application: Application, sub: str) -> dict[str, str]:
        posting = application.posting
        url = url_for(
            "internships.pipeline.show",
            slug=slugs[posting.organisation_id],
            posting_id=posting.id,
            application_id=application.id,
        )
        return {"title": application.student.name, "sub": f"{words(posting, 'title')} · {sub}", "url": url}

    late = [
        line(one, _("answer by %(day)s", day=day(one.answer_on, "short")))
        for one in pipeline.waiting_for_answer(employers, MOST_LINES)
    ]
    return late + [
        line(one, ngettext("%(num)d new message", "%(num)d new messages", count))
        for one, count in messages.unread_at(list(slugs))
    ]


def answers_panel(person: Person, today: date) -> PanelView | None:
    """What applications want of a student: an answer to an offer, a time for an interview, reading a message."""
    if not person.has_role(Role.STUDENT):
        return None
    offers = pipeline.offers_for(person)
    lines = []
    for one in offers:
        until = _("until %(moment)s", moment=moment_text(one.offer_until, "short"))
        lines.append(
            {
                "title": _("Answer the offer of %(name)s", name=words(one.posting.organisation, "name")),
                "sub": f"{words(one.posting, 'title')} · {until}",
                "url": url_for("internships.applications.show", application_id=one.id),
            }
        )
    lines += [
        {
            "title": _("Choose a time for the interview"),
            "sub": words(interview.application.posting, "title"),
            "url": url_for("internships.applications.show", application_id=interview.application_id),
        }
        for interview in appointments.interviews_to_choose(person)
    ]
    unread = messages.unread_by_student(person)
    if unread:
        count = sum(unread.values())
        url = url_for("internships.applications.index")
        if len(unread) == 1:
            url = url_for("internships.applications.show", application_id=next(iter(unread)), _anchor="messages")
        title = ngettext("%(num)d new message", "%(num)d new messages", count)
        lines.append({"title": title, "sub": _("on your applications"), "url": url})
    if not lines:
        return None
    # What has days left does not push learning aside.
    step = None
    if offers and offers[0].offer_until is not None and offers[0].offer_until - received() <= URGENT:
        step = NextStep(_("Next step"), lines[0]["title"], lines[0]["sub"], _("Open"), lines[0]["url"])
    return PanelView("internships/panels/due.html", {"lines": lines}, step)


def deadlines(person: Any, since: datetime, until: datetime) -> list[Deadline]:
    """Interviews of both sides, and until when a student's offers stand."""
    found: list[Deadline] = []
    if person.has_role(Role.STUDENT):
        for one in appointments.interviews_between(since, until, student=person):
            found.append(_interview(one, words(one.application.posting.organisation, "name"), "student"))
        for application in pipeline.offers_for(person):
            if application.offer_until is not None and since <= application.offer_until < until:
                found.append(_offer(application))
    hiring = organisations_of(person, Role.RECRUITER)
    if hiring:
        ids = [one.id for one in hiring]
        for one in appointments.interviews_between(since, until, organisation_ids=ids):
            found.append(_interview(one, one.application.student.name, "enterprise"))
    return found


def _interview(one: Interview, who: str, side: str) -> Deadline:
    posting = one.application.posting
    if side == "student":
        url = url_for("internships.applications.show", application_id=one.application_id)
    else:
        url = url_for(
            "internships.pipeline.show",
            slug=posting.organisation.slug,
            posting_id=posting.id,
            application_id=one.application_id,
        )
    where = " · ".join(part for part in (words(posting, "title"), one.place, one.link) if part)
    at = one.chosen_at or one.proposed_at
    return Deadline(f"interview-{one.id}-{side}@yangfan", at, _("Interview"), who, where, url)


def _offer(application: Application) -> Deadline:
    url = url_for("internships.applications.show", application_id=application.id)
    name = words(application.posting.organisation, "name")
    title = words(application.posting, "title")
    at = application.offer_until or application.applied_at
    return Deadline(f"offer-{application.id}@yangfan", at, _("Offer ends"), name, title, url, is_due=True)


def rounds_panel(person: Person, today: date) -> PanelView | None:
    """An organiser's rounds whose result has not been shown; one that has closed is the next thing to do."""
    organisers = organisations_of(person, *ORGANISERS)
    rounds = queries.rounds_before_run([one.id for one in organisers]) if organisers else []
    if not rounds:
        return None
    now = received()
    waiting = queries.applicants_per_round([one.id for one in rounds])
    closed = next((one for one in rounds if one.is_closed(now) and not one.is_settled), None)
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
