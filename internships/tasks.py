"""Long work of internships: telling everybody what a round gave, looking at saved searches, counting records."""

from typing import Any

from flask import Flask

from app import jobs
from app.clock import ZONE, day_of
from app.db import db, utcnow
from internships.models import MatchRound
from internships.queries import records as counted
from internships.queries.searches import searches_due
from internships.services import records, rounds, searches

TELL = "internships.tell-round"
MORNING = 7  # the hour in Shanghai from which saved searches are looked at
AT_ONCE = 200  # saved searches a minute


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


def look_at_searches() -> None:
    """Every minute from the morning on: what is new in some of the saved searches that nobody has looked at today."""
    now = utcnow()
    if now.astimezone(ZONE).hour >= MORNING:
        day = day_of(now)

        def look(search_id: int) -> None:
            searches.look(search_id, now=now, today=day)

        jobs.one_by_one("saved search", searches_due(day, AT_ONCE), look)


def count_records() -> None:
    """Every minute, but to an effect once a day: how enterprises keep their word."""
    day = day_of(utcnow())
    if counted.last_counted() != day:
        records.count_records(day)
        db.session.commit()


def init_app(app: Flask) -> None:
    """Let jobs tell."""
    jobs.task(app, TELL, tell)
    jobs.every_minute(app, look_at_searches)
    jobs.every_minute(app, count_records)
