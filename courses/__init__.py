"""Courses: what universities teach, and the skills that each course proves."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, panels, and what other features may ask of courses."""
    from courses import seams, views

    app.register_blueprint(views.bp)
    seams.init_app(app)
