"""What internships offers to the search, to search engines outside, and to an enterprise's public page."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from app.accounts.models import Organisation, OrganisationKind
from app.clock import today
from app.registry import PanelView, SearchSource, Sitemap
from app.search.models import SearchEntry
from internships import queries
from internships.queries import records, sitemap
from internships.services import finding

SHOWN = 20  # postings on the page of an enterprise


def source() -> SearchSource:
    """Postings that take applications, for everybody."""
    return SearchSource(
        finding.POSTING,
        lambda: _("Internships"),
        "briefcase",
        _readable,
        lambda entry: url_for("internships.postings.show", posting_id=entry.object_id),
        finding.postings_to_find,
    )


def _readable(_person: Any) -> sa.ColumnElement[bool]:
    current = queries.open_postings(today()).order_by(None).with_only_columns(queries.LINE[0])
    return sa.and_(SearchEntry.kind == finding.POSTING, SearchEntry.object_id.in_(current))


def postings_map() -> Sitemap:
    """Postings for the search engines outside."""
    return Sitemap("postings", _pages, lambda after, count: sitemap.posting_after(today(), after, count))


def _pages(after: int, count: int) -> list[tuple[int, str, datetime | None]]:
    return [
        (posting_id, url_for("internships.postings.show", posting_id=posting_id, _external=True), published_at)
        for posting_id, published_at in sitemap.postings_for_sitemap(today(), after, count)
    ]


def enterprise_part(organisation: Organisation, _person: Any) -> PanelView | None:
    """What an enterprise offers and how it keeps its word, on its public page."""
    if organisation.kind is not OrganisationKind.ENTERPRISE:
        return None
    current = queries.first_lines(queries.open_postings(today(), organisation=organisation.id), SHOWN)
    values = {"postings": current, "record": records.record_of(organisation.id)}
    return PanelView("internships/panels/enterprise.html", values)
