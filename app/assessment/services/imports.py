"""A file of questions from a browser: looked at first, taken when its reader has seen the report."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask_babel import lazy_gettext as _l

from app.assessment.formats import detect
from app.assessment.formats.items import FileUnreadable, Item, Refusal
from app.cli import Unusable, decode
from app.errors import Refused
from app.reference.files import skill_codes

MOST_BYTES = 3_000_000


class UploadTooLarge(Refused):
    message = _l("The file is larger than 3 MB. Split it, or let your administrator import it by command.")


class UploadUnreadable(Refused):
    message = _l("No questions can be read from this file: %(reason)s.")


@dataclass(frozen=True)
class Upload:
    """What a file of questions holds: the items that would be taken, those refused, and warnings about the file."""

    file_name: str
    encoding: str
    file_type: str
    language: str
    items: Sequence[Item]
    refused: Sequence[Refusal]
    packed: str
    warnings: Sequence[str] = field(default=())

    @property
    def without_skill(self) -> int:
        """How many of the items give no evidence yet."""
        return sum(1 for item in self.items if item.skill is None or item.level is None)


def read_upload(
    file_name: str, content: bytes, language: str, *, skill: str | None = None, level: int | None = None
) -> Upload:
    """Look at a file; nothing is written. `language` is zh, en or auto; `skill` and `level` go to items that name none.

    Raises UploadTooLarge, UploadUnreadable.
    """
    if len(content) > MOST_BYTES:
        raise UploadTooLarge
    try:
        text = decode(file_name, content, detect.declared_encoding(content))
        if "\x00" in text.text:
            raise UploadUnreadable(reason="binary")
        file_type = detect.detect(text.text)
        found = list(detect.read(file_type, text.text, skill_codes()))
    except Unusable as error:
        raise UploadUnreadable(reason=error.message.removeprefix(f"{file_name}: ")) from error
    except FileUnreadable as error:
        raise UploadUnreadable(reason=error.reason) from error
    if not found:
        raise UploadUnreadable(reason="0")
    items = [item for item in found if isinstance(item, Item)]
    if skill is not None:
        items = [replace(item, skill=skill, level=level) if item.skill is None else item for item in items]
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in text.text)
    return Upload(
        file_name=file_name,
        encoding=text.encoding,
        file_type=file_type.value,
        language=language if language in ("zh", "en") else "zh" if chinese else "en",
        items=items,
        refused=[refusal for refusal in found if isinstance(refusal, Refusal)],
        packed=base64.b64encode(zlib.compress(content, 6)).decode(),
        warnings=text.warnings,
    )


def unpacked(packed: str) -> bytes:
    """The file that `Upload.packed` carries. Raises UploadUnreadable, UploadTooLarge."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(base64.b64decode(packed, validate=True), MOST_BYTES + 1)
    except (binascii.Error, zlib.error) as error:
        raise UploadUnreadable(reason="packed") from error
    if len(content) > MOST_BYTES:
        raise UploadTooLarge
    return content
