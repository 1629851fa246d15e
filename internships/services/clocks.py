"""No application goes unanswered: recruiters are reminded, and after the grace the student gets an honest answer."""

from datetime import datetime

from app import audit
from app.db import db
from internships.models import Application, ApplicationStatus, EventKind
from internships.queries import pipeline as reads
from internships.rules.stages import GRACE, Due, Side, due
from internships.services import news
from internships.services.applications import conclude, note


def keep_time(application_id: int, now: datetime) -> Due:
    """Do what the clock of one application asks for at `now`: done twice, done once. Returns what it was."""
    application = db.session.get(
        Application, application_id, with_for_update={"of": Application}, populate_existing=True
    )
    if application is None or application.clock is None or reads.is_in_round(application.posting_id):
        return Due.NOTHING
    asked = due(application.clock, now)
    if asked is Due.CLOSE:
        _close(application, now)
    elif asked is not Due.NOTHING:
        _remind(application, asked, now)
    return asked


def _remind(application: Application, asked: Due, now: datetime) -> None:
    application.reminders, application.reminded_at = (1 if asked is Due.HALF_TIME else 2), now
    application.clock_at = application.answer_by if asked is Due.HALF_TIME else now + GRACE
    note(application, EventKind.REMINDED, Side.PLATFORM, now, about=application.answer_by)
    news.tell_recruiters(application, asked.value)


def _close(application: Application, now: datetime) -> None:
    days = (now - (application.waiting_since or application.applied_at)).days
    conclude(application, ApplicationStatus.UNANSWERED, EventKind.UNANSWERED, Side.PLATFORM, now)
    application.outcome = {"outcome": EventKind.UNANSWERED.value, "days": days}
    audit.record(
        "application.unanswered", application, actor_id=None, organisation_id=application.posting.organisation_id
    )
    news.tell_student(application, EventKind.UNANSWERED.value, days=days)
