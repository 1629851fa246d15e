"""The page of what was found. Anybody may look; what is found depends on who asks."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup, escape

from app.accounts.guards import public
from app.i18n import language
from app.registry import SearchSource, registry
from app.search import queries
from app.search.models import SearchEntry
from app.search.rules.cutting import Sought, sought
from app.search.rules.snippets import Piece, hits_in, marked, snippet
from app.ui.filters import words

bp = Blueprint("search", __name__, template_folder="templates")
LONGEST = 200  # characters


@dataclass(frozen=True)
class Hit:
    """A thing found: where it is read, its title and a part of its text with the hit marked, what it belongs to."""

    url: str
    title: Markup
    text: Markup
    kind: str
    icon: str
    about: str


@bp.route("/search/")
@public
def index() -> str:
    """What the reader may find for `?q=`, of one `kind` or of all."""
    asked = request.args.get("q", "")[:LONGEST].strip()
    looked_for = sought(asked)
    scopes = [
        (source, scope) for source in registry().search_sources if (scope := source.readable(current_user)) is not None
    ]
    sources = {source.kind: source for source, _scope in scopes}
    kind = request.args.get("kind", "")
    kind = kind if kind in sources else ""
    page = queries.find(looked_for, [scope for _source, scope in scopes], kind) if looked_for else None
    tabs: list[dict[str, Any]] = [
        {"label": label, "url": url_for(".index", q=asked, kind=name or None), "current": name == kind}
        for name, label in [("", _("All")), *((source.kind, source.label()) for source in sources.values())]
    ]
    return render_template(
        "search/index.html",
        asked=asked,
        kind=kind,
        tabs=tabs if len(sources) > 1 else [],
        page=page,
        hits=[_hit(entry, looked_for, sources[entry.kind]) for entry in queries.entries(page)] if page else [],
    )


def _hit(entry: SearchEntry, looked_for: Sought, source: SearchSource) -> Hit:
    return Hit(
        url=source.url(entry),
        title=_written(marked(words(entry, "title"), looked_for)),
        text=_written(snippet(_telling_text(entry, looked_for), looked_for)),
        kind=source.label(),
        icon=source.icon,
        about=words(entry.place, "about"),
    )


def _telling_text(entry: SearchEntry, looked_for: Sought) -> str:
    """The text in the reader's language, or the other one where only that holds what was looked for."""
    own, other = (entry.text_en, entry.text_zh) if language() == "en" else (entry.text_zh, entry.text_en)
    if not own or (other and not hits_in(own, looked_for) and hits_in(other, looked_for)):
        return other
    return own


def _written(pieces: list[Piece]) -> Markup:
    """Pieces as markup: all of it escaped, hits within <mark>."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece.text) if piece.is_hit else escape(piece.text) for piece in pieces
    )
