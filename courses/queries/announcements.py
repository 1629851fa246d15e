"""What cohorts were told, and what somebody has not read of it."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.db import db
from courses.models import Announcement, AnnouncementRead, Cohort, Course, Enrolment

_ANNOUNCEMENTS = (
    sa.select(Announcement)
    .where(Announcement.cohort_id == sa.bindparam("cohort_id"), Announcement.deleted_at.is_(None))
    .options(joinedload(Announcement.written_by))
    .order_by(Announcement.written_at.desc(), Announcement.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def announcements_in(cohort_id: int, limit: int = 50) -> list[Announcement]:
    """What a cohort was told, newest first, with who wrote it."""
    return list(db.session.scalars(_ANNOUNCEMENTS, {"cohort_id": cohort_id, "limit": limit}))


def announcement_in(cohort_id: int, announcement_id: int) -> Announcement | None:
    """One announcement of a cohort."""
    query = sa.select(Announcement).where(
        Announcement.id == announcement_id, Announcement.cohort_id == cohort_id, Announcement.deleted_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()


def unread_by(person: Person, limit: int = 5) -> list[tuple[Announcement, Course]]:
    """What somebody was told in the cohorts where they learn and has not read, newest first, with the courses."""
    is_read = sa.exists().where(
        AnnouncementRead.announcement_id == Announcement.id, AnnouncementRead.person_id == person.id
    )
    query = (
        sa.select(Announcement, Course)
        .join(Cohort, Cohort.id == Announcement.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None), ~is_read)
        .where(Announcement.written_at >= Enrolment.enrolled_at, Announcement.deleted_at.is_(None))
        .order_by(Announcement.written_at.desc(), Announcement.id.desc())
        .limit(limit)
    )
    return [(announcement, course) for announcement, course in db.session.execute(query)]


def announcement_for(person: Person, announcement_id: int) -> Announcement | None:
    """An announcement of a cohort in which somebody learns."""
    query = (
        sa.select(Announcement)
        .join(Enrolment, Enrolment.cohort_id == Announcement.cohort_id)
        .where(Announcement.id == announcement_id, Announcement.deleted_at.is_(None))
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None))
    )
    return db.session.scalars(query).one_or_none()
