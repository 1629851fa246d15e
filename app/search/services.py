"""Keeping the index: what was saved goes in, what was taken away goes out. Nothing here commits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from app.registry import registry
from app.search.models import INDEX, SearchEntry
from app.search.rules.cutting import fold, terms_of
from app.ui.markdown import render_plain

AT_ONCE = 50  # entries in a statement
# PostgreSQL keeps at most a megabyte of terms for one entry. No text that people write has so many different ones.
MOST_TERMS = 100_000
LONGEST_TITLE = 300


@dataclass(frozen=True)
class Entry:
    """What is to be found: a thing, its words (texts in Markdown), who may find it, what its address needs."""

    kind: str
    object_id: int
    scope: str
    scope_id: int
    title_zh: str
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)


def index(*entries: Entry) -> None:
    """Let things be found from now on, or under what they say now. Statements: three for fifty of them."""
    waiting = iter({(entry.kind, entry.object_id, entry.scope_id): entry for entry in entries}.values())
    db.session.flush()
    while some := list(islice(waiting, AT_ONCE)):
        _index(some)


def _index(entries: Sequence[Entry]) -> None:
    rows = {(entry.kind, entry.object_id, entry.scope_id): _row(entry) for entry in entries}
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    adding = insert(SearchEntry).values(list(rows.values()))
    changed = {name: adding.excluded[name] for name in next(iter(rows.values())) if name not in _KEY}
    kept = db.session.execute(
        adding.on_conflict_do_update(index_elements=_KEY, set_=changed).returning(
            SearchEntry.id, *(getattr(SearchEntry, name) for name in _KEY)
        )
    ).all()
    _forget_terms([row.id for row in kept])
    _keep_terms([(row.id, rows[row.kind, row.object_id, row.scope_id]) for row in kept])


_KEY = ("kind", "object_id", "scope_id")


def _row(entry: Entry) -> dict[str, Any]:
    row = asdict(entry)
    for language in ("zh", "en"):
        row[f"title_{language}"] = row[f"title_{language}"][:LONGEST_TITLE]
        row[f"text_{language}"] = render_plain(row[f"text_{language}"])
    row["folded_title"] = fold(f"{row['title_zh']}\n{row['title_en']}")
    row["folded"] = row["folded_title"] + fold(f"\n{row['text_zh']}\n{row['text_en']}")
    return row


def _forget_terms(ids: Sequence[int]) -> None:
    index = sa.table(INDEX, sa.column("rowid", sa.Integer))
    db.session.execute(sa.delete(index).where(index.c.rowid.in_(ids)))


def _keep_terms(kept: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    if db.engine.dialect.name == "postgresql":
        index = sa.table(INDEX, sa.column("rowid", sa.Integer), sa.column("document", postgresql.TSVECTOR))
        document = sa.cast(sa.bindparam("terms", type_=sa.Text), postgresql.TSVECTOR)
        rows = [{"rowid": key, "terms": _document(row)} for key, row in kept]
        db.session.execute(sa.insert(index).values(document=document), rows)
        return
    index = sa.table(INDEX, sa.column("rowid", sa.Integer), sa.column("title", sa.Text), sa.column("body", sa.Text))
    rows = [
        {"rowid": key, "title": " ".join(terms_of(row["folded_title"])), "body": " ".join(terms_of(row["folded"]))}
        for key, row in kept
    ]
    db.session.execute(sa.insert(index), rows)


def _document(row: Mapping[str, Any]) -> str:
    """The terms as PostgreSQL writes them: those of the title with a place, to which the greatest weight belongs."""
    titled = dict.fromkeys(terms_of(row["folded_title"]))
    others = (term for term in dict.fromkeys(terms_of(row["folded"])) if term not in titled)
    return " ".join([*(f"'{term}':1A" for term in titled), *(f"'{term}'" for term in islice(others, MOST_TERMS))])


def remove(kind: str, object_ids: Iterable[int], scope_ids: Iterable[int] | None = None) -> None:
    """Let things be found no longer: all entries of them, or those of some scopes."""
    gone = sa.and_(SearchEntry.kind == kind, SearchEntry.object_id.in_(list(object_ids)))
    if scope_ids is not None:
        gone = sa.and_(gone, SearchEntry.scope_id.in_(list(scope_ids)))
    _remove(gone)


def _remove(gone: sa.ColumnElement[bool]) -> None:
    index = sa.table(INDEX, sa.column("rowid", sa.Integer))
    db.session.execute(sa.delete(index).where(index.c.rowid.in_(sa.select(SearchEntry.id).where(gone))))
    db.session.execute(sa.delete(SearchEntry).where(gone).execution_options(synchronize_session=False))


def rebuild() -> dict[str, int]:
    """Make the index anew of all that the features offer; returns how many entries there are of each kind."""
    _remove(sa.true())
    counts: dict[str, int] = {}
    for source in registry().search_sources:
        counts[source.kind] = 0
        for some in _by_hundreds(source.entries()):
            index(*some)
            counts[source.kind] += len(some)
    return counts


def _by_hundreds(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    waiting = iter(entries)
    while some := list(islice(waiting, 100)):
        yield some
