"""Certificates: issued by a feature, checked by anyone, revoked with a reason."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the public verification page and a person's own list."""
    from app.credentials import views

    app.register_blueprint(views.bp)
