"""What can be found, and the index in which it is looked up.

The index is no table of the models: it is made by statements of its own for each kind of database, which a migration
repeats, as with the triggers of what is append-only.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, key, line, long_text, short_name


class SearchEntry(Model):
    """One thing that can be found: its words in both languages, and who may find it.

    `scope` says by what a feature decides who may ("cohort"), `scope_id` which one. `folded` is what a hit is checked
    against; `place` holds what makes its address and the line above its title.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        sa.UniqueConstraint("kind", "object_id", "scope_id"),
        sa.Index("ix_search_entry_scope_scope_id", "scope", "scope_id"),
    )

    id: Mapped[key]
    kind: Mapped[short_name]
    object_id: Mapped[int]
    scope: Mapped[short_name]
    scope_id: Mapped[int] = mapped_column(default=0)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    text_zh: Mapped[long_text] = mapped_column(default="")
    text_en: Mapped[long_text] = mapped_column(default="")
    folded_title: Mapped[long_text] = mapped_column(default="")
    folded: Mapped[long_text] = mapped_column(default="")
    place: Mapped[dict[str, Any]] = mapped_column(default=dict)


INDEX = "search_index"
# Python has cut the terms already. To the tokenizer `ascii` every other character is part of a word, in any version.
MAKING = {
    "sqlite": (f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, body, tokenize = 'ascii')",),
    "postgresql": (
        f"CREATE TABLE {INDEX} (rowid INTEGER PRIMARY KEY, document TSVECTOR NOT NULL)",
        f"CREATE INDEX ix_{INDEX}_document ON {INDEX} USING gin (document)",
    ),
}


def is_index(table: str | None) -> bool:
    """Whether a table of the database is the index or one of those in which SQLite keeps it."""
    return table is not None and (table == INDEX or table.startswith(f"{INDEX}_"))


for _dialect, _statements in MAKING.items():
    for _statement in _statements:
        event.listen(SearchEntry.__table__, "after_create", sa.DDL(_statement).execute_if(dialect=_dialect))
    _dropping = sa.DDL(f"DROP TABLE IF EXISTS {INDEX}").execute_if(dialect=_dialect)
    event.listen(SearchEntry.__table__, "before_drop", _dropping)
