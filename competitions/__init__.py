"""Competitions: from call to published ranking, with judging that can be explained."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, doors and panels."""
    from competitions import cli, seams, views

    views.init_app(app)
    app.cli.add_command(cli.competitions)
    seams.init_app(app)
