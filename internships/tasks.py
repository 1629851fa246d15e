"""Long work of internships: matching a season, its result; clocks of applications; saved searches; records."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask

from app import jobs
from app.clock import SETTLING, ZONE, day_of
from app.db import db, utcnow
from internships import queries
from internships.models import Application, EventKind, MatchRound, RoundStatus
from internships.queries import pipeline
from internships.queries import records as counted
from internships.queries.searches import searches_due
from internships.services import clocks, news, records, searches, season_runs
from internships.services import pipeline as services
from internships.services.season_runs import REPLAY, RUN, STEPS, TELL, TRIAL

MORNING = 7  # the hour in Shanghai from which saved searches are looked at
SEARCHES_AT_ONCE = 200  # in one minute
AT_ONCE = 500  # of the applications whose clock asks for something, in one minute


def _say(progress: jobs.Progress) -> season_runs.Say:
    def say(step: str) -> None:
        progress(STEPS.index(step), len(STEPS), step)

    return say


def match(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: match a round that has been settled and keep the result; show it, where no later moment was announced.

    Killed at any point and done again it comes to the same: the inputs are settled, the files are named by content, and
    one transaction moves the round on.
    """
    say = _say(progress)
    season_runs.read_only()
    match_round = db.session.get_one(MatchRound, arguments["round"])
    counts: dict[str, Any] = {}
    if match_round.status is RoundStatus.RUNNING:
        inputs, result, counts = season_runs.attempt(match_round, day_of(match_round.closes_at), say)
        db.session.rollback()
        say("keeping")
        season_runs.settle(match_round, inputs, result, counts, now=utcnow())
        db.session.commit()
    is_due = match_round.may_be_released(utcnow())
    db.session.rollback()  # a transaction left open would keep the progress from being written
    if is_due:
        show(arguments["round"], arguments["link"])
    progress(len(STEPS), len(STEPS))
    return counts


def attempt(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: what a run would give now, in numbers; nothing else is kept."""
    season_runs.read_only()
    match_round = db.session.get_one(MatchRound, arguments["round"])
    _inputs, _result, counts = season_runs.attempt(match_round, day_of(utcnow()), _say(progress))
    db.session.rollback()
    progress(len(STEPS), len(STEPS))
    return counts | {"is_trial": True}


def replay(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: match again from the stored inputs; whether the bytes are the same."""
    season_runs.read_only()
    found = season_runs.replay(db.session.get_one(MatchRound, arguments["round"]))
    db.session.rollback()
    progress(1, 1)
    return {"is_replay": True, "is_same": found.is_same, "blocking_pairs": found.blocking_pairs}


def show(round_id: int, link: str) -> None:
    """Show a round to all at once, and let everybody be told."""
    match_round = db.session.get_one(MatchRound, round_id)
    if season_runs.release(match_round, now=utcnow()):
        jobs.enqueue(TELL, {"round": round_id, "link": link}, organisation_id=match_round.organisation_id)
    db.session.commit()


def show_due() -> None:
    """Show the rounds whose announced moment has come."""
    links = {round_id: arguments.get("link", "") for round_id, arguments in queries.rounds_to_release(utcnow())}
    db.session.rollback()
    jobs.one_by_one("round shown", links, lambda round_id: show(round_id, links[round_id]))


def tell(arguments: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Job: write to the students of a round, some at a time; each part is kept with who has been reached."""
    match_round = db.session.get_one(MatchRound, arguments["round"])
    total = match_round.record.get("counts", {}).get("students", 0)
    mails = 0
    while count := season_runs.write_to_some(match_round, arguments["link"]):
        mails += count
        db.session.commit()
        progress(min(mails, total), total + 1)
    if match_round.told_at is None:
        match_round.told_at = utcnow()
    db.session.commit()
    return {"mails": mails}


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


def look_at_searches() -> None:
    """Every minute from the morning on: what is new in some of the saved searches that nobody has looked at today."""
    now = utcnow()
    if now.astimezone(ZONE).hour >= MORNING:
        day = day_of(now)

        def look(search_id: int) -> None:
            searches.look(search_id, now=now, today=day)

        jobs.one_by_one("saved search", searches_due(day, SEARCHES_AT_ONCE), look)


def count_records() -> None:
    """Every minute, but to an effect once a day: how enterprises keep their word."""
    day = day_of(utcnow())
    if counted.last_counted() != day:
        records.count_records(day)
        db.session.commit()


def init_app(app: Flask) -> None:
    """Let jobs match, try and tell, and the worker do what is due."""
    jobs.task(app, RUN, match)
    jobs.task(app, TRIAL, attempt)
    jobs.task(app, REPLAY, replay)
    jobs.task(app, TELL, tell)
    jobs.every_minute(app, show_due)
    jobs.every_minute(app, keep_time)
    jobs.every_minute(app, look_at_searches)
    jobs.every_minute(app, count_records)
