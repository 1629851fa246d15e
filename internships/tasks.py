"""Long work of internships: telling everybody what a round gave, keeping the time of applications."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask

from app import jobs
from app.clock import SETTLING
from app.db import db, utcnow
from internships.models import Application, EventKind, MatchRound
from internships.queries import pipeline
from internships.services import clocks, news, rounds
from internships.services import pipeline as services

TELL = "internships.tell-round"
AT_ONCE = 500  # of the applications whose clock asks for something, in one minute


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


def keep_time() -> None:
    """Each minute: remind recruiters, give late applicants an honest answer, take back offers that nobody answered."""
    now = utcnow()
    jobs.one_by_one("clocks of applications", pipeline.applications_with_clocks(now, AT_ONCE), partial(_keep, now))
    # An answer that was received in time may still be on its way to the disk.
    jobs.one_by_one("offers over", pipeline.offers_over(now - SETTLING, AT_ONCE), partial(_lapse, now))


def _keep(now: datetime, application_id: int) -> None:
    clocks.keep_time(application_id, now)


def _lapse(now: datetime, application_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    if services.lapse(application, now):
        news.tell_student(application, EventKind.OFFER_LAPSED.value)


def init_app(app: Flask) -> None:
    """Let jobs tell, and the worker keep the time of applications."""
    jobs.task(app, TELL, tell)
    jobs.every_minute(app, keep_time)
