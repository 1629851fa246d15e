"""What assignments offer to first pages and the passport."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Role
from app.clock import end_of, received
from app.registry import EvidenceLink, NextStep, Panel, PanelView, registry
from app.skills.models import SourceKind
from app.ui.filters import moment_text, words
from courses.policies import may_see_learners
from courses.queries import submissions as queries

SOON = timedelta(days=14)
URGENT = timedelta(days=3)
NEWS = timedelta(days=7)


def init_app(app: Flask) -> None:
    """Offer what is due, what was marked, what waits for marks, and where evidence came from."""
    offered = registry(app)
    offered.panels.append(Panel(9, "side", learner_panel))
    offered.panels.append(Panel(25, "main", teacher_panel))
    offered.evidence_links[SourceKind.ASSIGNMENT_ROW] = evidence_links


def learner_panel(person: Any, today: date) -> PanelView | None:
    """What a student has to hand in soon, and marks that were released lately."""
    if not person.has_role(Role.STUDENT):
        return None
    now = received()
    due = [
        (one, one.due_at or end_of(one.ends_on))
        for one in queries.due_for(person, now, now + SOON, today, today + SOON)
    ]
    released = queries.released_lately(person, now - NEWS)
    if not due and not released:
        return None
    step = None
    urgent = next(((one, at) for one, at in due if at - now < URGENT), None)
    if urgent is not None:
        one, at = urgent
        step = NextStep(
            _("Due %(moment)s", moment=moment_text(at, "short")),
            words(one, "title"),
            _("You have not handed this in yet. Your draft is kept as you write."),
            _("Go to the assignment"),
            url_for("courses.lessons.show", course_id=one.course_id, position=one.position, _anchor="work"),
        )
    return PanelView("courses/panels/handing_in.html", {"due": due, "released": released}, step)


def teacher_panel(person: Any, _today: date) -> PanelView | None:
    """Work that waits for a teacher's marks, the oldest first."""
    if not person.has_role(Role.TEACHER):
        return None
    waiting = queries.waiting_for(person)
    if not waiting:
        return None
    first = waiting[0]
    step = NextStep(
        _("Next step"),
        words(first, "title"),
        ngettext("One piece of work waits for marks", "%(num)d pieces of work wait for marks", first.count),
        _("Mark them"),
        url_for(
            "courses.submission_marking.works_of",
            slug=first.slug,
            course_id=first.course_id,
            cohort_id=first.cohort_id,
            lesson_id=first.lesson_id,
            state="waiting",
        ),
    )
    return PanelView("courses/panels/work_waiting.html", {"waiting": waiting}, step)


def evidence_links(person: Any, submission_ids: Sequence[int]) -> dict[int, EvidenceLink]:
    """The assignment behind each row; its page for those whose work it is and for those who teach them."""
    titles = queries.titles_of_works(submission_ids)
    own = queries.works_of_person(person.id, submission_ids) if person.is_authenticated else set()
    taught = queries.cohorts_taught(person.id, {one.cohort.id for one in titles}) if person.is_authenticated else set()

    def may_open(one: queries.WorkTitle) -> bool:
        teachers = [person.id] if one.cohort.id in taught else []
        return one.submission_id in own or (person.is_authenticated and may_see_learners(person, one.cohort, teachers))

    return {
        one.submission_id: EvidenceLink(
            _("%(course)s: %(lesson)s", course=words(one, "course"), lesson=words(one, "title")),
            url_for("courses.submissions.show", submission_id=one.submission_id) if may_open(one) else None,
        )
        for one in titles
    }
