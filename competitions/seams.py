"""What competitions offers to the parts that must not import it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.guards import organisations_of
from app.accounts.models import Role
from app.clock import received
from app.registry import EvidenceLink, NavEntry, NavLink, NextStep, Panel, PanelView, registry
from app.skills.models import SourceKind
from app.ui.filters import moment_text, words
from competitions import queries, seeds
from competitions.policies import ORGANISERS

URGENT = timedelta(days=3)
NEWS_DAYS = timedelta(days=30)


def init_app(app: Flask) -> None:
    """Offer rail entries, panels, links from evidence, and the demo's competitions."""
    offered = registry(app)
    offered.nav.append(NavEntry(15, _judging_nav))
    offered.nav.append(NavEntry(30, _organising_nav))
    offered.nav.append(NavEntry(45, _student_nav))
    offered.panels.append(Panel(5, "main", judge_panel))
    offered.panels.append(Panel(8, "side", student_panel))
    offered.panels.append(Panel(40, "main", organiser_panel))
    offered.evidence_links[SourceKind.COMPETITION_CRITERION] = evidence_links
    offered.seeders.append((400, "competitions", seeds.plant_competitions))


def _judging_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated or not person.has_role(Role.JUDGE):
        return []
    return [NavLink(_("Judging"), url_for("competitions.judging.index"), "scale")]


def _organising_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    return [
        NavLink(_("Our competitions"), url_for("competitions.office.index", slug=organisation.slug), "trophy")
        for organisation in organisations_of(person, *ORGANISERS)[:1]
    ]


def _student_nav(person: Any) -> list[NavLink]:
    if not person.is_authenticated or not person.has_role(Role.STUDENT):
        return []
    return [NavLink(_("Competitions"), url_for("competitions.contests.index"), "trophy")]


def judge_panel(person: Any, _today: date) -> PanelView | None:
    """The entries that wait for a judge's marks."""
    if not person.has_role(Role.JUDGE):
        return None
    done, due, first = queries.due_of(person.id)
    if first is None:
        return None
    step = NextStep(
        _("Judging"),
        ngettext("One entry waits for your marks", "%(num)d entries wait for your marks", due - done),
        _("You see a number instead of a name. Marks are saved as you give them."),
        _("Go on judging") if done else _("Begin judging"),
        url_for("competitions.judging.show", assignment_id=first),
        done,
        due,
    )
    return PanelView("", next=step)


def student_panel(person: Any, _today: date) -> PanelView | None:
    """A student's own teams with their deadlines, and competitions that are open to enter."""
    if not person.has_role(Role.STUDENT):
        return None
    now = received()
    teams = queries.teams_of_person(person.id, now - NEWS_DAYS)
    open_ = queries.open_without(person.id, now)
    if not teams and not open_:
        return None
    values = {"teams": teams, "open": open_, "now": now}
    return PanelView("competitions/panels/student.html", values, _urgent(teams, now))


def _urgent(teams: Sequence[Any], now: Any) -> NextStep | None:
    """A deadline within days and nothing handed in comes before everything else."""
    for team in teams:
        competition = team.competition
        if competition.takes_entries(now) and team.handed_in_at is None and competition.closes_at - now < URGENT:
            closes = moment_text(competition.closes_at, "short")
            return NextStep(
                _("Closes %(moment)s", moment=closes),
                words(competition, "title"),
                _("Your team “%(team)s” has not handed in yet.", team=team.name),
                _("Hand in the entry"),
                url_for("competitions.teams.show", team_id=team.id),
            )
    return None


def organiser_panel(person: Any, _today: date) -> PanelView | None:
    """How far an organiser's running competitions are."""
    organisations = organisations_of(person, *ORGANISERS)
    if not organisations:
        return None
    running = queries.running_in([organisation.id for organisation in organisations])
    if not running:
        return None
    ids = [competition.id for competition in running]
    values = {
        "running": running,
        "counts": queries.counts_of(ids),
        "progress": queries.progress_of(ids),
        "url": url_for("competitions.office.index", slug=organisations[0].slug),
        "now": received(),
    }
    return PanelView("competitions/panels/organiser.html", values)


def evidence_links(_person: Any, team_ids: Sequence[int]) -> dict[int, EvidenceLink]:
    """The competition and team of each evidence row, with the place that is public."""
    return {
        team.id: EvidenceLink(
            _("%(competition)s: %(team)s", competition=words(competition, "title"), team=team.name),
            url_for("competitions.rankings.place", competition_id=competition.id, number=team.number)
            if competition.is_published
            else None,
        )
        for team, competition in queries.titles_of_teams(team_ids)
    }
