"""Long work. A job that must happen is a row in the same transaction as its cause; the queue only wakes the worker.

`enqueue` adds the row; after the commit a worker process (`flask jobs work`) is woken and runs it, with progress that
whoever asked can watch. A worker that dies leaves its job to be taken again; every kind of job is therefore written
so that running it twice does no harm.
"""

import enum
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Model, Moment, choice, db, key, line, long_text, moment_now, short_name, utcnow
from app.logs import log

STALE_AFTER = timedelta(minutes=10)
MAX_TRIES = 3


class JobStatus(enum.StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    """One piece of long work, its arguments, progress and result."""

    __tablename__ = "job"

    id: Mapped[key]
    kind: Mapped[short_name]
    arguments: Mapped[dict[str, Any]]
    status: Mapped[JobStatus] = mapped_column(choice(JobStatus), default=JobStatus.QUEUED, index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[line] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[long_text] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    worker: Mapped[short_name] = mapped_column(default="")
    actor_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    created_at: Mapped[moment_now]
    touched_at: Mapped[moment_now]
    finished_at: Mapped[datetime | None] = mapped_column(Moment())

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in (JobStatus.DONE, JobStatus.FAILED)


class Progress:
    """What a running job reports through; each step is saved, so that a page can show it."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.last = 0.0

    def __call__(self, done: int, total: int, message: str = "") -> None:
        if done < total and time.monotonic() - self.last < 0.5:
            return
        self.last = time.monotonic()
        with Session(db.engine) as session:
            session.execute(
                sa.update(Job)
                .where(Job.id == self.job_id)
                .values(done=done, total=total, message=message, touched_at=utcnow())
            )
            session.commit()


Work = Callable[[dict[str, Any], Progress], dict[str, Any] | None]


def task(app: Flask, kind: str, work: Work) -> None:
    """Let `work(arguments, progress)` run jobs of `kind`; it commits, and its result is kept on the job."""
    app.extensions.setdefault("job_kinds", {})[kind] = work


def every_minute(app: Flask, work: Callable[[], None]) -> None:
    """Let the worker call `work()` about once a minute, in the application's context; it commits."""
    app.extensions.setdefault("every_minute", []).append(work)


def enqueue(
    kind: str, arguments: dict[str, Any], *, actor_id: int | None = None, organisation_id: int | None = None
) -> Job:
    """Add a job to the session; it becomes due when the caller commits."""
    if kind not in current_app.extensions["job_kinds"]:
        raise LookupError(f"no job of kind {kind!r}")
    job = Job(kind=kind, arguments=arguments, actor_id=actor_id, organisation_id=organisation_id)
    db.session.add(job)
    db.session.info["wake_worker"] = True
    return job


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop("wake_worker", False):
        current_app.extensions["wake_worker"]()


def run_due() -> int:
    """Run every job that is due, one after another; returns how many ran."""
    count = 0
    while (job_id := _claim()) is not None:
        _run(job_id)
        count += 1
    return count


def _claim() -> int | None:
    now = utcnow()
    due = sa.or_(
        Job.status == JobStatus.QUEUED,
        sa.and_(Job.status == JobStatus.RUNNING, Job.touched_at < now - STALE_AFTER),
    )
    query = sa.select(Job).where(due).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
    job = db.session.scalars(query).first()
    if job is None:
        db.session.rollback()
        return None
    job.tries += 1
    job.touched_at = now
    job.worker = f"{socket.gethostname()}:{os.getpid()}"[:80]
    job.status = JobStatus.RUNNING
    if job.tries > MAX_TRIES:
        job.status, job.error, job.finished_at = JobStatus.FAILED, "the worker died three times on this job", now
    db.session.commit()
    return job.id


def _run(job_id: int) -> None:
    job = db.session.get_one(Job, job_id)
    if job.is_over:
        return
    kind, arguments = job.kind, dict(job.arguments)
    db.session.rollback()
    try:
        result = current_app.extensions["job_kinds"][kind](arguments, Progress(job_id))
        status, error = JobStatus.DONE, ""
    except Exception as failure:  # the boundary of a job: whatever went wrong is kept where people can see it
        db.session.rollback()
        log.error("job failed", job=job_id, kind=kind, exc_info=failure)
        result, status, error = None, JobStatus.FAILED, f"{type(failure).__name__}: {failure}"
    job = db.session.get_one(Job, job_id)
    job.status, job.error, job.result = status, error, result or {}
    job.finished_at = job.touched_at = utcnow()
    db.session.commit()
    db.session.remove()


def one_by_one(what: str, ids: Iterable[int], work: Callable[[int], None]) -> None:
    """Do `work(id)` for each, in a transaction of its own: one that fails is logged, and holds up no other."""
    for each in ids:
        try:
            work(each)
            db.session.commit()
        except Exception as failure:  # the boundary of one piece of work: whoever asks again finds it undone
            db.session.rollback()
            log.error("work failed", what=what, id=each, exc_info=failure)


def _run_every_minute(app: Flask) -> None:
    for work in app.extensions.get("every_minute", ()):
        try:
            work()
        except Exception as failure:  # one that fails must not keep the others from running; it is tried again
            db.session.rollback()
            log.error("minute work failed", work=work.__qualname__, exc_info=failure)


def _queue(url: str) -> Huey:
    scheme = url.split(":", 1)[0]
    if scheme == "sqlite":
        return SqliteHuey("yangfan", filename=url.removeprefix("sqlite:///"))
    if scheme in ("postgresql", "postgres"):
        return PostgresHuey("yangfan", dsn=url)
    if scheme in ("redis", "rediss"):
        return RedisHuey("yangfan", url=url)
    raise ValueError(f"JOBS_URL: unknown queue {scheme!r}")


def init_app(app: Flask) -> None:
    """Bind the queue and the command `flask jobs work`."""
    app.extensions.setdefault("job_kinds", {})
    queues: dict[str, Any] = {}

    def woken() -> Any:
        if "wake" not in queues:
            app.config["DATA_DIR"].mkdir(parents=True, exist_ok=True)
            huey = _queue(app.config["JOBS_URL"])

            @huey.task()
            def wake() -> None:
                with app.app_context():
                    run_due()

            queues["huey"], queues["wake"] = huey, wake
        return queues["wake"]

    app.extensions["wake_worker"] = lambda: woken()()
    jobs = AppGroup("jobs", help="Long work.")

    @jobs.command()
    @click.option("--once", is_flag=True, help="Run what is due, then stop.")
    def work(once: bool) -> None:
        """Run jobs as they come, until stopped. Example: flask jobs work"""
        if once:
            click.echo(f"{run_due()} jobs run", err=True)
            return
        woken()
        huey = queues["huey"]
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        click.echo("Worker ready.", err=True)
        with app.app_context():
            run_due()
        asked = time.monotonic()
        try:
            while True:
                found = huey.dequeue()
                if found is not None:
                    huey.execute(found)
                elif time.monotonic() - asked > 60:  # a wake-up that was lost (a killed process) delays a job a minute
                    asked = time.monotonic()
                    with app.app_context():
                        _run_every_minute(app)
                        run_due()
                else:
                    time.sleep(0.2)
        except KeyboardInterrupt:
            click.echo("Worker stopped.", err=True)

    app.cli.add_command(jobs)
