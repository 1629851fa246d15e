"""Alembic runs here: the metadata is the application's, the connection flask-migrate's."""

from alembic import context
from flask import current_app

from app.db import Exact, Moment, db
from app.search.models import is_index

config = context.config


def render_item(kind, item, autogen_context):
    """Write our column types into migrations as plain SQLAlchemy, so that a migration never changes with the code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Exact):
        autogen_context.imports.add("from app.db import Exact")
        return f"Exact({item.precision}, {item.scale})"
    return False


def include_name(name, kind, parents):
    """All but the index of the search, which is made by statements of its own."""
    return not (kind == "table" and is_index(name))


def run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=include_name,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; write SQL with your database's own tools.")
assert current_app
run()
