"""Laws of what a badge says."""

import base64
import gzip
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from app.credentials.rules import badges

PLACES = st.sets(st.integers(0, badges.LIST_LENGTH - 1), max_size=30)


def places_in(encoded):
    """The places that are set, read as the standard says: multibase base64url, gzip, leftmost bit first."""
    assert encoded[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4)))
    assert len(bits) * 8 == 131_072
    return {place for place in range(131_072) if bits[place // 8] >> (7 - place % 8) & 1}


@given(PLACES)
def test_a_status_list_gives_back_what_was_revoked(places):
    assert places_in(badges.encoded(places)) == places


@given(PLACES)
def test_the_order_of_revocations_leaves_no_trace(places):
    assert badges.encoded(sorted(places)) == badges.encoded(sorted(places, reverse=True))


@given(st.emails(), st.text("0123456789abcdef", min_size=16, max_size=16))
def test_an_address_is_there_as_a_salted_digest_only(email, salt):
    found = badges.identity_hash(email, salt)
    assert found == "sha256$" + hashlib.sha256(email.encode() + salt.encode()).hexdigest()
    assert email not in found


def test_words_that_are_the_same_or_missing_are_said_once():
    assert badges.both(("跨境", "Cross-border")) == "跨境 / Cross-border"
    assert badges.both(("ERP", "ERP")) == badges.both(("ERP", "")) == badges.both(("", "ERP")) == "ERP"
