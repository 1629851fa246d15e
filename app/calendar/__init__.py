"""Calendar: what is due and when it happens, of all features, as a page and as a feed that other programs read."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages and the entry of the rail."""
    from app.calendar import views

    app.register_blueprint(views.bp)
    views.init_app(app)
