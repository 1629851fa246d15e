"""The audit trail: who did what to which thing, when. Append-only, without foreign keys, so it outlives erasure."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, g, has_request_context
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Model, db, key, moment_now, short_name


class AuditEntry(Model):
    """One consequential act."""

    __tablename__ = "audit_entry"

    id: Mapped[key]
    at: Mapped[moment_now] = mapped_column(index=True)
    action: Mapped[short_name] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    subject_kind: Mapped[short_name]
    subject_id: Mapped[int | None] = mapped_column(sa.Integer)
    request_id: Mapped[short_name] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AppendOnly(Exception):
    """A row of an append-only record was about to be changed or deleted."""


def record(
    action: str, subject: Any, *, actor_id: int | None, organisation_id: int | None = None, **details: Any
) -> None:
    """Add an entry to the session: `action` ("posting.publish") on `subject` by `actor_id`, for an organisation."""
    db.session.flush()  # gives a new subject its id
    db.session.add(
        AuditEntry(
            action=action,
            actor_id=actor_id,
            organisation_id=organisation_id,
            subject_kind=subject.__tablename__,
            subject_id=getattr(subject, "id", None),
            request_id=g.get("request_id", "") if has_request_context() else "",
            details=details,
        )
    )


def keep_append_only(model: type[Model]) -> None:
    """Make the session refuse to change or delete rows of `model`, and the database to change them.

    A correction is a new row. The database lets rows go, because the law may ask for a person's erasure; the session
    does not, because nothing else may.
    """

    def refuse(_mapper: Any, _connection: Any, row: Any) -> None:
        session = sa.inspect(row).session
        if (
            not isinstance(session, Session)
            or session.is_modified(row, include_collections=False)
            or row in session.deleted
        ):
            raise AppendOnly(f"{model.__tablename__} {row.id}")

    event.listen(model, "before_update", refuse)
    event.listen(model, "before_delete", refuse)
    table = model.__table__
    for dialect, statements in append_only_triggers(model.__tablename__).items():
        for statement in statements:
            event.listen(table, "after_create", sa.DDL(statement).execute_if(dialect=dialect))


def append_only_triggers(table: str) -> dict[str, tuple[str, ...]]:
    """The statements by which each kind of database refuses to change rows of `table`; a migration repeats them."""
    return {
        "sqlite": (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
        ),
    }


keep_append_only(AuditEntry)


def init_app(app: Flask) -> None:
    """Nothing to bind: the trail is called, it does not listen."""
