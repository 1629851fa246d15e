"""The audit trail: who did what to which thing, when. Append-only, and free of foreign keys so that it outlives erasure."""

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
            subject_kind=type(subject).__tablename__,
            subject_id=getattr(subject, "id", None),
            request_id=g.get("request_id", "") if has_request_context() else "",
            details=details,
        )
    )


def keep_append_only(model: type[Model]) -> None:
    """Make the session refuse to change or delete rows of `model`; a correction is a new row."""

    def refuse(_mapper: Any, _connection: Any, row: Any) -> None:
        session = sa.inspect(row).session
        if not isinstance(session, Session) or session.is_modified(row, include_collections=False) or row in session.deleted:
            raise AppendOnly(f"{model.__tablename__} {row.id}")

    event.listen(model, "before_update", refuse)
    event.listen(model, "before_delete", refuse)


keep_append_only(AuditEntry)


def init_app(app: Flask) -> None:
    """Nothing to bind: the trail is called, it does not listen."""
