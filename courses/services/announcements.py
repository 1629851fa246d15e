"""Telling a cohort something. Nothing here commits."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.accounts.models import Person
from app.db import db
from courses.models import Announcement, AnnouncementRead, Cohort


def announce(
    cohort: Cohort, title_zh: str, title_en: str, body_zh: str, body_en: str, by: Person, now: datetime
) -> Announcement:
    """Tell a cohort something."""
    found = Announcement(
        cohort_id=cohort.id,
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        written_at=now,
        written_by_id=by.id,
    )
    db.session.add(found)
    audit.record("cohort.announce", cohort, actor_id=by.id, organisation_id=cohort.organisation_id)
    return found


def take_down(announcement: Announcement, cohort: Cohort, by: Person) -> None:
    """Delete an announcement."""
    db.session.execute(sa.delete(AnnouncementRead).where(AnnouncementRead.announcement_id == announcement.id))
    audit.record(
        "cohort.take-announcement-down",
        cohort,
        actor_id=by.id,
        organisation_id=cohort.organisation_id,
        title=announcement.title_zh,
    )
    db.session.delete(announcement)
    db.session.flush()


def mark_read(announcement: Announcement, person: Person, now: datetime) -> None:
    """Somebody has read an announcement; said twice it is said once."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {"announcement_id": announcement.id, "person_id": person.id, "read_at": now}
    db.session.execute(insert(AnnouncementRead).values(**row).on_conflict_do_nothing())
