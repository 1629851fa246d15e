"""Applying, ordering one's choices, withdrawing."""

from datetime import timedelta

import pytest

from app.accounts.models import StudentProfile
from app.clock import today
from app.db import utcnow
from internships.models import Application, ApplicationStatus
from internships.services import postings as posting_services
from tests.page import page


@pytest.fixture
def second(db, cast, posting):
    """Another posting of the same enterprise."""
    again = posting_services.create(
        cast.enterprise,
        {name: getattr(posting, name) for name in posting_services.FIELDS} | {"title_en": "Second posting"},
        [posting_services.Asked("LG01", 1)],
        by=cast.recruiter.id,
        now=utcnow(),
    )
    posting_services.publish(again, by=cast.recruiter.id, now=utcnow(), today=today())
    db.session.flush()
    return again


def application(db):
    return db.session.query(Application).one()


def test_a_student_applies_and_sees_it(client_of, db, cast, posting):
    client = client_of(cast.student)
    client.post(f"/postings/{posting.id}/applications/", data={"statement": "I want to learn."})
    assert application(db).statement == "I want to learn."
    shown = page(client, "/applications/", language="en")
    assert shown.h1 == "1 application is open"
    assert posting.title_en in shown.text


def test_a_second_click_makes_no_second_application(client_of, db, cast, posting):
    client = client_of(cast.student)
    for _click in range(2):
        client.post(f"/postings/{posting.id}/applications/", data={})
    assert db.session.query(Application).count() == 1


def test_a_closed_posting_takes_no_application(client_of, db, cast, posting):
    posting.opens_on, posting.closes_on = today() - timedelta(days=9), today() - timedelta(days=1)
    client_of(cast.student).post(f"/postings/{posting.id}/applications/", data={})
    assert not db.session.query(Application).count()


def test_the_last_day_still_counts(client_of, db, cast, posting):
    posting.closes_on = today()
    client_of(cast.student).post(f"/postings/{posting.id}/applications/", data={})
    assert db.session.query(Application).count() == 1


@pytest.mark.parametrize("missing", ["major", "year", "graduates_on", "birth_month"])
def test_without_a_complete_profile_nobody_applies(client_of, db, cast, posting, missing):
    setattr(db.session.get(StudentProfile, cast.student.id), missing, "" if missing == "major" else None)
    db.session.flush()
    client_of(cast.student).post(f"/postings/{posting.id}/applications/", data={})
    assert not db.session.query(Application).count()
    assert "Fill in your profile" in page(client_of(cast.student), f"/postings/{posting.id}/", language="en").text


def test_an_enterprise_does_not_apply(client_of, cast, posting):
    assert client_of(cast.recruiter).post(f"/postings/{posting.id}/applications/").status_code == 404


def test_choices_are_put_in_order_by_number_and_by_step(client_of, db, cast, posting, second):
    client = client_of(cast.student)
    for one in (posting, second):
        client.post(f"/postings/{one.id}/applications/", data={})
    first, last = db.session.query(Application).order_by(Application.id)
    client.post("/applications/order/", data={f"rank-{first.id}": "2", f"rank-{last.id}": "1"})
    db.session.refresh(first)
    assert first.student_rank == 2
    client.post("/applications/order/", data={"move": f"up-{first.id}"})
    db.session.refresh(first)
    db.session.refresh(last)
    assert (first.student_rank, last.student_rank) == (1, 2)


def test_a_withdrawn_application_may_be_made_again(client_of, db, cast, posting):
    client = client_of(cast.student)
    client.post(f"/postings/{posting.id}/applications/", data={})
    made = application(db)
    client.post(f"/applications/{made.id}/withdrawal/")
    db.session.refresh(made)
    assert made.status is ApplicationStatus.WITHDRAWN
    client.post(f"/postings/{posting.id}/applications/", data={})
    db.session.refresh(made)
    assert made.status is ApplicationStatus.OPEN


def test_nobody_withdraws_for_somebody_else(client_of, db, cast, posting):
    client_of(cast.student).post(f"/postings/{posting.id}/applications/", data={})
    assert client_of(cast.other_student).post(f"/applications/{application(db).id}/withdrawal/").status_code == 404


def test_before_the_first_application_the_page_says_how_to_begin(sign_in, cast):
    assert "You have not applied anywhere yet" in page(sign_in(cast.student), "/applications/", language="en").text
