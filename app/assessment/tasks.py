"""What the worker does for quizzes: attempts that are over are handed in, answers go to peers, or are marked anew."""

from contextlib import suppress
from typing import Any

from flask import Flask

from app import jobs
from app.assessment.services import peer_review, quizzes, regrades
from app.db import db, utcnow
from app.errors import Refused

CHUNK = 100


def close_due_attempts() -> None:
    """Hand in attempts whose time ran out while nobody looked."""
    now = utcnow()
    due = quizzes.due_attempts(now)
    db.session.rollback()
    jobs.one_by_one("attempt handed in", due, lambda attempt_id: quizzes.submit_due(attempt_id, now))


def review_by_peers() -> None:
    """Give the answers of quizzes that have closed to peers, and let those speak whose time for review is over."""
    now = utcnow()
    due, over = peer_review.items_due(now), peer_review.overdue(now)
    db.session.rollback()

    def allocate(item_id: int) -> None:
        with suppress(Refused):  # nobody else to review it, say: then it waits for a teacher
            peer_review.allocate(item_id, now)

    jobs.one_by_one("answers given to peers", due, allocate)
    jobs.one_by_one("peer review concluded", over, lambda answer_id: peer_review.conclude_overdue(answer_id, now))
    peer_review.close_examples(now)
    db.session.commit()


def regrade(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: mark answers anew, some attempts at a time, each part kept by itself."""
    items, now = arguments["items"], utcnow()
    attempts = regrades.attempts_concerned(items)
    db.session.rollback()
    changed = 0
    for start in range(0, len(attempts), CHUNK):
        progress(start, len(attempts))
        changed += regrades.mark_anew(arguments["regrade"], items, attempts[start : start + CHUNK], now)
        db.session.commit()
    progress(len(attempts), len(attempts))
    return {"changed": changed}


def init_app(app: Flask) -> None:
    """Let the worker do it every minute, and jobs mark anew."""
    jobs.every_minute(app, close_due_attempts)
    jobs.every_minute(app, review_by_peers)
    jobs.task(app, regrades.REGRADE, regrade)
