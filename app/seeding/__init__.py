"""The demo world: invented people, planted by the same services as real ones use."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register `flask seed` and the banner that says that this is a demo."""
    from app.seeding import cli

    app.cli.add_command(cli.seed)
    cli.init_app(app)
