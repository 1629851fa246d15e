"""What search engines are told: the public pages of all features, and what they need not look at."""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, stream_with_context, url_for

from app.accounts.guards import public
from app.registry import Sitemap, registry

bp = Blueprint("sitemaps", __name__)
MOST = 50_000  # addresses in a file, by the protocol
AT_ONCE = 1000  # rows in a statement
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PRIVATE = (
    "/organisations/*/",
    "/applications/",
    "/passport/",
    "/settings/",
    "/search/",
    "/calendar/",
    "/saved-searches/",
)


@bp.route("/robots.txt")
@public
def robots() -> Response:
    """What robots need not look at, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "Allow: /organisations/*/$"]
    lines += ["", f"Sitemap: {url_for('home.sitemaps.index', _external=True)}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.route("/sitemap.xml")
@public
def index() -> Response:
    """The files of the map: as many for each kind as it takes, each named by the id after which it begins."""
    return _streamed(_index())


def _index() -> Iterator[str]:
    yield f"{HEAD}<sitemapindex {NAMES}>\n"
    for source in registry().sitemaps:
        after: int | None = 0
        while after is not None and source.step(after, 1) is not None:
            url = url_for("home.sitemaps.show", kind=source.kind, after=after, _external=True)
            yield f"<sitemap><loc>{escape(url)}</loc></sitemap>\n"
            after = source.step(after, MOST)
    yield "</sitemapindex>\n"


@bp.route("/sitemaps/<kind>/<int:after>.xml")
@public
def show(kind: str, after: int) -> Response:
    """At most 50,000 pages of one kind, those with ids above `after`."""
    source = next((one for one in registry().sitemaps if one.kind == kind), None) or abort(404)
    return _streamed(_pages(source, after))


def _pages(source: Sitemap, after: int) -> Iterator[str]:
    yield f"{HEAD}<urlset {NAMES}>\n"
    for _id, address, changed in _rows(source, after):
        when = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
        yield f"<url><loc>{escape(address)}</loc>{when}</url>\n"
    yield "</urlset>\n"


def _rows(source: Sitemap, after: int) -> Iterator[tuple[int, str, datetime | None]]:
    """The rows of one file, read some at once."""
    left = MOST
    while left and (some := source.pages(after, min(AT_ONCE, left))):
        yield from some
        after, left = some[-1][0], left - len(some)


def _streamed(parts: Iterator[str]) -> Response:
    return Response(stream_with_context(parts), mimetype="application/xml")
