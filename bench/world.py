"""The two worlds: the small demo world doubled, and the same with a hundred times the rows. Nothing else differs.

Doubled, because the small world's lists do not fill a page: then a page would show more with more rows, and cost more
for that reason alone.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person
from app.clock import today
from app.db import db
from app.factory import create_app
from app.reference import queries as reference
from app.reference.models import Skill
from app.skills.models import SkillEstimate
from bench import gradebook
from bench.multiply import multiply
from competitions.models import Competition, CompetitionStatus, Result, Team
from courses.models import Cohort, Course, Enrolment, Lesson
from reports import cubes, services
from reports.rules.publication import publish
from tools.steps import PYTHON, ROOT, must_show, say

STUDENT, OFFICIAL = "student@demo.example", "official@demo.example"
COORDINATOR, UNIVERSITY = "university@demo.example", "demo-university"
ID_COLUMNS = frozenset({"person", "posting", "employer"})  # of the snapshot's files
SEEDED, DOUBLED = "seeded", 2
READY = "ready"  # a file that says that a world was made to its end
MANY = 100_000  # rows of a table worth a line of progress
START_LIMIT = 60  # seconds until a server must take connections


class Lacking(Exception):
    """The seeded world has not what a page needs."""


class NotServing(Exception):
    """A server does not come up."""


@dataclass(frozen=True)
class World:
    """A database with its folder; `times` is how many times the rows of the smaller one."""

    times: int
    database_url: str
    data_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which a process works in this world."""
        return {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "JOBS_URL": f"sqlite:///{self.data_dir / 'queue.db'}",
            "LOG_LEVEL": "WARNING",
            "ARGON2_PROFILE": "default",
        }

    def app(self) -> Flask:
        """The application in this world."""
        return create_app(
            {
                "SQLALCHEMY_DATABASE_URI": self.database_url,
                "DATA_DIR": self.data_dir,
                "JOBS_URL": self.environment["JOBS_URL"],
                "LOG_LEVEL": "WARNING",
            }
        )


def seeded(folder: Path, size: str, sockets: Path | None) -> World:
    """The demo world, made by `flask reference load` and `flask seed`, with a large gradebook; one that is there is
    used again.
    """
    world = _world(folder, SEEDED, 1, sockets)
    if (world.data_dir / READY).exists():
        return world
    world.data_dir.mkdir(parents=True)
    if sockets:
        postgres().create(sockets, SEEDED)
    with world.app().app_context():
        db.create_all()
        _close()
    for command in (["reference", "load"], ["seed", "--size", size]):
        must_show([PYTHON, "-m", "flask", "--app", "wsgi", *command], world.environment)
    with world.app().app_context():
        gradebook.plant(UNIVERSITY)
        _close()
    (world.data_dir / READY).touch()
    return world


def multiplied(folder: Path, original: World, times: int, sockets: Path | None) -> World:
    """The seeded world with `DOUBLED` times `times` the rows; one that is there is used again."""
    world = _world(folder, f"times_{times}", times, sockets)
    if (world.data_dir / READY).exists():
        return world
    shutil.copytree(original.data_dir, world.data_dir, ignore=shutil.ignore_patterns(READY))
    if sockets:
        _copy_database(sockets, world.data_dir.name, SEEDED)
    with world.app().app_context():
        with _fast_connection() as connection:
            offset = multiply(connection, db.metadata, DOUBLED * times, _say)
        _analyze()
        multiply_figures(DOUBLED * times, offset)
        _close()
    (world.data_dir / READY).touch()
    return world


def _say(table: str, rows: int) -> None:
    if rows >= MANY:
        say(f"      {table}: {rows} rows")


def multiply_figures(times: int, offset: int) -> None:
    """Today's snapshot with `times` times the people and postings, published by the reports' own code.

    Taking it anew from the ledger would give the same rows, one estimate after another, in as many times the time.
    """
    folder = cubes.snapshot_on_or_before(services.cubes_folder(), today())
    if folder is None:
        raise Lacking("there is no snapshot")
    supply, demand = (_copies(pq.read_table(folder / name), times, offset) for name in cubes.FILES)
    cubes.write_snapshot(folder, supply, demand)
    clusters = {cluster.code: cluster.region_code for cluster in reference.clusters()}
    services.write_publication(folder, publish(cubes.read_cube(folder), clusters))


