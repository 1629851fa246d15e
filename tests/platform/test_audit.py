"""The trail and the ledger grow; they never change."""

import pytest
import sqlalchemy as sa

from app import audit
from app.audit import AppendOnly, AuditEntry


def test_an_act_leaves_an_entry(db, cast):
    audit.record(
        "test.act", cast.enterprise, actor_id=cast.official.id, organisation_id=cast.government.id, why="asked"
    )
    db.session.flush()
    entry = db.session.query(AuditEntry).filter_by(action="test.act").one()
    assert (entry.subject_kind, entry.subject_id, entry.details) == (
        "organisation",
        cast.enterprise.id,
        {"why": "asked"},
    )


def test_an_entry_cannot_be_changed(db, cast):
    audit.record("test.act", cast.enterprise, actor_id=None)
    db.session.flush()
    db.session.query(AuditEntry).filter_by(action="test.act").one().action = "test.other"
    with pytest.raises(AppendOnly):
        db.session.flush()


def test_an_entry_cannot_be_deleted(db, cast):
    audit.record("test.act", cast.enterprise, actor_id=None)
    db.session.flush()
    db.session.delete(db.session.query(AuditEntry).filter_by(action="test.act").one())
    with pytest.raises(AppendOnly):
        db.session.flush()


def test_the_database_itself_refuses_to_change_a_row(db, cast):
    audit.record("test.act", cast.enterprise, actor_id=None)
    db.session.flush()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.update(AuditEntry).values(action="test.other"))
