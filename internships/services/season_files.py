"""The files of match seasons: what was matched and what came out, kept once by content under `DATA_DIR/rounds`."""

import hashlib
import os
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from flask import current_app
from flask_babel import lazy_gettext as _l

from app.errors import Refused
from internships.rules.market import Numbers
from internships.rules.season import Inputs, Result, pack, unpacked


class SeasonFileGone(Refused):
    message = _l("The file of this round is no longer kept, or has been changed.")


def keep(value: Inputs | Result) -> str:
    """Write a value where its digest says; returns the digest. Written twice, it is the same file."""
    content = pack(value)
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(digest)
    if target.is_file() and digest_of(target) == digest:
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return digest


def path_of(digest: str) -> Path:
    """Where the file with this digest is kept."""
    folder: Path = current_app.config["DATA_DIR"]
    return folder / "rounds" / f"{digest}.npz"


def digest_of(path: Path) -> str:
    """The digest of a file as it is now."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def inputs_of(digest: str) -> Inputs:
    """The inputs with this digest; read from the disk as they are asked for. Raises SeasonFileGone."""
    value = _read(path_of(digest))
    if not isinstance(value, Inputs):
        raise SeasonFileGone
    return value


def result_of(digest: str) -> Result:
    """The result with this digest; read from the disk as it is asked for. Raises SeasonFileGone."""
    value = _read(path_of(digest))
    if not isinstance(value, Result):
        raise SeasonFileGone
    return value


# What a digest names never changes, so that a process may keep it open.
@lru_cache(maxsize=16)
def _read(path: Path) -> Inputs | Result:
    """The value in an archive, whose arrays stay on the disk: a page that tells one student reads a few blocks."""
    if not path.is_file():
        raise SeasonFileGone
    arrays: dict[str, Numbers] = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as content:
        for entry in archive.infolist():
            content.seek(entry.header_offset + 26)
            name, extra = (int.from_bytes(content.read(2), "little") for _part in range(2))
            content.seek(name + extra, os.SEEK_CUR)
            np.lib.format.read_magic(content)
            shape, _order, kind = np.lib.format.read_array_header_1_0(content)
            array = np.memmap(content, kind, "r", content.tell(), shape) if shape[0] else np.empty(shape, kind)
            arrays[entry.filename.removesuffix(".npy")] = array
    return unpacked(arrays)
