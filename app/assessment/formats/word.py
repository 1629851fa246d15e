"""Word documents (.docx): their paragraphs are the lines that `chinese_text` reads, their tables go to `spreadsheet`.

What is no text is one sign of a private plane on its way through that reader, and comes back as a picture, a formula,
a superscript or a note. Formulas make a question Markdown, pictures make it HTML; a formula beside a picture is kept as
it would be typed. Lists that Word numbers get their numbers and letters. Text that was inserted counts, what was
deleted does not. Lines of items count paragraphs and line breaks. Headers, footers and comments are not read.
"""

import base64
import html
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.assessment.formats.chinese_text import drafts, settled
from app.assessment.formats.drafts import Draft, bracketed, fold_width
from app.assessment.formats.items import (
    MAX_FILES,
    FileUnreadable,
    Item,
    ItemRefused,
    Note,
    Reason,
    Refusal,
    Remark,
    remark,
)
from app.assessment.formats.omml import Formula, formula, local
from app.assessment.formats.package import Package, is_package, open_package
from app.assessment.formats.spreadsheet import OLE, read_rows
from app.assessment.rules.content import (
    PLUGIN_FILE,
    Attachment,
    Choice,
    Cloze,
    Content,
    Essay,
    Format,
    Matching,
    Multiple,
    Numeric,
    Option,
    Ordering,
    Pair,
    ShortText,
    Single,
    TextAnswer,
    letter,
)

MAIN = "word/document.xml"
MAX_DEPTH = 150
MAX_OBJECTS = 60_000
MAX_PICTURE = 5 << 20
MAX_PART = 32 << 20
MAX_TAGS = 2_000_000

