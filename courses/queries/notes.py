"""What somebody noted down: only ever of one person."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.db import db
from courses.models import Course, Lesson, LessonNote


@dataclass(frozen=True)
class NoteRow:
    """A note with the lesson and the course that it is about."""

    note: LessonNote
    lesson_id: int
    lesson_zh: str
    lesson_en: str
    course_id: int
    course_zh: str
    course_en: str


_NOTE = sa.select(LessonNote).where(
    LessonNote.person_id == sa.bindparam("person_id"), LessonNote.lesson_id == sa.bindparam("lesson_id")
)


def note_of(person_id: int, lesson_id: int) -> LessonNote | None:
    """A person's note on a lesson."""
    return db.session.scalars(_NOTE, {"person_id": person_id, "lesson_id": lesson_id}).one_or_none()


def emptied_of(person_id: int, since: datetime) -> list[NoteRow]:
    """The notes that a person emptied after `since`, the latest first."""
    query = (
        sa.select(LessonNote, Lesson.id, Lesson.title_zh, Lesson.title_en, Course.id, Course.title_zh, Course.title_en)
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(LessonNote.person_id == person_id, LessonNote.emptied_at > since)
        .order_by(LessonNote.emptied_at.desc())
    )
    return [NoteRow(*row) for row in db.session.execute(query)]


def notes_of(person_id: int, words: str = "") -> list[NoteRow]:
    """All that a person noted down, by course and in the order of its lessons; those that hold all of the words."""
    query = (
        sa.select(LessonNote, Lesson.id, Lesson.title_zh, Lesson.title_en, Course.id, Course.title_zh, Course.title_en)
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(LessonNote.person_id == person_id, LessonNote.body != "")
        .order_by(Course.title_zh, Course.id, Lesson.position, Lesson.id)
    )
    for word in words.split()[:10]:
        query = query.where(LessonNote.body.icontains(word, autoescape=True))
    return [NoteRow(*row) for row in db.session.execute(query)]
