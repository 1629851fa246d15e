"""Keeping what learners note down. Nothing here commits."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from courses.models import LessonNote
from courses.queries import notes
from courses.services.searching import index_note


def keep_note(person_id: int, lesson_id: int, body: str, sequence: int, now: datetime) -> LessonNote:
    """Keep a person's note on a lesson; what was typed earlier but arrives later changes nothing. Empty: none."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    adding = insert(LessonNote).values(
        person_id=person_id, lesson_id=lesson_id, body=body, sequence=sequence, saved_at=now
    )
    said = {name: adding.excluded[name] for name in ("body", "sequence", "saved_at")}
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
