"""Zip packages from strangers, read in memory: nothing is unpacked to a disk, and nothing is believed about sizes.

Cartridges, content packages and Office documents are such packages. A package within a package is bytes like any other.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from app.assessment.formats.items import FileUnreadable, excerpt

MAX_ENTRIES = 10_000
# What all entries together may declare, and what one of them may hold when it is read, in bytes.
MAX_TOTAL = 1 << 30
MAX_ENTRY = 64 << 20
# Beyond FREE_SIZE an entry may not be more than MAX_RATIO times as large as it is packed.
FREE_SIZE = 4 << 20
MAX_RATIO = 200
MAX_PATH = 1_000
CHUNK = 1 << 16

MAGIC = b"PK\x03\x04"
_MAGIC_EMPTY = b"PK\x05\x06"
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_UNIX = 3
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError,
    NotImplementedError, RuntimeError, IndexError,
)  # fmt: skip


class Package:
    """The files of a package by name, each read when it is asked for."""

    def __init__(self, names: tuple[str, ...], read: Callable[[str], bytes]) -> None:
        self.names = names
        self._known = frozenset(names)
        self._read = read

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def read(self, name: str) -> bytes:
        """What the file `name` holds, at most MAX_ENTRY bytes. Raises FileUnreadable where it cannot be had."""
        if name not in self._known:
            raise FileUnreadable(f"lacks the file {excerpt(name)}")
        return self._read(name)


def is_package(content: bytes) -> bool:
    """Whether `content` begins like a zip package."""
    return content.startswith((MAGIC, _MAGIC_EMPTY))


def open_package(content: bytes) -> Package:
    """The package that `content` is, its names with `/` and without folders, in its order.

    Raises FileUnreadable, as a whole, where it is no zip, is cut off, holds a name that leads out of it, a link, an
    encrypted file, two files of one name, or declares more than the limits of this module.
    """
    if not is_package(content):
        raise FileUnreadable("is not a zip package")
    # An upper bound of the entries, before any of them costs memory.
    if content.count(_DIRECTORY_ENTRY) > MAX_ENTRIES:
        raise FileUnreadable(f"holds more than {MAX_ENTRIES} files")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except _BROKEN as error:
        raise FileUnreadable("is a damaged or incomplete zip package") from error
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise FileUnreadable(f"would unpack to more than {MAX_TOTAL >> 20} MB")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = _safe_name(entry.orig_filename)
        _check(entry, name)
        if entry.is_dir():
            continue
        if name in found:
            raise FileUnreadable(f"holds two files called {excerpt(name)}")
        found[name] = entry
    return Package(tuple(found), lambda name: _unpacked(archive, found[name], name))


def package_of(files: Mapping[str, bytes]) -> Package:
    """The package of files that are opened already, with the same demands on names and sizes."""
    if len(files) > MAX_ENTRIES:
        raise FileUnreadable(f"holds more than {MAX_ENTRIES} files")
    found: dict[str, str] = {}
    for given in files:
        name = _safe_name(given)
        if name in found:
            raise FileUnreadable(f"holds two files called {excerpt(name)}")
        found[name] = given

    def read(name: str) -> bytes:
        content = files[found[name]]
        if len(content) > MAX_ENTRY:
            raise FileUnreadable(f"holds a file larger than {MAX_ENTRY >> 20} MB: {excerpt(name)}")
        return content

    return Package(tuple(found), read)


def _safe_name(name: str) -> str:
    """`name` without `.` steps. Raises FileUnreadable where it leads out of the package or is no name anywhere."""
    steps = name.split("/")
    if (
        not name
        or len(name) > MAX_PATH
        or ".." in steps
        or steps[0] == ""
        or "\\" in name
        or ":" in steps[0]
        or any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in name)
    ):
        raise FileUnreadable(f"holds a file whose name is not safe: {excerpt(name)!r}")
    return "/".join(step for step in steps if step not in ("", "."))


def _check(entry: zipfile.ZipInfo, name: str) -> None:
    """Raises FileUnreadable where `entry` is no plain file or folder within the limits."""
    mode = entry.external_attr >> 16
    if entry.create_system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FileUnreadable(f"holds a link or device: {excerpt(name)}")
    if entry.flag_bits & _ENCRYPTED:
        raise FileUnreadable(f"holds an encrypted file: {excerpt(name)}")
    if entry.compress_type not in _METHODS:
        raise FileUnreadable(f"holds a file packed in a way that is not read: {excerpt(name)}")
    if entry.file_size > FREE_SIZE and entry.file_size > MAX_RATIO * entry.compress_size:
        raise FileUnreadable(f"holds a file packed more than {MAX_RATIO} to 1: {excerpt(name)}")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    if entry.file_size > MAX_ENTRY:
        raise FileUnreadable(f"holds a file larger than {MAX_ENTRY >> 20} MB: {excerpt(name)}")
    content = bytearray()
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                content += chunk
                if len(content) > entry.file_size:
                    break
    except _BROKEN as error:
        raise FileUnreadable(f"holds a damaged file: {excerpt(name)}") from error
    if len(content) != entry.file_size:
        raise FileUnreadable(f"holds a damaged file: {excerpt(name)}")
    return bytes(content)
