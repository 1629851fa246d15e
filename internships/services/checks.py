"""Checking postings: deciding what is checked, approving, sending back."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Organisation, OrganisationKind, Person
from app.db import db
from app.errors import Refused
from internships import queries
from internships.models import CheckDecision, Checked, CheckRule, Posting, PostingCheck, PostingStatus
from internships.services import postings


class NothingToCheck(Refused):
    message = _l("This posting no longer waits for a check: somebody has decided, or it was taken back.")


class CheckWithoutReason(Refused):
    message = _l("Say what has to change: the enterprise reads it.")


def set_rule(organisation: Organisation, checked: Checked, *, by: Person) -> None:
    """Decide which postings an organisation checks."""
    kept = queries.rule_of(organisation.id)
    if kept is None:
        db.session.add(CheckRule(organisation_id=organisation.id, checked=checked))
    else:
        kept.checked = checked
    audit.record(
        "posting.set-rule", organisation, actor_id=by.id, organisation_id=organisation.id, checked=checked.value
    )


def decide(
    posting: Posting,
    checker: Organisation,
    decision: CheckDecision,
    reason: str,
    *,
    by: Person,
    now: datetime,
    today: date,
) -> None:
    """Approve a posting or send it back with a reason. That of a university counts for its own students only.

    Raises CheckWithoutReason, NothingToCheck, and what `publish` raises.
    """
    if decision is CheckDecision.SENT_BACK and not reason:
        raise CheckWithoutReason
    db.session.refresh(posting, ["status"], with_for_update=True)
    if checker.kind is OrganisationKind.UNIVERSITY:
        if posting.status is not PostingStatus.PUBLISHED:
            raise NothingToCheck
    elif posting.status is not PostingStatus.CHECKING:
        raise NothingToCheck
    elif decision is CheckDecision.APPROVED:
        postings.publish(posting, by=by.id, now=now, today=today, checked=True)
    else:
        posting.status, posting.handed_in_at = PostingStatus.DRAFT, None
    db.session.add(
        PostingCheck(
            posting_id=posting.id,
            organisation_id=checker.id,
            decision=decision,
            reason=reason,
            decided_by_id=by.id,
            decided_at=now,
        )
    )
    action = "posting.approve" if decision is CheckDecision.APPROVED else "posting.send-back"
    audit.record(action, posting, actor_id=by.id, organisation_id=checker.id, reason=reason)
