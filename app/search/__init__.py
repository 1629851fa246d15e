"""Search: one index of what is written anywhere, in Chinese and English, read through what each person may read.

The package knows no feature. Each offers its kinds of thing through `registry.search_sources`: what a person may find
of it, where a thing found is read, and all that there is, for building the index anew. What is saved is indexed in the
same transaction, so that the search never promises what is not there.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the page, the box in the rail and the command."""
    from app.search import cli, seams, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.search)
    seams.init_app(app)
