"""Checkers and recruiters who act at the same moment, each with a connection of their own: one of them decides."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.accounts.models import Organisation, Person
from app.clock import today
from app.db import db, utcnow
from app.mail import Mail
from internships.filters import Filters
from internships.models import CheckDecision, PayPeriod, Posting, PostingCheck, PostingStatus, RankedBy, SavedSearch
from internships.services import checks, searches
from internships.services import postings as services
from tests.at_once import at_once, committing


@pytest.fixture
def alone(empty_database, tmp_path):
    """An application whose commits are real, and a draft of an enterprise that nobody has verified."""
    with committing(empty_database, tmp_path / "data") as (app, cast):
        cast.enterprise.verified_at = None
        day = today()
        values = {
            "title_zh": "关务实习", "body_zh": "归类。", "city_zh": "温州", "region_code": "CN-ZJ",
            "cluster_code": "WZ-SHOE", "seats": 1, "pay": Decimal(150), "pay_period": PayPeriod.DAY, "opens_on": day,
            "closes_on": day + timedelta(days=9), "starts_on": day + timedelta(days=20),
            "ends_on": day + timedelta(days=90), "ranked_by": RankedBy.FIT,
        }  # fmt: skip
        draft = services.create(cast.enterprise, values, [services.Asked("CC02", 1)], by=None, now=utcnow())
        db.session.commit()
        ids = draft.id, cast.official.id, cast.government.id, cast.student.id
        db.session.remove()
        yield app, *ids


def handing_in(posting_id):
    return lambda: services.hand_in(db.session.get_one(Posting, posting_id), by=None, now=utcnow(), today=today())


def deciding(posting_id, official_id, office_id, decision):
    def act():
        posting, office = db.session.get_one(Posting, posting_id), db.session.get_one(Organisation, office_id)
        by = db.session.get_one(Person, official_id)
        checks.decide(posting, office, decision, "请补充", by=by, now=utcnow(), today=today())

    return act


def test_of_an_approval_and_a_sending_back_one_counts(alone):
    app, posting_id, official_id, office_id, _student_id = alone
    handing_in(posting_id)()
    db.session.commit()
    db.session.remove()
    acts = [deciding(posting_id, official_id, office_id, decision) for decision in CheckDecision for _ in range(2)]
    refusals = at_once(app, *acts)
    assert sorted(refusal is None for refusal in refusals) == [False, False, False, True]
    assert {refusal for refusal in refusals if refusal} == {checks.NothingToCheck}
    decided = db.session.query(PostingCheck).one()
    status = db.session.get_one(Posting, posting_id).status
    assert (status is PostingStatus.PUBLISHED) == (decided.decision is CheckDecision.APPROVED)
    assert status is not PostingStatus.CHECKING


def test_two_clicks_hand_a_posting_in_once(alone):
    from app.audit import AuditEntry

    app, posting_id, *_ids = alone
    assert at_once(app, *(handing_in(posting_id) for _click in range(3))) == [None, None, None]
    assert db.session.get_one(Posting, posting_id).status is PostingStatus.CHECKING
    assert db.session.query(AuditEntry).filter_by(action="posting.hand-in").count() == 1


def test_two_workers_tell_of_a_search_once(alone):
    app, posting_id, official_id, office_id, student_id = alone
    handing_in(posting_id)()
    deciding(posting_id, official_id, office_id, CheckDecision.APPROVED)()
    student = db.session.get_one(Person, student_id)
    saved = searches.save(student, "关务", Filters(words="关务"), now=utcnow() - timedelta(days=1), today=today())
    saved.looked_on = today() - timedelta(days=1)
    db.session.commit()
    search_id = saved.id
    db.session.remove()
    at_once(app, *(lambda: searches.look(search_id, now=utcnow(), today=today()) for _worker in range(3)))
    assert db.session.get_one(SavedSearch, search_id).found == 1
    assert db.session.query(Mail).count() == 1


def test_two_clicks_save_a_search_once(alone):
    app, *_ids, student_id = alone

    def save():
        student = db.session.get_one(Person, student_id)
        searches.save(student, "关务", Filters(words="关务"), now=utcnow(), today=today())

    assert at_once(app, save, save, save) == [None, None, None]
    assert db.session.query(SavedSearch).count() == 1
