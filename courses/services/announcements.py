"""Telling a cohort something. Nothing here commits."""

from datetime import datetime

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


def change_announcement(
    announcement: Announcement, cohort: Cohort, title_zh: str, title_en: str, body_zh: str, body_en: str, by: Person,
    now: datetime,
) -> None:  # fmt: skip
    """Say it in other words, and since when; who has read it has read it."""
    said = {"title_zh": title_zh, "title_en": title_en, "body_zh": body_zh, "body_en": body_en}
    if all(getattr(announcement, name) == text for name, text in said.items()):
        return
    for name, text in said.items():
        setattr(announcement, name, text)
    announcement.changed_at = now
    _note("cohort.change-announcement", announcement, cohort, by)


def take_down(announcement: Announcement, cohort: Cohort, by: Person, now: datetime) -> None:
    """Let nobody see an announcement any more; it can be brought back for thirty days."""
    announcement.deleted_at = now
    _note("cohort.take-announcement-down", announcement, cohort, by)


def bring_back(announcement: Announcement, cohort: Cohort, by: Person) -> None:
    """Let it be seen again as it was; who had read it has read it."""
    announcement.deleted_at = None
    _note("cohort.bring-announcement-back", announcement, cohort, by)


def _note(action: str, announcement: Announcement, cohort: Cohort, by: Person) -> None:
    audit.record(action, cohort, actor_id=by.id, organisation_id=cohort.organisation_id, title=announcement.title_zh)


def mark_read(announcement: Announcement, person: Person, now: datetime) -> None:
    """Somebody has read an announcement; said twice it is said once."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {"announcement_id": announcement.id, "person_id": person.id, "read_at": now}
    db.session.execute(insert(AnnouncementRead).values(**row).on_conflict_do_nothing())
