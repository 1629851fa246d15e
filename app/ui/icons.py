"""Our own line icons, drawn on a 24 px grid and put into the page as SVG, so that they take the colour of the text."""

import logging
from functools import cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup, escape

ICONS = Path(__file__).parent / "static" / "icons"
OTHER_NAMES = {
    "add": "plus",
    "award": "trophy",
    "badge": "shield",
    "bag": "briefcase",
    "bar-chart": "chart",
    "close": "cross",
    "cohort": "people",
    "compass": "target",
    "course": "book",
    "courses": "book",
    "delete": "trash",
    "enterprise": "building",
    "error": "cross-circle",
    "file": "document",
    "globe": "language",
    "group": "people",
    "image": "eye",
    "internship": "briefcase",
    "internships": "briefcase",
    "location": "pin",
    "logout": "sign-out",
    "marks": "scale",
    "organisation": "building",
    "overview": "chart",
    "pencil": "edit",
    "question": "help",
    "questions": "help",
    "report": "chart",
    "reports": "chart",
    "school": "university",
    "skills": "passport",
    "success": "check-circle",
    "team": "people",
    "today": "home",
    "user": "person",
    "users": "people",
    "verify": "shield",
    "warning": "alert",
}
log = logging.getLogger(__name__)


@cache
def names() -> tuple[str, ...]:
    """The names of all drawings, in order."""
    return tuple(sorted(path.stem for path in ICONS.glob("*.svg")))


@cache
def _drawing(name: str) -> str:
    known = OTHER_NAMES.get(name, name)
    if known not in names():
        log.warning("no icon is called %r; a dot stands in for it", name)
        known = "dot"
    lines = (ICONS / f"{known}.svg").read_text(encoding="utf-8")
    return " ".join(lines.split()).replace("> <", "><").replace('<svg xmlns="http://www.w3.org/2000/svg"', "<svg")


@cache
def icon(name: str, label: str = "", css: str = "") -> Markup:
    """The drawing `name` as SVG. With a `label` it speaks for itself; without, it is hidden from readers of the page.

    `css` adds classes. An unknown name gives a dot and a line in the log: a missing drawing must not break a page.
    """
    classes = escape(f"icon {css}".strip())
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    opening = f'<svg class="{classes}" {spoken} focusable="false"'
    return Markup(_drawing(name).replace("<svg", opening, 1))  # noqa: S704, own drawings


def init_app(app: Flask) -> None:
    """Offer `icon` and the names of all icons to templates."""
    app.jinja_env.globals.update(icon=icon, icon_names=names)
