"""The one history: it builds what the models say, on both databases, and can be taken back."""

import os
import subprocess
import sys

import sqlalchemy as sa

from app.search.models import INDEX, is_index
from tools.steps import ROOT


def flask(url, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def tables(url):
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        return {name for name in sa.inspect(engine).get_table_names() if not is_index(name)}
    finally:
        engine.dispose()


def index_tables(url):
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        return {name for name in sa.inspect(engine).get_table_names() if is_index(name)}
    finally:
        engine.dispose()


def test_the_history_builds_what_the_models_say_and_goes_back(app, empty_database):
    from app.db import db

    flask(empty_database, "db", "upgrade")
    assert tables(empty_database) == {*db.metadata.tables, "alembic_version"}
    assert INDEX in index_tables(empty_database)
    assert "No new upgrade operations detected" in flask(empty_database, "db", "check")
    flask(empty_database, "db", "downgrade", "base")
    assert tables(empty_database) == {"alembic_version"}
    assert index_tables(empty_database) == set()
    flask(empty_database, "db", "upgrade")


def test_the_reference_data_is_loaded_into_a_new_database_once(empty_database):
    flask(empty_database, "db", "upgrade")
    assert "0 unchanged" in flask(empty_database, "reference", "load")
    assert "0 created, 0 changed" in flask(empty_database, "reference", "load")
