"""Reads of messages on applications."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.db import db
from internships.models import Application, ApplicationMessage, Posting
from internships.rules.stages import Side


def messages_of(application: Application) -> list[ApplicationMessage]:
    """The messages on an application in order, the last 200, with their writers."""
    query = (
        sa.select(ApplicationMessage)
        .where(ApplicationMessage.application_id == application.id)
        .options(joinedload(ApplicationMessage.author))
        .order_by(ApplicationMessage.id.desc())
        .limit(200)
    )
    return list(reversed(list(db.session.scalars(query))))


def last_message_of(application: Application) -> ApplicationMessage | None:
    """The newest message on an application."""
    query = (
        sa.select(ApplicationMessage)
        .where(ApplicationMessage.application_id == application.id)
        .order_by(ApplicationMessage.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def messages_since(person: Person, since: datetime) -> int:
    """How many messages somebody has written since a moment."""
    query = sa.select(sa.func.count()).where(ApplicationMessage.author_id == person.id, ApplicationMessage.at >= since)
    return db.session.scalar(query) or 0


_UNREAD = (
    sa.select(Application.id, sa.func.count())
    .join(ApplicationMessage, ApplicationMessage.application_id == Application.id)
    .group_by(Application.id)
)


def unread_by_student(student: Person) -> dict[int, int]:
    """How many messages a student has not read, by application id; those without are left out."""
    query = _UNREAD.where(
        Application.student_id == student.id,
        ApplicationMessage.side == Side.ENTERPRISE,
        ApplicationMessage.id > Application.student_read_id,
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def unread_by_enterprise(application_ids: Collection[int]) -> dict[int, int]:
    """How many messages of applicants an enterprise has not read, by application id; those without are left out."""
    query = _UNREAD.where(
        Application.id.in_(application_ids),
        ApplicationMessage.side == Side.STUDENT,
        ApplicationMessage.id > Application.enterprise_read_id,
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def unread_at(organisation_ids: Collection[int]) -> list[tuple[Application, int]]:
    """Applications to enterprises with messages that nobody there has read, and how many; the newest first."""
    unread = (
        sa.select(ApplicationMessage.application_id, sa.func.count().label("count"))
        .join(Application, Application.id == ApplicationMessage.application_id)
        .join(Posting, Posting.id == Application.posting_id)
        .where(
            Posting.organisation_id.in_(organisation_ids),
            ApplicationMessage.side == Side.STUDENT,
            ApplicationMessage.id > Application.enterprise_read_id,
        )
        .group_by(ApplicationMessage.application_id)
        .subquery()
    )
    query = (
        sa.select(Application, unread.c.count)
        .join(unread, unread.c.application_id == Application.id)
        .options(joinedload(Application.posting), joinedload(Application.student))
        .order_by(Application.id.desc())
        .limit(10)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
