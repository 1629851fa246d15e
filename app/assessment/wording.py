"""The words of a question as safe HTML, whichever way they are written: HTML, Moodle's, Markdown or plain."""

import re
from collections.abc import Iterable
from urllib.parse import quote

import nh3
from markupsafe import Markup, escape

from app.assessment.rules.content import GAP_MARK, PLUGIN_FILE, Attachment, Format
from app.ui.markdown import render_markdown

TAGS = {
    "a", "abbr", "audio", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "i",
    "img", "ins",
    "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "audio": {"src", "controls"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
BLOCK = re.compile(r"<(?:p|div|ul|ol|table|pre|blockquote|dl|h[1-6])\b", re.IGNORECASE)
HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>", re.IGNORECASE)
ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)
# Pictures that a browser shows without running anything.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SOUNDS = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm"})
# How others put a sound into a text: a link to the file, which their pages turn into a player.
SOUND_LINK = re.compile(r"<a\b[^>]*\bhref=[\"']([^\"']*)[\"'][^>]*>.*?</a>", re.IGNORECASE | re.DOTALL)


def worded(text: str, format: Format | None, attachments: Iterable[Attachment] = (), inline: bool = False) -> Markup:
    """`text` for a page. With `inline` a single paragraph loses its <p>, to stand inside a label."""
    match format:
        case Format.MARKDOWN:
            made = str(render_markdown(text, top=3))
        case Format.HTML | Format.MOODLE:
            made = _clean(text, line_breaks=format is Format.MOODLE, attachments=attachments)
        case _:
            lines = "<br>".join(str(escape(line)) for line in text.splitlines())
            made = lines if inline else f"<p>{lines}</p>"
    made = GAP_MARK.sub(r"<strong>(\1)</strong> ____", made)
    if inline and (only := ONE_PARAGRAPH.fullmatch(made.strip())):
        made = only[1]
    return Markup(made)  # noqa: S704, cleaned or escaped above


def _clean(text: str, *, line_breaks: bool, attachments: Iterable[Attachment]) -> str:
    if line_breaks and not BLOCK.search(text):
        text = text.strip().replace("\n", "<br>")
    # The page has its own headings; those of a question would break their order.
    text = HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", text)
    for file in attachments:
        if file.media_type in SOUNDS:
            text = _with_player(text, file)
        if file.media_type in PICTURES | SOUNDS:
            data = f"data:{file.media_type};base64,{file.data}"
            text = text.replace(PLUGIN_FILE + quote(file.name), data).replace(PLUGIN_FILE + file.name, data)
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        clean_content_tags={"script", "style", "template", "iframe", "noscript", "svg", "math"},
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="nofollow noopener",
        set_tag_attribute_values={"img": {"loading": "lazy"}},
    )
    return re.sub(r"<img (?![^>]*\balt=)", '<img alt="" ', cleaned)


def _with_player(text: str, file: Attachment) -> str:
    """A link to a sound becomes its player; a player gets its buttons."""
    names = (PLUGIN_FILE + quote(file.name), PLUGIN_FILE + file.name)
    text = SOUND_LINK.sub(
        lambda found: f'<audio controls src="{found[1]}"></audio>' if found[1] in names else found[0], text
    )
    return re.sub(r"<audio\b(?![^>]*\bcontrols\b)", "<audio controls", text, flags=re.IGNORECASE)


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value that an attribute may keep: pictures from here or over https, links that are no data."""
    address = value.strip().lower()
    if attribute == "src":
        own = address.startswith(tuple(f"data:{kind};base64," for kind in (SOUNDS if tag == "audio" else PICTURES)))
        return value if own or (tag == "img" and address.startswith("https://")) else None
    if attribute == "href":
        return None if address.startswith("data:") else value
    return value
