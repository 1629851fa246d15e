"""The web application, for gunicorn and the `flask` command."""

from app.factory import create_app

app = create_app()
