"""Long work of the reports."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Let jobs take snapshots."""
