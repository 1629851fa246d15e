"""The last seat, the closing second, two windows of one student: at one moment, each with a connection of its own."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Person
from app.accounts.queries import profile_of
from app.clock import end_of, today
from app.db import db, utcnow
from internships import queries
from internships.models import Application, ApplicationStatus, PayPeriod, Placement, Posting, RankedBy
from internships.rules.stages import Because, Stage
from internships.services import applications, pipeline
from internships.services import postings as posting_services
from tests.at_once import at_once, committing


@pytest.fixture
def alone(empty_database, tmp_path):
    """An application with a database whose commits are real, and the cast in it."""
    with committing(empty_database, tmp_path / "data") as made:
        yield made


def posted(cast, seats=1, title="A"):
    day = today()
    values = {
        "title_zh": title, "title_en": title, "body_zh": "归类。", "body_en": "", "city_zh": "温州", "city_en": "",
        "region_code": "CN-ZJ", "cluster_code": "WZ-SHOE", "is_remote": False, "seats": seats, "pay": Decimal(150),
        "pay_period": PayPeriod.DAY, "hours_a_week": 40, "opens_on": day, "closes_on": day + timedelta(days=20),
        "starts_on": day + timedelta(days=40), "ends_on": day + timedelta(days=130), "min_year": 2, "majors": [],
        "ranked_by": RankedBy.FIT,
    }  # fmt: skip
    made = posting_services.create(
        cast.enterprise, values, [posting_services.Asked("CC02", 2)], by=cast.recruiter.id, now=utcnow()
    )
    posting_services.publish(made, by=cast.recruiter.id, now=utcnow(), today=day)
    db.session.flush()
    return made


def applied(student, posting):
    made = applications.apply(student, profile_of(student), posting, "", utcnow(), today())
    db.session.commit()
    return made.id


def offering(application_id, recruiter_id):
    def act():
        application = queries.application_by_id(application_id)
        recruiter = db.session.get_one(Person, recruiter_id)
        pipeline.offer(application, utcnow() + timedelta(days=7), "", by=recruiter, now=utcnow())

    return act


def accepting(application_id, student_id, named=()):
    def act():
        application = queries.application_by_id(application_id)
        student = db.session.get_one(Person, student_id)
        pipeline.accept(application, named, by=student, now=utcnow(), today=today())

    return act


def test_two_recruiters_cannot_both_give_the_last_seat(alone):
    app, cast = alone
    posting = posted(cast)
    first, second = applied(cast.student, posting), applied(cast.other_student, posting)
    recruiter, posting_id = cast.recruiter.id, posting.id
    db.session.remove()
    refused = at_once(app, offering(first, recruiter), offering(second, recruiter))
    assert sorted(str(one) for one in refused) == sorted([str(None), str(pipeline.NoSeatLeft)])
    kept = db.session.get_one(Posting, posting_id)
    assert (kept.seats_offered, kept.seats_open) == (1, 0)
    stages = [db.session.get_one(Application, one).stage for one in (first, second)]
    assert sorted(stages) == sorted([Stage.OFFER, Stage.RECEIVED])


def test_one_offer_clicked_twice_holds_one_seat(alone):
    app, cast = alone
    posting = posted(cast, seats=3)
    application = applied(cast.student, posting)
    recruiter, posting_id = cast.recruiter.id, posting.id
    db.session.remove()
    assert at_once(app, *[offering(application, recruiter)] * 4) == [None] * 4
    assert db.session.get_one(Posting, posting_id).seats_offered == 1


def test_two_offers_for_the_same_dates_taken_at_once_make_one_place(alone):
    app, cast = alone
    first, second = posted(cast, title="A"), posted(cast, title="B")
    ids = [applied(cast.student, first), applied(cast.student, second)]
    for one in ids:
        offering(one, cast.recruiter.id)()
    db.session.commit()
    student, postings = cast.student.id, [first.id, second.id]
    db.session.remove()
    refused = at_once(app, *(accepting(one, student, named=ids) for one in ids))
    assert sorted(str(one) for one in refused) == sorted([str(None), str(pipeline.NoOffer)])
    assert db.session.scalar(sa.select(sa.func.count(Placement.id))) == 1
    kept = [db.session.get_one(Posting, one) for one in postings]
    assert sum(one.seats_filled for one in kept) == 1
    assert sum(one.seats_offered for one in kept) == 0


def test_an_offer_accepted_and_taken_back_at_once_is_one_of_both(alone):
    app, cast = alone
    posting = posted(cast)
    application_id = applied(cast.student, posting)
    offering(application_id, cast.recruiter.id)()
    db.session.commit()
    student, recruiter, posting_id = cast.student.id, cast.recruiter.id, posting.id
    db.session.remove()

    def taking_back():
        application = queries.application_by_id(application_id)
        person = db.session.get_one(Person, recruiter)
        applications.decline(application, "The work is gone.", by=person, now=utcnow(), because=Because.WORK_CHANGED)

    refused = at_once(app, accepting(application_id, student), taking_back)
    assert refused.count(None) == 1
    application, kept = db.session.get_one(Application, application_id), db.session.get_one(Posting, posting_id)
    is_accepted = application.status is ApplicationStatus.ACCEPTED
    assert is_accepted == (refused[0] is None)
    assert (kept.seats_filled, kept.seats_offered) == (int(is_accepted), 0)
    assert db.session.scalar(sa.select(sa.func.count(Placement.id))) == int(is_accepted)


def test_whoever_applies_while_the_posting_is_closed_is_answered_or_refused(alone):
    app, cast = alone
    posting = posted(cast, seats=2)
    posting_id, student, recruiter = posting.id, cast.student.id, cast.recruiter.id
    db.session.commit()
    db.session.remove()

    def applying():
        person = db.session.get_one(Person, student)
        applications.apply(person, profile_of(person), queries.posting_by_id(posting_id), "", utcnow(), today())

    def closing():
        found, by = queries.posting_by_id(posting_id), db.session.get_one(Person, recruiter)
        pipeline.close_posting(found, Because.WORK_CHANGED, "", by=by, now=utcnow(), today=today())

    refused = at_once(app, applying, closing)
    assert refused[1] is None
    found = list(db.session.scalars(sa.select(Application)))
    if refused[0] is None:
        assert [one.status for one in found] == [ApplicationStatus.DECLINED]
    else:
        assert (refused[0], found) == (applications.PostingClosed, [])


@pytest.mark.parametrize(("late", "is_in"), [(timedelta(microseconds=-1), True), (timedelta(0), False)])
def test_at_the_closing_second_it_is_in_with_a_receipt_or_refused(
    client_of, db, cast, posting, monkeypatch, late, is_in
):
    from app.mail import Mail

    moment = end_of(posting.closes_on) + late
    client = client_of(cast.student)
    monkeypatch.setattr("app.clock.utcnow", lambda: moment)
    answer = client.post(f"/postings/{posting.id}/applications/", data={}, headers={"Accept-Language": "en"})
    made = db.session.scalars(sa.select(Application)).all()
    assert len(made) == int(is_in)
    if is_in:
        assert made[0].applied_at == moment
        assert answer.headers["Location"].endswith(f"/applications/{made[0].id}/")
        assert made[0].number in db.session.scalars(sa.select(Mail)).one().subject
    else:
        assert db.session.scalar(sa.select(sa.func.count(Mail.id))) == 0
