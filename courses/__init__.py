"""Courses: what universities teach, and the skills that each course proves."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, commands, panels, and what other features may ask of courses."""
    from courses import cli, seams, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.courses)
    seams.init_app(app)
