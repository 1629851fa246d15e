"""What every answer of the server carries, and how it says no."""

import io

import pytest

from app import logs
from app.errors import Refused
from tests.page import page, read


def test_every_answer_carries_the_security_headers(client, db):
    answer = client.get("/sign-in/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]


def test_a_request_id_of_a_proxy_is_kept_and_a_strange_one_is_not(client, db):
    assert client.get("/healthz", headers={"X-Request-ID": "abcd-1234"}).headers["X-Request-ID"] == "abcd-1234"
    assert client.get("/healthz", headers={"X-Request-ID": "<b>"}).headers["X-Request-ID"] != "<b>"


def test_an_address_that_does_not_exist_says_so_in_both_languages(client, db):
    assert page(client, "/nowhere/", language="en", status=404).language == "en"
    assert page(client, "/nowhere/", language="zh", status=404).language == "zh-CN"


def test_the_server_is_healthy(client, db):
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_refusal_is_told_where_the_form_was(app, client, db, cast):
    refused = client.post("/sign-in/", data={"email": "nobody@demo.example", "password": "not the password"})
    assert read(refused).words


def test_a_refusal_reads_its_values():
    assert Refused("%(n)s left", n=3).sentence() == "3 left"


@pytest.mark.parametrize("path", ["/privacy/", "/terms/", "/help/", "/"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_strangers_read_the_plain_pages(client, db, path, language):
    assert page(client, path, language=language).h1


def test_a_stranger_chooses_a_language(client, db):
    client.post("/language/", data={"language": "en", "next": "/help/"})
    assert page(client, "/help/", language="zh").language == "en"


def test_the_language_form_leads_nowhere_else(client, db):
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert client.post("/language/", data={"language": "en", "next": target}).headers["Location"] == "/"


@pytest.mark.parametrize("path", [f"/postings/{10**30}/", f"/courses/{10**30}/", f"/postings/?page={10**30}"])
def test_a_number_that_no_row_can_have_is_no_failure_of_ours(client, db, path):
    assert client.get(path).status_code in (200, 404)


def test_a_secret_link_stands_in_the_log_by_its_pattern(client, db, monkeypatch):
    said = []
    monkeypatch.setattr(logs.log, "info", lambda _event, **facts: said.append(facts["path"]), raising=False)
    client.get("/invitations/a-secret-of-somebody/")
    client.get("/help/")
    assert said == ["/invitations/<secret>/", "/help/"]


@pytest.mark.parametrize("mark", ["²", "９", "9" * 30])
def test_signs_that_look_like_numbers_break_no_form(sign_in, db, cast, mark):
    client = sign_in(cast.coordinator)
    answer = client.post("/organisations/demo-university/questions/tags/", data={"question": mark, "skill": "CC02"})
    assert answer.status_code == 303


def test_no_field_holds_a_sign_that_no_database_keeps(client, db):
    """Neither the second of two fields of one name nor the name of a file."""
    assert client.post("/sign-in/", data={"email": ["a", "b\0"], "password": "x"}).status_code == 400
    assert client.get("/courses/?q=a&q=b%00").status_code == 400
    sent = {"file": (io.BytesIO(b"x"), "a\0b.pdf")}
    assert client.post("/sign-in/", data=sent, content_type="multipart/form-data").status_code == 400
