"""Reads of checks: which rule counts, what waits, what was decided."""

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts.models import Organisation, OrganisationKind, Person, Role
from app.db import db
from internships.models import CheckDecision, Checked, CheckRule, Posting, PostingCheck, PostingStatus

_PLATFORM_RULE = (
    sa.select(CheckRule.checked)
    .join(Organisation, Organisation.id == CheckRule.organisation_id)
    .where(Organisation.kind == OrganisationKind.PLATFORM)
    .order_by(Organisation.id)
    .limit(1)
)


def rule_of(organisation_id: int) -> CheckRule | None:
    """What an organisation has decided about checking."""
    return db.session.get(CheckRule, organisation_id)


def is_checked_first(enterprise: Organisation) -> bool:
    """Whether somebody checks a posting before it is published: all of them, or those of unverified enterprises."""
    if not enterprise.is_verified:
        return True
    return db.session.scalar(_PLATFORM_RULE) is Checked.ALL


def postings_to_check(region: str | None) -> sa.Select[Posting]:
    """Postings that wait for a check, the longest wait first: of enterprises of a region, or of all (None)."""
    query = (
        sa.select(Posting)
        .join(Posting.organisation)
        .options(contains_eager(Posting.organisation))
        .where(Posting.status == PostingStatus.CHECKING)
        .order_by(Posting.handed_in_at, Posting.id)
    )
    return query if region is None else query.where(Organisation.region_code == region)


def postings_to_show(university: Organisation, today: date) -> sa.Select[Posting]:
    """Open postings about which a university has not decided, those closing first at the top."""
    decided = sa.select(PostingCheck.posting_id).where(PostingCheck.organisation_id == university.id)
    return (
        sa.select(Posting)
        .join(Posting.organisation)
        .options(contains_eager(Posting.organisation))
        .where(
            Posting.status == PostingStatus.PUBLISHED,
            Posting.closes_on >= today,
            Organisation.suspended_at.is_(None),
            Posting.id.not_in(decided),
        )
        .order_by(Posting.closes_on, Posting.id)
    )


def count_to_check(region: str | None) -> int:
    """How many postings wait for a check."""
    waiting = postings_to_check(region).order_by(None).with_only_columns(sa.func.count(Posting.id))
    return db.session.scalar(waiting) or 0


def last_checks(posting_id: int) -> list[PostingCheck]:
    """The newest decision of each organisation about a posting, the newest first."""
    later = aliased(PostingCheck)
    query = (
        sa.select(PostingCheck)
        .where(
            PostingCheck.posting_id == posting_id,
            ~sa.exists().where(
                later.posting_id == PostingCheck.posting_id,
                later.organisation_id == PostingCheck.organisation_id,
                later.id > PostingCheck.id,
            ),
        )
        .options(joinedload(PostingCheck.organisation))
        .order_by(PostingCheck.id.desc())
    )
    return list(db.session.scalars(query))


_CHOOSY = sa.select(CheckRule.organisation_id).where(
    CheckRule.organisation_id.in_(sa.bindparam("organisations", expanding=True)), CheckRule.checked == Checked.ALL
)


def universities_that_check(organisations: Collection[int]) -> Sequence[int]:
    """Those of some universities whose students see only what they have checked."""
    if not organisations:
        return ()
    return tuple(sorted(db.session.scalars(_CHOOSY, {"organisations": list(organisations)})))


def studies_at(person: Person) -> list[int]:
    """The organisations in which a person, loaded with memberships, is a student."""
    return [one.organisation_id for one in person.memberships if one.role is Role.STUDENT and one.left_on is None]


def is_withheld(student: Person, posting_id: int) -> bool:
    """Whether a student's university shows only what it has approved, and this posting is not among it."""
    checking = universities_that_check(studies_at(student))
    if not checking:
        return False
    return not db.session.scalar(sa.select(approved_by(checking).where(PostingCheck.posting_id == posting_id).exists()))


def approved_by(organisations: Sequence[int]) -> sa.Select[int]:
    """Ids of the postings whose newest check by any of some organisations approved them."""
    later = aliased(PostingCheck)
    return sa.select(PostingCheck.posting_id).where(
        PostingCheck.organisation_id.in_(organisations),
        PostingCheck.decision == CheckDecision.APPROVED,
        ~sa.exists().where(
            later.posting_id == PostingCheck.posting_id,
            later.organisation_id == PostingCheck.organisation_id,
            later.id > PostingCheck.id,
        ),
    )
