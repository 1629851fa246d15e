"""Pages as a test reads them: every page that a test opens is also looked at for what no page may get wrong."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

CATALOGUE = Path(__file__).parents[1] / "app" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
BUTTONS = ("hidden", "submit", "button", "reset", "image")
FIELDS = "input" + "".join(f":not([type={kind}])" for kind in BUTTONS) + ", select, textarea"
# What a template prints when a value, a placeholder or a filter went missing.
ACCIDENTS = re.compile(r"^None$|^Undefined$|\{\{|\{%|%\(\w+\)[sd]|<\w+ object at 0x|&(?:amp|lt|gt|quot|#\d+);")
SPOKEN = {"zh": "zh-CN,zh;q=0.9", "en": "en-GB,en;q=0.9"}


class Page:
    """A parsed answer. `select` and `one` take CSS selectors; `text` is what a reader sees."""

    def __init__(
        self, html: str, *, status: int = 200, path: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.html, self.status, self.path, self.headers = html, status, path, headers or {}
        self.tree = LexborHTMLParser(html)

    @property
    def title(self) -> str:
        """The title of the window."""
        return _words(self.tree.css_first("title"))

    @property
    def h1(self) -> str:
        """The headline."""
        return _words(self.one("h1"))

    @property
    def language(self) -> str:
        """The `lang` of the page."""
        root = self.tree.css_first("html")
        return (root.attributes.get("lang") or "") if root else ""

    @property
    def text(self) -> str:
        """All words of the page, with single spaces."""
        return _words(self.tree.body)

    @property
    def links(self) -> dict[str, str]:
        """Address by words, of every link."""
        return {_words(link): link.attributes.get("href") or "" for link in self.select("a[href]")}

    def select(self, css: str) -> list[LexborNode]:
        """All elements that fit `css`."""
        return self.tree.css(css)

    def one(self, css: str) -> LexborNode:
        """The one element that fits `css`."""
        found = self.select(css)
        assert len(found) == 1, f"{self.path}: {len(found)} elements fit {css!r}, not one"
        return found[0]

    def words(self, css: str) -> list[str]:
        """What a reader sees in each element that fits `css`."""
        return [_words(node) for node in self.select(css)]

    def rows(self, css: str = "table") -> list[list[str]]:
        """The cells of each row of the one table that fits `css`, heads included."""
        return [[_words(cell) for cell in row.css("th, td")] for row in self.one(css).css("tr")]

    def values(self, css: str = "main form") -> dict[str, list[str]]:
        """What the one form that fits `css` would send as it stands, without its buttons."""
        found: dict[str, list[str]] = {}
        for field in self.one(css).css("input[name], select[name], textarea[name]"):
            if "disabled" not in field.attributes:
                values = _values_of(field)
                if values is not None:
                    found.setdefault(str(field.attributes["name"]), []).extend(values)
        return found

    def faults(self) -> list[str]:
        """What no page may get wrong: title, headline, language, ids, labels, pictures, and words that nobody wrote."""
        faults = []
        if not self.title:
            faults.append("no title")
        if len(self.select("h1")) != 1 or not self.h1:
            faults.append(f"{len(self.select('h1'))} headlines: {self.words('h1')}")
        if self.language.split("-")[0] not in SPOKEN:
            faults.append(f"its language is {self.language!r}")
        return faults + self.fragment_faults()

    def fragment_faults(self) -> list[str]:
        """Those of `faults` that count for a part of a page, too."""
        return [*self._wrong_ids(), *self._unlabelled(), *self._accidents(), *self._untranslated()]

    def _wrong_ids(self) -> list[str]:
        ids = Counter(node.attributes["id"] for node in self.select("[id]"))
        faults = [f"id {name!r} {count} times" for name, count in ids.items() if count > 1]
        faults += [f"an id with a space: {name!r}" for name in ids if not name or " " in name]
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers"):
            for node in self.select(f"[{attribute}]"):
                wanted = (node.attributes[attribute] or "").split()
                faults += [f"{attribute} names {name!r}, which is nowhere" for name in wanted if name not in ids]
        return faults

    def _unlabelled(self) -> list[str]:
        labels = {node.attributes["for"] for node in self.select("label[for]") if _words(node)}
        faults = []
        for field in self.select(FIELDS):
            named = field.attributes.get("aria-label") or field.attributes.get("aria-labelledby")
            if not named and field.attributes.get("id") not in labels and not _within(field, "label"):
                faults.append(f"a field without a label: {field.html}")
        for button in self.select("button, a[href]"):
            if not _words(button) and not button.attributes.get("aria-label") and not button.css("img[alt], title"):
                faults.append(f"a button or link without words: {button.html}")
        faults += [f"a picture without alt: {picture.html}" for picture in self.select("img:not([alt])")]
        return faults

    def _texts(self) -> list[tuple[LexborNode, str]]:
        pieces = []
        for node in self.tree.root.traverse(include_text=True) if self.tree.root else ():
            parent = node.parent
            if node.tag == "-text" and parent is not None and parent.tag not in ("script", "style"):
                words = " ".join((node.text(deep=False) or "").split())
                if words and not _within(node, "pre") and not _within(node, "code"):
                    pieces.append((parent, words))
        return pieces

    def _accidents(self) -> list[str]:
        found = [f"a reader sees {words!r}" for _, words in self._texts() if ACCIDENTS.search(words)]
        for field in self.select("input[value], [placeholder]"):
            for name in ("value", "placeholder"):
                if ACCIDENTS.search(field.attributes.get(name) or ""):
                    found.append(f"a field holds {field.attributes[name]!r}")
        return found

    def _untranslated(self) -> list[str]:
        """English words of our own on a Chinese page, outside of what says that it is English."""
        if not self.language.startswith("zh"):
            return []
        ours = _translated_words()
        return [
            f"{words!r} is not translated"
            for parent, words in self._texts()
            if words in ours and not _is_marked_english(parent)
        ]


def page(client: FlaskClient, path: str, *, language: str | None = None, status: int = 200, **kwargs: Any) -> Page:
    """Open `path`, following redirects, expect `status`, and refuse a page with faults."""
    headers = {**({"Accept-Language": SPOKEN[language]} if language else {}), **kwargs.pop("headers", {})}
    answer = client.get(path, headers=headers, follow_redirects=True, **kwargs)
    return read(answer, status=status)


def read(answer: TestResponse, *, status: int = 200) -> Page:
    """The page of an answer that is there already; refuses another status, and a page with faults."""
    path = answer.request.path
    assert answer.status_code == status, f"{path} answered {answer.status}, not {status}"
    found = Page(answer.get_data(as_text=True), status=answer.status_code, path=path, headers=dict(answer.headers))
    faults = found.faults()
    assert not faults, f"{path}: " + "; ".join(faults)
    return found


def fragment(client: FlaskClient, path: str, **kwargs: Any) -> Page:
    """Open a part of a page, as htmx does, and refuse one with faults."""
    answer = client.get(path, headers={"HX-Request": "true"}, **kwargs)
    assert answer.status_code == 200, f"{path} answered {answer.status}"
    found = Page(answer.get_data(as_text=True), path=path)
    faults = found.fragment_faults()
    assert not faults, f"{path}: " + "; ".join(faults)
    return found


def submit(
    client: FlaskClient,
    page: Page,
    values: Mapping[str, Any] | None = None,
    *,
    form: str = "main form",
    button: str = "",
    **more: Any,
) -> TestResponse:
    """Send the one form that fits `form` as a person would: what stands in it, changed by `values`.

    Raises AssertionError for a field that the form does not have. `button` is the `name=value` of the button pressed.
    Redirects are not followed: give the answer to `read` or open its page.
    """
    element = page.one(form)
    names = {field.attributes.get("name") for field in element.css("input, select, textarea")}
    changes = {**(values or {}), **more}
    unknown = sorted(set(changes) - names)
    assert not unknown, f"{page.path}: the form {form!r} has no {unknown}; it has {sorted(n for n in names if n)}"
    data: dict[str, Any] = {**page.values(form), **changes}
    if button:
        name, _, value = button.partition("=")
        assert element.css_first(f"button[name='{name}'][value='{value}']"), f"{page.path}: no button {button!r}"
        data[name] = value
    method = (element.attributes.get("method") or "get").upper()
    action = element.attributes.get("action") or page.path
    if method == "GET":
        return client.get(action, query_string=data)
    return client.open(action, method=method, data=data)


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text(separator=" ").split()) if node else ""


def _within(node: LexborNode, tag: str) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False


def _is_marked_english(node: LexborNode | None) -> bool:
    while node is not None:
        language = node.attributes.get("lang")
        if language:
            return language.startswith("en")
        node = node.parent
    return False


def _values_of(field: LexborNode) -> list[str] | None:
    kind = field.attributes.get("type") or "text"
    if field.tag == "textarea":
        return [field.text().removeprefix("\n")]
    if field.tag == "select":
        options = field.css("option")
        chosen = [option for option in options if "selected" in option.attributes]
        if not chosen and "multiple" not in field.attributes:
            chosen = options[:1]
        return [_option_value(option) for option in chosen]
    if kind in ("checkbox", "radio"):
        return [field.attributes.get("value") or "on"] if "checked" in field.attributes else None
    if kind in ("submit", "button", "reset", "image", "file"):
        return None
    return [field.attributes.get("value") or ""]


def _option_value(option: LexborNode) -> str:
    value = option.attributes.get("value")
    return _words(option) if value is None and "value" not in option.attributes else value or ""


@cache
def _translated_words() -> frozenset[str]:
    """English sentences of the catalogue that read differently in Chinese."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    ours = set()
    for message in catalogue:
        if isinstance(message.id, str) and message.id and message.id != message.string:
            ours.add(" ".join(message.id.split()))
    return frozenset(ours)
