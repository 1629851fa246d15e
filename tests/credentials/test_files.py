"""What is fetched of a certificate: paper, QR code, signed credential, list of revocations."""

import re
import zlib
from datetime import timedelta

import pytest

from app.clock import today
from app.credentials import paper, services
from app.credentials.rules import signatures
from app.db import utcnow
from tests.credentials.rules.test_badges import places_in
from tests.page import page


@pytest.fixture
def at_home(app, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://yangfan.example")


def streams(pdf):
    found = []
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            found.append(zlib.decompressobj().decompress(pdf[start.end() :]))
        except zlib.error:
            continue
    return found


def signs_in(pdf):
    """The signs that somebody can copy out of a PDF: what its fonts say of their glyphs (ToUnicode)."""
    maps = b"".join(stream for stream in streams(pdf) if b"beginbfchar" in stream or b"beginbfrange" in stream)
    pairs = re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", maps)
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be", "replace") for code in pairs)


def test_the_paper_holds_the_name_in_chinese_and_latin_letters(client, db, cast, issue):
    cast.student.name = "林龘雨 Świętosława"
    answer = client.get(f"/certificates/{issue().code}/certificate.pdf")
    assert answer.mimetype == "application/pdf"
    assert set("林龘雨Świętosława跨境运营瓯海商学院选品Productselection") <= set(signs_in(answer.data))


def test_the_paper_is_made_for_archives_and_screen_readers(client, issue):
    pdf = client.get(f"/certificates/{issue().code}/certificate.pdf").data
    metadata = b"".join([pdf, *streams(pdf)])
    assert re.search(rb"pdfuaid:part(>|=\")1", metadata)
    assert re.search(rb"pdfaid:part(>|=\")3", metadata)
    assert re.search(rb"/Lang\s?\(zh", metadata)
    assert b"/Alt" in metadata


def test_a_sign_that_no_font_has_is_shown_by_its_number(client, cast, issue):
    cast.student.name = "林\U00033479雨"  # in a plane of Unicode in which this is not assigned
    pdf = client.get(f"/certificates/{issue().code}/certificate.pdf").data
    signs = signs_in(pdf)
    assert set("林雨〔U+3479〕缺") <= set(signs)


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") $x$ *b* <c> @d \\ "',
        "\ufeff林小雨",
        "مرحبا",
        "👨\u200d👩\u200d👧",
        "\ue000",
        "林" * 300,
        "\x07\u2028\u0300",
    ],
)
def test_whatever_somebody_is_called_there_is_a_paper_and_no_name_is_read_as_markup(client, cast, issue, name):
    cast.student.name = name
    assert client.get(f"/certificates/{issue().code}/certificate.pdf").status_code == 200


def test_the_same_certificate_gives_the_same_bytes(client, issue):
    code = issue().code
    for name in ("certificate.pdf", "credential.jwt", "credential.json", "qr.svg"):
        first, second = (client.get(f"/certificates/{code}/{name}") for _ in range(2))
        assert first.status_code == 200
        assert first.data == second.data


def test_the_paper_carries_the_credential(client, issue):
    certificate = issue()
    pdf = client.get(f"/certificates/{certificate.code}/certificate.pdf").data
    assert paper.credential_in(pdf) == services.credential_of(certificate)
    assert paper.credential_in(b"%PDF-1.7 stream\nnothing") is None


def test_what_no_longer_holds_is_not_printed_anew(client, cast, issue):
    revoked, renewed, expired = issue(1), issue(2), issue(3, valid_until=today() - timedelta(days=1))
    services.revoke(revoked, "Marks were corrected", cast.coordinator, utcnow())
    services.renew(renewed, None, cast.coordinator, utcnow())
    for certificate, status in ((revoked, 409), (renewed, 409), (expired, 200)):
        assert client.get(f"/certificates/{certificate.code}/certificate.pdf").status_code == status
        assert client.get(f"/certificates/{certificate.code}/credential.jwt").status_code == 200


