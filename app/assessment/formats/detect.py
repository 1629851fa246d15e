"""Which format a question file is in, and its reader."""

import re
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum

from app.assessment.formats import (
    aiken,
    cartridge,
    chinese_text,
    gift,
    moodle_xml,
    package,
    qti2,
    qti12,
    spreadsheet,
    word,
)
from app.assessment.formats.items import FileUnreadable, Item, Refusal


class FileType(StrEnum):
    """The formats that can be read, by the names that `--type` takes."""

    GIFT = "gift"
    AIKEN = "aiken"
    MOODLE_XML = "moodle-xml"
    QTI_1 = "qti-1.2"
    QTI_2 = "qti-2"
    CARTRIDGE = "cartridge"
    WORD = "word"
    WORKBOOK = "excel"
    TABLE = "csv"
    TEXT = "text"


TEXT_READERS: dict[FileType, Callable[[str, Collection[str]], Iterator[Item | Refusal]]] = {
    FileType.GIFT: gift.read,
    FileType.AIKEN: aiken.read,
    FileType.MOODLE_XML: moodle_xml.read,
    FileType.QTI_1: qti12.read,
    FileType.QTI_2: qti2.read,
    FileType.TABLE: spreadsheet.read_csv,
    FileType.TEXT: chinese_text.read,
}
# What is no text: packages, and files of office programs.
BYTES_READERS: dict[FileType, Callable[[bytes, Collection[str]], Iterator[Item | Refusal]]] = {
    FileType.CARTRIDGE: cartridge.read,
    FileType.WORD: word.read,
    FileType.WORKBOOK: spreadsheet.read,
}
ROOTS = {
    "quiz": FileType.MOODLE_XML,
    "questestinterop": FileType.QTI_1,
    "assessmentItem": FileType.QTI_2,
    "assessmentTest": FileType.QTI_2,
}

# Lines are looked at one by one in the beginning of the file: enough to tell, whatever its size.
BEGINNING = 2_000_000
_AIKEN_ANSWER = re.compile(r"^[ \t]*ANSWER:[ \t]*[A-Z][ \t]*$", re.MULTILINE)
_AIKEN_OPTION = re.compile(r"^[ \t]*[A-Z][.)][ \t]", re.MULTILINE)
# Full-width braces too: their items are refused with that reason, which helps more than "no question found".
_GIFT_BRACES = re.compile(r"(?<!\\)[{｛]\s*(?:[=~#}＝～＃｝]|(?:T|TRUE|F|FALSE)\s*[#}｝])", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROOT = re.compile(r"(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_GIFT_LINE = re.compile(r"^[ \t]*(?:::|\$CATEGORY:)", re.MULTILINE)
_XML_ENCODING = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,100}\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)


def detect_bytes(content: bytes) -> FileType | None:
    """The format of what is no text; None for what may be. Old Word files and PDF go to the reader that says why."""
    if spreadsheet.is_workbook(content):
        return FileType.WORKBOOK
    if word.is_document(content) or content.startswith((_OLE, b"%PDF")):
        return FileType.WORD
    return FileType.CARTRIDGE if package.is_package(content) else None


def detect(text: str) -> FileType:
    """The format of `text`. Raises FileUnreadable where it is none of them."""
    beginning = text[:BEGINNING].lstrip("\ufeff \t\r\n")
    if root := _ROOT.match(beginning):
        if root[1] in ROOTS:
            return ROOTS[root[1]]
        if beginning.startswith("<?xml"):
            raise FileUnreadable(f"XML that holds no questions: <{root[1]}>")
    elif beginning.startswith("<?xml"):
        return FileType.MOODLE_XML
    if spreadsheet.is_table(beginning):
        return FileType.TABLE
    aiken_items = len(_AIKEN_ANSWER.findall(beginning)) if _AIKEN_OPTION.search(beginning) else 0
    gift_items = len(_GIFT_BRACES.findall(beginning))
    exam_items = chinese_text.markers(beginning)
    if exam_items > max(aiken_items, gift_items):
        return FileType.TEXT
    if gift_items > aiken_items:
        return FileType.GIFT
    if aiken_items or len(_AIKEN_OPTION.findall(beginning)) > 1:
        return FileType.AIKEN
    if _GIFT_LINE.search(beginning):
        return FileType.GIFT
    raise FileUnreadable("no question found in any format that can be read")


def declared_encoding(content: bytes) -> str | None:
    """The encoding that an XML file declares, other than UTF-8; GB 18030 for its subsets."""
    found = _XML_ENCODING.match(content[:1000])
    name = found[1].decode().lower() if found else None
    if name in (None, "utf-8", "utf8"):
        return None
    return "gb18030" if name in ("gb2312", "gbk", "cp936") else name


def read(file_type: FileType, source: str | bytes, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of `source`, each taken or refused. `skills` are the codes that tags may name.

    `source` is bytes for the types of `BYTES_READERS`, else text. Raises FileUnreadable, possibly after some items,
    where it cannot be read as a whole.
    """
    if isinstance(source, bytes):
        return BYTES_READERS[file_type](source, skills)
    return TEXT_READERS[file_type](source, skills)
