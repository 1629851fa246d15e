"""What the worker does for quizzes: attempts whose time is over are handed in."""

from flask import Flask

from app import jobs
from app.assessment.services import quizzes
from app.db import db, utcnow


def close_due_attempts() -> None:
    """Hand in attempts whose time ran out while nobody looked."""
    if quizzes.close_due(utcnow()):
        db.session.commit()
    else:
        db.session.rollback()


def init_app(app: Flask) -> None:
    """Let the worker do it every minute."""
    jobs.every_minute(app, close_due_attempts)
