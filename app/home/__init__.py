"""Home: the landing page, each person's first page assembled from panels, plain pages, health."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages."""
    from app.home import views

    app.register_blueprint(views.bp)
    views.init_app(app)
