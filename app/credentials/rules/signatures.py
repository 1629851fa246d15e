"""Signing and checking credentials: compact JWS by Ed25519 (RFC 7515, RFC 8037), profiled by Open Badges 3.0, 8.2.

A checker needs the published keys and the time, and nothing else: no database and no network.
"""

import base64
import binascii
import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "EdDSA"
CURVE = "Ed25519"
BADGE = "OpenBadgeCredential"
PART = re.compile(r"[A-Za-z0-9_-]+")
LONGEST = 1_000_000


class Registry(jws.JWSRegistry):
    """One algorithm and no other.

    RFC 9864 would have it called Ed25519. Every verifier of today knows the older name, and few the newer one, so that
    this registry passes over the warning about it.
    """

    max_payload_length = LONGEST

    def get_alg(self, name: str) -> Any:
        """The algorithm. Raises JoseError for any other."""
        if name != ALGORITHM:
            raise JoseError("unsupported_algorithm")
        return self.algorithms[name]


REGISTRY = Registry()


class Finding(enum.StrEnum):
    """What a check of a credential found."""

    VALID = "valid"
    UNREADABLE = "unreadable"
    OTHER_ALGORITHM = "other algorithm"
    UNKNOWN_KEY = "unknown key"
    WRONG_SIGNATURE = "wrong signature"
    NO_BADGE = "no open badge"
    CONTRADICTION = "claims contradict the credential"
    NOT_YET_VALID = "not yet valid"
    EXPIRED = "expired"


SIGNED = frozenset({Finding.VALID, Finding.NOT_YET_VALID, Finding.EXPIRED})


@dataclass(frozen=True)
class Verdict:
    """What was found, and what the credential says as far as its signature holds."""

    finding: Finding
    kid: str = ""
    payload: Mapping[str, Any] | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it holds, as far as can be told without the register of revocations."""
        return self.finding is Finding.VALID

    @property
    def is_signed(self) -> bool:
        """Whether the signature holds and what is signed is a badge, be it expired or not."""
        return self.finding in SIGNED


def new_key() -> OKPKey:
    """A new private key, named by its thumbprint (RFC 7638)."""
    return OKPKey.generate_key("Ed25519")


def public_jwk(key: OKPKey) -> dict[str, Any]:
    """What is published of a key."""
    plain = key.as_dict(private=False)
    return {"kty": plain["kty"], "crv": plain["crv"], "x": plain["x"]}


def signed(payload: Mapping[str, Any], key: OKPKey) -> str:
    """`payload` as a compact JWS. The same payload and key give the same bytes.

    Open Badges wants a key that is named by an address or stands in the header; it stands there, beside its thumbprint.
    """
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.thumbprint(), "jwk": public_jwk(key)}
    return jws.serialize_compact(header, _json(payload), key, registry=REGISTRY)


def checked(token: str, keys: Mapping[str, Mapping[str, Any]], now: datetime) -> Verdict:
    """Whether `token` is a badge that one of `keys` (public JWK by thumbprint) signed and that holds at `now`."""
    verdict = opened(token, keys)
    if verdict.payload is None:
        return verdict
    return Verdict(_standing(verdict.payload, now), verdict.kid, verdict.payload)


def opened(token: str, keys: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Whether one of `keys` signed `token`, whatever it says; there is a payload where it did.

    The key that a token brings along is never trusted. Of each part only the one spelling is taken that encodes its
    bytes: base64url leaves bits over that could be changed without changing what was signed.
    """
    parts = [_bytes(part) for part in token.split(".")] if len(token) <= LONGEST else []
    if len(parts) != 3 or None in parts:
        return Verdict(Finding.UNREADABLE)
    header, payload = _object(parts[0]), _object(parts[1])
    if header is None or payload is None:
        return Verdict(Finding.UNREADABLE)
    kid = header.get("kid")
    kid = kid if isinstance(kid, str) else ""
    if header.get("alg") != ALGORITHM:
        return Verdict(Finding.OTHER_ALGORITHM, kid)
    if kid not in keys:
        return Verdict(Finding.UNKNOWN_KEY, kid)
    try:
        jws.deserialize_compact(token, OKPKey.import_key(public_part(keys[kid])), registry=REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError):
        return Verdict(Finding.WRONG_SIGNATURE, kid)
    return Verdict(Finding.VALID, kid, payload)


def public_part(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """What makes the public key of an Ed25519 JWK. Raises KeyError or ValueError for another kind."""
    if (jwk["kty"], jwk["crv"]) != ("OKP", CURVE) or not isinstance(jwk["x"], str):
        raise ValueError("not an Ed25519 key")
    return {"kty": "OKP", "crv": CURVE, "x": jwk["x"]}


def _standing(payload: Mapping[str, Any], now: datetime) -> Finding:
    kinds = payload.get("type")
    if not isinstance(kinds, list) or BADGE not in kinds:
        return Finding.NO_BADGE
    issuer, subject = payload.get("issuer"), payload.get("credentialSubject")
    if (
        not isinstance(issuer, dict)
        or not isinstance(subject, dict)
        or not isinstance(subject.get("achievement"), dict)
    ):
        return Finding.NO_BADGE
    starts, ends = seconds_of(payload.get("validFrom")), seconds_of(payload.get("validUntil"))
    said = (payload.get("iss"), payload.get("sub"), payload.get("jti"), payload.get("nbf"), payload.get("exp"))
    if starts is None or said != (issuer.get("id"), subject.get("id"), payload.get("id"), starts, ends):
        return Finding.CONTRADICTION
    if now.timestamp() < starts:
        return Finding.NOT_YET_VALID
    return Finding.VALID if ends is None or now.timestamp() < ends else Finding.EXPIRED


def stamp(moment: datetime) -> str:
    """A moment as credentials write it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(written: object) -> int | None:
    """The NumericDate of a moment that `stamp` wrote; none for anything else."""
    try:
        return int(datetime.strptime(str(written), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def payload_of(token: str) -> dict[str, Any]:
    """What a token of our own says, without checking it."""
    said: dict[str, Any] = json.loads(_bytes(token.split(".")[1]) or b"{}")
    return said


def _json(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _bytes(part: str) -> bytes | None:
    if not PART.fullmatch(part):
        return None
    try:
        content = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return None
    return content if base64.urlsafe_b64encode(content).rstrip(b"=") == part.encode() else None


def _object(content: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
