"""What applicants say about themselves, their CV, and files that they add to an application."""

from datetime import datetime
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext as _l

from app import files
from app.accounts.models import Person
from app.db import db
from app.errors import Refused
from internships.models import ApplicantProfile, Application, ApplicationFile
from internships.queries import applicants as reads
from internships.services.applications import hold

SUFFIXES = (".pdf", ".docx", ".png", ".jpg", ".jpeg")
MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 5
MOST_LINKS = 5
CV, ATTACHMENT = "cv", "application"


class FileTooLarge(Refused):
    message = _l("The file is larger than 10 MB.")


class FileUnwanted(Refused):
    message = _l("A CV or attachment is a PDF, a Word document or a picture.")


class TooManyFiles(Refused):
    message = _l("An application holds five files. Take one out first.")


class LinkUnfit(Refused):
    message = _l("Each link begins with https:// and stands in a line of its own; five at most.")


def _store(stream: IO[bytes], name: str, kind: str, by: Person) -> files.StoredFile:
    """Keep an upload. Raises FileUnwanted, FileTooLarge, and what `files.store` raises."""
    if Path(name).suffix.lower() not in SUFFIXES:
        raise FileUnwanted
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > MOST_BYTES:
        raise FileTooLarge
    stored = files.store(stream, name, owner_kind=kind, uploaded_by=by.id)
    db.session.flush()
    return stored


def _profile(person: Person, now: datetime) -> ApplicantProfile:
    kept = reads.applicant_profile_of(person.id)
    if kept is None:
        kept = ApplicantProfile(person_id=person.id, updated_at=now, links=[])
        db.session.add(kept)
    kept.updated_at = now
    return kept


def describe(person: Person, words: str, languages: str, links: str, now: datetime) -> ApplicantProfile:
    """Keep what a student says about themselves; `links` are lines. Raises LinkUnfit."""
    lines = [line.strip() for line in links.splitlines() if line.strip()]
    if len(lines) > MOST_LINKS or any(not line.startswith("https://") or len(line) > 300 for line in lines):
        raise LinkUnfit
    kept = _profile(person, now)
    kept.words, kept.languages, kept.links = words.strip(), languages.strip(), lines
    return kept


def keep_cv(person: Person, stream: IO[bytes], name: str, now: datetime) -> ApplicantProfile:
    """Keep a CV in place of the one before. Raises FileUnwanted, FileTooLarge, and what `files.store` raises."""
    stored = _store(stream, name, CV, person)
    kept = _profile(person, now)
    kept.cv_id = stored.id
    return kept


def remove_cv(person: Person, now: datetime) -> None:
    """Show no CV any more; asked twice, once."""
    _profile(person, now).cv_id = None


def attach(application: Application, stream: IO[bytes], name: str, *, by: Person, now: datetime) -> ApplicationFile:
    """Add a file to an open application. Raises ApplicationOver, TooManyFiles and those of `_store`."""
    hold(application)
    if len(reads.files_of(application)) >= MOST_FILES:
        raise TooManyFiles
    stored = _store(stream, name, ATTACHMENT, by)
    kept = ApplicationFile(application_id=application.id, file_id=stored.id, added_at=now)
    db.session.add(kept)
    return kept


def detach(application: Application, attached: ApplicationFile) -> None:
    """Take a file out of an open application again. Raises ApplicationOver."""
    hold(application)
    db.session.delete(attached)
