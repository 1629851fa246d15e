"""Keeping what learners note down. Nothing here commits."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from courses.models import LessonNote
from courses.queries import notes
from courses.services.searching import index_note


def keep_note(person_id: int, lesson_id: int, body: str, sequence: int, now: datetime) -> LessonNote:
    """Keep a person's note on a lesson; what was typed earlier but arrives later changes nothing.

    Empty: none, but what it held can be brought back.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    adding = insert(LessonNote).values(
        person_id=person_id, lesson_id=lesson_id, body=body, sequence=sequence, saved_at=now
    )
    said: dict[str, Any] = {name: adding.excluded[name] for name in ("body", "sequence", "saved_at")}
    if not body.strip():
        was_there = sa.func.trim(LessonNote.body) != ""
        said["emptied_body"] = sa.case((was_there, LessonNote.body), else_=LessonNote.emptied_body)
        said["emptied_at"] = sa.case((was_there, adding.excluded.saved_at), else_=LessonNote.emptied_at)
    kept = adding.on_conflict_do_update(
        index_elements=("person_id", "lesson_id"), set_=said, where=LessonNote.sequence < adding.excluded.sequence
    ).returning(LessonNote.id)
    is_kept = db.session.execute(kept).first() is not None
    note = notes.note_of(person_id, lesson_id)
    assert note is not None  # noqa: S101, it was there or has just been inserted
    if is_kept:
        db.session.refresh(note)
        index_note(note)
    return note


def bring_back(note: LessonNote, sequence: int, now: datetime) -> None:
    """Put what a note held when it was emptied before what it holds now."""
    if note.emptied_at is None:
        return
    parts = (note.emptied_body.rstrip(), note.body.strip())
    note.body = "\n\n".join(part for part in parts if part)
    note.emptied_body, note.emptied_at = "", None
    note.sequence, note.saved_at = sequence, now
    db.session.flush()
    index_note(note)
