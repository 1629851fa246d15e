"""Issuing, renewing and revoking: what is certified stays as it was said."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import AuditEntry
from app.clock import today
from app.credentials import services
from app.credentials.models import Certificate, CertificateState
from app.db import utcnow
from tests.credentials.conftest import SKILLS


def acts(db, action):
    return db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == action)).all()


def test_asked_twice_for_the_same_it_is_one_certificate(db, issue):
    first = issue()
    assert issue(title="Another title") is first
    assert first.title_en == "Cross-border operation"
    assert issue(2) is not first
    assert len(acts(db, "certificate.issue")) == 2


def test_what_it_says_outlives_a_change_of_names(db, cast, issue):
    certificate = issue()
    cast.student.name, cast.university.name_zh = "林大雨", "瓯海大学"
    db.session.commit()
    assert (certificate.holder, certificate.issuer_zh) == ("林小雨", "瓯海商学院")
    assert certificate.skills == [dict(skill) for skill in SKILLS]


def test_it_is_valid_on_its_last_day_and_expired_the_day_after(issue):
    certificate = issue(valid_until=today())
    assert certificate.state(today()) is CertificateState.VALID
    assert certificate.state(today() + timedelta(days=1)) is CertificateState.EXPIRED


def test_a_renewal_takes_the_place_with_the_name_of_today(db, cast, issue):
    old = issue(valid_until=today())
    cast.student.name = "林大雨"
    ends = today() + timedelta(days=365)
    new = services.renew(old, ends, cast.coordinator, utcnow())
    db.session.commit()
    assert (new.holder, new.valid_until, new.renewal, new.renews) == ("林大雨", ends, 1, old)
    assert new.code != old.code
    assert new.skills == old.skills
    assert old.state(today()) is CertificateState.RENEWED
    assert issue() is new, "whoever issues again gets what holds now"
    assert [entry.details["renews"] for entry in acts(db, "certificate.renew")] == [old.code]


def test_a_double_click_renews_once_and_another_end_is_refused(db, cast, issue):
    old = issue()
    ends = today() + timedelta(days=30)
    new = services.renew(old, ends, cast.coordinator, utcnow())
    assert services.renew(old, ends, cast.coordinator, utcnow()) is new
    with pytest.raises(services.AlreadyRenewed):
        services.renew(old, None, cast.coordinator, utcnow())
    assert len(acts(db, "certificate.renew")) == 1


def test_nothing_is_renewed_into_the_past(cast, issue):
    with pytest.raises(services.EndsTooEarly):
        services.renew(issue(), today() - timedelta(days=1), cast.coordinator, utcnow())


def test_a_revocation_keeps_its_first_reason(db, cast, issue):
    certificate = issue()
    services.revoke(certificate, "Marks were corrected", cast.coordinator, utcnow())
    services.revoke(certificate, "Marks were corrected", cast.coordinator, utcnow())
    with pytest.raises(services.AlreadyRevoked):
        services.revoke(certificate, "Another reason", cast.coordinator, utcnow())
    assert [entry.details["because"] for entry in acts(db, "certificate.revoke")] == ["Marks were corrected"]


def test_a_mistaken_revocation_is_made_good_by_a_new_certificate(db, cast, issue):
    wrong = issue()
    services.revoke(wrong, "Mistaken for somebody else", cast.coordinator, utcnow())
    right = services.renew(wrong, None, cast.coordinator, utcnow())
    assert wrong.state(today()) is CertificateState.REVOKED
    assert right.state(today()) is CertificateState.VALID


def test_two_at_once_make_one_certificate(app, empty_database, tmp_path):
    """Two real transactions, each with its own connection, of which neither sees the other's row at first."""
    from app.db import db
    from app.factory import create_app
    from app.reference import services as reference
    from app.seeding.cast import plant
    from tests.conftest import settings_for

    two = create_app(settings_for(empty_database, tmp_path))
    with two.app_context():
        db.create_all()
        reference.load()
        cast = plant(utcnow(), today())
        db.session.commit()
        person_id, organisation_id = cast.student.id, cast.university.id
    start, codes, failures = threading.Barrier(2), [], []

    def work():
        from app.accounts.models import Person

        with two.app_context():
            person = db.session.get_one(Person, person_id)
            db.session.rollback()
            start.wait()
            try:
                certificate = services.issue(
                    person,
                    organisation_id,
                    "跨境运营",
                    "",
                    source_kind="course",
                    source_id=1,
                    now=utcnow(),
                    actor_id=None,
                )
                db.session.commit()
                codes.append(certificate.code)
            except Exception as failure:  # noqa: BLE001 a thread has nobody else to tell
                failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with two.app_context():
        kept = db.session.scalars(sa.select(Certificate.code)).all()
    with two.app_context():
        db.engine.dispose()
    assert failures == []
    assert set(codes) == set(kept)
    assert len(kept) == 1
