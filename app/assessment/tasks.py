"""What the worker does for quizzes: attempts whose time is over are handed in."""

from flask import Flask

from app import jobs
from app.assessment.services import quizzes
from app.db import db, utcnow


def close_due_attempts() -> None:
    """Hand in attempts whose time ran out while nobody looked."""
    now = utcnow()
    due = quizzes.due_attempts(now)
    db.session.rollback()
    jobs.one_by_one("attempt handed in", due, lambda attempt_id: quizzes.submit_due(attempt_id, now))


def init_app(app: Flask) -> None:
    """Let the worker do it every minute."""
    jobs.every_minute(app, close_due_attempts)
