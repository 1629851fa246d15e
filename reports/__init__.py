"""Reports: demand and shown skill side by side, with honest uncertainty, down to the rows."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, doors, panels and the snapshot job."""
    from reports import cli, seams, tasks, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.reports)
    tasks.init_app(app)
    seams.init_app(app)
