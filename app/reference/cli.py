"""`flask reference load`."""

import click
from flask.cli import AppGroup

from app.db import db
from app.reference import files, services

reference = AppGroup("reference", help="Skills, regions and clusters.")


@reference.command()
def load() -> None:
    """Bring skills, regions, clusters and pilot zones up to the project's files. Example: flask reference load"""
    counts = services.load()
    db.session.commit()
    click.echo(f"reference {files.version()}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
