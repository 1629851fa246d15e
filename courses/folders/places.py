"""Folders on a disk and ZIP files, read with distrust and written alike each time."""

import io
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.assessment.formats.items import FileUnreadable, excerpt
from app.assessment.formats.package import MAX_ENTRIES, MAX_ENTRY, MAX_TOTAL, Package, open_package
from courses.folders.reading import FOLDERS
from courses.folders.values import Held
from courses.folders.writing import COURSE, LOCK

UTF8_NAME = 0x800
# The first moment that a ZIP can tell: no clock shows in the bytes.
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16


def open_archive(content: bytes) -> Package:
    """The files of a ZIP, with names as they were meant. Raises FileUnreadable where it is unsafe or too large."""
    package = open_package(content)
    meant = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            name = "/".join(step for step in entry.orig_filename.split("/") if step not in ("", "."))
            if not entry.is_dir():
                meant[_meant(name, entry.flag_bits)] = name
    if len(meant) < len(package.names):
        raise FileUnreadable("holds two files of one name")
    return Package(tuple(meant), lambda name: package.read(meant[name]))


def _meant(name: str, flags: int) -> str:
    """A name from a ZIP that does not say how it is encoded: UTF-8 if that fits, else GB18030 as on Chinese Windows."""
    if flags & UTF8_NAME or name.isascii():
        return name
    raw = name.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable(f"holds a name in an unknown encoding: {excerpt(name)}")


def open_directory(folder: Path) -> Package:
    """The files of a folder on a disk. Raises FileUnreadable where it holds links, or more than a ZIP may."""
    found: dict[str, Path] = {}
    total = 0
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file():
            raise FileUnreadable(f"holds a link or device: {excerpt(name)}")
        total += path.stat().st_size
        found[name] = path
        if len(found) > MAX_ENTRIES:
            raise FileUnreadable(f"holds more than {MAX_ENTRIES} files")
        if total > MAX_TOTAL:
            raise FileUnreadable(f"holds more than {MAX_TOTAL >> 20} MB")

    def read(name: str) -> bytes:
        if found[name].stat().st_size > MAX_ENTRY:
            raise FileUnreadable(f"is larger than {MAX_ENTRY >> 20} MB")
        try:
            return found[name].read_bytes()
        except OSError as error:
            raise FileUnreadable(error.strerror or "cannot be read") from error

    return Package(tuple(sorted(found)), read)


def _walk(folder: Path) -> Iterator[Path]:
    """All that lies in the folder; hidden folders (a repository) are not entered."""
    for here, folders, files in os.walk(folder):
        for name in folders:
            if (Path(here) / name).is_symlink():
                yield Path(here) / name
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here) / name for name in sorted(files) if not name.startswith("."))


def pack(files: Mapping[str, Held]) -> bytes:
    """A ZIP of the files; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIRST_MOMENT)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, PLAIN_FILE, 3
            archive.writestr(entry, files[name].read())
    return stream.getvalue()


def unpack(files: Mapping[str, Held], folder: Path) -> None:
    """Write the files into a folder; of an earlier export nothing is left over. What is no part of it stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        for path in (folder / name).glob("*"):
            if path.relative_to(folder).as_posix() not in files and path.is_file():
                path.unlink()
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            shutil.rmtree(folder / name)
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file.read())


def is_course(folder: Path) -> bool:
    """Whether a folder holds a course."""
    return (folder / COURSE).is_file()


def replace_lock(folder: Path, text: str) -> None:
    """Write the lock of a folder anew."""
    (folder / LOCK).write_text(text, encoding="utf-8", newline="\n")
