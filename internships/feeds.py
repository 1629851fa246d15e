"""Feeds of new postings, for programs that look for them."""

from collections.abc import Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import url_for
from flask_babel import gettext as _

from app.i18n import language
from app.ui.filters import words
from app.ui.markdown import render_markdown
from internships.filters import Filters
from internships.models import Posting

ATOM = "http://www.w3.org/2005/Atom"


def atom(postings: Sequence[Posting], wanted: Filters, address: str, now: datetime) -> bytes:
    """An Atom document (RFC 4287) of postings, the newest first. What XML cannot hold is left out."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language()})
    page = url_for("internships.postings.index", _external=True)
    page = f"{page}?{wanted.address}" if wanted.address else page
    newest = max((one.published_at for one in postings if one.published_at), default=now)
    _text(feed, "id", page)
    _text(feed, "title", _("New internships"))
    _text(feed, "updated", newest.isoformat(timespec="seconds"))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": _clean(address)})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for posting in postings:
        url = url_for("internships.postings.show", posting_id=posting.id, _external=True)
        published = (posting.published_at or now).isoformat(timespec="seconds")
        entry = SubElement(feed, "entry")
        _text(entry, "id", url)
        _text(entry, "title", words(posting, "title"))
        _text(entry, "published", published)
        _text(entry, "updated", published)
        _text(SubElement(entry, "author"), "name", words(posting.organisation, "name"))
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": url})
        _text(entry, "content", str(render_markdown(words(posting, "body")))).set("type", "html")
    found: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return found


def _text(parent: Element, tag: str, text: str) -> Element:
    child = SubElement(parent, tag)
    child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    return "".join(part for part in text if part in "\t\n" or (part >= " " and part not in "\ufffe\uffff"))
