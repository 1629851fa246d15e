"""The doors of the command line: check offline, change the key, sign what waits."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from app.clock import today
from app.credentials import services
from app.credentials.models import SigningKey
from app.credentials.rules import signatures
from tools.steps import ROOT


@pytest.fixture
def files(client, issue, tmp_path):
    """A credential, the paper that carries it, and the published keys, as somebody downloaded them."""
    code = issue(valid_until=today() + timedelta(days=30)).code
    for name, address in {
        "one.jwt": f"/certificates/{code}/credential.jwt",
        "one.pdf": f"/certificates/{code}/certificate.pdf",
        "jwks.json": "/.well-known/jwks.json",
    }.items():
        (tmp_path / name).write_bytes(client.get(address).data)
    return tmp_path


@pytest.fixture
def verify(app, files):
    """`verify(name)` runs the door on a file of `files`; gives exit code, answer, and standard error."""

    def verify(name, keys="jwks.json", **kwargs):
        arguments = ["credentials", "verify", name if name == "-" else str(files / name), "--keys", str(files / keys)]
        done = app.test_cli_runner().invoke(args=arguments, **kwargs)
        return done.exit_code, json.loads(done.stdout) if done.stdout else None, done.stderr

    return verify


def test_a_genuine_credential_and_its_paper_are_valid(verify, files):
    code, said, _ = verify("one.jwt")
    assert code == 0
    assert (said["valid"], said["reason"], said["name"]) == (True, "valid", "林小雨")
    assert said["title"] == "跨境运营 / Cross-border operation"
    assert set(said) == {"valid", "reason", "name", "title", "issued_at", "valid_until", "kid"}
    assert verify("one.pdf")[:2] == (0, said)
    assert verify("-", input=(files / "one.jwt").read_text() + "\n")[:2] == (0, said)


def test_it_asks_no_database_and_no_network(files):
    nowhere = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "LOG_LEVEL": "ERROR"}
    command = ["credentials", "verify", str(files / "one.jwt"), "--keys", str(files / "jwks.json")]
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"] is True


def test_a_changed_sign_and_a_wrong_key_are_invalid(verify, files):
    token = (files / "one.jwt").read_text()
    (files / "changed.jwt").write_text(token[:100] + ("A" if token[100] != "A" else "B") + token[101:])
    code, said, _ = verify("changed.jwt")
    assert (code, said["valid"], said["name"]) == (1, False, None)
    other = signatures.new_key()
    (files / "other.json").write_text(
        json.dumps({"keys": [{**signatures.public_jwk(other), "kid": other.thumbprint()}]})
    )
    assert verify("one.jwt", "other.json")[1]["reason"] == "unknown key"


def test_an_expired_one_is_invalid_and_still_says_whose_it_was(verify, files, issue):
    expired = issue(2, valid_until=today() - timedelta(days=1))
    (files / "expired.jwt").write_text(services.credential_of(expired))
    code, said, _ = verify("expired.jwt")
    assert (code, said["reason"], said["name"]) == (1, "expired", "林小雨")


@pytest.mark.parametrize(
    ("name", "content"),
    [("none.jwt", None), ("empty.jwt", b""), ("binary.jwt", b"\xff\x00"), ("bare.pdf", b"%PDF-1.7")],
)
def test_a_file_that_cannot_be_used_is_one_line_and_exit_code_two(verify, files, name, content):
    if content is not None:
        (files / name).write_bytes(content)
    code, said, error = verify(name)
    assert (code, said) == (2, None)
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": 1}', "no"])
def test_keys_that_are_no_keys_are_exit_code_two(verify, files, content):
    (files / "odd.json").write_text(content)
    assert verify("one.jwt", "odd.json")[0] == 2


@pytest.mark.parametrize("listed", [[], [1], [{"kid": "a"}], [{"kid": 1, "kty": "RSA"}], [{"kid": "a", "kty": "OKP"}]])
def test_keys_of_other_kinds_are_passed_over(verify, files, listed):
    (files / "odd.json").write_text(json.dumps({"keys": listed}))
    assert verify("one.jwt", "odd.json")[:2][0] == 1


def test_a_new_key_signs_and_the_old_credential_still_verifies(app, db, client, verify, files):
    first = db.session.scalars(db.select(SigningKey)).one().kid
    done = app.test_cli_runner().invoke(args=["credentials", "rotate-key"])
    assert done.exit_code == 0, done.output
    second = json.loads(done.stdout)["kid"]
    assert second != first
    published = client.get("/.well-known/jwks.json")
    assert {key["kid"] for key in published.get_json()["keys"]} == {first, second}
    (files / "jwks.json").write_bytes(published.data)
    assert verify("one.jwt")[1]["kid"] == first


def test_what_waits_for_a_signature_is_signed_once(app, db, issue):
    certificate = issue()
    certificate.credential = None
    db.session.commit()
    for count in (1, 0):
        done = app.test_cli_runner().invoke(args=["credentials", "sign"])
        assert json.loads(done.stdout) == {"signed": count}
    db.session.expire_all()
    assert certificate.credential is not None
