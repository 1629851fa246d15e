"""Placements and ratings: who sees them, who looks after them, what a rating becomes, how they end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.accounts import services as accounts
from app.accounts.models import Membership, Role
from app.clock import today
from app.db import utcnow
from app.skills.models import Evidence, SkillEstimate
from internships import queries
from internships.models import Application, ApplicationStatus, Placement, PlacementStatus, Rating
from tests.page import page

GIVEN = {
    "level-CC02": "3", "example-CC02": "Classified forty articles without an error.",
    "level-LG01": "0", "example-LG01": "Has not yet compared two routes alone.",
}  # fmt: skip


@pytest.fixture
def placement(db, cast, posting):
    """The student's, begun ten days ago, for ten weeks."""
    made = placed(db, posting, cast.student)
    posting.seats_filled = 1
    db.session.commit()
    return made


def placed(db, posting, student):
    """A placement of somebody at a posting, begun ten days ago, for ten weeks."""
    application = Application(
        posting_id=posting.id,
        student_id=student.id,
        status=ApplicationStatus.MATCHED,
        applied_at=utcnow(),
        outcome={"outcome": "matched", "rank": 1, "capacity": 2, "matched": 1},
    )
    db.session.add(application)
    db.session.flush()
    made = Placement(
        application_id=application.id,
        posting_id=posting.id,
        student_id=student.id,
        starts_on=today() - timedelta(days=10),
        ends_on=today() + timedelta(days=60),
        status=PlacementStatus.RUNNING,
        created_at=utcnow() - timedelta(days=30),
    )
    db.session.add(made)
    db.session.flush()
    return made


@pytest.mark.parametrize("who", ["student", "recruiter", "coordinator"])
def test_student_enterprise_and_university_read_a_placement(client_of, cast, placement, who):
    shown = page(client_of(getattr(cast, who)), f"/placements/{placement.id}/", language="en")
    assert cast.student.name in shown.h1


@pytest.mark.parametrize("who", ["other_student", "other_recruiter", "other_coordinator", "official"])
def test_strangers_do_not(client_of, cast, placement, who):
    assert client_of(getattr(cast, who)).get(f"/placements/{placement.id}/").status_code == 404


def test_a_university_that_the_student_had_left_before_does_not(client_of, db, cast, placement):
    query = db.session.query(Membership).filter_by(person_id=cast.student.id, organisation_id=cast.university.id)
    query.one().left_on = placement.starts_on - timedelta(days=1)
    db.session.commit()
    assert client_of(cast.coordinator).get(f"/placements/{placement.id}/").status_code == 404


def test_signed_out_people_are_sent_to_sign_in(client, placement):
    assert "/sign-in/" in client.get(f"/placements/{placement.id}/").headers["Location"]


def test_both_lists_hold_it_and_no_other_organisations_list_does(client_of, cast, placement):
    for who, slug in (("recruiter", "demo-enterprise"), ("coordinator", "demo-university")):
        text = page(client_of(getattr(cast, who)), f"/organisations/{slug}/placements/", language="en").text
        assert cast.student.name in text
    for who, slug in (("other_recruiter", "other-enterprise"), ("other_coordinator", "other-university")):
        text = page(client_of(getattr(cast, who)), f"/organisations/{slug}/placements/", language="en").text
        assert cast.student.name not in text
    assert client_of(cast.other_recruiter).get("/organisations/demo-enterprise/placements/").status_code == 404


def test_a_recruiter_names_a_mentor_of_the_enterprise_and_nobody_else(client_of, db, cast, placement):
    client = client_of(cast.recruiter)
    client.post(f"/placements/{placement.id}/mentor/", data={"mentor": str(cast.other_recruiter.id)})
    db.session.refresh(placement)
    assert placement.mentor_id is None
    client.post(f"/placements/{placement.id}/mentor/", data={"mentor": str(cast.recruiter.id)})
    db.session.refresh(placement)
    assert placement.mentor_id == cast.recruiter.id


@pytest.mark.parametrize(("who", "slug"), [("recruiter", "demo-enterprise"), ("coordinator", "demo-university")])
def test_the_lists_cost_the_same_with_many_placements(client_of, db, cast, posting, placement, statements, who, slug):
    client = client_of(getattr(cast, who))
    client.get(f"/organisations/{slug}/placements/")
    with statements() as few:
        client.get(f"/organisations/{slug}/placements/")
    for number in range(19):
        person = accounts.create_person(f"intern-{number}@demo.example", f"实习生{number}")
        accounts.join(person, cast.university, Role.STUDENT, today() - timedelta(days=400))
        db.session.flush()
        placed(db, posting, person)
    with statements() as many:
        shown = page(client, f"/organisations/{slug}/placements/", language="en")
    assert len(shown.select("tbody tr")) == 20
    assert len(many) == len(few)


def test_a_student_with_a_place_reads_it_first(client_of, cast, placement):
    shown = page(client_of(cast.student), "/applications/", language="en")
    assert shown.h1 == f"You have a place at {cast.enterprise.name_en}"


# ---- rating


