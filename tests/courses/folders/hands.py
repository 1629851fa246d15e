"""What teachers do with folders: export a course, edit its files as text, bring them back."""

from collections.abc import Mapping
from typing import Any

from app.assessment.formats.package import package_of
from app.db import db, utcnow
from app.reference.files import skill_codes
from courses import folders
from courses.models import Course
from courses.services import folders as services


def exported(course: Course) -> dict[str, bytes]:
    """The files of a course."""
    db.session.flush()
    db.session.expire_all()
    return {path: file.read() for path, file in folders.write_folder(services.written(course).value).items()}


def read(files: Mapping[str, bytes | str]) -> folders.Folder:
    """The folder that files are."""
    return folders.read_folder(
        package_of({path: each.encode() if isinstance(each, str) else each for path, each in files.items()}),
        skill_codes(),
    )


def bring(organisation: Any, files: Mapping[str, bytes | str], **options: Any) -> services.Brought:
    """Bring files into the course of their slug."""
    return services.bring_folder(organisation.id, read(files), utcnow(), None, **options)


def edit(files: dict[str, bytes], path: str, old: str, new: str) -> None:
    """Replace words in a file, which have to be there."""
    text = files[path].decode()
    assert old in text, text
    files[path] = text.replace(old, new).encode()
