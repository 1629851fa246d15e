"""Passwords: argon2, and what is too easy to guess."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST
from flask import current_app
from flask_babel import lazy_gettext as _l

from app.errors import Refused

MIN_LENGTH = 10
MAX_LENGTH = 200


class PasswordTooShort(Refused):
    message = _l("Choose a password of at least 10 characters.")


class PasswordTooLong(Refused):
    message = _l("Choose a password of at most 200 characters.")


class PasswordTooEasy(Refused):
    message = _l("This password is too easy to guess. A few unrelated words make a good one.")


REFUSALS = (PasswordTooShort, PasswordTooLong, PasswordTooEasy)


@cache
def _hasher(profile: str) -> PasswordHasher:
    return PasswordHasher.from_parameters(CHEAPEST) if profile == "cheap" else PasswordHasher()


def _here() -> PasswordHasher:
    return _hasher(current_app.config["ARGON2_PROFILE"])


def hashed(password: str, *, about: tuple[str, ...] = ()) -> str:
    """The hash to keep. Raises PasswordTooShort, PasswordTooLong, or PasswordTooEasy (also for parts of `about`)."""
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort
    if len(password) > MAX_LENGTH:
        raise PasswordTooLong
    lowered = password.casefold()
    own_words = {word for part in about for word in part.casefold().replace("@", ".").split(".") if len(word) > 3}
    if len(set(lowered)) < 5 or any(len(lowered.replace(word, "")) < 5 for word in own_words):
        raise PasswordTooEasy
    return _here().hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether `password` is the one; takes as long for an account without a password as for one with."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        return _here().verify(password_hash or _decoy(current_app.config["ARGON2_PROFILE"]), password) and bool(
            password_hash
        )
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy(profile: str) -> str:
    return _hasher(profile).hash("nobody has this password")
