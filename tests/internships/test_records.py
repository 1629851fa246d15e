"""How enterprises keep their word, how the seats of clusters fill, and which students have no place yet."""

import itertools
from datetime import timedelta

import pytest

from app.clock import today
from app.db import utcnow
from internships import tasks
from internships.models import ApplicationStatus, EnterpriseRecord, Placement, PlacementStatus
from internships.services import applications, records
from internships.services import postings as services
from tests.page import page


@pytest.fixture
def applicants(db, cast):
    """`applicants(count)` are so many more people who study somewhere."""
    from app.accounts import services as accounts

    numbers = itertools.count()

    def made(count):
        found = [accounts.create_person(f"a{next(numbers)}@demo.example", "某学生") for _person in range(count)]
        db.session.flush()
        return found

    return made


def apply(db, posting, person, days_ago, answered_after=None):
    """An application of some days ago, declined after some days."""
    application = applications.opened(person.id, posting.id, "", 1, utcnow() - timedelta(days=days_ago))
    if answered_after is not None:
        application.status = ApplicationStatus.DECLINED
        application.decided_at = application.applied_at + timedelta(days=answered_after)
    db.session.add(application)
    db.session.flush()


def place(db, posting, person, ends, rated=False):
    """A placement that ended so many days ago."""
    day = today()
    application = applications.opened(person.id, posting.id, "", 1, utcnow() - timedelta(days=150))
    application.status = ApplicationStatus.MATCHED
    db.session.add(application)
    db.session.flush()
    db.session.add(
        Placement(
            posting_id=posting.id, student_id=person.id, application_id=application.id,
            starts_on=day - timedelta(days=ends + 90), ends_on=day - timedelta(days=ends),
            status=PlacementStatus.FINISHED, rated_at=utcnow() if rated else None,
        )
    )  # fmt: skip
    db.session.flush()


def test_answers_are_counted_with_their_share_and_shown_beside_each_posting(client, db, cast, posting, applicants):
    for person, after in zip(applicants(6), (1, 2, 3, 20, None, None), strict=True):
        apply(db, posting, person, 30, after)
    records.count_records(today())
    shown = page(client, f"/postings/{posting.id}/", language="en").text
    assert "Answers applications within 14 days 50% (3 of 6)" in shown
    assert "usually answers" not in page(client, "/postings/", language="en").text  # four answers are too few
    apply(db, posting, applicants(1)[0], 5, 3)
    records.count_records(today())
    assert "usually answers within 3 days" in page(client, "/postings/", language="en").text
    shown = page(client, "/organisations/demo-enterprise/", language="en").text
    assert "Half of the answers came within 3 days" in shown
    assert posting.title_en in shown


def test_of_few_applications_no_share_is_made_and_of_none_nothing_is_said(client, db, cast, posting, applicants):
    assert page(client, "/organisations/demo-enterprise/", language="en").text.count("no data yet") == 3
    for person in applicants(4):
        apply(db, posting, person, 30, 1)
    records.count_records(today())
    shown = page(client, f"/postings/{posting.id}/", language="en").text
    assert "too few to say (4 of 4)" in shown
    assert "100%" not in shown


def test_what_a_round_answers_and_what_was_taken_back_says_nothing(db, cast, posting, applicants):
    from internships.services import rounds

    people = applicants(3)
    for person in people:
        apply(db, posting, person, 30)
    db.session.query(applications.Application).filter_by(student_id=people[0].id).update(
        {"status": ApplicationStatus.WITHDRAWN}
    )
    records.count_records(today())
    assert db.session.get(EnterpriseRecord, cast.enterprise.id).due == 2
    now = utcnow()
    match_round = rounds.create(
        cast.university, "轮", "Round", now, now + timedelta(days=1), by=cast.coordinator.id
    )  # fmt: skip
    db.session.flush()
    rounds.add_postings(match_round, [posting], now, today())
    records.count_records(today())
    db.session.expire_all()
    assert db.session.get(EnterpriseRecord, cast.enterprise.id).due == 0


def test_evaluations_are_counted_once_placements_are_over(client, db, cast, posting, applicants):
    for number, person in enumerate(applicants(5)):
        place(db, posting, person, ends=10, rated=number < 4)
    records.count_records(today())
    assert "Evaluates its interns 80% (4 of 5)" in page(client, f"/postings/{posting.id}/", language="en").text


