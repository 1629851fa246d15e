"""Signing in and out."""

import pytest

from app.seeding.cast import PASSWORD
from tests.page import page, read, submit


def try_in(client, email, password, **more):
    return client.post("/sign-in/", data={"email": email, "password": password, **more})


def test_a_person_signs_in_and_out(client, cast):
    answer = submit(client, page(client, "/sign-in/", language="en"), email="Student@Demo.example ", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "林小雨" in page(client, "/", language="en").h1
    assert client.post("/sign-out/").status_code == 303
    assert client.get("/passport/").location.startswith("/sign-in/")


def test_unknown_address_and_wrong_password_get_the_same_answer(client, cast):
    unknown = read(try_in(client, "nobody@demo.example", "wrong wrong wrong"))
    wrong = read(try_in(client, "student@demo.example", "wrong wrong wrong"))
    assert unknown.words(".notice") == wrong.words(".notice") != []
    assert client.get("/passport/").status_code == 303


def test_an_unknown_address_costs_as_much_work(client, cast, monkeypatch):
    from app.accounts import passwords

    hashed = []
    fits = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda kept, typed: hashed.append(kept) or fits(kept, typed))
    try_in(client, "nobody@demo.example", "wrong wrong wrong")
    try_in(client, "student@demo.example", "wrong wrong wrong")
    assert len(hashed) == 2


def test_who_may_no_longer_come_in_is_told_nothing_else(client, db, cast):
    cast.student.is_active = False
    assert try_in(client, "student@demo.example", PASSWORD).status_code == 200


def test_after_signing_in_the_wanted_page_opens(client, cast):
    wanted = client.get("/passport/").location
    answer = submit(client, page(client, wanted, language="en"), email="student@demo.example", password=PASSWORD)
    assert answer.location == "/passport/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "evil", "javascript:x"],
)
def test_nobody_is_sent_to_another_site(client, cast, target):
    assert try_in(client, "student@demo.example", PASSWORD, next=target).location == "/"
    assert client.get("/sign-in/", query_string={"next": target}).location == "/"
    assert client.post("/language/", data={"language": "en", "next": target}).location == "/"


def test_a_session_made_before_signing_in_does_not_survive_it(client, cast):
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    try_in(client, "student@demo.example", PASSWORD)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["_user_id"].startswith(f"{cast.student.id}:")


def test_a_cookie_of_before_a_new_password_no_longer_works(sign_in, db, cast):
    client = sign_in(cast.student)
    assert client.get("/passport/").status_code == 200
    cast.student.session_version += 1
    assert client.get("/passport/").status_code == 303


def test_signing_in_is_on_record(client, db, cast):
    from app.audit import AuditEntry

    try_in(client, "student@demo.example", PASSWORD)
    try_in(client, "student@demo.example", "wrong wrong wrong")
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "person.sign-in")).all()
    assert [entry.actor_id for entry in entries] == [cast.student.id]


def test_the_demo_shows_how_to_come_in_and_others_do_not(client, cast, monkeypatch, app):
    assert "set sail" not in page(client, "/sign-in/", language="en").text
    monkeypatch.setitem(app.jinja_env.globals, "demo", lambda: True)
    found = page(client, "/sign-in/", language="en")
    answers = list(found.select("form.button-form input[name=email]"))
    assert len(answers) == 4
    assert PASSWORD in found.text
