"""Markdown to safe HTML: tables, code, footnotes, pictures, and formulas as MathML. No script is needed to read it."""

import hashlib
import html
import re
from functools import lru_cache

import nh3
from flask_babel import get_locale, gettext
from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.codehilite import CodeHiliteExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markupsafe import Markup

# Bounds keep the search for a closing dollar sign linear in the length of the text.
INLINE = r"(?<![\\$])\$(?![\s$])([^$\n]{1,500}?)(?<![\s\\])\$(?![\d$])"
DISPLAY_INLINE = r"(?<![\\$])\$\$((?:[^$]|\\\$){1,2000}?)\$\$(?!\$)"
DISPLAY_BLOCK = re.compile(r"^ {0,3}\$\$((?:(?!\n[ \t]*\n)[^$]){1,2000}?)\$\$[ \t]*$", re.MULTILINE)

BLANK_LINES = re.compile(r"(\n[ \t]*\n)")
# In one block; "less than" stands in tables too.
BRACKETS = (("](", ")", 50), ("[", "]", 50), ("<", ">", 500))
MOST_LINES = 2000

MATHML = {
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
    "mmultiscripts", "mprescripts", "none", "menclose",
}  # fmt: skip
TEXT = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p",
    "pre", "q", "s", "samp", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "id", "class"},
    "abbr": {"title"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"id"},
    "ol": {"start", "type"},
    "span": {"class"},
    "sup": {"id"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "math": {"display", "alttext"},
    "mo": {
        "stretchy",
        "fence",
        "separator",
        "form",
        "lspace",
        "rspace",
        "largeop",
        "movablelimits",
        "minsize",
        "maxsize",
    },
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mtext": {"mathvariant"},
    "mfrac": {"linethickness", "displaystyle"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mspace": {"width", "height", "depth", "linebreak"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"columnalign", "columnlines", "rowlines", "rowspacing", "columnspacing", "displaystyle"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
}
OWN_CLASSES = {"div": {"highlight", "footnote"}, "a": {"footnote-ref", "footnote-backref"}}
TOKEN_CLASS = re.compile(r"[a-z][a-z0-9]{0,2}")
OWN_ID = re.compile(r"m[0-9a-f]{8}-")
IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*>')
HEADING = re.compile(r"<(/?)h([1-6])>")
MTEXT = re.compile(r"(<mtext[^<>]*>)(.*?)(?=</mtext>)", re.DOTALL)


def _mathml(latex: str, display: bool) -> str:
    """MathML of a formula; the formula itself as code where it cannot be read."""
    shown = f"$${latex}$$" if display else f"${latex}$"
    try:
        found = convert(latex.strip(), display="block" if display else "inline")
    except Exception:  # noqa: BLE001, the converter raises IndexError, KeyError and its own errors alike; the reader sees the source
        return f"<code>{html.escape(shown)}</code>"
    found = MTEXT.sub(lambda part: part[1] + _text_of_formula(part[2]), found)
    spoken = html.escape(" ".join(latex.split()), quote=True)
    return found.replace("<math ", f'<math alttext="{spoken}" ', 1)


def _text_of_formula(raw: str) -> str:
    """The words in a formula, which the converter leaves as they were typed: its signs < and & are no markup."""
    return re.sub(r"&(?!#x[0-9A-F]+;)", "&amp;", raw).replace("<", "&lt;")


class _DisplayMath(Preprocessor):
    """Formulas that stand alone between lines, taken out before lists and headings are looked for in them."""

    def run(self, lines: list[str]) -> list[str]:
        def stash(found: re.Match[str]) -> str:
            return f"\n\n{self.md.htmlStash.store(_mathml(found[1], display=True))}\n\n"

        return DISPLAY_BLOCK.sub(stash, "\n".join(lines)).split("\n")


class _InlineMath(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, display: bool) -> None:
        super().__init__(pattern, md)
        self.display = display

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        return self.md.htmlStash.store(_mathml(m[1], self.display)), m.start(0), m.end(0)


class _Formulas(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        # After fenced code (25), so that dollars in code stay dollars; before escapes (180), so that \frac stays whole.
        md.preprocessors.register(_DisplayMath(md), "display-math", 24)
        md.inlinePatterns.register(_InlineMath(DISPLAY_INLINE, md, display=True), "display-math", 186)
        md.inlinePatterns.register(_InlineMath(INLINE, md, display=False), "inline-math", 185)
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]


class _Footnotes(FootnoteExtension):
    """Footnotes whose ids carry a prefix, so that two texts on one page do not share an anchor."""

    def __init__(self, prefix: str, back: str) -> None:
        super().__init__(BACKLINK_TITLE=back, SEPARATOR="-")
        self.prefix = prefix

    def makeFootnoteId(self, id: str) -> str:  # noqa: N802
        return f"{self.prefix}{super().makeFootnoteId(id)}"

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:  # noqa: N802
        return f"{self.prefix}{super().makeFootnoteRefId(id, found)}"


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value that an attribute may keep, or None."""
    if attribute == "class":
        own = OWN_CLASSES.get(tag, set())
        kept = [name for name in value.split() if name in own or (tag == "span" and TOKEN_CLASS.fullmatch(name))]
        return " ".join(kept) or None
    if attribute == "id":
        return value if OWN_ID.match(value) else None
    if attribute in ("href", "src"):
        address = re.sub(r"[\x00-\x20]", "", value).lower()  # browsers drop these inside an address
        if address.startswith(("//", "\\", "/\\")):
            return None  # another host in the clothes of a path
        elsewhere = re.match(r"[a-z][a-z0-9+.-]*:", address)
        return value if tag != "img" or address.startswith("https://") or not elsewhere else None
    return value


def _clean(dirty: str) -> str:
    return nh3.clean(
        dirty,
        tags=TEXT | MATHML,
        clean_content_tags={"script", "style", "template", "iframe", "noscript", "svg", "annotation", "annotation-xml"},
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener",
        set_tag_attribute_values={"img": {"loading": "lazy", "decoding": "async"}},
    )


def _settle_headings(clean: str, top: int) -> str:
    """Give the highest level in use the level `top`, the next one `top + 1`, and so on, without gaps."""
    used = sorted({int(found[2]) for found in HEADING.finditer(clean)})
    level = {old: min(top + place, 6) for place, old in enumerate(used)}
    return HEADING.sub(lambda found: f"<{found[1]}h{level[int(found[2])]}>", clean)


def _finish(clean: str) -> str:
    def with_words(found: re.Match[str]) -> str:
        alt = re.search(r'\balt="([^"]*)"', found[0])
        if not re.search(r'\bsrc="', found[0]):
            return alt[1] if alt else ""  # its address was refused: the words for it remain
        return found[0] if alt else found[0].replace("<img ", '<img alt="" ', 1)

    clean = IMAGE.sub(with_words, clean)
    # A wide table or a long line of code scrolls by itself; whoever uses the keyboard must be able to reach it.
    clean = clean.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    return clean.replace("<pre>", '<pre tabindex="0">')


def _tamed(text: str) -> str:
    """The text, of which blocks that nobody writes stand as they were typed: thousands of lines, brackets never closed.

    The reader looks for the end of each bracket as far as the block goes, so that a block of nothing else takes time by
    the square of its length: one post of 10,000 signs would hold up everybody for a quarter of a minute.
    """
    if all(text.count(opens) <= most for opens, _closes, most in BRACKETS) and text.count("\n") <= MOST_LINES:
        return text
    parts = BLANK_LINES.split(text)
    parts[::2] = [_as_typed(part) if _is_wild(part) else part for part in parts[::2]]
    return "".join(parts)


def _is_wild(block: str) -> bool:
    if block.count("\n") > MOST_LINES:
        return True
    for opens, closes, most in BRACKETS:
        unclosed = 0
        for found in re.finditer(f"{re.escape(opens)}|{re.escape(closes)}", block):
            unclosed = unclosed + 1 if found[0] == opens else max(0, unclosed - 1)
        if unclosed > most:
            return True
    return False


def _as_typed(text: str) -> str:
    """Lines as they were typed, for a text that is nested deeper than can be read."""
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())


@lru_cache(maxsize=512)
def _render(text: str, top: int, language: str, back: str) -> str:
    prefix = f"m{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}-"
    reader = Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            "fenced_code",
            "sane_lists",
            "def_list",
            CodeHiliteExtension(css_class="highlight", guess_lang=False),
            _Footnotes(prefix, back),
            _Formulas(),
        ]
    )
    try:
        found = reader.convert(_tamed(text))
    except RecursionError:
        found = _as_typed(text)
    return _finish(_settle_headings(_clean(found), top))


def render_markdown(text: str | None, top: int = 2) -> Markup:
    """Safe HTML of a Markdown text; headings start at level `top` (2–6), since the page has its own first heading.

    Raw HTML is reduced to an allow-list; pictures come from this site or over https; links carry `nofollow noopener`. A
    formula that cannot be read is shown as code. No text raises an exception.
    """
    if not text:
        return Markup("")
    back = gettext("Back to the text at note %(number)s", number="{}")
    return Markup(_render(text, top, str(get_locale()), back))  # noqa: S704, sanitised above


def render_plain(text: str | None, limit: int | None = None) -> str:
    """The words of a Markdown text on one line, without marks; cut at `limit` characters with an ellipsis."""
    if not text:
        return ""
    rendered = re.sub(r"<math.*?</math>", " ", str(render_markdown(text)), flags=re.DOTALL)
    bare = " ".join(
        html.unescape(nh3.clean(re.sub(r"</(p|li|h\d|td|th|tr|dt|dd|pre)>", " ", rendered), tags=set())).split()
    )
    if limit is not None and len(bare) > limit:
        return bare[: limit - 1].rstrip() + "…"
    return bare
