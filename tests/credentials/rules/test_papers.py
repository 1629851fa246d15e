"""Laws of signed papers: as issued they are found intact, and not one byte of them can be another."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.credentials.rules import papers, signatures
from app.credentials.rules.papers import PaperFinding

KEY, OTHER_KEY = signatures.new_key(), signatures.new_key()
KEYS = {KEY.thumbprint(): signatures.public_jwk(KEY)}
PLAIN = b"%PDF-1.7\nsome words\ntrailer\n<</Size 2>>\nstartxref\n9\n%%EOF"
SIGNED = papers.signed(PLAIN, KEY)


@given(st.binary(max_size=200))
def test_any_file_is_intact_as_it_was_signed(body):
    content = b"%PDF-1.7\n" + body + b"\nstartxref\n9\n%%EOF"
    assert papers.checked(papers.signed(content, KEY), KEYS) is PaperFinding.INTACT


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_no_byte_can_be_another(place, step):
    changed = bytearray(SIGNED)
    changed[place] = (changed[place] + step) % 256
    assert papers.checked(bytes(changed), KEYS) is not PaperFinding.INTACT


@given(st.integers(0, len(SIGNED) - 1), st.binary(min_size=1, max_size=3))
def test_nothing_can_be_put_in_or_left_out(place, more):
    assert papers.checked(SIGNED[:place] + more + SIGNED[place:], KEYS) is not PaperFinding.INTACT
    assert papers.checked(SIGNED[:place] + SIGNED[place + 1 :], KEYS) is not PaperFinding.INTACT
    assert papers.checked(SIGNED + more, KEYS) is not PaperFinding.INTACT


def test_what_is_not_signed_or_signed_by_others_is_told_apart():
    assert papers.checked(PLAIN, KEYS) is PaperFinding.UNSIGNED
    assert papers.checked(papers.signed(PLAIN, OTHER_KEY), KEYS) is PaperFinding.UNKNOWN_KEY
    assert papers.checked(SIGNED.replace(b"words", b"World"), KEYS) is PaperFinding.CHANGED


def test_a_credential_is_no_signature_of_a_paper_and_the_other_way_round():
    said = {"kind": papers.KIND, "sha256": "0" * 64, "more": 1}
    line = papers.MARK + signatures.signed(said, KEY).encode() + b"\n"
    assert papers.checked(PLAIN.replace(b"startxref", line + b"startxref"), KEYS) is PaperFinding.CHANGED
    token = SIGNED[SIGNED.index(papers.MARK) + len(papers.MARK) :].split(b"\n")[0].decode()
    assert signatures.opened(token, KEYS).payload is not None
    assert not signatures.checked(token, KEYS, datetime(2026, 11, 24, tzinfo=UTC)).is_signed
