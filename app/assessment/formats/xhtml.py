"""Texts of questions as the part of XHTML that QTI 2 knows: elements in their places, whatever tags a text has."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

from markdown import markdown

from app.assessment.formats.exports import Losses
from app.assessment.formats.items import Note
from app.assessment.rules.content import Format

MAX_DEPTH = 40

INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "big", "cite", "code", "dfn", "em", "i", "kbd", "q", "samp", "small", "span",
        "strong", "sub", "sup", "tt", "var", "br", "img", "object",
    }
)  # fmt: skip
# Blocks that hold inline content only, and those that hold anything.
PARAGRAPHS = frozenset({"p", "pre", "address", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption"})
FLOW = frozenset({"div", "li", "dd", "td", "th"})
BLOCKS = PARAGRAPHS - {"dt", "caption"} | {"div", "ul", "ol", "dl", "blockquote", "table", "hr"}
VOID = frozenset({"br", "hr", "img", "col"})
# Whose children may only be these; what comes first when something else does.
PARTS = {
    "ul": "li", "ol": "li", "dl": "dd", "table": "tbody", "thead": "tr", "tbody": "tr", "tfoot": "tr", "tr": "td",
    "blockquote": "p",
}  # fmt: skip
CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd"}, "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"},
    "tr": {"td", "th"}, "colgroup": {"col"}, "blockquote": BLOCKS,
    "table": {"caption", "colgroup", "col", "thead", "tfoot", "tbody"},
}  # fmt: skip
HOMES = {
    "li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}, "td": {"tr"}, "th": {"tr"}, "tr": {"thead", "tbody", "tfoot"},
    "thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"}, "caption": {"table"}, "colgroup": {"table"},
    "col": {"colgroup", "table"},
}  # fmt: skip
ALIASES = {
    "u": "span", "s": "span", "strike": "span", "del": "span", "ins": "span", "mark": "span", "font": "span",
    "section": "div", "article": "div", "figure": "div", "figcaption": "div", "center": "div", "header": "div",
    "footer": "div", "main": "div", "nav": "div", "aside": "div", "audio": "object", "video": "object",
    "embed": "object",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "type"}, "img": {"src", "alt", "width", "height"}, "object": {"data", "type", "width", "height"},
    "td": {"rowspan", "colspan"}, "th": {"rowspan", "colspan"}, "col": {"span"}, "colgroup": {"span"},
}  # fmt: skip
NUMBERS = frozenset({"width", "height", "rowspan", "colspan", "span"})
SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_TABLE_ORDER = {"caption": 0, "col": 1, "colgroup": 1, "thead": 2, "tfoot": 3, "tbody": 4}
_TEX = re.compile(r"\\(?=[()\[\]])")
_HAS_BLOCK = re.compile(r"<(?:p|div|ul|ol|table|pre|blockquote|dl|h[1-6])\b", re.IGNORECASE)

_DOCTYPE = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)
# Python's parser gives up at such a sign where no declaration follows.
_NO_COMMENT = re.compile(r"<!(?!--)")

# What a reference to a file is written as.
Link = Callable[[str], str]


def add(parent: Element, text: str, format: Format, losses: Losses, link: Link = str) -> None:
    """Put `text` into `parent`, which holds anything."""
    text = losses.xml(text)
    if format is Format.PLAIN:
        for number, line in enumerate(text.strip().split("\n")):
            if number:
                SubElement(parent, "br")
            say(parent, line)
        return
    if format is Format.MARKDOWN:
        # Markdown would take the backslash of \( x \) for its own.
        text = markdown(_TEX.sub(r"\\\\", text), extensions=["tables", "fenced_code", "sane_lists"])
    elif format is Format.MOODLE and not _HAS_BLOCK.search(text):
        text = text.strip().replace("\n", "<br>")
    builder = _Builder(parent, losses, link)
    builder.feed(_NO_COMMENT.sub("&lt;!", _DOCTYPE.sub("", text)).strip())
    builder.close()
    _tidy(parent)


def block(parent: Element, text: str, format: Format, losses: Losses, link: Link = str) -> None:
    """Put `text` into `parent`, which holds blocks only: in a <div> unless it is blocks already."""
    around = Element("div")
    add(around, text, format, losses, link)
    is_blocks = len(around) and not (around.text or "").strip()
    if is_blocks and all(child.tag in BLOCKS and not (child.tail or "").strip() for child in around):
        parent.extend(around)
    elif len(around) or (around.text or "").strip():
        parent.append(around)


def words(text: str, format: Format, losses: Losses) -> str:
    """`text` without markup, where nothing else may stand."""
    around = Element("div")
    add(around, text, format, losses)
    if any(child.tag not in ("p", "br", "div") for child in around.iter() if child is not around):
        losses.note(Note.MARKUP)
    return " ".join("".join(_texts(around)).split())


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield " " if child.tag in BLOCKS or child.tag == "br" else ""
        yield from _texts(child)
        yield child.tail or ""


def say(parent: Element, text: str) -> None:
    """Add `text` at the end of what `parent` holds."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


