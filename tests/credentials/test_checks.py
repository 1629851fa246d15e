"""The page on which somebody has a credential checked that they were sent."""

import io
from datetime import date, timedelta

import pytest

from app.clock import today
from app.credentials import paper, services
from app.credentials.rules import badges, signatures
from app.db import utcnow
from tests.page import page, read, submit

CHECK = "/certificates/check/"


@pytest.fixture
def check(client):
    """`check(text)` pastes a text, `check(file=…)` sends a file; the answer is the page."""

    def check(text="", file=None):
        if file is None:
            return read(submit(client, page(client, CHECK, language="en"), {"credential": text}))
        data = {"credential": "", "file": (io.BytesIO(file), "sent")}
        return read(client.post(CHECK, data=data, content_type="multipart/form-data"))

    return check


@pytest.fixture
def client(client):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_genuine_credential_is_told_as_such(check, issue):
    certificate = issue()
    found = check(f"\n {services.credential_of(certificate)} \n")
    assert "Genuine." in found.text
    assert "林小雨" in found.text
    assert found.links["The page of this certificate"] == f"/certificates/{certificate.code}/"


def test_the_file_or_the_paper_does_as_well(client, check, issue):
    certificate = issue()
    assert "Genuine." in check(file=services.credential_of(certificate).encode()).text
    assert "Genuine." in check(file=client.get(f"/certificates/{certificate.code}/certificate.pdf").data).text


def test_a_paper_that_was_changed_is_refused_and_what_was_signed_is_shown(client, check, issue):
    certificate = issue(criteria_zh="完成全部课程。", valid_until=today() + timedelta(days=30))
    content = client.get(f"/certificates/{certificate.code}/certificate.pdf").data
    genuine = check(file=content)
    assert "Genuine." in genuine.text
    changed = check(file=content.replace(b"/Lang", b"/Lanh", 1))
    assert "Genuine." not in changed.text
    assert "This file is not one that Yangfan issued" in changed.text
    assert changed.select(".notice.error")
    for found in (genuine, changed):
        assert "only this is signed" in found.text
        assert ["S01 选品 / Product selection", "2"] in found.rows()
        for said in ("林小雨", "跨境运营 / Cross-border operation", "完成全部课程。", certificate.code):
            assert said in found.text
    without = check(file=paper.pdf(certificate, services.page_of(certificate), services.credential_of(certificate)))
    assert "carries no signature of its own" in without.text


def test_the_days_on_the_page_are_those_of_the_certificate(check, issue):
    certificate = issue(valid_until=date(2030, 12, 31))
    assert "31 December 2030" in check(services.credential_of(certificate)).text


def test_a_revoked_one_is_told_although_its_signature_holds(check, cast, issue):
    certificate = issue()
    token = services.credential_of(certificate)
    services.revoke(certificate, "Marks were corrected", cast.coordinator, utcnow())
    assert "the certificate was revoked" in check(token).text


def test_an_expired_one_is_told(check, issue):
    certificate = issue(valid_until=today() - timedelta(days=1))
    assert "has expired" in check(services.credential_of(certificate)).text


def test_a_changed_one_shows_nothing_of_what_it_says(check, issue):
    token = services.credential_of(issue())
    changed = token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:]
    found = check(changed)
    assert "The signature does not fit" in found.text
    assert "林小雨" not in found.text


def test_one_of_another_platform_is_told(check, issue):
    said = signatures.payload_of(services.credential_of(issue()))
    assert "not one of Yangfan" in check(signatures.signed(said, signatures.new_key())).text


def test_a_certificate_that_the_register_never_held_is_told(check, issue):
    """As after a restore from an old copy."""
    from app.credentials.services import keys

    issue()
    said = signatures.payload_of(services.credential_of(issue(2)))
    said["id"] = said["jti"] = said["id"].replace(issue(2).code, "ABCDEFGH2345")
    token = signatures.signed(said, keys.current_key())
    assert badges.said_by(said).id.endswith("ABCDEFGH2345/")
    assert "no longer has this certificate" in check(token).text


@pytest.mark.parametrize("text", ["", "   ", "eyJ", "a.b.c", "林小雨", "." * 50_000])
def test_whatever_else_is_sent_gets_an_answer(check, db, text):
    assert "Genuine." not in check(text).text


@pytest.mark.parametrize("file", [b"%PDF-1.7", b"\x00\xff", b"eyJ.eyJ.x", b"%PDF-1.7 stream\n" * 500])
def test_whatever_file_is_sent_gets_an_answer(check, db, file):
    assert "Genuine." not in check(file=file).text
