"""Laws of signed credentials: whoever changes one sign of one is found out, and the published key is all one needs."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from app.credentials.rules import badges, signatures
from app.credentials.rules.signatures import Finding

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SITE = "https://yangfan.example"
KEY, OTHER_KEY = signatures.new_key(), signatures.new_key()
KEYS = {KEY.thumbprint(): signatures.public_jwk(KEY)}


def badge(**changes):
    values = {
        "number": 7,
        "page": f"{SITE}/certificates/ABCDEFGH2345/",
        "holder": "林小雨",
        "email": "lin@example.edu",
        "salt": "5a17",
        "titles": ("跨境运营", "Cross-border operation"),
        "criteria": ("完成全部课程。", ""),
        "organisation": ("瓯海商学院", "Ouhai Business College"),
        "source": "course/3",
        "skills": ({"code": "S01", "name_zh": "选品", "name_en": "Product selection", "level": 2},),
        "issued_at": NOW - timedelta(days=1),
        "ends": NOW + timedelta(days=365),
    }
    return badges.Badge(**(values | changes))


def token(key=KEY, **changes):
    return signatures.signed(badges.credential(badge(**changes), SITE), key)


TOKEN = token()


def found(text, keys=KEYS, now=NOW):
    return signatures.checked(text, keys, now).finding


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_what_was_signed_is_found_valid_and_says_who_and_what():
    verdict = signatures.checked(TOKEN, KEYS, NOW)
    assert verdict.is_valid
    said = badges.said_by(verdict.payload)
    assert (said.name, said.title) == ("林小雨", "跨境运营 / Cross-border operation")
    assert (said.issued_at, said.valid_until) == ("2026-11-23T03:00:00Z", "2027-11-24T03:00:00Z")


def test_the_same_badge_and_key_give_the_same_bytes():
    assert token() == TOKEN


def test_somebody_elses_library_verifies_the_signature_with_the_published_key():
    signed, _, signature = TOKEN.rpartition(".")
    public = Ed25519PublicKey.from_public_bytes(decoded(KEYS[KEY.thumbprint()]["x"]))
    public.verify(decoded(signature), signed.encode())  # raises InvalidSignature
    header = json.loads(decoded(signed.split(".")[0]))
    assert (header["alg"], header["typ"], header["kid"]) == ("EdDSA", "JWT", KEY.thumbprint())
    assert "d" not in header["jwk"]


@given(st.data())
def test_any_single_changed_sign_is_rejected(data):
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    near = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ")
    sign = data.draw(st.one_of(near, st.characters()).filter(lambda sign: sign != TOKEN[place]))
    assert not signatures.checked(TOKEN[:place] + sign + TOKEN[place + 1 :], KEYS, NOW).is_signed


@pytest.mark.parametrize("part", [1, 2])
def test_bits_that_base64_leaves_over_cannot_be_changed_either(part):
    # Titles of several lengths, so that the payload ends with bits that carry nothing at least once.
    tried = 0
    for length in range(1, 4):
        parts = token(titles=("甲" + "x" * length, "")).split(".")
        for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
            other = parts[part][:-1] + sign
            if other != parts[part] and len(other) % 4 and decoded(other) == decoded(parts[part]):
                tried += 1
                changed = ".".join([*parts[:part], other, *parts[part + 1 :]])
                assert found(changed) is Finding.UNREADABLE
    assert tried


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 40))
def test_what_lost_or_gained_signs_is_rejected(place, count):
    assert not signatures.checked(TOKEN[:place] + TOKEN[place + count :], KEYS, NOW).is_signed
    assert not signatures.checked(TOKEN + "A" * count, KEYS, NOW).is_signed


@given(st.text())
def test_no_text_makes_the_check_fail(text):
    assert not signatures.checked(text, KEYS, NOW).is_signed


def test_a_key_that_a_credential_brings_along_is_not_trusted():
    assert found(token(OTHER_KEY)) is Finding.UNKNOWN_KEY
    assert found(TOKEN, {}) is Finding.UNKNOWN_KEY


def test_a_key_published_under_the_name_of_another_verifies_nothing():
    assert found(TOKEN, {KEY.thumbprint(): signatures.public_jwk(OTHER_KEY)}) is Finding.WRONG_SIGNATURE


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "Ed448"])
def test_another_algorithm_is_refused_before_any_key_is_asked(algorithm):
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": KEY.thumbprint()}).encode()).rstrip(b"=")
    assert found(".".join([header.decode(), *TOKEN.split(".")[1:]])) is Finding.OTHER_ALGORITHM


def test_it_holds_from_the_first_to_the_last_second():
    badge_of_a_day = {"issued_at": NOW, "ends": NOW + timedelta(days=1)}
    text = token(**badge_of_a_day)
    assert found(text, now=NOW - timedelta(seconds=1)) is Finding.NOT_YET_VALID
    assert found(text, now=NOW) is Finding.VALID
    assert found(text, now=NOW + timedelta(days=1, seconds=-1)) is Finding.VALID
    assert found(text, now=NOW + timedelta(days=1)) is Finding.EXPIRED


def test_one_without_an_end_does_not_expire():
    assert found(token(ends=None), now=NOW + timedelta(days=36_500)) is Finding.VALID


@pytest.mark.parametrize("claim", ["iss", "sub", "jti", "nbf", "exp"])
def test_claims_that_contradict_the_credential_are_no_badge(claim):
    payload = badges.credential(badge(), SITE)
    for said in (payload | {claim: 1}, {name: value for name, value in payload.items() if name != claim}):
        assert found(signatures.signed(said, KEY)) is Finding.CONTRADICTION


def test_a_status_list_is_signed_but_no_badge():
    listed = signatures.signed(badges.status_list(0, [], SITE, NOW), KEY)
    assert found(listed) is Finding.NO_BADGE
