"""Rolling applications: from the receipt over review and interview to an offer, a place, or an honest end."""

from datetime import timedelta

import pytest

from app.accounts import services as accounts
from app.accounts.queries import profile_of
from app.audit import AuditEntry
from app.clock import on_the_wall, today
from app.db import utcnow
from app.mail import Mail
from internships.models import Application, ApplicationEvent, ApplicationStatus, EventKind, Placement
from internships.rules.stages import Side, Stage
from internships.services import applications
from internships.services import postings as posting_services
from tests.page import page

STATEMENT = "I have packed parcels for two summers."


@pytest.fixture
def application(db, cast, posting):
    """The student's."""
    made = applications.apply(cast.student, profile_of(cast.student), posting, STATEMENT, utcnow(), today())
    db.session.commit()
    return made


@pytest.fixture
def board(posting):
    """The address of the board."""
    return f"/organisations/demo-enterprise/postings/{posting.id}/pipeline/"


@pytest.fixture
def address(posting, application):
    """The address of the application for the enterprise."""
    return f"/organisations/demo-enterprise/postings/{posting.id}/applicants/{application.id}/"


def in_days(days):
    return on_the_wall(utcnow() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def offers(client, address, days=7):
    return client.post(f"{address}offer/", data={"until": in_days(days), "words": "We would like to have you."})


def kinds(db, application):
    events = db.session.query(ApplicationEvent).filter_by(application_id=application.id)
    return [one.kind for one in events.order_by(ApplicationEvent.id)]


def again(db, *rows):
    for row in rows:
        db.session.expire(row)


def twin(db, cast, posting, title="Second posting", days=0):
    """Another posting of the same enterprise, its dates later by some days."""
    values = {name: getattr(posting, name) for name in posting_services.FIELDS} | {"title_en": title}
    values["starts_on"] += timedelta(days=days)
    values["ends_on"] += timedelta(days=days)
    made = posting_services.create(
        cast.enterprise, values, [posting_services.Asked("LG01", 1)], by=cast.recruiter.id, now=utcnow()
    )
    posting_services.publish(made, by=cast.recruiter.id, now=utcnow(), today=today())
    db.session.flush()
    return made


def test_an_application_goes_from_the_receipt_to_a_place(client_of, db, cast, posting, board):
    student, recruiter = client_of(cast.student), client_of(cast.recruiter)
    student.post(f"/postings/{posting.id}/applications/", data={"statement": STATEMENT})
    application = db.session.query(Application).one()
    receipt = db.session.query(Mail).one()
    assert receipt.recipient == cast.student.email
    assert application.number in receipt.subject
    here = f"/organisations/demo-enterprise/postings/{posting.id}/applicants/{application.id}/"
    recruiter.post(f"{here}stage/", data={"stage": "in_review"})
    recruiter.post(f"{here}stage/", data={"stage": "interview"})
    offers(recruiter, here)
    again(db, application, posting)
    assert (application.stage, posting.seats_offered, posting.seats_open) == (Stage.OFFER, 1, 1)
    shown = page(student, f"/applications/{application.id}/", language="en")
    assert shown.h1 == f"You have an offer: {posting.title_en}"
    assert application.number in shown.text
    student.post(f"/applications/{application.id}/acceptance/")
    again(db, application, posting)
    assert application.status is ApplicationStatus.ACCEPTED
    assert (posting.seats_filled, posting.seats_offered) == (1, 0)
    placement = db.session.query(Placement).one()
    assert (placement.student_id, placement.starts_on) == (cast.student.id, posting.starts_on)
    assert kinds(db, application) == [
        EventKind.APPLIED, EventKind.MOVED, EventKind.MOVED, EventKind.OFFERED, EventKind.ACCEPTED,
    ]  # fmt: skip
    acts = {one.action for one in db.session.query(AuditEntry)}
    assert {"application.move", "application.offer", "application.accept"} <= acts
    assert "Has the place" in page(recruiter, board, language="en").text


def test_accepting_names_what_it_withdraws_and_leaves_what_does_not_overlap(client_of, db, cast, posting, address):
    application = db.session.query(Application).one()
    overlapping = twin(db, cast, posting, "Overlapping posting", days=10)
    later = twin(db, cast, posting, "Later posting", days=95)
    for one in (overlapping, later):
        applications.apply(cast.student, profile_of(cast.student), one, "", utcnow(), today())
    offers(client_of(cast.recruiter), address)
    client = client_of(cast.student)
    question = page(client, f"/applications/{application.id}/acceptance/", language="en")
    assert "1 other application is withdrawn by it" in question.text
    assert "Overlapping posting" in question.text
    assert "Later posting" not in question.text
    client.post(f"/applications/{application.id}/acceptance/")  # without having read which
    again(db, application)
    assert application.is_open
    other = applications.queries.application_of(cast.student, overlapping)
    client.post(f"/applications/{application.id}/acceptance/", data={"named": str(other.id)})
    again(db, application, other)
    assert application.status is ApplicationStatus.ACCEPTED
    assert other.status is ApplicationStatus.WITHDRAWN
    assert applications.queries.application_of(cast.student, later).is_open


def test_a_second_click_accepts_once(client_of, db, cast, posting, application, address):
    offers(client_of(cast.recruiter), address)
    client = client_of(cast.student)
    for _click in range(2):
        client.post(f"/applications/{application.id}/acceptance/")
    again(db, posting)
    assert db.session.query(Placement).count() == 1
    assert (posting.seats_filled, posting.seats_offered) == (1, 0)


def test_declining_an_offer_gives_the_seat_back_with_the_reason(client_of, db, cast, posting, application, address):
    recruiter = client_of(cast.recruiter)
    offers(recruiter, address)
    client = client_of(cast.student)
    client.post(f"/applications/{application.id}/offer-refusal/", data={})
    again(db, application)
    assert application.is_open  # no reason was given
    client.post(f"/applications/{application.id}/offer-refusal/", data={"because": "pay", "reason": ""})
    again(db, application, posting)
    assert application.status is ApplicationStatus.OFFER_DECLINED
    assert posting.seats_offered == 0
    assert "the pay" in page(recruiter, address, language="en").text


def test_an_enterprise_takes_an_offer_back_with_a_reason(client_of, db, cast, posting, application, address):
    recruiter = client_of(cast.recruiter)
    offers(recruiter, address)
    recruiter.post(f"{address}refusal/", data={"because": "work_changed", "reason": "The order was cancelled."})
    again(db, application, posting)
    assert (application.status, posting.seats_offered) == (ApplicationStatus.DECLINED, 0)
    shown = page(client_of(cast.student), f"/applications/{application.id}/", language="en").text
    assert "Offer withdrawn by the enterprise" in shown
    assert "The order was cancelled." in shown


def test_a_student_gives_a_place_back_before_it_begins(client_of, db, cast, posting, application, address):
    offers(client_of(cast.recruiter), address)
    client = client_of(cast.student)
    client.post(f"/applications/{application.id}/acceptance/")
    client.post(f"/applications/{application.id}/withdrawal/", data={"because": "studies"})
    again(db, application, posting)
    assert application.status is ApplicationStatus.WITHDRAWN
    assert (posting.seats_filled, db.session.query(Placement).count()) == (0, 0)


def test_a_place_that_has_begun_is_ended_elsewhere(client_of, db, cast, posting, application, address):
    offers(client_of(cast.recruiter), address)
    client = client_of(cast.student)
    client.post(f"/applications/{application.id}/acceptance/")
    db.session.query(Placement).one().starts_on = today()
    client.post(f"/applications/{application.id}/withdrawal/", data={"because": "studies"})
    again(db, application)
    assert application.status is ApplicationStatus.ACCEPTED


def test_an_offer_whose_time_is_over_is_not_accepted(client_of, db, cast, posting, application, address):
    offers(client_of(cast.recruiter), address)
    application.offer_until = utcnow() - timedelta(seconds=1)
    client_of(cast.student).post(f"/applications/{application.id}/acceptance/")
    again(db, application)
    assert application.status is ApplicationStatus.OPEN


def test_no_offer_is_made_in_a_round_or_beyond_the_seats(client_of, db, cast, posting, application, address):
    posting.seats = 0
    offers(client_of(cast.recruiter), address)
    again(db, application)
    assert application.stage is Stage.RECEIVED


def test_several_are_declined_at_once_with_one_reason(client_of, db, cast, posting, application, board):
    second = applications.apply(cast.other_student, profile_of(cast.other_student), posting, "", utcnow(), today())
    db.session.commit()
    client = client_of(cast.recruiter)
    data = {"application": [str(application.id), str(second.id)], "because": "seats_filled"}
    client.post(f"{board}refusals/", data=data)
    again(db, application, second)
    assert {application.status, second.status} == {ApplicationStatus.DECLINED}
    assert db.session.query(Mail).count() == 2
    assert "all seats are filled" in page(client_of(cast.student), "/applications/", language="en").text


def test_closing_early_answers_everybody(client_of, db, cast, posting, application, board):
    client = client_of(cast.recruiter)
    assert "1 open application is declined" in page(client, f"{board}closure/", language="en").text
    client.post(f"{board}closure/", data={"because": "work_changed"})
    again(db, application, posting)
    assert posting.status.value == "closed"
    assert application.status is ApplicationStatus.DECLINED
    assert application.outcome["because"] == "work_changed"


def test_each_side_sees_its_part_of_the_record(client_of, db, cast, posting, application, address):
    recruiter = client_of(cast.recruiter)
    recruiter.post(f"{address}stage/", data={"stage": "in_review"})
    applications.note(application, EventKind.REMINDED, Side.PLATFORM, utcnow())
    theirs = page(recruiter, address, language="en").text
    ours = page(client_of(cast.student), f"/applications/{application.id}/", language="en").text
    assert cast.recruiter.name in theirs
    assert "The recruiters were reminded" in theirs
    assert "In review" in ours
    assert "The recruiters were reminded" not in ours


def test_looking_is_no_answer(client_of, db, cast, application, address):
    client = client_of(cast.recruiter)
    client.post(f"{address}stage/", data={"stage": "in_review"})
    again(db, application)
    assert application.answered_at is None
    client.post(f"{address}stage/", data={"stage": "interview"})
    again(db, application)
    assert application.answered_at is not None


@pytest.mark.parametrize("stage", ["offer", "received", "nonsense", ""])
def test_an_application_is_moved_to_no_odd_stage(client_of, db, cast, application, address, stage):
    client = client_of(cast.recruiter)
    client.post(f"{address}stage/", data={"stage": "in_review"})
    client.post(f"{address}stage/", data={"stage": stage})
    again(db, application)
    assert application.stage is Stage.IN_REVIEW


def test_the_board_has_a_column_for_each_stage_and_a_form_on_each_card(client_of, cast, application, board):
    shown = page(client_of(cast.recruiter), board, language="en")
    assert [one.split()[0] for one in shown.words(".board-title")] == ["Just", "In", "Interview", "Offer"]
    assert shown.words(".board-card .board-name") == [cast.student.name]
    assert shown.select(".board-card form select option[value=interview]")


def test_strangers_find_nothing(client, client_of, db, cast, posting, application, address, board):
    theirs = [
        "acceptance/", "offer-refusal/", "withdrawal/", "messages/", "files/",
    ]  # fmt: skip
    assert client_of(cast.other_student).get(f"/applications/{application.id}/").status_code == 404
    assert client_of(cast.recruiter).get(f"/applications/{application.id}/").status_code == 404
    for end in theirs:
        assert client_of(cast.other_student).post(f"/applications/{application.id}/{end}").status_code == 404
        assert client_of(cast.recruiter).post(f"/applications/{application.id}/{end}").status_code == 404
        assert "/sign-in/" in client.post(f"/applications/{application.id}/{end}").headers["Location"]
    of_enterprise = [address, f"{address}stage/", f"{address}offer/", f"{address}interviews/", f"{address}messages/",
                     f"{address}refusal/", board, f"{board}refusals/", f"{board}closure/"]  # fmt: skip
    foreign = [one.replace("demo-enterprise", "other-enterprise") for one in of_enterprise]
    for person in (cast.student, cast.other_recruiter, cast.coordinator):
        who = client_of(person)
        for one in of_enterprise + foreign:
            assert 404 in {who.get(one).status_code, who.post(one).status_code}
            assert who.post(one).status_code in (404, 405)
    for kind in ("csv", "xlsx"):
        table = f"/organisations/demo-enterprise/postings/{posting.id}/applicants.{kind}"
        assert client_of(cast.other_recruiter).get(table).status_code == 404
        assert client_of(cast.student).get(table).status_code == 404
    again(db, application)
    assert application.is_open


def test_applicants_are_exported_as_text_and_the_trail_knows_who_took_them(client_of, db, cast, posting, application):
    application.statement = "=HYPERLINK(1)"
    table = f"/organisations/demo-enterprise/postings/{posting.id}/applicants"
    client = client_of(cast.recruiter)
    answer = client.get(f"{table}.csv").get_data(as_text=True)
    assert "'=HYPERLINK(1)" in answer
    assert application.number in answer
    assert client.get(f"{table}.xlsx").data.startswith(b"PK")
    taken = db.session.query(AuditEntry).filter_by(action="applicants.export").all()
    assert sorted(one.details["format"] for one in taken) == ["csv", "xlsx"]


def test_the_board_costs_the_same_with_many_applicants(client_of, db, cast, posting, application, board, statements):
    client = client_of(cast.recruiter)
    client.get(board)
    with statements() as few:
        client.get(board)
    for number in range(9):
        person = accounts.create_person(f"student-{number}@demo.example", f"学生{number}")
        db.session.flush()
        made = applications.opened(person.id, posting.id, "", 1, utcnow())
        applications.wait_for_enterprise(made, posting, utcnow())
        db.session.add(made)
    db.session.commit()
    with statements() as many:
        client.get(board)
    assert len(many) == len(few)
