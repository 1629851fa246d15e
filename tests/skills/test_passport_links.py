"""A passport for others: on paper, and under an address that expires and can be revoked."""

from datetime import timedelta

import pytest

from app.clock import today
from app.db import utcnow
from app.skills import services
from app.skills.models import AssessorKind, PassportLink, SourceKind
from tests.page import page


@pytest.fixture(autouse=True)
def evidence(db, cast):
    """Of the student, in one skill."""
    seen = [
        services.Observation(
            f"test:{n}", cast.student.id, "CC02", SourceKind.QUIZ_ITEM, n, 1, 2, AssessorKind.MACHINE, utcnow(),
            cast.university.id, None,
        )
        for n in range(14)
    ]  # fmt: skip
    services.record_evidence(seen, as_of=today())
    db.session.flush()


@pytest.fixture
def link(client_of, db, cast):
    """Made by the student, with the name."""
    client_of(cast.student).post("/passport-links/", data={"days": "30", "name": "1"})
    return db.session.query(PassportLink).one()


def test_whoever_has_the_link_reads_levels_and_the_owner_sees_how_often(client, client_of, db, cast, link):
    shown = page(client, f"/passports/{link.token}/", language="en")
    assert shown.h1 == f"{cast.student.name} has shown 1 skill"
    client_of(cast.student).get(f"/passports/{link.token}/")  # one's own look does not count
    db.session.refresh(link)
    assert link.views == 1
    assert "read 1 time" in page(client_of(cast.student), "/passport-links/", language="en").text


def test_without_the_name_nobody_learns_it(client, client_of, db, cast):
    client_of(cast.student).post("/passport-links/", data={"days": "7"})
    token = db.session.query(PassportLink).one().token
    assert cast.student.name not in client.get(f"/passports/{token}/").get_data(as_text=True)


def test_a_revoked_link_opens_nothing(client, client_of, db, cast, link):
    client_of(cast.student).post(f"/passport-links/{link.id}/revocation/")
    assert client.get(f"/passports/{link.token}/").status_code == 404
    assert client.get(f"/passports/{link.token}.pdf").status_code == 404


def test_an_expired_link_opens_nothing(client, db, link):
    link.expires_at = utcnow() - timedelta(seconds=1)
    assert client.get(f"/passports/{link.token}/").status_code == 404
    assert client.get("/passports/nonsense/").status_code == 404


def test_nobody_revokes_for_somebody_else(client, client_of, db, cast, link):
    assert client_of(cast.other_student).post(f"/passport-links/{link.id}/revocation/").status_code == 404
    assert client_of(cast.recruiter).get("/passport-links/").status_code == 404
    assert "/sign-in/" in client.get("/passport-links/").headers["Location"]
    assert client.get(f"/passports/{link.token}/").status_code == 200


def test_the_passport_is_a_pdf(client, client_of, cast, link):
    for who, address in ((client_of(cast.student), "/passport.pdf"), (client, f"/passports/{link.token}.pdf")):
        answer = who.get(address)
        assert answer.data.startswith(b"%PDF-")
        assert "attachment" in answer.headers["Content-Disposition"]


def test_a_link_of_odd_length_is_refused(client_of, db, cast):
    assert client_of(cast.student).post("/passport-links/", data={"days": "9999"}).status_code == 400
    assert db.session.query(PassportLink).count() == 0


def test_ten_links_are_enough(client_of, db, cast):
    client = client_of(cast.student)
    for _number in range(11):
        client.post("/passport-links/", data={"days": "7"})
    assert db.session.query(PassportLink).count() == services.MOST_LINKS
