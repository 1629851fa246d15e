"""Writing, publishing and closing postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Organisation
from app.db import db
from app.errors import Refused
from app.reference.models import Cluster
from internships import queries
from internships.models import Posting, PostingSkill, PostingStatus

FIELDS = (
    "title_zh", "title_en", "body_zh", "body_en", "city_zh", "city_en", "region_code", "cluster_code", "is_remote",
    "seats", "pay", "pay_period", "hours_a_week", "starts_on", "ends_on", "opens_on", "closes_on", "min_year", "majors",
    "ranked_by",
)  # fmt: skip


class EnterpriseNotVerified(Refused):
    message = _l("Before an enterprise can publish, an official of its region verifies it. Your draft is kept.")


class PostingAsksNothing(Refused):
    message = _l("Name at least one skill with a level: it is what students are matched by.")


class DatesOutOfOrder(Refused):
    message = _l("The dates must follow each other: open, close, first day, last day.")


class PostingOver(Refused):
    message = _l("This posting has been closed. Write a new one from it.")


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


def create(
    organisation: Organisation, values: dict[str, Any], asked: Sequence[Asked], *, by: int | None, now: datetime
) -> Posting:
    """A draft of a posting. `values` are those of FIELDS. Raises DatesOutOfOrder, ClusterElsewhere, SkillTwice."""
    posting = Posting(organisation_id=organisation.id, created_by_id=by, created_at=now, status=PostingStatus.DRAFT)
    posting.organisation = organisation
    _fill(posting, values, asked)
    db.session.add(posting)
    return posting


def revise(posting: Posting, values: dict[str, Any], asked: Sequence[Asked], *, by: int | None, now: datetime) -> None:
    """Change a posting that is not closed. What applicants were told it asks stays: they showed their levels for that.

    Raises PostingOver, RoundIsDeciding, SkillsSettled, PostingAsksNothing, DatesOutOfOrder, ClusterElsewhere,
    SkillTwice.
    """
    if posting.status is PostingStatus.CLOSED:
        raise PostingOver
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
    _fill(posting, values, asked)


def _fill(posting: Posting, values: dict[str, Any], asked: Sequence[Asked]) -> None:
    days = [values["opens_on"], values["closes_on"], values["starts_on"], values["ends_on"]]
    if days != sorted(days):
        raise DatesOutOfOrder
    cluster = db.session.get(Cluster, values["cluster_code"]) if values.get("cluster_code") else None
    if cluster is not None and cluster.region_code != values["region_code"]:
        raise ClusterElsewhere
    codes = [one.skill_code for one in asked]
    if len(set(codes)) < len(codes):
        raise SkillTwice
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


def publish(posting: Posting, *, by: int | None, now: datetime, today: date) -> None:
    """Let the world see it; asked twice, once. Raises EnterpriseNotVerified, PostingAsksNothing, PostingOver."""
    if posting.status is PostingStatus.PUBLISHED:
        return
    if posting.status is PostingStatus.CLOSED or posting.closes_on < today:
        raise PostingOver
    if not posting.organisation.is_verified:
        raise EnterpriseNotVerified
    if not posting.skills:
        raise PostingAsksNothing
    posting.status, posting.published_at = PostingStatus.PUBLISHED, now
    audit.record("posting.publish", posting, actor_id=by, organisation_id=posting.organisation_id)


def close(posting: Posting, *, by: int | None, today: date) -> None:
    """Take no more applications; those open go on to be decided. Asked twice, once.

    The day becomes its last one, so that the figures of later days no longer count its seats as open.
    """
    if posting.status is PostingStatus.CLOSED:
        return
    posting.status, posting.closes_on = PostingStatus.CLOSED, min(posting.closes_on, today)
    audit.record("posting.close", posting, actor_id=by, organisation_id=posting.organisation_id)
