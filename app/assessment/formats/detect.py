"""Which format a question file is in, and its reader."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum

from app.assessment.formats import aiken, gift, moodle_xml
from app.assessment.formats.items import FileUnreadable, Item, Refusal


class FileType(StrEnum):
    """The formats that can be read."""

    GIFT = "gift"
    AIKEN = "aiken"
    MOODLE_XML = "moodle-xml"


READERS = {FileType.GIFT: gift.read, FileType.AIKEN: aiken.read, FileType.MOODLE_XML: moodle_xml.read}

# Lines are looked at one by one in the beginning of the file: enough to tell, whatever its size.
BEGINNING = 2_000_000
_AIKEN_ANSWER = re.compile(r"^[ \t]*ANSWER:[ \t]*[A-Z][ \t]*$", re.MULTILINE)
_AIKEN_OPTION = re.compile(r"^[ \t]*[A-Z][.)][ \t]", re.MULTILINE)
# Full-width braces too: their items are refused with that reason, which helps more than "no question found".
_GIFT_BRACES = re.compile(r"(?<!\\)[{｛]\s*(?:[=~#}＝～＃｝]|(?:T|TRUE|F|FALSE)\s*[#}｝])", re.IGNORECASE)
_GIFT_LINE = re.compile(r"^[ \t]*(?:::|\$CATEGORY:)", re.MULTILINE)
_XML_ENCODING = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,100}\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)


def detect(text: str) -> FileType:
    """The format of `text`. Raises FileUnreadable where it is none of them."""
    beginning = text[:BEGINNING].lstrip("\ufeff \t\r\n")
    if beginning.startswith(("<?xml", "<quiz")):
        return FileType.MOODLE_XML
    aiken_items = len(_AIKEN_ANSWER.findall(beginning)) if _AIKEN_OPTION.search(beginning) else 0
    gift_items = len(_GIFT_BRACES.findall(beginning))
    if gift_items > aiken_items:
        return FileType.GIFT
    if aiken_items or len(_AIKEN_OPTION.findall(beginning)) > 1:
        return FileType.AIKEN
    if _GIFT_LINE.search(beginning):
        return FileType.GIFT
    raise FileUnreadable("no GIFT, Aiken or Moodle XML question found")


def declared_encoding(content: bytes) -> str | None:
    """The encoding that an XML file declares, other than UTF-8; GB 18030 for its subsets."""
    found = _XML_ENCODING.match(content[:1000])
    name = found[1].decode().lower() if found else None
    if name in (None, "utf-8", "utf8"):
        return None
    return "gb18030" if name in ("gb2312", "gbk", "cp936") else name


def read(file_type: FileType, text: str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of `text`, each taken or refused. `skills` are the codes that tags may name.

    Raises FileUnreadable, possibly after some items, where the text as a whole cannot be read.
    """
    return READERS[file_type](text, skills)
