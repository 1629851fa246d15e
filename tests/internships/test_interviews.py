"""Interview appointments: proposed, chosen, moved, in both calendars."""

import pytest

from app.accounts.queries import profile_of
from app.clock import on_the_wall, today
from app.db import utcnow
from internships.models import Interview, InterviewStatus
from internships.rules.stages import Stage
from internships.services import applications
from tests.internships.test_pipeline import again, in_days
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


@pytest.fixture
def invite(client_of, db, cast, address):
    """Propose some times, and get the newest appointment."""

    def invite(*days, **values):
        data = {f"slot_{number}": in_days(day) for number, day in enumerate(days, start=1)}
        data |= {"minutes": "30", "place": "Room 3", "link": ""} | values
        client_of(cast.recruiter).post(f"{address}interviews/", data=data)
        return db.session.query(Interview).order_by(Interview.id.desc()).first()

    return invite


def choose(client, interview, number=0):
    return client.post(f"/interviews/{interview.id}/choice/", data={"slot": str(interview.slots[number].id)})


def test_a_student_chooses_one_of_the_times_and_both_calendars_have_it(client_of, db, cast, application, invite):
    interview = invite(2, 3)
    student = client_of(cast.student)
    assert "Choose a time" in page(student, f"/applications/{application.id}/", language="en").text
    choose(student, interview, 1)
    again(db, interview, application)
    assert interview.status is InterviewStatus.CHOSEN
    assert interview.chosen_at == interview.slots[1].at
    assert application.stage is Stage.INTERVIEW
    assert application.answer_by > interview.chosen_at
    hour = on_the_wall(interview.chosen_at).strftime("%H:%M")
    month = on_the_wall(interview.chosen_at).strftime("%Y-%m")
    for person in (cast.student, cast.recruiter):
        shown = page(client_of(person), f"/calendar/?month={month}", language="en").text
        assert hour in shown
        assert f"interview-{interview.id}-" in client_of(person).get("/calendar/download.ics").get_data(as_text=True)


def test_other_times_are_asked_for_and_proposed(client_of, db, cast, application, invite):
    interview = invite(2)
    client_of(cast.student).post(f"/interviews/{interview.id}/other-times/", data={"words": "I sit an examination."})
    again(db, interview)
    assert interview.status is InterviewStatus.OTHERS_ASKED
    newer = invite(4)
    again(db, interview)
    assert newer.id != interview.id
    assert interview.status is InterviewStatus.CANCELLED
    choose(client_of(cast.student), interview)  # an old page
    again(db, newer, interview)
    assert interview.chosen_at is None
    assert newer.status is InterviewStatus.PROPOSED


def test_a_chosen_time_is_cancelled_with_a_reason(client_of, db, cast, application, invite, address):
    interview = invite(2)
    choose(client_of(cast.student), interview)
    recruiter = client_of(cast.recruiter)
    recruiter.post(f"{address}interviews/{interview.id}/cancellation/", data={"words": ""})
    again(db, interview)
    assert interview.status is InterviewStatus.CHOSEN
    recruiter.post(f"{address}interviews/{interview.id}/cancellation/", data={"words": "The colleague is ill."})
    again(db, interview)
    assert interview.status is InterviewStatus.CANCELLED
    shown = page(client_of(cast.student), f"/applications/{application.id}/", language="en").text
    assert "The colleague is ill." in shown


def test_a_second_click_proposes_once(client_of, db, cast, invite):
    first = invite(2, 3)
    assert invite(2, 3).id == first.id


@pytest.mark.parametrize("values", [{"slot_1": ""}, {"place": ""}, {"place": "", "link": "javascript:alert(1)"}])
def test_odd_proposals_are_refused(db, invite, values):
    assert invite(2, **values) is None


def test_times_that_are_over_are_no_proposal(db, invite):
    assert invite(-1) is None


def test_strangers_choose_nothing(client, client_of, db, cast, application, invite, address):
    interview = invite(2)
    for person in (cast.other_student, cast.recruiter, cast.other_recruiter):
        assert choose(client_of(person), interview).status_code == 404
        assert client_of(person).post(f"/interviews/{interview.id}/other-times/").status_code == 404
    cancellation = f"{address}interviews/{interview.id}/cancellation/"
    foreign = cancellation.replace("demo-enterprise", "other-enterprise")
    for one in (cancellation, foreign):
        assert client_of(cast.other_recruiter).post(one, data={"words": "Why not at all"}).status_code == 404
    again(db, interview)
    assert interview.status is InterviewStatus.PROPOSED
