"""What assessment offers to the parts that must not import it: the rail entry of the bank, links from evidence rows."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from app.accounts.guards import organisations_of
from app.assessment import queries
from app.assessment.policies import AUTHORS
from app.i18n import language
from app.registry import EvidenceLink, NavEntry, NavLink, registry
from app.skills.models import SourceKind


def init_app(app: Flask) -> None:
    """Offer the bank to those who write questions, and the result of a quiz to whoever reads its evidence."""
    registry(app).nav.append(NavEntry(25, _bank))
    registry(app).evidence_links[SourceKind.QUIZ_ITEM] = quiz_links


def _bank(person: Any) -> list[NavLink]:
    if not person.is_authenticated:
        return []
    return [
        NavLink(_("Questions"), url_for("assessment.questions.index", slug=organisation.slug), "questions")
        for organisation in organisations_of(person, *AUTHORS)[:1]
    ]


def quiz_links(person: Any, attempt_ids: Sequence[int]) -> dict[int, EvidenceLink]:
    """The quiz of each attempt by its title; the result's page only for the one who took it."""
    links = {}
    for attempt_id, (taker_id, zh, en) in queries.quiz_titles_of_attempts(attempt_ids).items():
        own = person.is_authenticated and person.id == taker_id
        url = url_for("assessment.attempts.result", attempt_id=attempt_id) if own else None
        links[attempt_id] = EvidenceLink((language() == "en" and en) or zh, url)
    return links
