"""Messages between an applicant and the recruiters of the enterprise, on one application."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.db import db
from app.errors import Refused
from internships.models import Application, ApplicationMessage, ApplicationStatus
from internships.queries import messages as reads
from internships.rules.stages import Side
from internships.services import news
from internships.services.applications import keep
from internships.services.pipeline import answered, not_suspended

LONGEST = 2000
MOST_AN_HOUR = 20
NOTICE_EVERY = timedelta(hours=1)
TALKING = (ApplicationStatus.OPEN, ApplicationStatus.ACCEPTED, ApplicationStatus.MATCHED)


class MessageEmpty(Refused):
    message = _l("Write a message of at most 2,000 characters.")


class TooManyMessages(Refused):
    message = _l("That is a lot at once. Wait a while before you write again.")


class TalkOver(Refused):
    message = _l("This application is over; nobody can write here any more.")


def write(
    application: Application, body: str, side: Side, *, by: Person, now: datetime, tells: bool = True
) -> ApplicationMessage:
    """Add a message; the other side is told by mail, at most once an hour.

    Raises OrganisationSuspended, TalkOver, MessageEmpty, TooManyMessages.
    """
    if side is Side.ENTERPRISE:
        not_suspended(application.posting)
    # Held, so that two messages at once make one mail, and none comes after the end.
    keep(application)
    if application.status not in TALKING:
        raise TalkOver
    body = body.strip()
    if not body or len(body) > LONGEST:
        raise MessageEmpty
    if reads.messages_since(by, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise TooManyMessages
    last = reads.last_message_of(application)
    if last is not None and last.author_id == by.id and last.body == body and now - last.at < timedelta(minutes=1):
        return last  # a second click
    message = ApplicationMessage(application_id=application.id, at=now, side=side, author_id=by.id, body=body)
    db.session.add(message)
    db.session.flush()
    if side is Side.ENTERPRISE:
        answered(application, now)
        application.enterprise_read_id = message.id
        if tells and _may_tell(application.student_told_at, now):
            application.student_told_at = now
            news.tell_student(application, news.MESSAGE)
    else:
        application.student_read_id = message.id
        if tells and _may_tell(application.enterprise_told_at, now):
            application.enterprise_told_at = now
            news.tell_recruiters(application, news.MESSAGE)
    return message


def _may_tell(told_at: datetime | None, now: datetime) -> bool:
    return told_at is None or now - told_at >= NOTICE_EVERY


def read(application_id: int, side: Side, up_to: int) -> None:
    """Note up to which message a side has read."""
    column = Application.student_read_id if side is Side.STUDENT else Application.enterprise_read_id
    db.session.execute(
        sa.update(Application)
        .where(Application.id == application_id, column < up_to)
        .values({column: up_to})
        .execution_options(synchronize_session=False)
    )
