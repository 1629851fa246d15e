"""Skills: the evidence ledger, levels estimated from it, and the skill passport."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the passport, its place in the rail, and the job that refreshes estimates."""
    from app.skills import seams, tasks, views

    app.register_blueprint(views.bp)
    tasks.init_app(app)
    seams.init_app(app)
