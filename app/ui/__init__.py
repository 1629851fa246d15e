"""The look: layouts, components, icons, charts and Markdown that every page is made of."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register templates, static files, filters and the component gallery."""
    from app.ui import assets, charts, filters, icons, kept, views

    assets.init_app(app)
    icons.init_app(app)
    filters.init_app(app)
    charts.init_app(app)
    kept.init_app(app)
    app.register_blueprint(views.bp)
