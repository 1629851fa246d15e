"""Long work of internships: telling everybody what a round gave."""

from typing import Any

from flask import Flask

from app import jobs
from app.db import db
from internships.models import MatchRound
from internships.services import rounds

TELL = "internships.tell-round"


def tell(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: write to the students of a round, all in one transaction, so that a second try does not write twice."""
    match_round = db.session.get_one(MatchRound, arguments["round"])
    if match_round.told_at is None:
        count = rounds.write_to_students(match_round, arguments["link"])
        match_round.told_at = match_round.run_at
        db.session.commit()
        progress(count, count)
        return {"mails": count}
    return {"mails": 0}


def init_app(app: Flask) -> None:
    """Let jobs tell."""
    jobs.task(app, TELL, tell)
