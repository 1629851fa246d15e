"""How often strangers may try, in an application whose limits hold."""

import pytest

from app.seeding.cast import PASSWORD
from tests.conftest import settings_for


@pytest.fixture
def visitor(tmp_path):
    """`visitor(address)` is a client from that network address, in an application of its own with the cast."""
    from app.clock import today
    from app.db import db, utcnow
    from app.extensions import limiter
    from app.factory import create_app
    from app.reference import services as reference
    from app.seeding.cast import plant

    kept = dict(vars(limiter))
    settings = settings_for(f"sqlite:///{tmp_path / 'limits.db'}", tmp_path)
    app = create_app({**settings, "RATELIMIT_ENABLED": True})
    app.extensions["wake_worker"] = lambda: None
    with app.app_context():
        db.create_all()
        reference.load()
        plant(utcnow(), today())
        db.session.commit()

    def visitor(address="10.0.0.1"):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    yield visitor
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    vars(limiter).clear()
    vars(limiter).update(kept)


def try_in(client, password, email="student@demo.example"):
    return client.post("/sign-in/", data={"email": email, "password": password}).status_code


def test_ten_wrong_passwords_are_enough_but_lock_nobody_else_out(visitor):
    client = visitor()
    assert {try_in(client, "wrong wrong wrong") for _ in range(10)} == {200}
    assert try_in(client, PASSWORD) == 429
    assert try_in(client, PASSWORD, " STUDENT@demo.example") == 429, "however the address is written"
    assert try_in(visitor("10.0.0.2"), PASSWORD) == 303, "the same person elsewhere"
    assert try_in(visitor(), PASSWORD, "university@demo.example") == 303, "another person here"


def test_signing_in_rightly_uses_no_tries_up(visitor):
    assert {try_in(visitor(), PASSWORD) for _ in range(12)} == {303}


def test_nobody_can_be_flooded_with_mail(visitor):
    client = visitor()
    asked = [client.post("/password-resets/", data={"email": "student@demo.example"}).status_code for _ in range(4)]
    assert asked == [303, 303, 303, 429]


def test_sign_ups_are_limited(visitor):
    client = visitor()
    data = {"name": "郑海", "email": "new@enterprise.example", "agreed": "y"}
    assert [client.post("/sign-up/", data=data).status_code for _ in range(4)] == [303, 303, 303, 429]
