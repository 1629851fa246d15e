"""`flask search rebuild`."""

import click
from flask.cli import AppGroup

from app.db import db
from app.search import services

search = AppGroup("search", help="The index of what is written anywhere.")


@search.command()
def rebuild() -> None:
    """Make the index anew, after an upgrade or a restored backup. Example: flask search rebuild"""
    counts = services.rebuild()
    db.session.commit()
    click.echo(", ".join(f"{count} {kind}" for kind, count in counts.items()) or "nothing to index")
