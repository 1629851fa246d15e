"""The one history: it builds what the models say, on both databases, and can be taken back."""

import os
import subprocess
import sys
from datetime import datetime

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


def test_what_was_taught_before_versions_is_taught_on(empty_database):
    flask(empty_database, "db", "upgrade", "ba18a8d61ea3")
    flask(empty_database, "reference", "load")
    engine = sa.create_engine(empty_database.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.begin() as connection:
            old = sa.MetaData()
            old.reflect(connection, only=["organisation", "course", "lesson", "cohort"])
            moment = datetime(2026, 3, 1, 8, 0)
            values = {"created_at": moment, "published_at": moment, "title_en": "", "summary_zh": "", "summary_en": ""}

            def insert(table, **row):
                made = connection.execute(sa.insert(old.tables[table]).values(**row))
                return made.inserted_primary_key[0]

            given = {"kind": "university", "slug": "u", "name_zh": "大学", "name_en": "", "created_at": moment}
            columns = old.tables["organisation"].columns
            for column in columns:
                if column.name not in given and not column.nullable and column.default is None and column.name != "id":
                    given[column.name] = "" if column.type.python_type is str else 0
            university = insert("organisation", **given)
            taught, draft = (
                insert("course", organisation_id=university, slug=slug, title_zh="课", status=status, **values)
                for slug, status in (("taught", "published"), ("draft", "draft"))
            )
            connection.execute(
                sa.update(old.tables["course"]).values(published_at=None).where(sa.text("slug = 'draft'"))
            )
            text = {"title_en": "", "body_zh": "正文", "body_en": "", "minutes": 20}
            for position in (1, 2):
                insert("lesson", course_id=taught, position=position, title_zh=f"第{position}课", **text)
            insert("lesson", course_id=draft, position=1, title_zh="草稿", **text)
            for course, is_open in ((taught, True), (draft, False)):
                days = {"starts_on": moment.date(), "ends_on": moment.date()}
                insert("cohort", course_id=course, name_zh="班", name_en="", is_open=is_open, **days)
        flask(empty_database, "db", "upgrade")
        with engine.connect() as connection:
            shown = connection.execute(
                sa.text(
                    "SELECT course.slug, course_version.number, version_lesson.position, lesson_revision.title_zh,"
                    " lesson.name"
                    " FROM version_lesson JOIN course_version ON course_version.id = version_lesson.version_id"
                    " JOIN course ON course.id = course_version.course_id"
                    " JOIN lesson_revision ON lesson_revision.id = version_lesson.revision_id"
                    " JOIN lesson ON lesson.id = version_lesson.lesson_id ORDER BY version_lesson.position"
                )
            ).all()
            assert [tuple(row) for row in shown] == [
                ("taught", 1, 1, "第1课", "lesson-1"),
                ("taught", 1, 2, "第2课", "lesson-2"),
            ]
            cohorts = connection.execute(
                sa.text("SELECT joining, version_id IS NOT NULL, organisation_id FROM cohort ORDER BY id")
            ).all()
            assert [tuple(row) for row in cohorts] == [("open", True, university), ("list", False, university)]
    finally:
        engine.dispose()
