"""The keys that sign: made once, kept to oneself, published for ever, and missed without harm."""

import stat
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.clock import today
from app.credentials import services
from app.credentials.models import SigningKey
from app.credentials.rules.signatures import Finding
from app.credentials.services import keys
from app.credentials.tasks import sign_waiting
from app.db import utcnow


@pytest.fixture
def folder(app):
    return app.config["DATA_DIR"] / "keys"


@pytest.fixture
def lose_key(app, folder, db):
    """`lose_key()` takes away the file of the key that signs now, and gives back how to bring it back."""

    def lose():
        kid = db.session.scalars(sa.select(SigningKey.kid).where(SigningKey.is_current)).one()
        path = folder / f"{kid}.json"
        content = path.read_text()
        path.unlink()
        app.extensions["signing_keys"].clear()
        return lambda: path.write_text(content)

    return lose


def published(client):
    return {key["kid"]: key for key in client.get("/.well-known/jwks.json").get_json()["keys"]}


def test_the_first_certificate_makes_the_key_that_only_the_server_reads(client, db, issue, folder):
    assert published(client) == {}
    issue()
    (key,) = db.session.scalars(sa.select(SigningKey)).all()
    assert stat.S_IMODE((folder / f"{key.kid}.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(published(client)) == {key.kid}
    assert set(published(client)[key.kid]) == {"kty", "crv", "x", "kid", "alg", "use"}


def test_the_second_certificate_is_signed_with_the_same_key(db, issue):
    issue(1)
    issue(2)
    assert len(db.session.scalars(sa.select(SigningKey)).all()) == 1


def test_the_published_keys_may_be_read_from_anywhere(client, issue):
    issue()
    answer = client.get("/.well-known/jwks.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert answer.mimetype == "application/json"


def test_what_a_retired_key_signed_stays_valid(client, db, issue):
    old = issue(1)
    retired = db.session.scalars(sa.select(SigningKey)).one()
    keys.rotate(utcnow())
    new = issue(2)
    db.session.commit()
    verdicts = [services.check(services.credential_of(one), utcnow()) for one in (old, new)]
    assert [verdict.finding for verdict in verdicts] == [Finding.VALID, Finding.VALID]
    assert verdicts[0].kid == retired.kid != verdicts[1].kid
    assert set(published(client)) == {verdict.kid for verdict in verdicts}
    assert retired.retired_at is not None


def test_without_the_key_a_certificate_is_issued_and_signed_when_it_is_back(client, db, issue, lose_key):
    issue(1)
    bring_back = lose_key()
    waiting = issue(2, valid_until=today() + timedelta(days=9))
    answer = client.get(f"/certificates/{waiting.code}/credential.jwt", headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "not been signed yet" in answer.get_data(as_text=True)
    assert client.get(f"/certificates/{waiting.code}/").status_code == 200
    paper = f"/certificates/{waiting.code}/certificate.pdf"
    assert client.get(paper).status_code == 409, "a paper that nobody could check would be taken for a forged one"
    sign_waiting()
    assert waiting.credential is None
    bring_back()
    sign_waiting()
    assert services.check(services.credential_of(waiting), utcnow()).is_valid
    assert services.check_paper(client.get(paper).data) == "intact"


def test_a_lost_key_is_a_refusal_with_words(client, issue, lose_key):
    issue()
    lose_key()
    answer = client.get("/certificates/status/0.jwt", headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "not on this server" in answer.get_data(as_text=True)


def test_a_file_that_holds_another_key_signs_nothing(app, folder, db, issue):
    issue(1)
    keys.rotate(utcnow())
    old, new = sorted(db.session.scalars(sa.select(SigningKey)), key=lambda key: bool(key.is_current))
    (folder / f"{new.kid}.json").write_text((folder / f"{old.kid}.json").read_text())
    app.extensions["signing_keys"].clear()
    assert issue(2).credential is None


def test_before_anything_was_signed_nobody_makes_a_key_by_looking(client, db):
    assert client.get("/certificates/status/0.jwt").status_code == 409
    assert db.session.scalars(sa.select(SigningKey)).all() == []
