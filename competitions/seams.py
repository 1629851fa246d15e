"""What competitions offers to the parts that must not import it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Offer rail entries, panels and links."""
