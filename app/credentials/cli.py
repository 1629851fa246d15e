"""The doors of credentials: check one offline, change the key, sign what waits."""

import json
from typing import Any

import click

from app.cli import Door, Unusable, exact_json, need_database_file, put, read_bytes, read_json
from app.credentials import paper, services
from app.credentials.rules import badges, papers, signatures
from app.credentials.rules.papers import PaperFinding
from app.credentials.services import keys as signing
from app.db import db, utcnow


@click.group("credentials")
def credentials() -> None:
    """Signed certificates, and the keys that sign them."""


@credentials.command("verify", cls=Door)
@click.argument("file")
@click.option(
    "--keys", "keys_file", required=True, metavar="JWKS", help="The published keys, as /.well-known/jwks.json."
)
def verify(file: str, keys_file: str) -> None:
    """Check the credential in FILE against published keys; asks no database and no network.

    \b
    FILE (- for standard input) is a credential as text (.jwt), or the PDF of a certificate, which carries it inside.
    Of a PDF the file itself has to be, byte for byte, one that was issued ("file": "intact").
    Example:
      flask credentials verify ABCDEFGH2345.jwt --keys jwks.json
      {"valid": true, "reason": "valid", "file": null, "name": "…", "title": "…", "organisation": "…", "criteria": "…",
       "skills": [{"name": "…", "level": "2"}], "code": "…", "issued_at": "…", "valid_until": null, "kid": "…"}

    Compare what it says with the paper. Whether it was revoked stands on its page and in the list that it names.
    Exit code 1: it does not hold.
    """
    keys = _public_keys(keys_file)
    content = read_bytes(file, 64)
    token = _token(file, content)
    verdict = signatures.checked(token, keys, utcnow())
    file_found = papers.checked(content, keys) if content.startswith(b"%PDF-") else None
    is_changed = file_found not in (None, PaperFinding.INTACT)
    is_valid = verdict.is_valid and not is_changed
    said = badges.said_by(verdict.payload) if verdict.is_signed and verdict.payload else None
    answer: dict[str, Any] = {
        "valid": is_valid,
        "reason": file_found.value if file_found and verdict.is_valid and is_changed else verdict.finding.value,
        "file": file_found.value if file_found else None,
        "name": said.name if said else None,
        "title": said.title if said else None,
        "organisation": said.organisation if said else None,
        "criteria": said.criteria if said else None,
        "skills": [{"name": name, "level": level} for name, level in said.skills] if said else None,
        "code": said.code if said else None,
        "issued_at": said.issued_at if said else None,
        "valid_until": said.valid_until if said else None,
        "kid": verdict.kid or None,
    }
    put(exact_json(answer))
    if not is_valid:
        raise click.exceptions.Exit(1)


@credentials.command("rotate-key", cls=Door)
def rotate_key() -> None:
    """Retire the key that signs now and make another; what the old one signed stays valid.

    \b
    Example:
      flask credentials rotate-key
      {"kid": "…"}
    """
    need_database_file()
    key = signing.rotate(utcnow())
    db.session.commit()
    put(json.dumps({"kid": key.kid}) + "\n")


@credentials.command("sign", cls=Door)
def sign() -> None:
    """Sign the certificates that have no credential yet: those of before the key, or issued while it was away.

    \b
    The worker does the same once a minute.
    Example:
      flask credentials sign
      {"signed": 12}
    """
    need_database_file()
    signed = 0
    try:
        while count := services.sign_waiting(utcnow()):
            db.session.commit()
            signed += count
    except signing.KeyMissing as error:
        raise Unusable("key", "its file is missing from DATA_DIR/keys") from error
    put(json.dumps({"signed": signed}) + "\n")


def _token(file: str, content: bytes) -> str:
    """The credential in a file, be it text or a PDF."""
    if content.startswith(b"%PDF-"):
        token = paper.credential_in(content)
        if token is None:
            raise Unusable(file, "is a PDF without a credential")
        return token
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Unusable(file, "is neither text nor a PDF") from error


def _public_keys(file: str) -> dict[str, dict[str, Any]]:
    """The Ed25519 keys of a JWKS by their names; keys of other kinds are passed over."""
    found = read_json(file)
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise Unusable(file, "is no set of keys (JWKS)", field="keys")
    keys = {}
    for jwk in listed:
        if isinstance(jwk, dict) and isinstance(jwk.get("kid"), str):
            try:
                keys[jwk["kid"]] = signatures.public_part(jwk)
            except (KeyError, ValueError):
                continue
    return keys
