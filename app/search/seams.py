"""What search offers to every page: the address of its own."""

from flask import Flask, url_for


def init_app(app: Flask) -> None:
    """The rail has a box as long as this package is there."""
    app.jinja_env.globals["search_url"] = lambda: url_for("search.index")
