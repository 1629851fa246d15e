"""Rows age by the month, so estimates are made anew once a month, and at any time by command."""

from typing import Any

from flask import Flask

from app import jobs
from app.clock import today
from app.db import db
from app.skills import services

REFRESH = "skills.refresh"


def refresh(_arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: estimate every person's levels as of today."""
    count = services.refresh_everyone(today(), progress)
    db.session.commit()
    return {"estimates": count}


def init_app(app: Flask) -> None:
    """Let jobs refresh estimates."""
    jobs.task(app, REFRESH, refresh)
