"""What assessment offers to the parts that must not import it: the rail entry of the bank, links from evidence rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.guards import organisations_of
from app.assessment import contexts, queries
from app.assessment.policies import AUTHORS
from app.assessment.queries import marking as marking_queries
from app.assessment.services import peer_review
from app.clock import received
from app.i18n import language
from app.registry import EvidenceLink, NavEntry, NavLink, NextStep, Panel, PanelView, registry
from app.skills.models import SourceKind
from app.ui.filters import moment_text, words


def init_app(app: Flask) -> None:
    """Offer the bank to those who write questions, and the result of a quiz to whoever reads its evidence."""
    registry(app).nav.append(NavEntry(25, _bank))
    registry(app).nav.append(NavEntry(26, _marking))
    registry(app).panels.append(Panel(15, "main", review_panel))
    registry(app).panels.append(Panel(25, "main", marking_panel))
    registry(app).evidence_links[SourceKind.QUIZ_ITEM] = quiz_links


def _bank(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    return [
        NavLink(_("Questions"), url_for("assessment.questions.index", slug=organisation.slug), "questions")
        for organisation in organisations_of(person, *AUTHORS)[:1]
    ]


def _marking(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    return [
        NavLink(_("Marking"), url_for("assessment.marking.index", slug=organisation.slug), "inbox")
        for organisation in organisations_of(person, *AUTHORS)[:1]
    ]


def marking_panel(person: Any, today: date) -> PanelView | None:
    """Answers that wait for a teacher's mark, or for a second look, by quiz."""
    if not person.has_role(*AUTHORS):
        return None
    quizzes: dict[tuple[int, int], dict[str, Any]] = {}
    for organisation in organisations_of(person, *AUTHORS):
        url = url_for("assessment.marking.index", slug=organisation.slug)
        for item in marking_queries.items_to_mark(person, contexts.marked_by(person, organisation.id, own=True)):
            if item.to_mark or item.differing:
                quiz = quizzes.setdefault(
                    (organisation.id, item.quiz_id),
                    {"title": words(item, "title"), "url": url, "to_mark": 0, "differing": 0},
                )
                quiz["to_mark"] += item.to_mark
                quiz["differing"] += item.differing
    if not quizzes:
        return None
    to_mark = sum(quiz["to_mark"] for quiz in quizzes.values())
    differing = sum(quiz["differing"] for quiz in quizzes.values())
    first = next(quiz for quiz in quizzes.values() if quiz["to_mark"] or not to_mark)
    step = NextStep(
        _("Next step"),
        ngettext("One answer waits for your mark", "%(num)d answers wait for your mark", to_mark)
        if to_mark
        else ngettext("One answer needs a second look", "%(num)d answers need a second look", differing),
        first["title"],
        _("Mark them") if to_mark else _("See them"),
        first["url"],
    )
    return PanelView("assessment/panels/marking.html", {"quizzes": list(quizzes.values())}, step)


def review_panel(person: Any, today: date) -> PanelView | None:
    """Answers of others that a person is to review, by quiz; they have a last day, and so come before learning on."""
    quizzes: dict[int, dict[str, Any]] = {}
    for task in peer_review.tasks_of(person, received(), is_ahead=True):
        if task.is_ahead:
            quiz = task.answer.item.quiz
            found = quizzes.setdefault(quiz.id, {"title": words(quiz, "title"), "ahead": 0, "due_at": task.due_at})
            found["ahead"] += 1
            found["due_at"] = min(found["due_at"], task.due_at)
    if not quizzes:
        return None
    first = min(quizzes.values(), key=lambda quiz: quiz["due_at"])
    step = NextStep(
        _("Next, until %(moment)s", moment=moment_text(first["due_at"])),
        ngettext(
            "One answer waits for your review",
            "%(num)d answers wait for your review",
            sum(quiz["ahead"] for quiz in quizzes.values()),
        ),
        first["title"],
        _("Review them"),
        url_for("assessment.peer_review.index"),
    )
    return PanelView("assessment/panels/peer_review.html", {"quizzes": list(quizzes.values())}, step)


def quiz_links(person: Any, attempt_ids: Sequence[int]) -> dict[int, EvidenceLink]:
    """The quiz of each attempt by its title; the result's page only for the one who took it."""
    links = {}
    for attempt_id, (taker_id, zh, en) in queries.quiz_titles_of_attempts(attempt_ids).items():
        own = person.is_authenticated and person.id == taker_id
        url = url_for("assessment.attempts.result", attempt_id=attempt_id) if own else None
        links[attempt_id] = EvidenceLink((language() == "en" and en) or zh, url)
    return links
