"""ZIPs that are looked at before they are taken."""

from collections.abc import Sequence

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app import files
from app.assessment.formats.items import FileUnreadable
from app.reference.files import skill_codes
from courses import folders
from courses.folders import Folder
from courses.services.folders.refusals import FolderUnreadable, TicketUnknown


def read_archive(content: bytes, slug: str = "") -> Folder:
    """The folder in a ZIP; `slug` where it names none. Raises FolderUnreadable, and FolderRefused with all mistakes."""
    try:
        return folders.read_folder(folders.open_archive(content), skill_codes(), slug=slug)
    except FileUnreadable as error:
        raise FolderUnreadable(reason=error.reason) from error


def keep_waiting(content: bytes, slug: str, owner: Sequence[int]) -> str:
    """Keep a ZIP until somebody has seen what it would change; the ticket stands for it, for `owner` alone."""
    return _tickets().dumps([list(owner), slug, files.keep_waiting(content)])


def waiting(ticket: str, owner: Sequence[int]) -> tuple[bytes, str]:
    """The ZIP that a ticket stands for, and the slug for it. Raises TicketUnknown, FileGone."""
    try:
        whose, slug, digest = _tickets().loads(ticket)
    except (BadSignature, ValueError, TypeError) as error:
        raise TicketUnknown from error
    if whose != list(owner):
        raise TicketUnknown
    return files.waiting(digest), slug


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="course folders that wait")
