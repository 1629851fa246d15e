"""The doors of the command line: check offline, change the key, sign what waits."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest

from app.clock import today
from app.credentials import paper, services
from app.credentials.models import SigningKey
from app.credentials.rules import papers, signatures
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
    assert set(said) == {
        "valid", "reason", "file", "name", "title", "organisation", "criteria", "skills", "code", "issued_at",
        "valid_until", "kid",
    }  # fmt: skip
    assert said["organisation"] == "瓯海商学院 / Ouhai Business College"
    assert said["skills"] == [
        {"name": "S01 选品 / Product selection", "level": "2"},
        {"name": "S02 店铺运营 / Shop operation", "level": "4"},
    ]
    assert said["criteria"] == said["title"]
    assert len(said["code"]) == 12
    assert verify("one.pdf")[:2] == (0, said | {"file": "intact"})
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


@pytest.mark.parametrize("share", [0.02, 0.2, 0.4, 0.6, 0.8, 0.97])
def test_a_paper_in_which_one_byte_was_changed_is_refused(verify, files, share):
    content = bytearray((files / "one.pdf").read_bytes())
    content[int(len(content) * share)] ^= 1
    (files / "changed.pdf").write_bytes(content)
    code, said, error = verify("changed.pdf")
    assert code != 0
    if said is None:
        assert "without a credential" in error, "the byte was in the credential itself"
    else:
        assert (code, said["valid"], said["reason"]) == (1, False, "file changed")


def test_a_paper_with_other_words_around_a_genuine_credential_is_refused(verify, files, issue):
    """As somebody would forge one: our own template, another name, the attachment of a real certificate."""
    certificate = issue(3)
    token = services.credential_of(certificate)
    certificate.holder = "另一个人"
    forged = paper.pdf(certificate, services.page_of(certificate), token)
    (files / "forged.pdf").write_bytes(forged)
    code, said, _ = verify("forged.pdf")
    assert (code, said["valid"], said["reason"], said["name"]) == (1, False, "file not signed", "林小雨")
    (files / "stranger.pdf").write_bytes(papers.signed(forged, signatures.new_key()))
    assert verify("stranger.pdf")[1]["reason"] == "file signed with an unknown key"
    genuine = (files / "one.pdf").read_bytes()
    line = re.search(rb"%yangfan-signature .*\n", genuine)[0]
    place = forged.rindex(b"startxref")
    (files / "borrowed.pdf").write_bytes(forged[:place] + line + forged[place:])
    assert verify("borrowed.pdf")[1]["reason"] == "file changed"
    (files / "longer.pdf").write_bytes(genuine + b"\n% more\n%%EOF")
    assert verify("longer.pdf")[1]["reason"] == "file changed"


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
