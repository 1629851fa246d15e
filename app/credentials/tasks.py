"""Work of the worker: sign what was issued while the key was away."""

from flask import Flask

from app import jobs
from app.credentials import services
from app.credentials.services.keys import KeyMissing
from app.db import db, utcnow


def init_app(app: Flask) -> None:
    """Let the worker look once a minute."""
    jobs.every_minute(app, sign_waiting)


def sign_waiting() -> None:
    """Sign until nothing waits, or until the next minute where the key is still away."""
    try:
        while services.sign_waiting(utcnow()):
            db.session.commit()
    except KeyMissing:
        pass
    db.session.rollback()
