"""XML as a tree of plain values, and parts of it as HTML. Document types and entities are refused."""

import codecs
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.assessment.formats.items import FileUnreadable, excerpt

MAX_DEPTH = 60
MAX_NODES = 500_000
MAX_ATTRIBUTES = 100
CHUNK = 1 << 16

VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "source", "track", "wbr"})
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,100}\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_KNOWN = re.compile(
    r"utf-?8|us-ascii|ascii|iso-8859-[0-9]{1,2}|windows-125[0-8]|gb2312|gbk|cp936|gb18030|big5|shift_jis|euc-jp|euc-kr"
    r"|koi8-r"
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030"}


@dataclass(slots=True)
class Node:
    """An element by its name without namespace: attributes, line, texts and children in their order."""

    tag: str
    attributes: dict[str, str]
    line: int
    parts: list["Node | str"] = field(default_factory=list)

    @property
    def children(self) -> list["Node"]:
        """The elements directly inside."""
        return [part for part in self.parts if isinstance(part, Node)]

    def named(self, *tags: str) -> list["Node"]:
        """The children called one of `tags`."""
        return [child for child in self.children if child.tag in tags]

    def first(self, *tags: str) -> "Node | None":
        """The first child called one of `tags`."""
        return next((child for child in self.children if child.tag in tags), None)

    def inside(self, *tags: str) -> Iterator["Node"]:
        """All elements at any depth called one of `tags`, in their order."""
        for node in self.every():
            if node.tag in tags and node is not self:
                yield node

    def every(self) -> Iterator["Node"]:
        """This element and all inside it, in their order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    @property
    def own_text(self) -> str:
        """The character data directly inside, without white space around it."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()

    @property
    def text(self) -> str:
        """The character data at any depth, without white space around it."""
        return "".join(part for node in _flat(self) for part in node).strip()

    def get(self, name: str, default: str = "") -> str:
        """An attribute without white space around it."""
        return self.attributes.get(name, default).strip()


def _flat(node: Node) -> Iterator[list[str]]:
    waiting: list[Node | str] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield [part]
        else:
            waiting.extend(reversed(part.parts))


class _Builder:
    """Builds the tree as the parser meets its elements."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.line: Callable[[], int] = lambda: 0
        self._open: list[Node] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_DEPTH:
            raise FileUnreadable("is nested too deeply", self.line())
        if self._count > MAX_NODES or len(attributes) > MAX_ATTRIBUTES:
            raise FileUnreadable(f"holds more than {MAX_NODES} elements, or too many attributes", self.line())
        node = Node(_local(tag), {_local(name): value for name, value in attributes.items()}, self.line())
        if self._open:
            self._open[-1].parts.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].parts.append(text)

    def close(self) -> None:
        return None


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def parse(source: bytes | str) -> Node:
    """The root of an XML document, in the encoding that it declares.

    Raises FileUnreadable where it is broken, in an unknown encoding, too large, or has a document type or entities.
    """
    text = source if isinstance(source, str) else decoded(source)
    target = _Builder()
    # The text is decoded already, whatever encoding its first line declares.
    parser = DefusedXMLParser(target=target, encoding="utf-8", forbid_dtd=True)
    target.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        for start in range(0, len(text), CHUNK):
            parser.feed(text[start : start + CHUNK].encode("utf-8", "surrogatepass"))
        parser.close()
    except DefusedXmlException as error:
        raise FileUnreadable("holds a document type or entities, which are not read", target.line()) from error
    except ParseError as error:
        raise FileUnreadable(f"is not well-formed XML: {error.msg}", error.position[0]) from error
    if target.root is None:
        raise FileUnreadable("holds no XML")
    return target.root


def decoded(content: bytes) -> str:
    """An XML document's text by its byte order mark, else by the encoding that it declares, else UTF-8."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(content[:1000])
        given = declared[1].decode().lower() if declared else "utf-8"
        if not _KNOWN.fullmatch(given):
            raise FileUnreadable(f"is in an encoding that is not read: {given}")
        encoding = _WIDER.get(given, given)
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise FileUnreadable(f"is not {encoding.removesuffix('-sig')} text") from error


def markup(node: Node, instead: Callable[[Node], str | None] = lambda node: None) -> str:
    """What `node` holds as HTML, `instead` deciding over an element by returning its HTML, or None."""
    return "".join(
        html.escape(part, quote=False) if isinstance(part, str) else _element(part, instead) for part in node.parts
    )


def _element(node: Node, instead: Callable[[Node], str | None]) -> str:
    made = instead(node)
    if made is not None:
        return made
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", node.tag):
        return markup(node, instead)
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in node.attributes.items())
    if node.tag in VOID:
        return f"<{node.tag}{attributes}>"
    return f"<{node.tag}{attributes}>{markup(node, instead)}</{node.tag}>"


def formula(math: Node) -> str:
    """A MathML formula as text: its TeX where it carries that, else its signs."""
    for note in math.inside("annotation"):
        if "tex" in note.get("encoding").lower() and note.text:
            return html.escape(f"\\({note.text}\\)", quote=False)
    return html.escape(excerpt(math.text), quote=False)
