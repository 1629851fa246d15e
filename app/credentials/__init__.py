"""Certificates: issued by a feature, signed as Open Badges, checked by anyone, renewed, revoked with a reason."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the doors, the worker's part and the place in the rail."""
    from app.credentials import cli, seams, tasks, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.credentials)
    tasks.init_app(app)
    seams.init_app(app)
