"""Setting a competition up: what it is about, its rubric, and opening it."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app import audit
from app.assessment.services import work
from app.db import db
from app.errors import Refused
from competitions import queries
from competitions.models import Competition, CompetitionStatus, RankingMethod


class RubricMissing(Refused):
    message = _l("A competition needs a rubric before it can open.")


class DeadlineOver(Refused):
    message = _l("The deadline has passed already. Set a later one, then open the competition.")


class WindowReversed(Refused):
    message = _l("A competition closes after it opens.")


class TeamSizesReversed(Refused):
    message = _l("The largest team is not smaller than the smallest.")


class AlreadyOpen(Refused):
    message = _l("The competition is open: dates, team size, judging and rubric stay as they were announced.")


@dataclass(frozen=True)
class Call:
    """What a competition announces. Teams hand in within [opens_at, closes_at)."""

    title_zh: str
    opens_at: datetime
    closes_at: datetime
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    cluster_code: str | None = None
    team_min: int = 3
    team_max: int = 5
    judges_per_entry: int = 3
    method: RankingMethod = RankingMethod.MIXED


def create(organisation_id: int, call: Call, actor_id: int | None, *, slug: str = "") -> Competition:
    """A new draft. Raises WindowReversed, TeamSizesReversed."""
    _check(call)
    competition = Competition(
        organisation_id=organisation_id,
        slug=slug or _slug(call.title_en),
        status=CompetitionStatus.DRAFT,
        created_by_id=actor_id,
        record={},
    )
    _announce(competition, call)
    db.session.add(competition)
    db.session.flush()
    return competition


def _slug(title: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].rstrip("-")
    return f"{plain or 'competition'}-{secrets.token_hex(3)}"


def _check(call: Call) -> None:
    if call.closes_at <= call.opens_at:
        raise WindowReversed
    if call.team_max < call.team_min:
        raise TeamSizesReversed


def _announce(competition: Competition, call: Call) -> None:
    for name, value in vars(call).items():
        setattr(competition, name, value)


def revise(competition: Competition, call: Call) -> None:
    """Change a draft. Raises AlreadyOpen, WindowReversed, TeamSizesReversed."""
    if not competition.is_draft:
        raise AlreadyOpen
    _check(call)
    _announce(competition, call)


def reword(competition: Competition, title_zh: str, title_en: str, body_zh: str, body_en: str) -> None:
    """Change title and rulebook, which stays possible after opening."""
    competition.title_zh, competition.title_en = title_zh, title_en
    competition.body_zh, competition.body_en = body_zh, body_en


def set_rubric(competition: Competition, criteria: Sequence[work.Criterion]) -> None:
    """Give a draft its rubric, in place of the one it had. Raises AlreadyOpen, RubricWithoutRows."""
    if not competition.is_draft:
        raise AlreadyOpen
    before = competition.rubric_id
    rubric = work.create_rubric(competition.organisation_id, competition.title_zh, competition.title_en, criteria)
    competition.rubric_id = rubric.id
    db.session.flush()
    if before is not None:
        db.session.delete(queries.rubric_with_rows(before))
        db.session.flush()


def open_competition(competition: Competition, now: datetime, actor_id: int | None) -> None:
    """Let teams enter within the announced window; done twice it is done once. Raises RubricMissing, DeadlineOver."""
    competition = queries.hold(competition.id)
    if not competition.is_draft:
        return
    if competition.rubric_id is None:
        raise RubricMissing
    if competition.is_closed(now):
        raise DeadlineOver
    competition.status = CompetitionStatus.OPEN
    audit.record("competition.open", competition, actor_id=actor_id, organisation_id=competition.organisation_id)
