"""Messages between an applicant and the recruiters of the enterprise."""

from datetime import timedelta

import pytest

from app.accounts.queries import profile_of
from app.audit import AppendOnly
from app.clock import today
from app.db import utcnow
from app.mail import Mail
from internships.models import ApplicationMessage
from internships.rules.stages import Side
from internships.services import applications
from internships.services import messages as services
from tests.internships.test_pipeline import again
from tests.page import page


@pytest.fixture
def application(db, cast, posting):
    """The student's."""
    made = applications.apply(cast.student, profile_of(cast.student), posting, "", utcnow(), today())
    db.session.commit()
    return made


@pytest.fixture
def address(posting, application):
    """Of the application for the enterprise."""
    return f"/organisations/demo-enterprise/postings/{posting.id}/applicants/{application.id}/"


def mails_to(db, person):
    return db.session.query(Mail).filter_by(recipient=person.email).count()


def test_both_sides_write_and_read(client_of, db, cast, application, address):
    student, recruiter = client_of(cast.student), client_of(cast.recruiter)
    student.post(f"/applications/{application.id}/messages/", data={"body": "When does it begin?"})
    assert "1 new message" in page(recruiter, "/", language="en").text
    assert "When does it begin?" in page(recruiter, address, language="en").text
    assert "1 new message" not in page(recruiter, "/", language="en").text
    recruiter.post(f"{address}messages/", data={"body": "On Monday."})
    assert "1 new message" in page(student, "/applications/", language="en").text
    shown = page(student, f"/applications/{application.id}/", language="en").text
    assert "On Monday." in shown
    assert cast.recruiter.name not in shown  # the enterprise speaks, not one of its people
    assert "1 new message" not in page(student, "/applications/", language="en").text
    again(db, application)
    assert application.answered_at is not None


def test_mail_goes_out_at_most_once_an_hour(db, cast, application):
    now = utcnow()
    for minutes in (0, 5, 50, 61):
        services.write(
            application, f"After {minutes}", Side.STUDENT, by=cast.student, now=now + timedelta(minutes=minutes)
        )
    assert mails_to(db, cast.recruiter) == 2


def test_a_second_click_writes_once(client_of, db, cast, application):
    client = client_of(cast.student)
    for _click in range(2):
        client.post(f"/applications/{application.id}/messages/", data={"body": "Hello there"})
    assert db.session.query(ApplicationMessage).count() == 1


def test_nobody_writes_without_end(db, cast, application):
    now = utcnow()
    for number in range(services.MOST_AN_HOUR):
        services.write(application, f"Number {number}", Side.STUDENT, by=cast.student, now=now)
    with pytest.raises(services.TooManyMessages):
        services.write(application, "One more", Side.STUDENT, by=cast.student, now=now)


def test_a_suspended_enterprise_writes_nothing(client_of, db, cast, application, address):
    cast.enterprise.suspended_at = utcnow()
    client_of(cast.recruiter).post(f"{address}messages/", data={"body": "Call me on my own phone."})
    assert db.session.query(ApplicationMessage).count() == 0


def test_after_the_end_nobody_writes(client_of, db, cast, application, address):
    applications.withdraw(application, utcnow())
    client_of(cast.recruiter).post(f"{address}messages/", data={"body": "Come back."})
    assert db.session.query(ApplicationMessage).count() == 0


def test_what_was_written_stays(db, cast, application):
    message = services.write(application, "As it was", Side.STUDENT, by=cast.student, now=utcnow())
    message.body = "As it was not"
    with pytest.raises(AppendOnly):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("body", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_message_is_refused(client_of, db, cast, application, body):
    client_of(cast.student).post(f"/applications/{application.id}/messages/", data={"body": body})
    assert db.session.query(ApplicationMessage).count() == 0
