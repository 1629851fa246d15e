"""What a certificate says as an Open Badge (1EdTech Open Badges 3.0 on W3C Verifiable Credentials 2.0)."""

import base64
import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.credentials.rules.signatures import BADGE, seconds_of, stamp

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
LEVELS = ("1", "2", "3", "4")
# Entries of one status list: the fewest that the standard allows, so that an entry says little of whose it is.
LIST_LENGTH = 131_072


@dataclass(frozen=True)
class Badge:
    """A certificate as it was issued. `number` is its place in the register; `ends` the first moment it fails."""

    number: int
    page: str
    holder: str
    email: str
    salt: str
    titles: tuple[str, str]
    criteria: tuple[str, str]
    organisation: tuple[str, str]
    source: str
    skills: Sequence[Mapping[str, Any]]
    issued_at: datetime
    ends: datetime | None


def credential(badge: Badge, site: str) -> dict[str, Any]:
    """The JWT payload of a badge: the credential itself, with the claims that repeat it (Open Badges 3.0, 8.2.4).

    The holder is named, as on the page; the e-mail address is there as a salted digest only. The id of the subject
    is one of this credential, so that two credentials of a person cannot be brought together by it.
    """
    name = both(badge.titles)
    achievement: dict[str, Any] = {
        "id": urn(f"{site}/{badge.source}"),
        "type": ["Achievement"],
        "name": name,
        "description": name,
        "criteria": {"narrative": both(badge.criteria) or name},
        "creator": {
            "id": urn(f"{site}/{badge.organisation[0]}"),
            "type": ["Profile"],
            "name": both(badge.organisation),
        },
    }
    results = [_result(skill) for skill in badge.skills]
    subject: dict[str, Any] = {
        "id": f"{badge.page}#holder",
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": badge.holder},
            {
                "type": "IdentityObject",
                "identityType": "emailAddress",
                "hashed": True,
                "identityHash": identity_hash(badge.email, badge.salt),
                "salt": badge.salt,
            },
        ],
        "achievement": achievement,
    }
    if results:
        achievement["resultDescription"] = [_described(skill) for skill in badge.skills]
        subject["result"] = results
    said: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": badge.page,
        "type": ["VerifiableCredential", BADGE],
        "name": name,
        "issuer": profile(site),
        "validFrom": stamp(badge.issued_at),
        "credentialSubject": subject,
        "credentialStatus": _status(badge.number, site),
    }
    if badge.ends is not None:
        said["validUntil"] = stamp(badge.ends)
    return said | claims(said)


def claims(said: Mapping[str, Any]) -> dict[str, Any]:
    """The registered claims that repeat what a credential says."""
    found = {
        "iss": said["issuer"]["id"],
        "sub": said["credentialSubject"]["id"],
        "jti": said["id"],
        "nbf": seconds_of(said["validFrom"]),
    }
    if "validUntil" in said:
        found["exp"] = seconds_of(said["validUntil"])
    return found


def profile(site: str) -> dict[str, Any]:
    """The platform as the one that signs."""
    return {"id": f"{site}/certificates/issuer.json", "type": ["Profile"], "url": f"{site}/", "name": "扬帆 Yangfan"}


def identity_hash(identity: str, salt: str) -> str:
    """The digest by which somebody who knows an address can tell that a credential was given to it."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def both(words: tuple[str, str]) -> str:
    """Chinese and English in one line; one of them where they are the same or the other is missing."""
    return " / ".join(dict.fromkeys(word for word in words if word))


def urn(name: str) -> str:
    """An id for something that has no page of its own; the same for the same name."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _described(skill: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": urn(f"skill {skill['code']}"),
        "type": ["ResultDescription"],
        "name": f"{skill['code']} {both((skill['name_zh'], skill['name_en']))}",
        "resultType": "PerformanceLevel",
        "allowedValue": list(LEVELS),
    }


def _result(skill: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": ["Result"],
        "resultDescription": urn(f"skill {skill['code']}"),
        "value": str(skill["level"]),
    }


# ---- whether it was revoked (W3C Bitstring Status List 1.0) ---------------------------------------------------------


def _status(number: int, site: str) -> dict[str, Any]:
    part, place = divmod(number, LIST_LENGTH)
    return {
        "id": f"{list_address(part, site)}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": list_address(part, site),
    }


def list_address(part: int, site: str) -> str:
    """Where a part of the status list is published."""
    return f"{site}/certificates/status/{part}.jwt"


def status_list(part: int, revoked: Iterable[int], site: str, at: datetime) -> dict[str, Any]:
    """The payload of a part of the status list, in which the places of the `revoked` numbers are set."""
    said: dict[str, Any] = {
        "@context": [CONTEXT[0]],
        "id": list_address(part, site),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": profile(site),
        "validFrom": stamp(at),
        "credentialSubject": {
            "id": f"{list_address(part, site)}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(number % LIST_LENGTH for number in revoked),
        },
    }
    return said | claims(said)


def encoded(places: Iterable[int]) -> str:
    """A bit string, the first place leftmost, compressed and in multibase base64url."""
    bits = bytearray(LIST_LENGTH // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


# ---- what a checked credential says ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a reader wants to know of a credential whose signature holds; empty where it does not say."""

    id: str
    name: str
    title: str
    organisation: str
    criteria: str
    skills: tuple[tuple[str, str], ...]
    issued_at: str
    valid_until: str | None

    @property
    def code(self) -> str:
        """The code of the certificate, with which the address of its page ends."""
        return self.id.rstrip("/").rpartition("/")[2]


def said_by(payload: Mapping[str, Any]) -> Said:
    """The readable part of a payload that `signatures.checked` took for a badge."""
    subject = payload["credentialSubject"]
    achievement = subject["achievement"]
    identifiers = _objects(subject.get("identifier"))
    names = [one.get("identityHash") for one in identifiers if one.get("identityType") == "name"]
    creator, criteria = achievement.get("creator"), achievement.get("criteria")
    described = {
        one.get("id"): _text(one.get("name")) for one in _objects(achievement.get("resultDescription")) if "id" in one
    }
    ends = payload.get("validUntil")
    return Said(
        id=_text(payload.get("id")),
        name=_text(names[0]) if names else "",
        title=_text(achievement.get("name")),
        organisation=_text(creator.get("name")) if isinstance(creator, dict) else "",
        criteria=_text(criteria.get("narrative")) if isinstance(criteria, dict) else "",
        skills=tuple(
            (described.get(one.get("resultDescription"), ""), _text(one.get("value")))
            for one in _objects(subject.get("result"))
        ),
        issued_at=_text(payload.get("validFrom")),
        valid_until=None if ends is None else _text(ends),
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
