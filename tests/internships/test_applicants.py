"""Applicants of a posting: what the enterprise sees and until when, ranking by hand, declining."""

from datetime import timedelta

import pytest

from app.accounts import services as accounts
from app.accounts.models import Role, StudentProfile
from app.accounts.queries import profile_of
from app.clock import today
from app.db import utcnow
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from internships.models import ApplicationStatus, RankedBy
from internships.services import applications
from tests.page import page

STATEMENT = "I have packed parcels for two summers."


@pytest.fixture
def application(db, cast, posting):
    """The student's, with a statement."""
    made = applications.apply(cast.student, profile_of(cast.student), posting, STATEMENT, utcnow(), today())
    db.session.commit()
    return made


@pytest.fixture
def address(posting):
    """Of the applicants' page."""
    return f"/organisations/demo-enterprise/postings/{posting.id}/applicants/"


def shows(person, skill, organisation):
    return [
        skills.Observation(
            f"test:{person.id}:{skill}:{n}", person.id, skill, SourceKind.QUIZ_ITEM, n, 1, 2, AssessorKind.MACHINE,
            utcnow(), organisation.id, None,
        )
        for n in range(14)
    ]  # fmt: skip


def test_a_recruiter_reads_levels_in_the_postings_skills_only(client_of, db, cast, application, address):
    seen = shows(cast.student, "CC02", cast.university) + shows(cast.student, "CC01", cast.university)
    skills.record_evidence(seen, as_of=today())
    shown = page(client_of(cast.recruiter), address, language="en")
    assert shown.h1 == "1 applicant for 2 seats"
    assert STATEMENT in shown.text
    meters = shown.words(".meter-rows li")
    assert len(meters) == 2
    assert [one for one in meters if "Level 3 shown" in one and "Asked for: level 2" in one]


def test_after_the_decision_only_the_name_and_the_outcome_remain(client_of, db, cast, application, address):
    client = client_of(cast.recruiter)
    client.post(f"{address}{application.id}/refusal/", data={"reason": "We looked for somebody with Russian."})
    shown = page(client, address, language="en")
    assert cast.student.name in shown.text
    assert "Declined" in shown.text
    assert STATEMENT not in shown.text
    assert not shown.select(".meter-rows")


def test_a_declined_student_reads_the_reason(client_of, db, cast, application, address):
    reason = "We looked for somebody with Russian."
    client_of(cast.recruiter).post(f"{address}{application.id}/refusal/", data={"reason": reason})
    db.session.refresh(application)
    assert application.status is ApplicationStatus.DECLINED
    assert reason in page(client_of(cast.student), "/applications/", language="en").text


def test_nobody_is_declined_without_a_reason(client_of, db, cast, application, address):
    client_of(cast.recruiter).post(f"{address}{application.id}/refusal/", data={"reason": ""})
    db.session.refresh(application)
    assert application.is_open


def test_a_withdrawn_application_is_gone(client_of, db, cast, application, address):
    client_of(cast.student).post(f"/applications/{application.id}/withdrawal/")
    assert cast.student.name not in page(client_of(cast.recruiter), address, language="en").text


def test_the_better_fit_stands_first(client_of, db, cast, posting, application, address):
    applications.apply(cast.other_student, profile_of(cast.other_student), posting, "", utcnow(), today())
    skills.record_evidence(shows(cast.other_student, "CC02", cast.university), as_of=today())
    titles = page(client_of(cast.recruiter), address, language="en").words(".items h2")
    assert titles == [f"1. {cast.other_student.name}", f"2. {cast.student.name}"]


def test_a_ranking_by_hand_is_kept_and_can_leave_somebody_out(client_of, db, cast, posting, application, address):
    posting.ranked_by = RankedBy.HAND
    second = applications.apply(cast.other_student, profile_of(cast.other_student), posting, "", utcnow(), today())
    db.session.commit()
    client = client_of(cast.recruiter)
    client.post(f"{address}order/", data={f"rank-{application.id}": "7", f"rank-{second.id}": "3"})
    db.session.expire_all()
    assert (application.posting_rank, second.posting_rank) == (2, 1)
    client.post(f"{address}order/", data={f"rank-{application.id}": "1", f"rank-{second.id}": ""})
    db.session.expire_all()
    assert (application.posting_rank, second.posting_rank) == (1, None)


def test_a_ranking_by_fit_is_not_overruled_by_numbers(client_of, db, cast, application, address):
    client_of(cast.recruiter).post(f"{address}order/", data={f"rank-{application.id}": "1"})
    db.session.refresh(application)
    assert application.posting_rank is None


def test_strangers_see_no_applicants(client, client_of, cast, posting, application, address):
    assert "/sign-in/" in client.get(address).headers["Location"]
    assert client_of(cast.student).get(address).status_code == 404
    stranger = client_of(cast.other_recruiter)
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/organisations/other-enterprise/postings/{posting.id}/applicants/").status_code == 404
    refusal = f"/organisations/other-enterprise/postings/{posting.id}/applicants/{application.id}/refusal/"
    assert stranger.post(refusal, data={"reason": "I do not like them."}).status_code == 404
    assert application.is_open


def test_before_the_first_applicant_the_page_says_what_happens(client_of, cast, address):
    assert "No application is open" in page(client_of(cast.recruiter), address, language="en").text


def test_the_page_costs_the_same_with_many_applicants(client_of, db, cast, posting, application, address, statements):
    client = client_of(cast.recruiter)
    client.get(address)
    with statements() as few:
        client.get(address)
    for number in range(19):
        person = accounts.create_person(f"student-{number}@demo.example", f"学生{number}")
        accounts.join(person, cast.university, Role.STUDENT, today() - timedelta(days=400))
        db.session.add(
            StudentProfile(
                person_id=person.id, major="电子商务", year=3, graduates_on=today() + timedelta(days=500),
                birth_month=today() - timedelta(days=7500),
            )
        )  # fmt: skip
        db.session.flush()
        applications.apply(person, profile_of(person), posting, "", utcnow(), today())
    db.session.commit()
    with statements() as many:
        client.get(address)
    assert len(many) == len(few)
