"""Setting a new password by a link."""

import time

import pytest

from app.accounts import services
from app.seeding.cast import PASSWORD
from tests.page import page, read, submit

NEW = "three boats pass by"


def ask(client, email):
    return submit(client, page(client, "/password-resets/", language="en"), email=email)


def test_a_person_sets_a_new_password_by_the_mailed_link(client, cast, mailed, path_in, client_of):
    elsewhere = client_of(cast.student)
    assert ask(client, "STUDENT@demo.example").status_code == 303
    (message,) = mailed()
    assert message.recipient == "student@demo.example"
    form = page(client, path_in(message), language="en")
    assert submit(client, form, password=NEW).status_code == 303
    assert client.get("/passport/").status_code == 200, "they are signed in"
    assert elsewhere.get("/passport/").status_code == 303, "and no longer anywhere else"
    assert page(client, path_in(message), language="en", status=410), "the link works once"
    with pytest.raises(services.CredentialsWrong):
        services.person_signing_in("student@demo.example", PASSWORD)
    assert services.person_signing_in("student@demo.example", NEW).id == cast.student.id


def test_the_answer_does_not_say_whether_the_address_is_known(client, cast, mailed):
    known = read(client.get(ask(client, "student@demo.example").location, headers={"Accept-Language": "en"}))
    unknown = read(client.get(ask(client, "nobody@demo.example").location, headers={"Accept-Language": "en"}))
    assert known.text == unknown.text
    assert [message.recipient for message in mailed()] == ["student@demo.example"]


def test_the_mail_is_in_the_language_of_the_person(client, db, cast, mailed):
    cast.student.language = "en"
    client.post("/password-resets/", data={"email": "student@demo.example"}, headers={"Accept-Language": "zh"})
    (message,) = mailed()
    assert message.subject == "Set a new password for Yangfan"


def test_the_link_leads_to_the_public_address_if_there_is_one(client, cast, mailed, monkeypatch, app):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://yangfan.example")
    ask(client, "student@demo.example")
    (message,) = mailed()
    assert "https://yangfan.example/password-resets/" in message.body


def test_a_link_is_over_after_three_hours(client, cast, monkeypatch):
    token = services.reset_token(cast.student)
    assert page(client, f"/password-resets/{token}/", language="en")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + services.RESET_SECONDS + 60)
    assert page(client, f"/password-resets/{token}/", language="en", status=410)


def test_a_made_up_link_is_refused(client, cast):
    token = services.reset_token(cast.student)
    assert page(client, f"/password-resets/{token[:-3]}abc/", language="en", status=410)
    assert client.post("/password-resets/x/", data={"password": NEW}).status_code == 410


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "student123", "x" * 201])
def test_a_poor_password_is_refused_where_it_was_typed(client, cast, password):
    token = services.reset_token(cast.student)
    answer = client.post(f"/password-resets/{token}/", data={"password": password}, headers={"Accept-Language": "en"})
    assert read(answer).words("#password-error")
    assert client.get("/passport/").status_code == 303


def test_what_is_no_address_is_told(client, cast, mailed):
    assert read(ask(client, "nobody@")).words("#email-error")
    assert mailed() == []
