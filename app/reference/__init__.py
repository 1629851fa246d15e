"""Reference data: the skill taxonomy, China's regions and its industrial clusters, versioned and loaded from files."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register `flask reference load`."""
    from app.reference import cli

    app.cli.add_command(cli.reference)
