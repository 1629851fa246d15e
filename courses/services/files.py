"""Files of courses, by name: pictures of texts, videos, captions, what learners download. Nothing here commits."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from app import audit, files
from app.db import db
from courses import queries
from courses.models import Course, CourseFile

# A file of the course as a text names it: ](files/name.png), as it would be found from the folder of the lessons too.
REFERENCE = re.compile(r"(?<=\]\()(?:\.\./)?files/([^)\s]+)")
OWNER = "course"


def add_file(course: Course, stream: IO[bytes], name: str, by_id: int | None, now: datetime) -> CourseFile:
    """Keep a file of a course; one of the same name before it is no longer the one that is meant.

    Raises what `app.files.store` raises.
    """
    stored = files.store(stream, _plain_name(name), owner_kind=OWNER, uploaded_by=by_id)
    db.session.flush()
    for before in queries.files_named(course.id, stored.name):
        before.deleted_at = now
    kept = CourseFile(course_id=course.id, name=stored.name, file_id=stored.id, added_at=now, added_by_id=by_id)
    db.session.add(kept)
    db.session.flush()
    return kept


def _plain_name(name: str) -> str:
    """A name that a Markdown address can hold: no blanks, no brackets, at most eighty characters."""
    plain = re.sub(r"[\s()\[\]<>\"'#?%&]+", "-", name.replace("\\", "/").rsplit("/", 1)[-1]).strip("-.") or "file"
    stem, dot, suffix = plain.rpartition(".")
    return f"{(stem or plain)[: 79 - len(suffix)]}{dot}{suffix}" if dot else plain[:80]


def restore_file(kept: CourseFile, course: Course, actor_id: int, now: datetime) -> None:
    """Let a name mean again the file that it meant; what it meant since then is taken away in its turn."""
    for other in queries.files_named(course.id, kept.name):
        other.deleted_at = now
    kept.deleted_at = None
    audit.record("course-file.restore", kept, actor_id=actor_id, organisation_id=course.organisation_id)


def delete_file(kept: CourseFile, course: Course, actor_id: int, now: datetime) -> None:
    """Take a file out of the course; lessons that were published with it keep it."""
    kept.deleted_at = kept.deleted_at or now
    audit.record("course-file.delete", kept, actor_id=actor_id, organisation_id=course.organisation_id)


def names_in(text: str) -> set[str]:
    """The files of the course that a text names."""
    return set(REFERENCE.findall(text))


def with_files(course_id: int, settings: Mapping[str, Any], texts: tuple[str, ...], named: set[str]) -> dict[str, Any]:
    """`settings` with the stored file that each named file is now: those of the texts, and `named`."""
    wanted = set(named).union(*(names_in(text) for text in texts))
    present = {kept.name: kept.file_id for kept in queries.files_of(course_id)} if wanted else {}
    found = {name: present[name] for name in sorted(wanted) if name in present}
    rest = {key: value for key, value in settings.items() if key != "files"}
    return rest | ({"files": found} if found else {})
