"""Files of questions: read in any format; from a browser looked at first, and taken when the report has been seen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer

from app import files
from app.assessment.formats import cartridge, detect
from app.assessment.formats.detect import FileType
from app.assessment.formats.items import FileUnreadable, Item, Refusal
from app.cli import Unusable, decode
from app.errors import Refused
from app.reference.files import skill_codes

MOST_BYTES = 20_000_000
LANGUAGES = ("zh", "en")


class UploadTooLarge(Refused):
    message = _l("The file is larger than %(most)s MB. Split it, or let your administrator import it by command.")


class UploadUnreadable(Refused):
    message = _l("No questions can be read from this file: %(reason)s.")


@dataclass(frozen=True)
class Reading:
    """A file being read: its format, its encoding (none where it is no text), warnings about the whole, its items."""

    file_type: FileType
    encoding: str | None
    warnings: Sequence[str]
    found: Iterator[Item | Refusal]


@dataclass(frozen=True)
class Upload:
    """What a file of questions holds: the items that would be taken, those refused, and warnings about the file."""

    file_name: str
    encoding: str | None
    file_type: str
    language: str
    items: Sequence[Item]
    refused: Sequence[Refusal]
    ticket: str
    warnings: Sequence[str] = field(default=())
    beside: int = 0

    @property
    def without_skill(self) -> int:
        """How many of the items give no evidence yet."""
        return sum(1 for item in self.items if item.skill is None or item.level is None)


def read_questions(
    name: str, content: bytes, *, encoding: str | None = None, file_type: FileType | None = None
) -> Reading:
    """Begin to read a file of any format, found out unless named. Raises Unusable, FileUnreadable; reading on too."""
    skills = skill_codes()
    found_type = file_type or detect.detect_bytes(content)
    if found_type in detect.BYTES_READERS:
        return Reading(found_type, None, (), detect.read(found_type, content, skills))
    text = decode(name, content, encoding or detect.declared_encoding(content))
    try:
        text.text.encode()
    except UnicodeEncodeError:
        raise Unusable(name, f"is not {text.encoding} text") from None
    if "\x00" in text.text:
        raise Unusable(name, f"is not {text.encoding} text")
    found_type = found_type or detect.detect(text.text)
    return Reading(found_type, text.encoding, text.warnings, detect.read(found_type, text.text, skills))


def language_of(items: Iterable[Item]) -> str:
    """The language in which questions ask: Chinese if any of them holds a Chinese character."""
    return "zh" if any("\u4e00" <= sign <= "\u9fff" for item in items for sign in item.content.text) else "en"


def beside_questions(reading: Reading, content: bytes) -> int:
    """How many things a course package holds that are no questions: pages, links, discussions, files."""
    return sum(cartridge.others(content).values()) if reading.file_type is FileType.CARTRIDGE else 0


def read_upload(
    file_name: str,
    content: bytes,
    language: str,
    organisation_id: int,
    *,
    skill: str | None = None,
    level: int | None = None,
) -> Upload:
    """Look at a file; nothing reaches the bank. `language` is zh, en or auto; `skill` and `level` go to items without.

    Raises UploadTooLarge, UploadUnreadable.
    """
    if len(content) > MOST_BYTES:
        raise UploadTooLarge(most=MOST_BYTES // 1_000_000)
    try:
        reading = read_questions(file_name, content)
        found = list(reading.found)
        beside = beside_questions(reading, content)
    except Unusable as error:
        raise UploadUnreadable(reason=error.message.removeprefix(f"{file_name}: ")) from error
    except FileUnreadable as error:
        raise UploadUnreadable(reason=error.reason) from error
    if not found:
        raise UploadUnreadable(reason="0")
    items = [item for item in found if isinstance(item, Item)]
    if skill is not None:
        items = [replace(item, skill=skill, level=level) if item.skill is None else item for item in items]
    return Upload(
        file_name=file_name,
        encoding=reading.encoding,
        file_type=reading.file_type.value,
        language=language if language in LANGUAGES else language_of(items),
        items=items,
        refused=[refusal for refusal in found if isinstance(refusal, Refusal)],
        ticket=_tickets().dumps([organisation_id, files.keep_waiting(content)]),
        warnings=reading.warnings,
        beside=beside,
    )


def waiting_upload(ticket: str, organisation_id: int) -> bytes:
    """The file that a ticket stands for, if the same organisation looked at it. Raises UploadUnreadable, FileGone."""
    try:
        owner, digest = _tickets().loads(ticket)
    except (BadSignature, ValueError, TypeError) as error:
        raise UploadUnreadable(reason="ticket") from error
    if owner != organisation_id:
        raise UploadUnreadable(reason="ticket")
    return files.waiting(digest)


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="questions that wait")
