"""What of courses can be found, and by whom."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.db import db, id_after
from courses.models import (
    Cohort,
    CohortDate,
    CohortTeacher,
    Course,
    CourseStatus,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonDone,
    LessonNote,
    LessonRevision,
    Post,
    VersionLesson,
)


def revisions_read_by(person_id: int, authors_in: Collection[int], now: datetime) -> sa.CompoundSelect[Any]:
    """Ids of the revisions that somebody reads: of the versions of own cohorts, as far as their lessons are open, and
    of the newest versions of what the organisations write in which they are an author.
    """
    closed = sa.exists().where(
        CohortDate.cohort_id == Cohort.id, CohortDate.lesson_id == VersionLesson.lesson_id, CohortDate.opens_at > now
    )
    learnt = (
        sa.select(VersionLesson.revision_id)
        .join(Cohort, Cohort.version_id == VersionLesson.version_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(CourseVersion, CourseVersion.id == VersionLesson.version_id)
        .where(Enrolment.person_id == person_id, Enrolment.left_at.is_(None), ~closed, ~_is_out_of_turn())
    )
    written = (
        sa.select(VersionLesson.revision_id)
        .join(CourseVersion, CourseVersion.id == VersionLesson.version_id)
        .join(Course, sa.and_(Course.id == CourseVersion.course_id, Course.version_number == CourseVersion.number))
        .where(Course.organisation_id.in_(authors_in), Course.deleted_at.is_(None))
    )
    return sa.union(learnt, written)


def _is_out_of_turn() -> sa.ColumnElement[bool]:
    """Whether a lesson of a version that is learnt in order waits for a required one before it; see `completion`."""
    before, shown = aliased(VersionLesson), aliased(LessonRevision)
    undone = (
        sa.exists()
        .where(
            before.version_id == VersionLesson.version_id,
            before.position < VersionLesson.position,
            shown.id == before.revision_id,
            shown.is_required,
            ~_has_done(before.lesson_id),
        )
        .correlate(VersionLesson, Enrolment)
    )
    in_order = CourseVersion.rules["sequential"].as_boolean().is_(True)
    return sa.and_(in_order, undone, ~_has_done(VersionLesson.lesson_id))


def _has_done(lesson_id: Any) -> sa.Exists:
    done = sa.exists().where(LessonDone.enrolment_id == Enrolment.id, LessonDone.lesson_id == lesson_id)
    return done.correlate_except(LessonDone)


def cohorts_discussed_by(
    person_id: int, teaching: Collection[int], coordinating: Collection[int]
) -> sa.CompoundSelect[Any]:
    """Ids of the cohorts whose questions somebody reads: where they learn, where they teach at organisations at which
    they are `teaching`, all of the organisations that they are `coordinating`.
    """
    learnt = sa.select(Enrolment.cohort_id).where(Enrolment.person_id == person_id, Enrolment.left_at.is_(None))
    taught = (
        sa.select(CohortTeacher.cohort_id)
        .join(Cohort, Cohort.id == CohortTeacher.cohort_id)
        .where(CohortTeacher.person_id == person_id, Cohort.organisation_id.in_(teaching))
    )
    coordinated = sa.select(Cohort.id).where(Cohort.organisation_id.in_(coordinating))
    return sa.union(learnt, taught, coordinated)


def revisions_to_find(course_id: int) -> dict[int, int]:
    """The revisions of a course that somebody reads, in its newest version or a cohort's: lesson by revision."""
    newest = sa.and_(Course.version_number == CourseVersion.number, Course.deleted_at.is_(None))
    learnt = sa.exists().where(Cohort.version_id == CourseVersion.id)
    query = (
        sa.select(VersionLesson.revision_id, VersionLesson.lesson_id)
        .join(CourseVersion, CourseVersion.id == VersionLesson.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.id == course_id, sa.or_(newest, learnt))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def lesson_ids_of(course_id: int) -> list[int]:
    """All lessons that a course has or had."""
    return list(db.session.scalars(sa.select(Lesson.id).where(Lesson.course_id == course_id)))


def revisions_by_id(revision_ids: Collection[int]) -> list[LessonRevision]:
    """Revisions with their texts."""
    query = sa.select(LessonRevision).where(LessonRevision.id.in_(revision_ids)).order_by(LessonRevision.id)
    return list(db.session.scalars(query))


def published_versions() -> list[tuple[Course, CourseVersion]]:
    """Every course that anyone can find, with its newest version."""
    query = (
        sa.select(Course, CourseVersion)
        .join(
            CourseVersion, sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == Course.version_number)
        )
        .where(Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))
        .options(joinedload(Course.organisation))
        .order_by(Course.id)
    )
    return [(course, version) for course, version in db.session.execute(query)]


_IS_PUBLISHED = (Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))


def courses_for_sitemap(after: int, count: int) -> list[int]:
    """Ids of published courses above `after`, in order."""
    query = sa.select(Course.id).where(*_IS_PUBLISHED, Course.id > after).order_by(Course.id).limit(count)
    return list(db.session.scalars(query))


def course_after(after: int, count: int) -> int | None:
    """The id of the published course that stands `count` places after an id."""
    return id_after(sa.select(Course.id).where(*_IS_PUBLISHED), Course.id, after, count)


def courses_with_versions() -> list[Course]:
    """Every course that was published once."""
    return list(db.session.scalars(sa.select(Course).where(Course.version_number > 0).order_by(Course.id)))


def questions_to_find() -> list[Post]:
    """Every question that everybody in its cohort may read, with its course."""
    query = (
        sa.select(Post)
        .where(Post.parent_id.is_(None), Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .options(joinedload(Post.cohort).joinedload(Cohort.course))
        .order_by(Post.id)
    )
    return list(db.session.scalars(query))


def answer_bodies(question_ids: Collection[int]) -> dict[int | None, list[str]]:
    """What the answers that everybody may read say, by question."""
    query = (
        sa.select(Post.parent_id, Post.body)
        .where(Post.parent_id.in_(question_ids), Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .order_by(Post.id)
    )
    found: dict[int | None, list[str]] = {}
    for question_id, body in db.session.execute(query):
        found.setdefault(question_id, []).append(body)
    return found


def notes_to_find(
    person_id: int | None = None, lesson_id: int | None = None
) -> list[tuple[LessonNote, Lesson, Course]]:
    """Notes that say something, with lesson and course: all, or the one of a person on a lesson."""
    query = (
        sa.select(LessonNote, Lesson, Course)
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(LessonNote.body != "")
        .order_by(LessonNote.id)
    )
    if person_id is not None:
        query = query.where(LessonNote.person_id == person_id, LessonNote.lesson_id == lesson_id)
    return [(note, lesson, course) for note, lesson, course in db.session.execute(query)]
