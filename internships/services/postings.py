"""Writing, publishing and closing postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Organisation
from app.db import db
from app.errors import Refused
from app.reference.models import Cluster
from app.search.rules.cutting import fold
from internships import queries
from internships.models import AllowanceKind, Posting, PostingAllowance, PostingSkill, PostingStatus
from internships.services import finding

FIELDS = (
    "title_zh", "title_en", "body_zh", "body_en", "city_zh", "city_en", "region_code", "cluster_code", "is_remote",
    "seats", "pay", "pay_period", "hours_a_week", "languages", "starts_on", "ends_on", "opens_on", "closes_on",
    "min_year", "majors", "ranked_by",
)  # fmt: skip
# A posting like one that closed so lately is asked about once more.
LIKE_FOR = timedelta(days=90)


class EnterpriseNotVerified(Refused):
    message = _l("Before an enterprise can publish, an official of its region verifies it. Your draft is kept.")


class PostingThereAlready(Refused):
    message = _l("Your enterprise has a posting with this title in this city. Confirm that this is another one.")


class PostingBeingChecked(Refused):
    message = _l("This posting is being checked. Take it back to change it.")


class ReasonMissing(Refused):
    message = _l("People have applied. Say why you close it early: they read it.")


class PostingAsksNothing(Refused):
    message = _l("Name at least one skill with a level: it is what students are matched by.")


class DatesOutOfOrder(Refused):
    message = _l("The dates must follow each other: open, close, first day, last day.")


class PostingOver(Refused):
    message = _l("This posting has been closed. Write a new one from it.")


class SeatsTaken(Refused):
    message = _l("%(taken)s seats are taken or offered; there cannot be fewer.")


class RoundIsDeciding(Refused):
    message = _l("The match round of this posting has closed. What it is matched by can no longer be changed.")


class SkillsSettled(Refused):
    message = _l(
        "Somebody has applied for what this posting asks; its skills, levels and weights stay. Close it and write a "
        "new one to ask for something else."
    )


class ClusterElsewhere(Refused):
    message = _l("This cluster lies in another province.")


class SkillTwice(Refused):
    message = _l("A skill is named twice.")


@dataclass(frozen=True)
class Asked:
    """A skill that a posting asks for."""

    skill_code: str
    level: int
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Given:
    """What is given beside the pay: a sum for the period of the pay, words, or both."""

    kind: AllowanceKind
    amount: Decimal | None = None
    note: str = ""


def create(
    organisation: Organisation,
    values: dict[str, Any],
    asked: Sequence[Asked],
    *,
    by: int | None,
    now: datetime,
    given: Sequence[Given] = (),
) -> Posting:
    """A draft of a posting. `values` are those of FIELDS. Raises DatesOutOfOrder, ClusterElsewhere, SkillTwice."""
    posting = Posting(organisation_id=organisation.id, created_by_id=by, created_at=now, status=PostingStatus.DRAFT)
    posting.organisation = organisation
    _fill(posting, values, asked, given)
    db.session.add(posting)
    return posting


def revise(
    posting: Posting,
    values: dict[str, Any],
    asked: Sequence[Asked],
    *,
    by: int | None,
    now: datetime,
    given: Sequence[Given] | None = None,
) -> None:
    """Change a posting that is not closed. What applicants were told it asks stays: they showed their levels for that.

    `given` left out leaves the allowances as they are. Raises PostingOver, PostingBeingChecked, RoundIsDeciding,
    SkillsSettled, PostingAsksNothing, DatesOutOfOrder, ClusterElsewhere, SkillTwice.
    """
    db.session.refresh(posting, ["status"], with_for_update=True)
    if posting.status is PostingStatus.CLOSED:
        raise PostingOver
    if posting.status is PostingStatus.CHECKING:
        raise PostingBeingChecked
    match_round = queries.held_rounds_of_postings([posting.id]).get(posting.id)
    if match_round is not None and match_round.is_closed(now):
        raise RoundIsDeciding
    if posting.status is PostingStatus.PUBLISHED:
        if not asked:
            raise PostingAsksNothing
        held = {(skill.skill_code, skill.level, skill.weight) for skill in posting.skills}
        if held != {(one.skill_code, one.level, one.weight) for one in asked} and queries.has_applications(posting.id):
            raise SkillsSettled
        audit.record("posting.revise", posting, actor_id=by, organisation_id=posting.organisation_id)
    _fill(posting, values, asked, given)
    if posting.status is PostingStatus.PUBLISHED:
        finding.index_posting(posting)


def _fill(
    posting: Posting, values: dict[str, Any], asked: Sequence[Asked], given: Sequence[Given] | None = None
) -> None:
    days = [values["opens_on"], values["closes_on"], values["starts_on"], values["ends_on"]]
    if days != sorted(days):
        raise DatesOutOfOrder
    cluster = db.session.get(Cluster, values["cluster_code"]) if values.get("cluster_code") else None
    if cluster is not None and cluster.region_code != values["region_code"]:
        raise ClusterElsewhere
    codes = [one.skill_code for one in asked]
    if len(set(codes)) < len(codes):
        raise SkillTwice
    taken = (posting.seats_filled or 0) + (posting.seats_offered or 0)
    if values.get("seats", taken) < taken:
        raise SeatsTaken(taken=taken)
    for name in FIELDS:
        if name in values:
            setattr(posting, name, values[name])
    kept = {skill.skill_code: skill for skill in posting.skills}
    for gone in set(kept) - set(codes):
        posting.skills.remove(kept[gone])
    for one in asked:
        if one.skill_code in kept:
            kept[one.skill_code].level, kept[one.skill_code].weight = one.level, one.weight
        else:
            posting.skills.append(PostingSkill(skill_code=one.skill_code, level=one.level, weight=one.weight))
    if given is not None:
        _give(posting, given)


def _give(posting: Posting, given: Sequence[Given]) -> None:
    kept = {one.kind: one for one in posting.allowances}
    wanted = {one.kind: one for one in given if one.amount is not None or one.note}
    for gone in set(kept) - set(wanted):
        posting.allowances.remove(kept[gone])
    for kind, one in wanted.items():
        if kind in kept:
            kept[kind].amount, kept[kind].note = one.amount, one.note
        else:
            posting.allowances.append(PostingAllowance(kind=kind, amount=one.amount, note=one.note))


def like(posting: Posting, today: date) -> list[Posting]:
    """Postings of the same enterprise with the same title in the same city, published or closed for 90 days at most."""
    title = fold(posting.title_zh)
    return [one for one in queries.postings_beside(posting, today - LIKE_FOR) if fold(one.title_zh) == title]


def hand_in(posting: Posting, *, by: int | None, now: datetime, today: date, confirmed: bool = False) -> None:
    """Publish a draft, or let it wait for a check where the platform asks for one; asked twice, once.

    `confirmed`: its enterprise knows that there is a posting like it. Raises PostingThereAlready, PostingAsksNothing,
    PostingOver.
    """
    db.session.refresh(posting, ["status"], with_for_update=True)
    if posting.status in (PostingStatus.PUBLISHED, PostingStatus.CHECKING):
        return
    _publishable(posting, today)
    if not confirmed and like(posting, today):
        raise PostingThereAlready
    if not queries.is_checked_first(posting.organisation):
        publish(posting, by=by, now=now, today=today)
        return
    posting.status, posting.handed_in_at = PostingStatus.CHECKING, now
    audit.record("posting.hand-in", posting, actor_id=by, organisation_id=posting.organisation_id)


def take_back(posting: Posting, *, by: int | None) -> None:
    """Make a posting that waits for its check a draft again; asked twice, once."""
    db.session.refresh(posting, ["status"], with_for_update=True)
    if posting.status is PostingStatus.CHECKING:
        posting.status, posting.handed_in_at = PostingStatus.DRAFT, None
        audit.record("posting.take-back", posting, actor_id=by, organisation_id=posting.organisation_id)


def publish(
    posting: Posting, *, by: int | None, now: datetime, today: date, checked: bool = False, indexed: bool = True
) -> None:
    """Let the world see it; asked twice, once. `checked`: somebody entitled has looked at it. `indexed` is false where
    the caller brings many into the index at once.

    Raises EnterpriseNotVerified, PostingAsksNothing, PostingOver.
    """
    if posting.status is PostingStatus.PUBLISHED:
        return
    if not posting.organisation.is_verified and not checked:
        raise EnterpriseNotVerified
    _publishable(posting, today)
    posting.status, posting.published_at = PostingStatus.PUBLISHED, now
    audit.record("posting.publish", posting, actor_id=by, organisation_id=posting.organisation_id)
    if indexed:
        finding.index_posting(posting)


def _publishable(posting: Posting, today: date) -> None:
    if posting.status is PostingStatus.CLOSED or posting.closes_on < today:
        raise PostingOver
    if posting.organisation.suspended_at is not None:
        raise EnterpriseNotVerified
    if not posting.skills:
        raise PostingAsksNothing


def close(posting: Posting, *, by: int | None, today: date, reason: str = "") -> None:
    """Take no more applications; those open go on to be decided. Asked twice, once. Raises ReasonMissing.

    The day becomes its last one, so that the figures of later days no longer count its seats as open. Before its day
    those who wait for an answer are told why.
    """
    if posting.status is PostingStatus.CLOSED:
        return
    if not reason and today < posting.closes_on and queries.applications_per_posting([posting]):
        raise ReasonMissing
    posting.status, posting.closes_on = PostingStatus.CLOSED, min(posting.closes_on, today)
    posting.closed_because = reason
    audit.record(
        "posting.close",
        posting,
        actor_id=by,
        organisation_id=posting.organisation_id,
        **({"reason": reason} if reason else {}),
    )
    finding.forget_posting(posting)
