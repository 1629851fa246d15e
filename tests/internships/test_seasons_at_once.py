"""Several people at the moment a season closes or is run, each with a connection of their own."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import jobs
from app.accounts.models import Person, StudentProfile
from app.clock import today
from app.db import db, utcnow
from internships.models import Application, ApplicationStatus, MatchRound, Placement, Posting, RoundPosting
from internships.services import applications, round_entry, rounds, season_runs
from tests.at_once import at_once, committing
from tests.internships.conftest import published


@pytest.fixture
def closing(empty_database, tmp_path):
    """An application with a round that closes this moment, its posting, and one open application to it."""
    with committing(empty_database, tmp_path / "data") as (app, cast):
        posting = published(cast, seats=1)
        now = utcnow()
        made = rounds.create(
            cast.university, "春季匹配", "Spring", now - timedelta(days=7), now + timedelta(days=1), by=None
        )
        rounds.join(made, posting, by=cast.recruiter, now=now, today=today())
        profile = db.session.get_one(StudentProfile, cast.student.id)
        applications.apply(cast.student, profile, posting, "", now, today())
        db.session.commit()
        found = app, made.id, posting.id, cast.student.id, cast.other_student.id, cast.coordinator.id
        db.session.remove()
        yield found


def begins(round_id, at, person_id):
    def act():
        match_round = db.session.get_one(MatchRound, round_id)
        match_round.closes_at = at
        db.session.flush()
        season_runs.start(match_round, "", by=db.session.get_one(Person, person_id), now=at)

    return act


def test_an_application_at_the_closing_moment_is_matched_or_refused(closing):
    app, round_id, posting_id, _student, other, coordinator = closing

    def applies():
        person, posting = db.session.get_one(Person, other), db.session.get_one(Posting, posting_id)
        applications.apply(person, db.session.get_one(StudentProfile, other), posting, "", utcnow(), today())

    refused = at_once(app, applies, begins(round_id, utcnow() + timedelta(seconds=1), coordinator))
    assert refused[0] in (None, round_entry.RoundOver)
    with app.app_context():
        jobs.run_due()
        rows = db.session.execute(
            sa.select(Application.student_id, Application.status).where(Application.posting_id == posting_id)
        ).all()
        counted = db.session.get_one(MatchRound, round_id).record["counts"]["students"]
    # Whoever was let in was matched with the others, and nobody waits.
    assert len(rows) == counted == (2 if refused[0] is None else 1)
    assert all(status is not ApplicationStatus.OPEN for _student, status in rows)


def test_of_two_who_run_a_round_at_once_one_job_matches_it_once(closing):
    app, round_id, posting_id, _student, _other, coordinator = closing
    at = utcnow() + timedelta(seconds=1)
    refused = at_once(app, *(begins(round_id, at, coordinator) for _person in range(3)))
    assert refused == [None, None, None]
    with app.app_context():
        assert db.session.query(jobs.Job).filter_by(kind=season_runs.RUN).count() == 1
        jobs.run_due()
        assert db.session.query(Placement).count() == 1
        assert db.session.get_one(Posting, posting_id).seats_filled == 1


def test_a_withdrawal_beside_the_run_is_left_out_of_it_or_refused(closing):
    app, round_id, _posting_id, student, _other, coordinator = closing

    def withdraws():
        made = db.session.query(Application).filter_by(student_id=student).one()
        applications.withdraw(made, utcnow())

    refused = at_once(app, withdraws, begins(round_id, utcnow() + timedelta(seconds=1), coordinator))
    with app.app_context():
        jobs.run_due()
        status = db.session.query(Application).filter_by(student_id=student).one().status
    if refused[0] is None:
        # With nobody left there was nothing to run, or the round found nobody to match.
        assert status is ApplicationStatus.WITHDRAWN
        assert refused[1] in (None, season_runs.RoundEmpty)
    else:
        assert refused[0] is round_entry.BeingMatched
        assert status is ApplicationStatus.MATCHED


def test_one_who_shows_the_result_beside_another_shows_it_once(closing):
    app, round_id, posting_id, _student, _other, coordinator = closing
    with app.app_context():
        begins(round_id, utcnow(), coordinator)()
        match_round = db.session.get_one(MatchRound, round_id)
        season_runs.settle(match_round, *season_runs.attempt(match_round, today()), now=utcnow())
        db.session.commit()

    def shows():
        season_runs.release(db.session.get_one(MatchRound, round_id), now=utcnow())

    assert at_once(app, shows, shows) == [None, None]
    with app.app_context():
        assert db.session.query(Placement).count() == 1
        assert db.session.get_one(Posting, posting_id).seats_filled == 1
        assert db.session.query(RoundPosting).one().filled == 1