def test_the_worker_counts_once_a_day_with_as_many_statements_for_many(db, cast, posting, applicants, statements):
    tasks.count_records()
    with statements() as again:
        tasks.count_records()
    assert len(again) == 1
    with statements() as few:
        records.count_records(today())
    for person in applicants(20):
        apply(db, posting, person, 30, 1)
    with statements() as many:
        records.count_records(today())
    assert len(many) == len(few)


def test_a_page_of_an_enterprise_says_what_was_checked(client_of, client, db, cast):
    cast.enterprise.verified_at = None
    path = f"/organisations/demo-government/verifications/{cast.enterprise.id}/"
    official = client_of(cast.official)
    official.post(f"{path}verification/", data={"note": "看过营业执照并实地走访"})
    assert "看过营业执照并实地走访" in page(client, "/organisations/demo-enterprise/").text


def test_a_suspended_enterprise_is_hidden_with_its_postings_until_reinstated(client_of, client, db, cast, posting):
    path = f"/organisations/demo-government/verifications/{cast.enterprise.id}/suspension/"
    official = client_of(cast.official)
    official.post(path, data={"reason": ""})
    assert client.get(f"/postings/{posting.id}/").status_code == 200
    official.post(path, data={"reason": "收取押金"})
    assert client.get(f"/postings/{posting.id}/").status_code == 404
    assert client.get("/organisations/demo-enterprise/").status_code == 404
    assert posting.title_en not in page(client, "/search/?q=Customs", language="en").text
    assert "收取押金" in page(client_of(cast.recruiter), f"/postings/{posting.id}/").text
    assert client_of(cast.other_official).post(path, data={"reason": "x"}).status_code == 404
    official.post(f"{path}deletion/")
    assert client.get(f"/postings/{posting.id}/").status_code == 200


def test_clusters_say_how_many_seats_are_open_and_rates_only_of_enough(client, client_of, db, cast, posting):
    posting.seats, posting.seats_filled = 6, 4
    shown = page(client, "/postings/clusters/", language="en")
    row = next(row for row in shown.rows(".chart table") if "footwear" in row[0].lower())
    assert row[1:] == ["1", "2", "6", "c", "–"]
    official = page(client_of(cast.official), "/postings/clusters/", language="en")
    assert next(row for row in official.rows(".chart table") if "footwear" in row[0].lower())[4] == "67%"
    posting.seats_filled = 5
    again = page(client, "/postings/clusters/?region=CN-ZJ", language="en")
    assert next(row for row in again.rows(".chart table") if "footwear" in row[0].lower())[4] == "83%"
    assert "No postings in a cluster here" in page(client, "/postings/clusters/?region=CN-FJ", language="en").text


def test_a_coordinator_sees_whose_last_year_has_no_placement(client_of, db, cast, posting):
    coordinator = client_of(cast.coordinator)
    path = "/organisations/demo-university/unplaced/"
    shown = page(coordinator, path, language="en")
    assert cast.student.name in shown.text
    assert "none yet" in shown.text
    assert f"mailto:{cast.student.email}" in shown.links.values()
    assert cast.other_student.name not in shown.text
    db.session.add(applications.opened(cast.student.id, posting.id, "", 1, utcnow()))
    assert "1 open of 1" in page(coordinator, path + "?applied=some", language="en").text
    assert cast.student.name not in page(coordinator, path + "?applied=none", language="en").text
    db.session.query(applications.Application).delete()
    place(db, posting, cast.student, ends=5)
    assert cast.student.name not in page(coordinator, path, language="en").text


def test_nobody_else_sees_who_has_no_placement(client_of, cast):
    for person in (cast.student, cast.recruiter, cast.official, cast.other_coordinator):
        assert client_of(person).get("/organisations/demo-university/unplaced/").status_code == 404


def test_closing_counts_no_seat_of_a_cluster_as_open(client, db, cast, posting):
    services.close(posting, by=cast.recruiter.id, today=today())
    shown = page(client, "/postings/clusters/", language="en")
    assert next(row for row in shown.rows(".chart table") if "footwear" in row[0].lower())[1:4] == ["0", "0", "2"]
