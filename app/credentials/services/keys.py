"""The keys that sign credentials: one at a time, private half in a file, public halves published for ever."""

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from app import audit
from app.credentials import queries
from app.credentials.models import SigningKey
from app.credentials.rules import signatures
from app.db import db
from app.errors import Refused


class KeyMissing(Refused):
    message = _l("The key that signs credentials is not on this server. Whoever runs it has to bring the file back.")


def current_key() -> OKPKey:
    """The private key that signs now. Raises KeyMissing where there is none, or its file is gone."""
    found = queries.current_key()
    if found is None:
        raise KeyMissing
    return _private(found.kid)


def current_key_or_first(now: datetime) -> OKPKey:
    """The same, made at the first need; for whoever commits. Raises KeyMissing where its file is gone."""
    return _private((queries.current_key() or _first(now)).kid)


def rotate(now: datetime, by: int | None = None) -> SigningKey:
    """Retire the key that signs now and make another; the retired one still verifies what it signed."""
    old = queries.current_key(for_update=True)
    if old is not None:
        old.is_current, old.retired_at = None, now
        db.session.flush()
    key = _made(now)
    audit.record("signing-key.create", key, actor_id=by, kid=key.kid, retired=old.kid if old else None)
    return key


def _first(now: datetime) -> SigningKey:
    try:
        with db.session.begin_nested():
            return _made(now)
    except sa.exc.IntegrityError:  # another process was first
        found = queries.current_key()
        if found is None:
            raise
        return found


def _made(now: datetime) -> SigningKey:
    private = signatures.new_key()
    kid = private.thumbprint()
    _write(_path(kid), json.dumps(private.as_dict(private=True)))
    key = SigningKey(kid=kid, public_jwk=signatures.public_jwk(private), is_current=True, created_at=now)
    try:
        db.session.add(key)
        db.session.flush()
    except sa.exc.IntegrityError:
        _path(kid).unlink(missing_ok=True)
        raise
    return key


def _write(path: Path, text: str) -> None:
    """The file is there whole or not at all, and nobody else may read it at any moment."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)  # 0600
        with os.fdopen(handle, "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise KeyMissing from error


def _path(kid: str) -> Path:
    folder: Path = current_app.config["DATA_DIR"]
    return folder / "keys" / f"{kid}.json"


def _private(kid: str) -> OKPKey:
    """The private key, read once a process. A file that does not hold it counts as missing."""
    kept: dict[str, OKPKey] = current_app.extensions.setdefault("signing_keys", {})
    if kid not in kept:
        try:
            key = OKPKey.import_key(json.loads(_path(kid).read_text()))
        except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
            raise KeyMissing from error
        if not key.is_private or key.thumbprint() != kid:
            raise KeyMissing
        kept[kid] = key
    return kept[kid]
