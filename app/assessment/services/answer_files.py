"""Files as answers: each comes by itself while the attempt is open; the answer tells its name, size and digest."""

from datetime import datetime
from pathlib import Path
from typing import IO, Any

from flask_babel import lazy_gettext as _l

from app import files
from app.assessment import queries
from app.assessment.models import Attempt, QuizItem
from app.assessment.rules.content import FileUpload
from app.assessment.services import quizzes
from app.clock import microseconds
from app.db import db
from app.errors import Refused

OWNER = "answer"


class FilesNotAsked(Refused):
    message = _l("This question does not ask for files.")


class TooManyFiles(Refused):
    message = _l("This question takes %(most)s files at most. Take one out first.")


class SuffixNotTaken(Refused):
    message = _l("This question takes files of these kinds: %(kinds)s.")


class FileMissing(Refused):
    message = _l("Choose a file first.")


def files_in(given: Any) -> list[dict[str, Any]]:
    """The files that an answer names: each with id, name, size, sha256."""
    listed = given.get("files") if isinstance(given, dict) else None
    return [one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), int)] if listed else []


def given_to(attempt: Attempt, item: QuizItem) -> Any:
    """What is saved as the answer to one item."""
    answer = queries.answers_of(attempt).get(item.id)
    return answer.given.get("answer") if answer else None


def add(attempt: Attempt, item: QuizItem, stream: IO[bytes], name: str, now: datetime) -> quizzes.Receipt:
    """Keep one more file as part of an answer, received at `now`.

    The caller holds the attempt alone, so that of two files that come at once neither is lost. Raises AttemptOver,
    FilesNotAsked, TooManyFiles, SuffixNotTaken, and what `files.store` raises.
    """
    content = _asked(item)
    if not attempt.is_open(now):
        raise quizzes.AttemptOver
    kept = files_in(given_to(attempt, item))
    if len(kept) >= content.most:
        raise TooManyFiles(most=content.most)
    if content.suffixes and Path(name).suffix.lower() not in content.suffixes:
        raise SuffixNotTaken(kinds=", ".join(content.suffixes))
    stored = files.store(stream, name, owner_kind=OWNER, uploaded_by=attempt.person_id)
    db.session.flush()
    entry = {"id": stored.id, "name": stored.name, "size": stored.size, "sha256": stored.sha256}
    return _save(attempt, item, [*kept, entry], now)


def remove(attempt: Attempt, item: QuizItem, file_id: int, now: datetime) -> quizzes.Receipt:
    """Take a file out of an answer; one that is not there is no matter. Raises AttemptOver, FilesNotAsked."""
    _asked(item)
    kept = [one for one in files_in(given_to(attempt, item)) if one["id"] != file_id]
    return _save(attempt, item, kept, now)


def file_of(given: Any, file_id: int) -> files.StoredFile | None:
    """One of the files that an answer names."""
    if all(one["id"] != file_id for one in files_in(given)):
        return None
    return db.session.get(files.StoredFile, file_id)


def _asked(item: QuizItem) -> FileUpload:
    content = next(iter(item.version.contents.values()))
    if not isinstance(content, FileUpload):
        raise FilesNotAsked
    return content


def _save(attempt: Attempt, item: QuizItem, kept: list[dict[str, Any]], now: datetime) -> quizzes.Receipt:
    answer = queries.answers_of(attempt).get(item.id)
    # What came first may be written second: each file adds to what is kept, whichever moment it was received at.
    revision = max(microseconds(now), answer.revision + 1 if answer else 0)
    return quizzes.save_answer(attempt, item, {"files": kept} if kept else None, now, revision=revision)
