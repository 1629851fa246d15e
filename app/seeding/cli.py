"""`flask seed`."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.db import db
from app.seeding.models import Installation

DEMO = "demo"


@click.command()
@with_appcontext
def seed() -> None:
    """Plant the demo world into an empty database. Example: flask seed"""


def init_app(app: Flask) -> None:
    """Let templates ask whether this is a demo. Asked once a process: a database does not change its kind."""
    known: dict[str, bool] = {}

    def demo() -> bool:
        if "demo" not in known:
            known["demo"] = db.session.get(Installation, DEMO) is not None
        return known["demo"]

    app.jinja_env.globals["demo"] = demo