class _Builder(HTMLParser):
    """Builds elements from tags in any order, each where it may stand."""

    def __init__(self, root: Element, losses: Losses, link: Link) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [root]
        self.losses = losses
        self.link = link
        self.silent = 0

    @property
    def top(self) -> Element:
        return self.open[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
            self.losses.note(Note.NOT_MARKUP, name=tag)
        if self.silent:
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "source" and self.top.tag == "object":
            self.top.set("data", self.top.get("data") or self.link(given.get("src", "")))
            self.top.set("type", given.get("type") or self.top.get("type") or "")
            return
        made = ALIASES.get(tag, tag)
        if tag in ("audio", "video"):
            given = {"data": given.get("src", ""), "type": given.get("type") or f"{tag}/mpeg", **given}
        if tag == "embed":
            given["data"] = given.get("src", "")
        if made not in INLINE | PARAGRAPHS | FLOW | BLOCKS and made not in HOMES:
            self.losses.note(Note.NOT_MARKUP, name=tag)
            return
        if tag in ("font", "mark", "u", "s", "strike", "del", "center") or given.get("style"):
            self.losses.note(Note.NOT_MARKUP, name=tag)
        if len(self.open) >= MAX_DEPTH or (made == "a" and any(each.tag == "a" for each in self.open)):
            return
        self._make_room(made)
        element = SubElement(self.top, self._named(made))
        self._set(element, given)
        if element.tag not in VOID:
            self.open.append(element)

    def _named(self, tag: str) -> str:
        """`tag`, or what stands for it outside its home."""
        home = HOMES.get(tag)
        return tag if home is None or self.top.tag in home else "div"

    def _make_room(self, tag: str) -> None:
        """Close what cannot hold `tag`, and open what must be around it."""
        home = HOMES.get(tag)
        if home and tag == "tr":
            home = home | {"table"}
        if home and tag in ("td", "th"):
            home = home | {"table", "thead", "tbody", "tfoot"}
        if home:
            places = [place for place, each in enumerate(self.open) if each.tag in home and place]
            tables = [place for place, each in enumerate(self.open) if each.tag == "table"]
            # A list in a cell does not end with an item of the list around the table.
            if places and (not tables or places[-1] >= tables[-1] or tag in ("li", "dt", "dd")):
                del self.open[places[-1] + 1 :]
            else:
                tag = "div"
        if tag not in INLINE:
            while self.top.tag in INLINE or self.top.tag in PARAGRAPHS:
                self.open.pop()
        self._open_parts(tag)

    def _open_parts(self, tag: str) -> None:
        while self.top.tag in CHILDREN and tag not in CHILDREN[self.top.tag]:
            if self.top.tag == "colgroup":  # its columns hold nothing: what follows belongs to the table
                self.open.pop()
            else:
                self.open.append(SubElement(self.top, PARTS[self.top.tag]))

    def _set(self, element: Element, given: dict[str, str]) -> None:
        allowed = ATTRIBUTES.get(element.tag, set())
        for name, value in given.items():
            if name not in allowed or (name in NUMBERS and not value.isdigit()):
                continue
            element.set(name, self.link(self.losses.xml(value)) if name in ("href", "src", "data") else value)
        required = {"img": ("src", "alt"), "a": ("href",), "object": ("data", "type")}.get(element.tag, ())
        for name in required:
            element.set(name, element.get(name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
            return
        name = ALIASES.get(tag, tag)
        places = [place for place, each in enumerate(self.open) if each.tag == name and place]
        cells = [place for place, each in enumerate(self.open) if each.tag in ("td", "th") and place]
        # What ends within a cell began there.
        if places and (not cells or places[-1] >= cells[-1] or name in ("table", "tr", "thead", "tbody", "tfoot")):
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        data = self.losses.xml(data)
        if self.top.tag in CHILDREN:
            if not data.strip():
                return
            self._open_parts("#text")
        say(self.top, data)


def _tidy(parent: Element) -> None:
    """Take out lists and tables without anything, and give tables their order."""
    for child in list(parent):
        _tidy(child)
        if child.tag in CHILDREN and child.tag != "blockquote" and not len(child):
            place = list(parent).index(child)
            tail = child.tail
            parent.remove(child)
            if tail and place:
                parent[place - 1].tail = (parent[place - 1].tail or "") + tail
            elif tail:
                parent.text = (parent.text or "") + tail
    if parent.tag == "table":
        seen: set[str] = set()
        for child in parent:
            if child.tag in ("thead", "tfoot") and child.tag in seen:
                child.tag = "tbody"
            seen.add(child.tag)
        parent[:] = sorted(parent, key=lambda child: _TABLE_ORDER.get(child.tag, 4))
        if "tbody" not in seen and len(parent):
            # A table has a body, if only of what was its head.
            for child in parent:
                if child.tag in ("thead", "tfoot"):
                    child.tag = "tbody"
                    break
            else:
                SubElement(SubElement(SubElement(parent, "tbody"), "tr"), "td")
