"""Files of courses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from courses.models import CourseFile, LessonRevision, VersionLesson


def files_of(course_id: int) -> list[CourseFile]:
    """The files that a course has now, by name."""
    query = (
        sa.select(CourseFile)
        .where(CourseFile.course_id == course_id, CourseFile.deleted_at.is_(None))
        .options(joinedload(CourseFile.file))
        .order_by(CourseFile.name)
    )
    return list(db.session.scalars(query))


def files_named(course_id: int, name: str) -> list[CourseFile]:
    """The file that a name means in a course now."""
    query = sa.select(CourseFile).where(
        CourseFile.course_id == course_id, CourseFile.name == name, CourseFile.deleted_at.is_(None)
    )
    return list(db.session.scalars(query))


def file_of_course(course_id: int, file_id: int) -> CourseFile | None:
    """A stored file that is or was one of a course's."""
    query = (
        sa.select(CourseFile)
        .where(CourseFile.course_id == course_id, CourseFile.file_id == file_id)
        .options(joinedload(CourseFile.file))
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def lessons_showing(version_id: int | None, file_id: int) -> list[int]:
    """The lessons of a version whose text, video or downloads hold a file, by id."""
    query = (
        sa.select(VersionLesson.lesson_id, LessonRevision.settings)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .where(VersionLesson.version_id == version_id)
        .order_by(VersionLesson.position)
    )
    rows = db.session.execute(query)
    return [lesson_id for lesson_id, settings in rows if file_id in settings.get("files", {}).values()]


def course_file_in(course_id: int, key: int) -> CourseFile | None:
    """A file of a course by its own number, while the course has it."""
    query = sa.select(CourseFile).where(
        CourseFile.course_id == course_id, CourseFile.id == key, CourseFile.deleted_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()


def deleted_files_of(course_id: int, since: datetime) -> list[CourseFile]:
    """The files of a course that were deleted or replaced after `since`, the latest first."""
    query = (
        sa.select(CourseFile)
        .where(CourseFile.course_id == course_id, CourseFile.deleted_at > since)
        .order_by(CourseFile.deleted_at.desc())
    )
    return list(db.session.scalars(query))


def deleted_file_in(course_id: int, key: int, since: datetime) -> CourseFile | None:
    """A file of a course that was deleted or replaced after `since`."""
    query = sa.select(CourseFile).where(
        CourseFile.course_id == course_id, CourseFile.id == key, CourseFile.deleted_at > since
    )
    return db.session.scalars(query).one_or_none()
