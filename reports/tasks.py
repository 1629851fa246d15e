"""Snapshots as long work: one now by a person's wish, one a month by the worker."""

from datetime import date
from typing import Any

from flask import Flask

from app import jobs
from app.clock import today
from app.db import db
from app.skills import services as skills
from reports import services
from reports.models import Snapshot

SNAPSHOT = "reports.snapshot"


def snapshot(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: take the snapshot of a day, by default today."""
    day = date.fromisoformat(arguments["day"]) if arguments.get("day") else today()
    progress(0, 1)
    taken = services.take_snapshot(day)
    db.session.commit()
    progress(1, 1)
    return dict(taken.counts)


def monthly() -> None:
    """Once a month: rows have aged, so estimates are made anew and the snapshot as of the first is taken.

    A worker that did not run on the first catches up when it does: a snapshot is as of its day, not of its making.
    """
    first = today().replace(day=1)
    if db.session.get(Snapshot, first) is None:
        skills.refresh_everyone(today())
        services.take_snapshot(first)
        db.session.commit()
    else:
        db.session.rollback()


def init_app(app: Flask) -> None:
    """Let jobs take snapshots, and the worker those of each month."""
    jobs.task(app, SNAPSHOT, snapshot)
    jobs.every_minute(app, monthly)
