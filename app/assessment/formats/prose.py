"""The texts of one item of a package: written as HTML or plain, with the files that they refer to."""

import base64
import binascii
import html
import mimetypes
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from app.assessment.formats.items import MAX_FILES, MAX_TEXT, ItemRefused, Note, Reason, Remark, remark
from app.assessment.formats.trees import Node, formula, markup
from app.assessment.rules.content import PLUGIN_FILE, Attachment, Content, Format, content_to_json

_MEDIA_TYPES = mimetypes.MimeTypes()
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_REFERENCE = re.compile(
    r"""(?<=[\s"'])(src|href|data|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\Z|@@PLUGINFILE@@")
_LIKE_HTML = re.compile(r"</(?:p|div|span|b|i|em|strong|sub|sup|ul|ol|table|a)>|<br ?/?>|<img ", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the package: its path, and its content in base64."""

    path: str
    data: str


# Where a text's reference leads: to a file of the package, or nowhere.
Find = Callable[[str], Found | None]


def nowhere(reference: str) -> Found | None:
    """For a file that came alone."""
    return None


@dataclass(frozen=True, slots=True)
class Prose:
    """A text, and whether it is HTML."""

    text: str = ""
    is_html: bool = False

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    @property
    def html(self) -> str:
        """The text as HTML."""
        return self.text if self.is_html else html.escape(self.text, quote=False).replace("\n", "<br>")

    @property
    def words(self) -> str:
        """The text as it would be typed: without tags and entities."""
        return " ".join(html.unescape(_TAGS.sub("", self.text)).split()) if self.is_html else self.text.strip()

    def within(self, format: Format) -> Format | None:
        """The format of this text in a question of `format`; None where it is the same."""
        own = Format.HTML if self.is_html else Format.PLAIN
        return None if own is format or not self.text else own


def joined(texts: Iterable[Prose], between: str = "\n") -> Prose:
    """`texts` as one, HTML where one of them is."""
    given = [text for text in texts if text]
    if any(text.is_html for text in given):
        return Prose(between.join(text.html for text in given), True)
    return Prose(between.join(text.text for text in given))


def check_size(content: Content) -> None:
    """Raises ItemRefused where all texts of `content` together are too long, as when many options say the same."""
    left = MAX_TEXT
    waiting: list[Any] = [content_to_json(replace(content, attachments=()))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            left -= len(value)
            if left < 0:
                raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def like_html(text: str) -> bool:
    """Whether `text`, which does not say what it is, looks like HTML."""
    return bool(_LIKE_HTML.search(text))


class Texts:
    """Collects the files and remarks that turn up while the texts of an item are read."""

    def __init__(self, find: Find = nowhere) -> None:
        self.attachments: dict[str, Attachment] = {}
        self.remarks: list[Remark] = []
        self._find = find
        self._names: dict[str, str] = {}

    def plain(self, text: str) -> Prose:
        """A plain text. Raises ItemRefused where it is too long."""
        if len(text) > MAX_TEXT:
            raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
        return Prose(text.strip())

    def html(self, text: str) -> Prose:
        """An HTML text with its references to files of the package in the names under which these are kept."""
        if len(text) > MAX_TEXT:
            raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
        return Prose(_TAG.sub(lambda tag: _REFERENCE.sub(self._reference, tag[0]), text.strip()), True)

    def inner(self, node: Node, instead: Callable[[Node], str | None] = lambda node: None) -> Prose:
        """What `node` holds, as HTML; formulas become text, as pages show no MathML of strangers."""

        def made(inner: Node) -> str | None:
            if inner.tag == "math":
                self.note(Note.MATHML)
                return formula(inner)
            return instead(inner)

        return self.html(markup(node, made))

    def note(self, code: Note, **values: object) -> None:
        """Remark on the item, once."""
        said = remark(code, **values)
        if said not in self.remarks:
            self.remarks.append(said)

    def _reference(self, found: re.Match[str]) -> str:
        written = next(group for group in (found[2], found[3], found[4]) if group is not None)
        given = html.unescape(written).strip()
        if _ELSEWHERE.match(given):
            return found[0]
        name = self.file(given)
        return found[0] if name is None else f'{found[1]}="{PLUGIN_FILE}{name}"'

    def file(self, reference: str) -> str | None:
        """Keep the file that `reference` names; the name under which it is kept, None where there is none."""
        file = self._find(unquote(reference.partition("#")[0].partition("?")[0]))
        if file is None:
            self.note(Note.FILE_MISSING, name=reference)
            return None
        return self._names.get(file.path) or self._keep(file)

    def embedded(self, name: str, data: str, media_type: str = "") -> str | None:
        """Keep a file whose content, in base64, stands in the text itself."""
        data = "".join(data.split())
        try:
            base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            data = ""
        if not data:
            self.note(Note.FILE_LEFT_OUT, name=name)
            return None
        ending = mimetypes.guess_extension(media_type) or "" if "." not in name else ""
        return self._keep(Found((name or "file") + ending, data))

    def _keep(self, file: Found) -> str:
        if len(self.attachments) >= MAX_FILES:
            raise ItemRefused(Reason.TOO_MANY_FILES, limit=MAX_FILES)
        name = _UNSAFE_IN_NAME.sub("-", file.path.rpartition("/")[2])[-120:].lstrip(".-") or "file"
        stem, dot, ending = name.rpartition(".")
        attempt = 1
        while name in self.attachments and self.attachments[name].data != file.data:
            attempt += 1
            name = f"{stem}-{attempt}{dot}{ending}" if dot else f"{ending}-{attempt}"
        if attempt > 1:
            self.note(Note.FILE_RENAMED, name=file.path)
        media_type = _MEDIA_TYPES.guess_type(name)[0] or "application/octet-stream"
        self.attachments[name] = Attachment(name=name, media_type=media_type, data=file.data)
        self._names[file.path] = name
        return name
