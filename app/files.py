"""Files that people hand in. Stored once by content under `DATA_DIR/files`, always served as an attachment."""

import hashlib
import os
import tempfile
import time
import zipfile
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column

from app import jobs
from app.db import Model, db, hex_digest, key, line, moment_now, short_name
from app.errors import Refused

# Suffix → media type and the bytes that such a file begins with (any of them); an empty tuple means text.
ALLOWED: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".zip": ("application/zip", (b"PK\x03\x04",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    ".mp4": ("video/mp4", ()),
    ".webm": ("video/webm", (b"\x1aE\xdf\xa3",)),
    ".vtt": ("text/vtt", (b"WEBVTT", b"\xef\xbb\xbfWEBVTT")),
    ".m4a": ("audio/mp4", ()),
    ".mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")),
    ".ogg": ("audio/ogg", (b"OggS",)),
    ".wav": ("audio/wav", (b"RIFF",)),
    ".csv": ("text/csv", ()),
    ".txt": ("text/plain", ()),
    ".md": ("text/markdown", ()),
}
OFFICE_PARTS = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/"}
TEXT_SUFFIXES = frozenset({".csv", ".txt", ".md"})
CHUNK = 1 << 20
WAITING_SECONDS = 24 * 60 * 60


class FileEmpty(Refused):
    message = _l("The file is empty.")


class FileKindRefused(Refused):
    message = _l("Files of this kind are not taken, or the content does not fit the name “%(name)s”.")


class FileGone(Refused):
    message = _l("The file is no longer kept. Send it again.")


class StoredFile(Model):
    """One file as somebody handed it in. The same content is kept once on disk."""

    __tablename__ = "stored_file"

    id: Mapped[key]
    name: Mapped[line]
    media_type: Mapped[line]
    size: Mapped[int]
    sha256: Mapped[hex_digest] = mapped_column(index=True)
    owner_kind: Mapped[short_name]
    uploaded_by: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    created_at: Mapped[moment_now]


def store(stream: IO[bytes], name: str, *, owner_kind: str, uploaded_by: int | None) -> StoredFile:
    """Keep the content of `stream` under `name`; the row is added to the session.

    Raises FileEmpty, or FileKindRefused when suffix and content are not an allowed pair.
    """
    name = Path(name.replace("\\", "/")).name[:200] or "file"
    suffix = Path(name).suffix.lower()
    if suffix not in ALLOWED:
        raise FileKindRefused(name=name)
    folder = _folder()
    handle, temporary = tempfile.mkstemp(dir=folder)
    hasher, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(CHUNK):
                hasher.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise FileEmpty
        if not _content_fits(Path(temporary), suffix):
            raise FileKindRefused(name=name)
        target = _path(hasher.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    stored = StoredFile(
        name=name,
        media_type=ALLOWED[suffix][0],
        size=size,
        sha256=hasher.hexdigest(),
        owner_kind=owner_kind,
        uploaded_by=uploaded_by,
    )
    db.session.add(stored)
    return stored


def _content_fits(path: Path, suffix: str) -> bool:
    with path.open("rb") as handle:
        start = handle.read(4096)
    if suffix in TEXT_SUFFIXES:
        return b"\x00" not in start
    if suffix in (".mp4", ".m4a"):
        return start[4:8] == b"ftyp"
    if not any(start.startswith(magic) for magic in ALLOWED[suffix][1]):
        return False
    if suffix == ".wav":
        return start[8:12] == b"WAVE"
    if suffix in OFFICE_PARTS:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
        return "[Content_Types].xml" in names and any(part.startswith(OFFICE_PARTS[suffix]) for part in names)
    return True


def keep_waiting(content: bytes) -> str:
    """Keep bytes for a day, until somebody who has seen what they hold takes them; returns their digest."""
    digest = hashlib.sha256(content).hexdigest()
    target = _waiting() / digest
    handle, temporary = tempfile.mkstemp(dir=_waiting())
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    os.replace(temporary, target)
    return digest


def waiting(digest: str) -> bytes:
    """The bytes that wait under a digest. Raises FileGone."""
    path = _waiting() / digest
    if len(digest) != 64 or not digest.isalnum() or not path.is_file():
        raise FileGone
    return path.read_bytes()


def sweep_waiting() -> None:
    """Remove what has waited for more than a day."""
    for path in _waiting().iterdir():
        if time.time() - path.stat().st_mtime > WAITING_SECONDS:
            path.unlink(missing_ok=True)


def _waiting() -> Path:
    folder = _folder() / "waiting"
    folder.mkdir(exist_ok=True)
    return folder


def _folder() -> Path:
    folder: Path = current_app.config["DATA_DIR"] / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(sha256: str) -> Path:
    return _folder() / sha256[:2] / sha256


def content_of(stored: StoredFile) -> bytes:
    """What a file holds, for those who pack it up. The caller has asked whether the reader may."""
    return _path(stored.sha256).read_bytes()


def download(stored: StoredFile) -> Response:
    """The file as an attachment that no browser will run. The caller has asked whether the reader may."""
    response = send_file(
        _path(stored.sha256),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=stored.name,
        etag=stored.sha256,
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def init_app(app: Flask) -> None:
    """Let the worker sweep what nobody took. Features serve their own files after their own question who may."""
    jobs.every_minute(app, sweep_waiting)


__all__: list[Any] = [
    "ALLOWED",
    "FileEmpty",
    "FileGone",
    "FileKindRefused",
    "StoredFile",
    "content_of",
    "download",
    "init_app",
    "keep_waiting",
    "store",
    "waiting",
]
