"""What protects both sides: what was asked stays, odd input is refused in words, free seats get a second round."""

from datetime import timedelta

import pytest

from app.accounts.queries import profile_of
from app.clock import today
from app.db import utcnow
from internships import queries
from internships.models import Posting, RoundStatus
from internships.services import applications, rounds, season_runs
from tests.internships.test_postings import values
from tests.page import page

NEW = "/organisations/demo-enterprise/postings/new/"


def only(db):
    return db.session.query(Posting).one()


def test_what_applicants_were_told_it_asks_stays(client_of, db, cast, posting):
    client = client_of(cast.recruiter)
    changed = values(**{"skills-0-skill": "CS03", "skills-0-level": "3"})
    client.post(f"/postings/{posting.id}/edit/", data=changed)
    db.session.expire_all()
    assert [skill.skill_code for skill in only(db).skills] == ["CS03"]  # nobody has applied yet
    applications.apply(cast.student, profile_of(cast.student), only(db), "", utcnow(), today())
    db.session.commit()
    page_again = client.post(f"/postings/{posting.id}/edit/", data=values(), headers={"Accept-Language": "en"})
    assert "Somebody has applied" in page_again.get_data(as_text=True)
    db.session.expire_all()
    assert [skill.skill_code for skill in only(db).skills] == ["CS03"]
    client.post(f"/postings/{posting.id}/edit/", data={**changed, "seats": "5", "skills-0-weight": "2"})
    db.session.expire_all()
    assert only(db).seats == 5


def test_a_published_posting_never_asks_nothing(client_of, db, cast, posting):
    empty = values(**{"skills-0-skill": "", "skills-0-level": "", "skills-0-weight": ""})
    client_of(cast.recruiter).post(f"/postings/{posting.id}/edit/", data=empty)
    db.session.expire_all()
    assert len(only(db).skills) == 2


def test_a_cluster_lies_in_its_province(client_of, db, cast):
    answer = client_of(cast.recruiter).post(NEW, data=values(region_code="CN-GD"), headers={"Accept-Language": "en"})
    assert "This cluster lies in another province." in answer.get_data(as_text=True)
    assert db.session.query(Posting).count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"pay": "sNaN"}, {"pay": "NaN"}, {"pay": "Infinity"}, {"pay": "0.001"}, {"skills-0-weight": "sNaN"},
        {"title_zh": "   "}, {"body_zh": " \n "}, {"opens_on": "0001-01-01"}, {"closes_on": "9999-12-31"},
    ],
)  # fmt: skip
def test_odd_input_comes_back_with_a_sentence(client_of, db, cast, change):
    answer = client_of(cast.recruiter).post(NEW, data=values(**change))
    assert answer.status_code in (200, 422)
    assert "errors" in answer.get_data(as_text=True)
    assert db.session.query(Posting).count() == 0


def test_a_row_of_a_form_speaks_the_readers_language(client_of, db, cast):
    wrong = values(**{"skills-0-skill": "ZZ99", "skills-0-weight": "x"})
    text = client_of(cast.recruiter).post(NEW, data=wrong, headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "Not a valid" not in text
    assert "must be between" not in text


def test_no_text_holds_the_sign_that_no_database_keeps(client_of, db, cast):
    assert client_of(cast.recruiter).post(NEW, data=values(title_zh="a\x00b")).status_code == 400
    assert client_of(cast.recruiter).get("/postings/?words=%00").status_code == 400


@pytest.mark.parametrize("move", ["up-²", "up-" + "9" * 5000, "up-", "sideways-1", "-"])
def test_an_odd_move_moves_nothing(client_of, db, cast, posting, move):
    applications.apply(cast.student, profile_of(cast.student), posting, "", utcnow(), today())
    db.session.commit()
    assert client_of(cast.student).post("/applications/order/", data={"move": move}).status_code == 303


# Rounds


def announced(cast, opens, closes):
    now = utcnow()
    return rounds.create(cast.university, "匹配", "Round", now + opens, now + closes, by=None)


def test_a_round_is_not_closed_before_it_opens(db, cast):
    made = announced(cast, timedelta(days=1), timedelta(days=2))
    with pytest.raises(rounds.RoundNotOpenYet):
        rounds.close_now(made, by=cast.coordinator, now=utcnow())
    assert made.closes_at > made.opens_at


def test_an_enterprise_takes_its_posting_out_until_the_round_closes(client_of, db, cast, posting):
    made = announced(cast, -timedelta(days=1), timedelta(days=2))
    rounds.add_postings(made, [posting], utcnow(), today())
    db.session.commit()
    address = f"/rounds/{made.id}/postings/{posting.id}/removal/"
    assert client_of(cast.other_coordinator).post(address).status_code == 404
    client = client_of(cast.recruiter)
    home = f"/organisations/demo-enterprise/postings/{posting.id}/applicants/"
    assert "Do not take part" in page(client, home, language="en").text
    page(client, home, language="zh")
    assert client.post(address).location == home
    assert queries.rounds_of_postings([posting.id]) == {}


def test_seats_left_after_a_run_get_a_second_round(client_of, db, cast, posting):
    first = announced(cast, -timedelta(days=3), -timedelta(days=1))
    db.session.flush()
    rounds.add_postings(first, [posting], utcnow() - timedelta(days=2), today())
    applications.apply(cast.student, profile_of(cast.student), posting, "", utcnow() - timedelta(days=2), today())
    season_runs.run(first, by=cast.coordinator, now=utcnow(), today=today())
    db.session.commit()
    assert first.status is RoundStatus.RELEASED
    assert posting.seats_open == 1
    applications.apply(cast.other_student, profile_of(cast.other_student), posting, "", utcnow(), today())
    second = announced(cast, -timedelta(hours=1), timedelta(days=2))
    rounds.add_postings(second, [posting], utcnow(), today())
    db.session.commit()
    assert queries.rounds_of_postings([posting.id]) == {posting.id: second}
    assert [one.id for one in queries.postings_of_round(first)] == [posting.id]
    third = announced(cast, -timedelta(hours=1), timedelta(days=2))
    with pytest.raises(rounds.PostingTaken):
        rounds.add_postings(third, [posting], utcnow(), today())