# One sign for each thing that is no text; and one after each run that stands out, with how and how long it is.
_FIRST_OBJECT = 0xF0000
_FIRST_EMPHASIS = 0x100000
_OBJECT = re.compile(f"[{chr(_FIRST_OBJECT)}-{chr(_FIRST_OBJECT + MAX_OBJECTS)}]")
_EMPHASIS = re.compile(f"[{chr(_FIRST_EMPHASIS)}-{chr(0x10FFFD)}]")
_PRIVATE = re.compile(f"[{chr(0xF0000)}-{chr(0x10FFFF)}]")
_LONGEST = 4095
_SPACES = re.compile(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]")
_OPTION_LINE = re.compile(r"\s*\(?\s*[A-Z]\s*[.、):]")
_LABELLED = re.compile("答案|解析|【")
_BOLD, _UNDERLINED, _HIGHLIGHTED, _RED = 1, 2, 4, 8

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF8", "image/gif", "gif"),
)
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")
# Signs of symbol fonts that teachers answer with.
_SYMBOLS = {
    ("wingdings", 0xFC): "√", ("wingdings", 0xFE): "√", ("wingdings", 0xFB): "×", ("wingdings", 0xFD): "×",
    ("wingdings 2", 0x50): "√", ("wingdings 2", 0x52): "√", ("wingdings 2", 0x4F): "×", ("wingdings 2", 0x51): "×",
    ("symbol", 0xB4): "×", ("symbol", 0xD6): "√",
}  # fmt: skip
_GONE = {"del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "sectPr", "pPr", "rPr", "proofErr"}
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKDOWN = re.compile(r"([\\`*_{}#$<>&|~]|(?<!\[)\[(?!\[)|!(?=\[))")
_LINE_START = re.compile(r"(?m)^(\s*)(?:([-+=:])|(\d+)([.)]))")


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    media_type: str
    data: str
    alt: str


@dataclass(frozen=True, slots=True)
class _Script:
    text: str
    is_high: bool


_Object = _Picture | _Script | Formula | Remark
_Part = TypeVar("_Part", Option, Pair, Choice)


def is_document(content: bytes) -> bool:
    """Whether `content` is a .docx file, by what it holds."""
    try:
        return is_package(content) and _main_part(open_package(content)) is not None
    except FileUnreadable:
        return False


def read(content: bytes, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a .docx document, in its order. `skills` are the codes that may be named.

    Raises FileUnreadable where it is no such document: an old .doc, a PDF, a damaged or hostile package.
    """
    if content.startswith(OLE):
        raise FileUnreadable("is an old .doc file, or protected by a password: save it as .docx without one")
    if content.startswith(b"%PDF"):
        raise FileUnreadable("is a PDF: save the document that it was made from as .docx")
    package = open_package(content)
    main = _main_part(package)
    if main is None:
        raise FileUnreadable("is no Word document")
    yield from _Document(package, main).items(skills)


def _main_part(package: Package) -> str | None:
    """The name of the part that holds the text."""
    if MAIN in package:
        return MAIN
    if "_rels/.rels" in package:
        for target in _relations(package, "_rels/.rels", "").values():
            if target.startswith("word/document") and target in package:
                return target
    return None


def _relations(package: Package, name: str, folder: str) -> dict[str, str]:
    """Names of parts by the ids of relations; those that lead out of the package are left out."""
    if name not in package:
        return {}
    found = {}
    for each in _parsed(package, name):
        if each.get("TargetMode") != "External":
            target = each.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[each.get("Id", "")] = posixpath.normpath(path)
    return found


def _parsed(package: Package, name: str) -> Element:
    content = package.read(name)
    if content.count(b"<") > MAX_TAGS or len(content) > MAX_PART:
        raise FileUnreadable(f"holds too large a part: {name}")
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileUnreadable("holds a document type or entities, which are not read") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileUnreadable(f"holds a damaged part: {name}") from error
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise FileUnreadable("is nested too deeply")
        level = [child for node in level for child in node]
    return root


def _attribute(node: Element | None, name: str) -> str | None:
    if node is None:
        return None
    return next((value for key, value in node.attrib.items() if local(key) == name), None)


def _child(node: Element | None, *path: str) -> Element | None:
    """The first child along `path`."""
    for name in path:
        node = None if node is None else next((child for child in node if local(child.tag) == name), None)
    return node


def _is_on(node: Element | None, name: str) -> bool:
    found = _child(node, name)
    return found is not None and _attribute(found, "val") not in ("0", "false", "off", "none")


# Numbers of lists


@dataclass(slots=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1
    gap: str = " "


class _Numbering:
    """Counts the paragraphs of numbered lists as Word does."""

    def __init__(self, package: Package, folder: str) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        self._styles: dict[str, tuple[str | None, Element | None]] = {}
        name = posixpath.join(folder, "numbering.xml")
        if name in package:
            self._read(_parsed(package, name))
        name = posixpath.join(folder, "styles.xml")
        if name in package:
            for style in _parsed(package, name):
                based = _attribute(_child(style, "basedOn"), "val")
                self._styles[_attribute(style, "styleId") or ""] = (based, _child(style, "pPr", "numPr"))

    def _read(self, root: Element) -> None:
        for node in root:
            if local(node.tag) == "abstractNum":
                self._levels[_attribute(node, "abstractNumId") or ""] = {
                    _whole(_attribute(level, "ilvl"), 0): self._level(level)
                    for level in node
                    if local(level.tag) == "lvl"
                }
            elif local(node.tag) == "num":
                starts = {}
                for override in node:
                    start = _attribute(_child(override, "startOverride"), "val")
                    if local(override.tag) == "lvlOverride" and start is not None:
                        starts[_whole(_attribute(override, "ilvl"), 0)] = _whole(start, 1)
                abstract = _attribute(_child(node, "abstractNumId"), "val") or ""
                self._lists[_attribute(node, "numId") or ""] = (abstract, starts)

    @staticmethod
    def _level(node: Element) -> _Level:
        between = _attribute(_child(node, "suff"), "val")
        return _Level(
            format=_attribute(_child(node, "numFmt"), "val") or "decimal",
            text=_attribute(_child(node, "lvlText"), "val") or "",
            start=_whole(_attribute(_child(node, "start"), "val"), 1),
            gap="" if between == "nothing" else " ",
        )

    def prefix(self, properties: Element | None) -> str:
        """The number or letter that Word shows before a paragraph; empty where it shows none."""
        number = _child(properties, "numPr")
        style = _attribute(_child(properties, "pStyle"), "val")
        for _ in range(20):
            if number is not None or style not in self._styles:
                break
            style, number = self._styles[style]
        chosen = self._lists.get(_attribute(_child(number, "numId"), "val") or "")
        if chosen is None:
            return ""
        level = _whole(_attribute(_child(number, "ilvl"), "val"), 0)
        abstract, starts = chosen
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        begun = (_attribute(_child(number, "numId"), "val") or "", level)
        if level in starts and begun not in self._begun:
            counts.pop(level, None)
            levels = {**levels, level: replace(levels[level], start=starts[level])}
        self._begun.add(begun)
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        return self._shown(levels, counts, level)

    @staticmethod
    def _shown(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
        shown = levels[level]
        if shown.format in ("bullet", "none") or not shown.text:
            return ""

        def count(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            other = levels.get(place, _Level())
            return _counted(counts.get(place, other.start), other.format)

        written = re.sub(r"%([1-9])", count, shown.text[:40])
        if re.fullmatch(r"%[1-9]", shown.text):
            written += "."
        return written + shown.gap


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else default


def _counted(number: int, format: str) -> str:
    if format in ("upperLetter", "lowerLetter"):
        name = letter(max(number - 1, 0))
        return name.upper() if format == "upperLetter" else name
    if "ounting" in format or format in ("ideographDigital", "ideographTraditional"):
        return _chinese(number)
    if format.startswith("decimalEnclosedCircle") and 0 < number <= len(_CIRCLES):
        return _CIRCLES[number - 1]
    if format == "decimalEnclosedParen":
        return f"({number})"
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")


# The document


@dataclass(slots=True)
class _Line:
    """A paragraph being put together, with and without the signs for runs that stand out."""

    plain: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)

    def add(self, text: str, emphasis: int = 0) -> None:
        self.plain.append(text)
        self.marked.append(text)
        size = len("".join(text.split()))
        if emphasis and size:
            self.marked.append(chr(_FIRST_EMPHASIS + emphasis * (_LONGEST + 1) + min(size, _LONGEST)))

    def text(self) -> str:
        plain = "".join(self.plain)
        is_option = _OPTION_LINE.match(fold_width(plain)) and not _LABELLED.search(plain)
        return "".join(self.marked) if is_option else plain


class _Document:
    """One document while it is read."""

    def __init__(self, package: Package, main: str) -> None:
        self.package = package
        folder, name = posixpath.split(main)
        self.relations = _relations(package, posixpath.join(folder, "_rels", f"{name}.rels"), folder)
        self.numbering = _Numbering(package, folder)
        self.objects: list[_Object] = []
        self.pictures: dict[str, _Picture | Remark] = {}
        self.lines: list[str] = []
        self.tabled: list[Draft] = []
        body = _child(_parsed(package, main), "body")
        if body is None:
            raise FileUnreadable("is no Word document")
        self._blocks(body)

    def items(self, skills: Collection[str]) -> Iterator[Item | Refusal]:
        """The items, in their order."""
        found = sorted([*drafts("\n".join(self.lines)), *self.tabled], key=lambda draft: draft.line)
        for number, draft in enumerate(found, 1):
            _choose_emphasised(draft)
            self._take_remarks(draft)
            yield self._shown(settled(number, draft, skills))

    def _sign(self, thing: _Object) -> str:
        if len(self.objects) >= MAX_OBJECTS:
            raise FileUnreadable(f"holds more than {MAX_OBJECTS} pictures, formulas and other objects")
        self.objects.append(thing)
        return chr(_FIRST_OBJECT + len(self.objects) - 1)

    # Paragraphs and tables

    def _blocks(self, parent: Element) -> None:
        for node in parent:
            match local(node.tag):
                case "p":
                    self.lines += self._paragraph(node).split("\n")
                case "tbl":
                    self._table(node)
                case "altChunk":
                    self.lines.append(self._sign(remark(Note.OBJECT_LEFT_OUT)))
                case name if name not in _GONE:
                    self._blocks(node)

    def _paragraph(self, node: Element) -> str:
        properties = _child(node, "pPr")
        line = _Line()
        for child in node:
            self._inline(child, line)
        text = line.text()
        prefix = self.numbering.prefix(properties) if text.strip() else ""
        if prefix:
            shifted = _Line([prefix, *line.plain], [prefix, *line.marked])
            text = shifted.text()
        return text

    def _table(self, node: Element) -> None:
        rows = [[self._cell(cell) for cell in _every(row, "tc")] for row in _every(node, "tr")]
        first = len(self.lines) + 1
        upright = [list(column) for column in zip(*rows, strict=True)] if len({len(row) for row in rows}) == 1 else []
        for table in (rows, upright):
            found = read_rows(
                [(first + place, [_EMPHASIS.sub("", cell) for cell in row]) for place, row in enumerate(table)]
            )
            if found is not None:
                self.tabled += found
                # Blank, so that the text before it and the text after it are no neighbours.
                self.lines += [""] * max(len(table), 1)
                return
        if len(rows) == 1 and len(rows[0]) == 1:
            self.lines += rows[0][0].split("\n")
            return
        for row in rows:
            cells = [cell for cell in row if cell.strip()]
            joined = "\t".join(cell.replace("\n", " ") for cell in cells) if len(cells) > 1 else "".join(cells)
            self.lines += joined.split("\n")
        if self.lines and not any(_OPTION_LINE.match(fold_width(cell)) for row in rows for cell in row):
            self.lines[-1] += self._sign(remark(Note.TABLE))

    def _cell(self, cell: Element) -> str:
        texts = [self._paragraph(node) for node in cell.iter() if local(node.tag) == "p"]
        return "\n".join(texts).strip("\n")

    # Inside a paragraph

    def _inline(self, node: Element, line: _Line) -> None:
        name = local(node.tag)
        if name == "r":
            self._run(node, line)
        elif name in ("oMath", "oMathPara"):
            found = formula(node)
            line.add(self._sign(Formula(_PRIVATE.sub("", found.latex), _PRIVATE.sub("", found.plain))))
        elif name == "AlternateContent":
            chosen = _child(node, "Choice")
            for child in chosen if chosen is not None else ():
                self._inline(child, line)
        elif name not in _GONE:
            for child in node:
                self._inline(child, line)

    def _run(self, node: Element, line: _Line) -> None:
        properties = _child(node, "rPr")
        emphasis = _emphasis(properties)
        height = _attribute(_child(properties, "vertAlign"), "val")
        for child in node:
            text = self._piece(child)
            if emphasis & _UNDERLINED and text and not text.strip() and (len(text) > 1 or text in "\t\u3000"):
                line.add("____")
            elif height in ("superscript", "subscript") and text.strip() and not _OBJECT.search(text):
                line.add(self._sign(_Script(text.strip(), height == "superscript")), emphasis)
            else:
                line.add(text, emphasis)

    def _piece(self, node: Element) -> str:
        """What a child of a run shows."""
        match local(node.tag):
            case "t":
                return _SPACES.sub(" ", _PRIVATE.sub("\ufffd", node.text or ""))
            case "tab" | "ptab":
                return "\t"
            case "br" | "cr":
                return "\n"
            case "noBreakHyphen":
                return "-"
            case "sym":
                return self._symbol(node)
            case "drawing" | "pict" | "object":
                return self._drawn(node)
            case "footnoteReference" | "endnoteReference":
                return self._sign(remark(Note.NOTE_LEFT_OUT))
            case "AlternateContent":
                chosen = _child(node, "Choice")
                return "".join(self._piece(child) for child in (chosen if chosen is not None else ()))
            case "ruby":
                line = _Line()
                base = _child(node, "rubyBase")
                for child in base if base is not None else ():
                    self._inline(child, line)
                return "".join(line.plain)
        return ""

    def _symbol(self, node: Element) -> str:
        font, written = (_attribute(node, "font") or "").lower(), _attribute(node, "char") or ""
        code = int(written, 16) & 0xFF if re.fullmatch(r"[0-9A-Fa-f]{1,4}", written) else 0
        return _SYMBOLS.get((font, code)) or self._sign(remark(Note.SYMBOL))

    def _drawn(self, node: Element) -> str:
        """Pictures in a drawing; a note for everything else that it shows."""
        signs, alt = [], ""
        for each in node.iter():
            name = local(each.tag)
            if name == "docPr":
                alt = _PRIVATE.sub("", _attribute(each, "descr") or "")
            elif name in ("blip", "imagedata") and local(node.tag) != "object":
                target = self.relations.get(_attribute(each, "embed") or _attribute(each, "id") or "", "")
                signs.append(self._sign(self._picture(target, alt)))
        if local(node.tag) == "object":
            return self._sign(remark(Note.OBJECT_LEFT_OUT))
        written = " ".join(each.text or "" for each in node.iter() if local(each.tag) == "t")
        words = _PRIVATE.sub("", written).strip()
        has_box = any(local(each.tag) == "txbxContent" for each in node.iter())
        if has_box or not signs:
            kept = remark(Note.BOX_LEFT_OUT, text=words) if words else remark(Note.OBJECT_LEFT_OUT)
            signs.append(self._sign(kept))
        return "".join(signs)

    def _picture(self, target: str, alt: str) -> _Picture | Remark:
        """The picture in the part `target`, or the note that it cannot be shown."""
        if target not in self.pictures:
            self.pictures[target] = self._loaded(target)
        found = self.pictures[target]
        return replace(found, alt=" ".join(alt.split())[:200]) if isinstance(found, _Picture) else found

    def _loaded(self, target: str) -> _Picture | Remark:
        name = posixpath.basename(target)
        content = self.package.read(target) if target in self.package else b""
        kind = next(((media, ending) for magic, media, ending in _PICTURES if content.startswith(magic)), None)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            kind = ("image/webp", "webp")
        if kind is None or len(content) > MAX_PICTURE:
            return remark(Note.PICTURE_LEFT_OUT, name=name or "?")
        stem = _UNSAFE_IN_NAME.sub("-", name.rpartition(".")[0] or name)[-80:].lstrip(".-") or "picture"
        taken = {each.name for each in self.pictures.values() if isinstance(each, _Picture)}
        unique, attempt = f"{stem}.{kind[1]}", 1
        while unique in taken:
            attempt += 1
            unique = f"{stem}-{attempt}.{kind[1]}"
        return _Picture(unique, kind[0], base64.b64encode(content).decode(), "")

    # From signs back to what they stand for

    def _object(self, sign: str) -> _Object | None:
        place = ord(sign) - _FIRST_OBJECT
        return self.objects[place] if 0 <= place < len(self.objects) else None

    def _take_remarks(self, draft: Draft) -> None:
        """Turn signs that stand for notes into notes."""

        def cleaned(text: str) -> str:
            def note(found: re.Match[str]) -> str:
                thing = self._object(found[0])
                if isinstance(thing, Remark):
                    if thing not in draft.remarks:
                        draft.remarks.append(thing)
                    return ""
                return found[0]

            return _OBJECT.sub(note, text)

        draft.stem, draft.explanation = cleaned(draft.stem), cleaned(draft.explanation)
        draft.options = [(mark, cleaned(text).strip()) for mark, text in draft.options]
        draft.answer = None if draft.answer is None else cleaned(draft.answer)

    def _plain(self, text: str) -> str:
        """`text` with formulas and scripts as they would be typed, without pictures."""

        def typed(found: re.Match[str]) -> str:
            match self._object(found[0]):
                case Formula(plain=plain):
                    return plain
                case _Script(text=script, is_high=is_high):
                    return f"{'^' if is_high else '_'}{script}"
                case _Picture(alt=alt):
                    return alt
            return ""

        return _EMPHASIS.sub("", _OBJECT.sub(typed, text))

    def _shown(self, found: Item | Refusal) -> Item | Refusal:
        """`found` with everything in its place."""
        name = " ".join(self._plain(found.name).split())
        if isinstance(found, Refusal):
            return replace(found, name=name, remark=self._worded(found.remark))
        try:
            content, notes = self._content(found.content)
        except ItemRefused as refused:
            return Refusal(found.number, found.line, name, refused.remark)
        if not name:
            name = next((file.name for file in content.attachments), str(found.number))
        remarks = (*(self._worded(each) for each in found.remarks), *notes)
        return replace(found, name=name, content=content, tags=tuple(map(self._plain, found.tags)), remarks=remarks)

    def _worded(self, given: Remark) -> Remark:
        return Remark(given.code, {name: self._plain(value) for name, value in given.values.items()})

    def _content(self, content: Content) -> tuple[Content, list[Remark]]:
        """`content` in the format that its objects need, with its pictures. Raises ItemRefused."""
        things = [self._object(sign) for text in _texts(content) for sign in _OBJECT.findall(text)]
        if not things:
            return content, []
        pictures = {thing.name: thing for thing in things if isinstance(thing, _Picture)}
        if len(pictures) > MAX_FILES:
            raise ItemRefused(Reason.TOO_MANY_FILES, limit=MAX_FILES)
        formulas = [thing for thing in things if isinstance(thing, Formula)]
        format = Format.MARKDOWN if formulas and not pictures else Format.HTML
        notes = [
            remark(Note.FORMULA, text=thing.plain) for thing in formulas if format is Format.HTML or not thing.latex
        ]
        shown = replace(
            _Rewriting(self, format).content(content),
            format=format,
            attachments=tuple(
                Attachment(name=each.name, media_type=each.media_type, data=each.data) for each in pictures.values()
            ),
        )
        return shown, notes


def _every(node: Element, name: str) -> Iterator[Element]:
    """Children called `name`, also inside controls and insertions."""
    for child in node:
        if local(child.tag) == name:
            yield child
        elif local(child.tag) in ("sdt", "sdtContent", "ins", "customXml", "moveTo"):
            yield from _every(child, name)


def _emphasis(properties: Element | None) -> int:
    if properties is None:
        return 0
    found = _BOLD if _is_on(properties, "b") else 0
    if _is_on(properties, "u"):
        found |= _UNDERLINED
    if _is_on(properties, "highlight"):
        found |= _HIGHLIGHTED
    colour = _attribute(_child(properties, "color"), "val") or ""
    if re.fullmatch(r"[0-9A-Fa-f]{6}", colour):
        red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
        found |= _RED if red >= 0xC0 and green <= 0x60 and blue <= 0x60 else 0
    return found


def _choose_emphasised(draft: Draft) -> None:
    """Where no answer is written, take the options that stand out, if some do wholly, and the others not at all."""
    covered = [_covered(text) for _, text in draft.options]
    draft.options = [(mark, _EMPHASIS.sub("", text).strip()) for mark, text in draft.options]
    draft.stem = _EMPHASIS.sub("", draft.stem)
    draft.explanation = _EMPHASIS.sub("", draft.explanation)
    if draft.answer is not None:
        draft.answer = _EMPHASIS.sub("", draft.answer)
        return
    if bracketed(draft.stem) or draft.refused:
        return
    chosen = set()
    for kind in (_BOLD, _UNDERLINED, _HIGHLIGHTED, _RED):
        shares = [share.get(kind, 0.0) for share in covered]
        if any(0 < share < 1 for share in shares):
            return
        if 0 < sum(shares) < len(shares):
            chosen.add("".join(mark for (mark, _), share in zip(draft.options, shares, strict=True) if share))
    if len(chosen) == 1:
        draft.answer = chosen.pop()
        draft.remarks.append(remark(Note.EMPHASIS, text=draft.answer))


def _covered(text: str) -> dict[int, float]:
    """What share of `text` stands out, by how."""
    seen, sizes = 0, dict.fromkeys((_BOLD, _UNDERLINED, _HIGHLIGHTED, _RED), 0)
    for piece in re.split(f"({_EMPHASIS.pattern})", text):
        if not _EMPHASIS.fullmatch(piece):
            seen += len("".join(piece.split()))
            fresh = len("".join(piece.split()))
            continue
        emphasis, size = divmod(ord(piece) - _FIRST_EMPHASIS, _LONGEST + 1)
        for kind in sizes:
            if emphasis & kind:
                sizes[kind] += fresh if size == _LONGEST else min(size, fresh)
    return {kind: size / seen for kind, size in sizes.items()} if seen else {}


def _texts(content: Content) -> Iterable[str]:
    yield from (content.text, content.general_feedback)
    match content:
        case Single() | Multiple():
            yield from (option.text for option in content.options)
        case Matching():
            yield from (pair.text for pair in content.pairs)
            yield from (choice.text for choice in content.choices)
        case Ordering():
            yield from (item.text for item in content.items)
        case Essay():
            yield content.guide
        case ShortText():
            yield from (answer.text for answer in content.answers)
        case Cloze():
            for gap in content.gaps:
                yield from _texts(gap.part)


class _Rewriting:
    """Writes the texts of one question in another format."""

    def __init__(self, document: _Document, format: Format) -> None:
        self.document = document
        self.format = format

    def content(self, content: Content) -> Content:
        """`content` with all that is shown rewritten, and what is typed as it would be typed. Raises ItemRefused."""
        changes: dict[str, Any] = {
            "text": self.shown(content.text), "general_feedback": self.shown(content.general_feedback),
        }  # fmt: skip
        match content:
            case Single() | Multiple():
                changes["options"] = tuple(self._reworded(option) for option in content.options)
            case Matching():
                changes["pairs"] = tuple(self._reworded(pair) for pair in content.pairs)
                changes["choices"] = tuple(self._reworded(choice) for choice in content.choices)
            case Ordering():
                changes["items"] = tuple(self._reworded(item) for item in content.items)
            case Essay():
                changes["guide"] = self.shown(content.guide)
            case ShortText():
                changes["answers"] = tuple(self._typed(answer) for answer in content.answers)
            case Cloze():
                changes["gaps"] = tuple(
                    replace(gap, part=replace(self._part(gap.part), format=self.format)) for gap in content.gaps
                )
        return replace(content, **changes)

    def _part(self, part: Single | Multiple | Numeric | ShortText) -> Single | Multiple | Numeric | ShortText:
        if isinstance(part, ShortText):
            return replace(part, answers=tuple(self._typed(answer) for answer in part.answers))
        return part

    def _reworded(self, part: _Part) -> _Part:
        return replace(part, text=self.shown(part.text))

    def _typed(self, answer: TextAnswer) -> TextAnswer:
        if any(isinstance(self.document._object(sign), _Picture) for sign in _OBJECT.findall(answer.text)):
            raise ItemRefused(Reason.PICTURE_ANSWER)
        return replace(answer, text=self.document._plain(answer.text))

    def shown(self, text: str) -> str:
        """`text` in this format, with its objects."""
        pieces: list[str] = []
        end = 0
        for found in _OBJECT.finditer(text):
            pieces.append(self._escaped(text[end : found.start()], at_start=end == 0))
            written, end = self._written(found[0]), found.end()
            if written.startswith("$"):
                # Two dollar signs would be one formula's, and no digit may follow a formula.
                before = "".join(pieces[-2:])[-1:] in ("$", "\\")
                written = f"{' ' if before else ''}{written}{' ' if text[end : end + 1].isdigit() else ''}"
            pieces.append(written)
        return "".join([*pieces, self._escaped(text[end:], at_start=end == 0)])

    def _escaped(self, text: str, at_start: bool = False) -> str:
        if self.format is Format.HTML:
            return html.escape(text, quote=False).replace("\n", "<br>")
        text = _MARKDOWN.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), text)
        text = _LINE_START.sub(lambda found: found[0] if not (at_start or found.start()) else _unlisted(found), text)
        return text.replace("\n", "  \n")

    def _written(self, sign: str) -> str:
        match self.document._object(sign):
            case _Picture(name=name, alt=alt):
                return f'<img src="{PLUGIN_FILE}{html.escape(name)}" alt="{html.escape(alt)}">'
            case _Script(text=text, is_high=is_high):
                tag = "sup" if is_high else "sub"
                return f"<{tag}>{self._escaped(text)}</{tag}>"
            case Formula(latex=latex, plain=plain):
                return f"${latex}$" if latex and self.format is Format.MARKDOWN else self._escaped(plain)
        return ""


_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;", "~": "&#126;"}


def _unlisted(found: re.Match[str]) -> str:
    """The beginning of a line that Markdown would take for a list."""
    if found[2]:
        return f"{found[1]}&#{ord(found[2])};"
    return f"{found[1]}{found[3]}\\{found[4]}"