def test_a_rating_becomes_evidence_at_each_level_and_is_read_by_the_student(client_of, db, cast, placement):
    client = client_of(cast.recruiter)
    client.post(f"/placements/{placement.id}/rating/", data=GIVEN)
    assert {one.skill_code: one.level for one in db.session.query(Rating)} == {"CC02": 3, "LG01": 0}
    rows = (
        db.session.query(Evidence)
        .filter_by(person_id=cast.student.id, skill_code="CC02")
        .order_by(Evidence.level_aimed)
    )
    assert [(row.level_aimed, row.score, row.weight) for row in rows] == [
        (1, Decimal(1), Decimal("0.25")),
        (2, Decimal(1), Decimal("0.25")),
        (3, Decimal(1), Decimal("0.25")),
        (4, Decimal(0), Decimal("0.25")),
    ]
    assert all(row.organisation_id == cast.enterprise.id for row in rows)
    estimate = db.session.get(SkillEstimate, (cast.student.id, "CC02"))
    assert estimate.mean > 0
    text = page(client_of(cast.student), f"/placements/{placement.id}/", language="en").text
    assert "Classified forty articles" in text
    passport = page(client_of(cast.student), "/passport/CC02/", language="en").text
    assert cast.enterprise.name_en in passport


def test_two_clicks_rate_once(client_of, db, cast, placement):
    client = client_of(cast.recruiter)
    for _click in range(2):
        client.post(f"/placements/{placement.id}/rating/", data=GIVEN)
    assert db.session.query(Rating).count() == 2
    assert db.session.query(Evidence).count() == 8


@pytest.mark.parametrize("wrong", [{"level-CC02": ""}, {"level-CC02": "5"}, {"example-LG01": " "}, {"level-LG01": "x"}])
def test_a_rating_with_a_gap_comes_back_with_what_was_given(client_of, db, cast, placement, wrong):
    answer = client_of(cast.recruiter).post(f"/placements/{placement.id}/rating/", data=GIVEN | wrong)
    assert answer.status_code == 200
    assert "Classified forty articles" in answer.get_data(as_text=True)
    assert not db.session.query(Rating).count()


def test_the_form_asks_for_each_skill_with_its_sentences(client_of, cast, placement):
    shown = page(client_of(cast.recruiter), f"/placements/{placement.id}/rating/", language="en")
    assert len(shown.select("input[name='level-CC02']")) == 5
    assert len(shown.select("textarea")) == 2


def test_nobody_is_rated_before_the_first_day(client_of, db, cast, placement):
    placement.starts_on = today() + timedelta(days=1)
    db.session.commit()
    assert client_of(cast.recruiter).post(f"/placements/{placement.id}/rating/", data=GIVEN).status_code == 404
    assert not db.session.query(Rating).count()


def test_only_the_named_mentor_rates(client_of, db, cast, placement):
    placement.mentor_id = cast.judges[0].id
    db.session.commit()
    assert client_of(cast.recruiter).post(f"/placements/{placement.id}/rating/", data=GIVEN).status_code == 404


@pytest.mark.parametrize("who", ["student", "other_recruiter", "coordinator"])
def test_others_do_not_rate(client_of, db, cast, placement, who):
    assert client_of(getattr(cast, who)).post(f"/placements/{placement.id}/rating/", data=GIVEN).status_code == 404
    assert not db.session.query(Rating).count()


# ---- ending


@pytest.mark.parametrize("who", ["student", "recruiter"])
def test_either_side_ends_it_early(client_of, db, cast, placement, who):
    client_of(getattr(cast, who)).post(f"/placements/{placement.id}/end/")
    db.session.refresh(placement)
    assert (placement.status, placement.ends_on) == (PlacementStatus.ENDED_EARLY, today())


def test_on_its_last_day_it_is_finished(client_of, db, cast, placement):
    placement.ends_on = today()
    db.session.commit()
    client_of(cast.recruiter).post(f"/placements/{placement.id}/end/")
    db.session.refresh(placement)
    assert placement.status is PlacementStatus.FINISHED


def test_the_university_does_not_end_it(client_of, db, cast, placement):
    assert client_of(cast.coordinator).post(f"/placements/{placement.id}/end/").status_code == 404
    db.session.refresh(placement)
    assert placement.status is PlacementStatus.RUNNING


# ---- what the reports count


def test_whoever_is_at_work_that_day_is_placed(db, cast, placement):
    assert queries.placed_student_ids(today()) == {cast.student.id}
    assert queries.placed_student_ids(placement.ends_on) == {cast.student.id}
    assert queries.placed_student_ids(placement.starts_on - timedelta(days=1)) == set()
    assert queries.placed_student_ids(placement.ends_on + timedelta(days=1)) == set()


def test_demand_counts_the_seats_that_were_open_that_day(db, cast, posting, placement):
    rows = queries.demand_rows(today())
    assert [(row.skill, row.level, row.seats_open) for row in rows] == [("CC02", 2, 1), ("LG01", 1, 1)]
    assert {(row.employer_id, row.region, row.cluster) for row in rows} == {(cast.enterprise.id, "CN-ZJ", "WZ-SHOE")}
    placement.created_at = utcnow() + timedelta(days=2)
    db.session.flush()
    assert {row.seats_open for row in queries.demand_rows(today())} == {2}


def test_demand_ends_with_the_closing_day(db, cast, posting):
    assert queries.demand_rows(posting.closes_on)
    assert not queries.demand_rows(posting.closes_on + timedelta(days=1))
    assert not queries.demand_rows(date(2020, 1, 1))


def test_a_posting_closed_by_hand_is_no_demand_from_the_next_day_on(client_of, db, cast, posting):
    client_of(cast.recruiter).post(f"/postings/{posting.id}/closure/")
    assert queries.demand_rows(today())
    assert not queries.demand_rows(today() + timedelta(days=1))


def test_a_draft_and_a_filled_posting_are_no_demand(db, cast, posting, placement):
    posting.seats = 1
    db.session.flush()
    assert not queries.demand_rows(today())
