"""Checking a certificate, and one's own list."""

from datetime import timedelta

from app.clock import today
from app.credentials import services
from app.db import utcnow
from tests.courses.counting import statements
from tests.page import page


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


def test_the_page_shows_skills_criteria_and_the_way_to_check_elsewhere(client, issue):
    certificate = issue(criteria_zh="完成全部课程。", criteria_en="All lessons done.")
    found = page(client, f"/certificates/{certificate.code}/", language="en")
    assert found.rows() == [["Skill", "Level"], ["Product selection", "2"], ["Shop operation", "4"]]
    assert "All lessons done." in found.text
    for words, address in {
        "Download as PDF": f"/certificates/{certificate.code}/certificate.pdf",
        "Signed credential": f"/certificates/{certificate.code}/credential.jwt",
        "The published keys": "/.well-known/jwks.json",
    }.items():
        assert found.links[words] == address
        assert client.get(address).status_code == 200
    assert "完成全部课程。" in page(client, f"/certificates/{certificate.code}/", language="zh").text


def test_an_expired_certificate_says_so(client, issue):
    certificate = issue(valid_until=today() - timedelta(days=1))
    found = page(client, f"/certificates/{certificate.code}/", language="en")
    assert "Expired" in found.text
    assert "Valid." not in found.text


def test_a_revoked_certificate_offers_no_paper(client, cast, issue):
    certificate = issue()
    services.revoke(certificate, "Marks were corrected", cast.coordinator, utcnow())
    assert "Download as PDF" not in page(client, f"/certificates/{certificate.code}/", language="en").links


def test_only_its_keeper_is_offered_to_renew_or_revoke(client, client_of, cast, issue):
    address = f"/certificates/{issue().code}/"
    assert "Renew or revoke" in page(client_of(cast.coordinator), address, language="en").links
    for reader in (client, client_of(cast.student), client_of(cast.other_coordinator)):
        assert "Renew or revoke" not in page(reader, address, language="en").links


def test_ones_own_list_offers_paper_and_credential(client_of, cast, issue):
    certificate = issue()
    mine = page(client_of(cast.student), "/certificates/mine/", language="en")
    addresses = set(mine.links.values())
    assert {
        f"/certificates/{certificate.code}/certificate.pdf",
        f"/certificates/{certificate.code}/credential.jwt",
    } <= addresses