@pytest.mark.usefixtures("at_home")
def test_the_credential_is_an_open_badge_of_the_platform(client, cast, issue):
    ends = today() + timedelta(days=30)
    certificate = issue(valid_until=ends, criteria_zh="完成全部课程。")
    answer = client.get(f"/certificates/{certificate.code}/credential.jwt")
    assert answer.mimetype == "application/vc+jwt"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    verdict = services.check(answer.get_data(as_text=True), utcnow())
    assert verdict.is_valid
    said = verdict.payload
    assert said == client.get(f"/certificates/{certificate.code}/credential.json").get_json()
    home = "https://yangfan.example"
    assert said["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert said["id"] == said["jti"] == f"{home}/certificates/{certificate.code}/"
    assert said["issuer"]["id"] == said["iss"] == f"{home}/certificates/issuer.json"
    subject = said["credentialSubject"]
    achievement = subject["achievement"]
    assert achievement["creator"]["name"] == "瓯海商学院 / Ouhai Business College"
    assert achievement["criteria"] == {"narrative": "完成全部课程。"}
    described = {one["id"]: one["name"] for one in achievement["resultDescription"]}
    assert {described[one["resultDescription"]]: one["value"] for one in subject["result"]} == {
        "S01 选品 / Product selection": "2",
        "S02 店铺运营 / Shop operation": "4",
    }
    assert cast.student.email not in answer.get_data(as_text=True)
    assert cast.student.email not in str(said)
    issuer = client.get("/certificates/issuer.json").get_json()
    assert (issuer["id"], issuer["type"]) == (said["iss"], ["Profile"])


def test_the_address_of_a_request_is_never_signed(client, issue):
    code = issue().code
    said = client.get(f"/certificates/{code}/credential.json", headers={"Host": "evil.example"}).get_json()
    assert said["iss"] == "http://127.0.0.1:5000/certificates/issuer.json"


def test_the_address_of_a_request_is_never_printed(client, issue):
    code = issue().code
    for name in ("certificate.pdf", "qr.svg"):
        here = client.get(f"/certificates/{code}/{name}").data
        assert client.get(f"/certificates/{code}/{name}", headers={"Host": "evil.example"}).data == here
    printed = client.get(f"/certificates/{code}/certificate.pdf", headers={"Host": "evil.example"}).data
    assert b"evil.example" not in b"".join([printed, *streams(printed)])
    assert f"http://127.0.0.1:5000/certificates/{code}/".encode() in b"".join([printed, *streams(printed)])


def test_the_signature_of_the_paper_changes_nothing_that_a_reader_of_pdf_reads(client, issue):
    certificate = issue()
    signed = client.get(f"/certificates/{certificate.code}/certificate.pdf").data
    plain = paper.pdf(certificate, services.page_of(certificate), services.credential_of(certificate))
    lines = [line for line in signed.splitlines() if line not in set(plain.splitlines())]
    assert [line.split()[0] for line in lines] == [b"%yangfan-signature"]
    assert signed.endswith(b"%%EOF"), "PDF/A allows nothing after it"
    table = int(re.search(rb"startxref\n(\d+)\n%%EOF\Z", signed)[1])
    assert signed[table:].startswith(b"xref")
    assert services.check_paper(signed) == "intact"


def test_the_status_list_tells_who_was_revoked(client, db, cast, issue):
    certificates = [issue(number) for number in (1, 2, 3)]
    services.revoke(certificates[1], "Marks were corrected", cast.coordinator, utcnow())
    db.session.commit()
    entry = signatures.payload_of(services.credential_of(certificates[1]))["credentialStatus"]
    address = entry["statusListCredential"].removeprefix("http://127.0.0.1:5000")
    answer = client.get(address)
    assert answer.status_code == 200
    listed = signatures.payload_of(answer.get_data(as_text=True))
    assert listed["id"] == entry["statusListCredential"]
    assert places_in(listed["credentialSubject"]["encodedList"]) == {int(entry["statusListIndex"])}
    assert client.get("/certificates/status/99999999.jwt").status_code == 404


def test_the_qr_code_is_a_picture_for_the_page(client, issue):
    certificate = issue()
    answer = client.get(f"/certificates/{certificate.code}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"<script" not in answer.data
    assert page(client, f"/certificates/{certificate.code}/").select(
        f"img[src='/certificates/{certificate.code}/qr.svg']"
    )


@pytest.mark.parametrize("name", ["certificate.pdf", "qr.svg", "credential.jwt", "credential.json"])
def test_of_an_unknown_code_there_is_nothing(client, db, name):
    assert client.get(f"/certificates/ABCDEFGH2345/{name}").status_code == 404
