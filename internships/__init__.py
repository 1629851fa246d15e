"""Internships: postings, applications, stable matching, placements and ratings."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, doors and panels."""
    from internships import cli, seams, tasks, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.internships)
    tasks.init_app(app)
    seams.init_app(app)
