"""What internships puts on first pages, in the rail, and beside evidence."""

from datetime import timedelta

import pytest

from app.accounts.queries import profile_of
from app.clock import today
from app.db import utcnow
from internships import queries
from internships.services import applications, rounds
from tests.page import page


@pytest.fixture
def match_round(db, cast, posting):
    """Open, with the posting in it and the student's application."""
    now = utcnow()
    made = rounds.create(cast.university, "春季匹配", "Spring round", now, now + timedelta(days=7), by=None)
    rounds.add_postings(made, [posting], now, today())
    applications.apply(cast.student, profile_of(cast.student), posting, "", now, today())
    db.session.commit()
    return made


def test_a_students_first_page_shows_what_fits_and_when_orders_close(sign_in, cast, posting, match_round):
    shown = page(sign_in(cast.student), "/", language="en")
    assert posting.title_en in shown.text
    assert "Spring round: your order of choices" in shown.text
    assert {"Internships", "Applications"} <= set(shown.links)


def test_a_recruiters_first_page_says_who_waits(sign_in, cast, posting, match_round):
    shown = page(sign_in(cast.recruiter), "/", language="en")
    assert "1 applicant waits" in shown.text
    assert {"Our postings", "Our interns"} <= set(shown.links)


def test_an_organisers_first_page_shows_the_open_round(sign_in, cast, match_round):
    shown = page(sign_in(cast.coordinator), "/", language="en")
    assert "1 student takes part" in shown.text
    assert "waits for the result" not in shown.text


def test_a_closed_round_is_what_its_organiser_does_next(sign_in, db, cast, match_round):
    match_round.closes_at = utcnow() - timedelta(minutes=1)
    db.session.commit()
    assert "1 student waits for the result." in page(sign_in(cast.coordinator), "/", language="en").text


def test_a_stranger_sees_nothing_of_it(sign_in, cast, match_round):
    assert "Spring round" not in page(sign_in(cast.other_coordinator), "/", language="en").text
    assert "applicant waits" not in page(sign_in(cast.other_recruiter), "/", language="en").text


def test_the_seats_that_are_still_free_are_what_courses_hear_of(db, posting):
    day = today()
    assert queries.open_seats(day) == {("CC02", 2): 2, ("LG01", 1): 2}
    posting.seats_filled = 1
    db.session.flush()
    assert queries.open_seats(day) == {("CC02", 2): 1, ("LG01", 1): 1}
    assert queries.open_seats(posting.closes_on + timedelta(days=1)) == {}
    posting.seats_filled = 2
    db.session.flush()
    assert queries.open_seats(day) == {}