def _copies(rows: pa.Table, times: int, offset: int) -> pa.Table:
    parts = []
    for number in range(times):
        part = rows
        for place, name in enumerate(rows.column_names):
            if name in ID_COLUMNS:
                moved = pc.add(rows.column(name), number * offset)
                part = part.set_column(place, name, moved)
        parts.append(part)
    return pa.concat_tables(parts)


@dataclass(frozen=True)
class Subjects:
    """What the pages are about, the same in both worlds, with words that the pages must show."""

    course_id: int
    course_title: str
    quiz_ids: tuple[int, ...]
    skill_name: str
    competition_id: int
    winner: str
    gradebook: str


def subjects(world: World) -> Subjects:
    """What the demo's student has to do with. Raises Lacking where the world has not what a page needs."""
    with world.app().app_context():
        student = db.session.scalars(sa.select(Person.id).where(Person.email == STUDENT)).one()
        course = db.session.execute(
            sa.select(Course.id, Course.title_zh)
            .join(Cohort, Cohort.course_id == Course.id)
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .where(Enrolment.person_id == student, Enrolment.left_at.is_(None))
            .order_by(Enrolment.id)
            .limit(1)
        ).one_or_none()
        if course is None:
            raise Lacking(f"{STUDENT} is enrolled in no course")
        quizzes = db.session.scalars(
            sa.select(Lesson.quiz_id)
            .join(Cohort, Cohort.course_id == Lesson.course_id)
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .where(Enrolment.person_id == student, Enrolment.left_at.is_(None), Lesson.quiz_id.is_not(None))
            .order_by(Lesson.course_id.desc(), Lesson.position.desc())
        )
        skill = db.session.scalars(
            sa.select(Skill.name_zh)
            .join(SkillEstimate, SkillEstimate.skill_code == Skill.code)
            .where(SkillEstimate.person_id == student)
            .order_by(SkillEstimate.rows.desc(), Skill.code)
            .limit(1)
        ).one_or_none()
        if skill is None:
            raise Lacking(f"{STUDENT} has no evidence")
        ranked = db.session.execute(
            sa.select(Competition.id, Team.name)
            .join(Result, Result.competition_id == Competition.id)
            .join(Team, Team.id == Result.team_id)
            .where(Competition.status == CompetitionStatus.PUBLISHED, Result.position == 1)
            .order_by(Competition.id)
            .limit(1)
        ).one_or_none()
        if ranked is None:
            raise Lacking("no ranking is published")
        book = gradebook.address()
        if book is None:
            raise Lacking("there is no large gradebook")
        quiz_ids = tuple(quiz for quiz in quizzes if quiz is not None)
        found = Subjects(course.id, course.title_zh, quiz_ids, skill, ranked.id, ranked.name, book)
        _close()
        return found


@contextmanager
def serve(world: World) -> Iterator[int]:
    """The web server of `make demo` with one worker, so that there is one process whose time counts; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [PYTHON, "-m", "gunicorn", "bench.wsgi:app", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **world.environment}, start_new_session=True)
    try:
        deadline = time.monotonic() + START_LIMIT
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotServing(f"the server of the world with {world.times} times the rows does not answer")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _world(folder: Path, name: str, times: int, sockets: Path | None) -> World:
    data_dir = folder / name
    own = f"sqlite:///{data_dir / 'yangfan.db'}"
    return World(times, postgres().url(sockets, name) if sockets else own, data_dir)


def postgres() -> Any:
    """The module that runs PostgreSQL for the tests."""
    from tests import postgres  # needs what `make test` installs, so it is asked for only when it is wanted

    return postgres


def _copy_database(sockets: Path, name: str, original: str) -> None:
    import psycopg

    with psycopg.connect(host=str(sockets), user=postgres().USER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')


@contextmanager
def _fast_connection() -> Iterator[sa.Connection]:
    """A transaction for very many rows. SQLite gets no journal, and its references are checked once, at the end."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            plain: Any = connection.connection.dbapi_connection
            for pragma in ("foreign_keys=OFF", "journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
                plain.execute(f"PRAGMA {pragma}")
        yield connection
        connection.commit()
        if connection.dialect.name == "sqlite":
            broken = plain.execute("PRAGMA foreign_key_check").fetchmany(5)
            if broken:
                raise sa.exc.IntegrityError("PRAGMA foreign_key_check", None, ValueError(str(broken)))


def _analyze() -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _close() -> None:
    db.session.remove()
    db.engine.dispose()
