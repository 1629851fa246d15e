"""Looking up: one statement for the hits of a page, one that counts some pages ahead."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from app.db import CountedSoFar, db, pages_of
from app.search.models import INDEX, SearchEntry
from app.search.rules.cutting import Sought, terms_sought

PER_PAGE = 20
TITLE_WEIGHT, TEXT_WEIGHT = 10.0, 1.0
EXACT = 2  # characters of a run that the index itself holds together

_fts5 = sa.table(INDEX, sa.column("rowid", sa.Integer))
_gin = sa.table(INDEX, sa.column("rowid", sa.Integer), sa.column("document", TSVECTOR))


def find(looked_for: Sought, scopes: Sequence[sa.ColumnElement[bool]], kind: str = "") -> CountedSoFar:
    """The page of hits that the address asks for: rows that hold the id of an entry each, for `entries`.

    `scopes` are conditions on entries, of which one has to hold: what the reader may find. Those whose title holds all
    that is looked for come first, then the likelier. The index finds by pairs of characters; that the pairs of a longer
    run stand together is checked against the entry itself.
    """
    index, matches, rank = _index(looked_for)
    in_title = sa.and_(*(_holds(SearchEntry.folded_title, part) for part in looked_for.parts))
    query = (
        sa.select(SearchEntry.id)
        .join(index, index.c.rowid == SearchEntry.id)
        .where(matches, *(_holds(SearchEntry.folded, run) for run in looked_for.runs if len(run) > EXACT))
        .where(sa.or_(sa.false(), *scopes))
        .order_by(sa.case((in_title, 0), else_=1), rank, SearchEntry.id.desc())
    )
    if kind:
        query = query.where(SearchEntry.kind == kind)
    return pages_of(query, PER_PAGE)


def things_found(looked_for: Sought, kind: str) -> sa.Select[int]:
    """Ids of the things of a kind that hold what is looked for, for a list of the feature's own."""
    index, matches, _rank = _index(looked_for)
    return (
        sa.select(SearchEntry.object_id)
        .join(index, index.c.rowid == SearchEntry.id)
        .where(
            SearchEntry.kind == kind,
            matches,
            *(_holds(SearchEntry.folded, run) for run in looked_for.runs if len(run) > EXACT),
        )
    )


def entries(page: CountedSoFar) -> list[SearchEntry]:
    """The entries of a page in its order. Apart from looking up, so that no texts are sorted."""
    ids = [row.id for row in page.items]
    found = {entry.id: entry for entry in db.session.scalars(sa.select(SearchEntry).where(SearchEntry.id.in_(ids)))}
    return [found[key] for key in ids if key in found]


def _holds(column: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str], part: str) -> sa.ColumnElement[bool]:
    place = sa.func.strpos if db.engine.dialect.name == "postgresql" else sa.func.instr
    return place(column, part) > 0


def _index(looked_for: Sought) -> tuple[sa.TableClause, sa.ColumnElement[bool], sa.ColumnElement[float]]:
    """The index, what it has to match, and by what its rows are put in order."""
    whole, begun = terms_sought(looked_for), looked_for.words
    if db.engine.dialect.name == "postgresql":
        asked = " & ".join([*(f"'{term}'" for term in whole), *(f"'{term}':*" for term in begun)])
        tsquery = sa.cast(asked, TSQUERY)
        return _gin, _gin.c.document.op("@@")(tsquery), -sa.func.ts_rank(_gin.c.document, tsquery)
    asked = " AND ".join([*(f'"{term}"' for term in whole), *(f'"{term}"*' for term in begun)])
    table: sa.ColumnElement[str] = sa.literal_column(INDEX)
    return _fts5, table.op("MATCH")(asked), sa.func.bm25(table, TITLE_WEIGHT, TEXT_WEIGHT)


def kept(kind: str, object_ids: Collection[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """What the index has of things of a kind: the place of each by (thing, scope)."""
    query = sa.select(SearchEntry.object_id, SearchEntry.scope_id, SearchEntry.place).where(
        SearchEntry.kind == kind, SearchEntry.object_id.in_(object_ids)
    )
    return {(object_id, scope_id): place for object_id, scope_id, place in db.session.execute(query)}
