"""Checking a certificate, and one's own list."""

import pytest

from app.credentials import services
from app.db import utcnow
from tests.courses.counting import statements
from tests.page import page


@pytest.fixture
def issue(db, cast):
    """`issue(number)` gives the student a certificate of the university."""

    def issue(number=1, title="Cross-border operation"):
        return services.issue(
            cast.student,
            cast.university.id,
            "跨境运营",
            title,
            source_kind="course",
            source_id=number,
            now=utcnow(),
            actor_id=cast.coordinator.id,
        )

    return issue


def test_anyone_checks_a_certificate_by_its_address(client, issue):
    found = page(client, f"/certificates/{issue().code}/", language="en")
    assert found.h1 == "Cross-border operation"
    for words in ("林小雨", "Ouhai Business College", "Valid."):
        assert words in found.text


def test_a_typed_code_is_found_however_it_is_written(client, issue):
    code = issue().code
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]} "
    answer = client.get("/certificates/", query_string={"code": typed})
    assert answer.location == f"/certificates/{code}/"
    assert client.get(f"/certificates/{code.lower()}/").location == f"/certificates/{code}/"


def test_a_revoked_certificate_says_so_and_why(client, cast, issue):
    certificate = issue()
    services.revoke(certificate, "Marks were corrected", cast.coordinator, utcnow())
    found = page(client, f"/certificates/{certificate.code}/", language="en")
    assert "no longer holds" in found.text
    assert "Marks were corrected" in found.text
    assert "Valid." not in found.text


def test_an_unknown_code_gets_a_page_that_helps(client, db):
    found = page(client, "/certificates/ABCDEFGH2345/", language="en", status=404)
    assert found.values("form.form")["code"] == ["ABCDEFGH2345"]
    assert page(client, "/certificates/", language="en").select("input[name=code]")
    assert client.get("/certificates/---/").status_code == 404


def test_a_person_lists_the_own_certificates_only(client, client_of, cast, issue):
    issue()
    mine = page(client_of(cast.student), "/certificates/mine/", language="en")
    assert mine.h1 == "You hold 1 certificate"
    assert page(client_of(cast.other_student), "/certificates/mine/", language="en").h1 == "You hold no certificate yet"
    assert client.get("/certificates/mine/").status_code == 303


def test_the_list_costs_as_much_for_twenty_as_for_one(sign_in, cast, issue, db):
    issue()
    client = sign_in(cast.student)
    page(client, "/certificates/mine/", language="en")
    with statements() as few:
        page(client, "/certificates/mine/", language="en")
    for number in range(2, 22):
        issue(number)
    db.session.commit()
    with statements() as many:
        page(client, "/certificates/mine/", language="en")
    assert len(many) == len(few) <= 3
