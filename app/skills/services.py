"""Recording evidence, and reading levels off the ledger."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.reference import files
from app.skills import queries
from app.skills.models import AssessorKind, Evidence, PassportLink, SkillEstimate, SourceKind
from app.skills.rules import levels

Pair = tuple[int, str]
CHUNK = 500


@dataclass(frozen=True)
class Observation:
    """What a feature has seen of a person in a skill. `unique_key` makes recording it twice harmless."""

    unique_key: str
    person_id: int
    skill_code: str
    source_kind: SourceKind
    source_id: int
    score: Decimal
    level: int
    assessor: AssessorKind
    observed_at: datetime
    organisation_id: int
    recorded_by_id: int | None
    source_version: int = 1
    difficulty: Decimal | None = None
    guess_floor: Decimal = Decimal(0)
    weight: Decimal = Decimal(1)
    flags: tuple[str, ...] = ()
    supersedes_id: int | None = None


def record_evidence(
    observations: Sequence[Observation], *, as_of: date, refresh: bool = True
) -> dict[Pair, levels.Posterior]:
    """Append rows to the ledger, those already there left out, and refresh the estimates that they touch.

    Returns the posterior of each (person, skill) among them; empty with `refresh=False`, for bulk work that refreshes
    once at its end.
    """
    known = queries.known_keys([observation.unique_key for observation in observations])
    for seen in observations:
        if seen.unique_key in known:
            continue
        known.add(seen.unique_key)
        difficulty = seen.difficulty
        if difficulty is None:
            difficulty = Decimal(str(levels.difficulty_of_level(seen.level)))
        db.session.add(
            Evidence(
                unique_key=seen.unique_key,
                person_id=seen.person_id,
                skill_code=seen.skill_code,
                taxonomy_version=files.version(),
                source_kind=seen.source_kind,
                source_id=seen.source_id,
                source_version=seen.source_version,
                score=seen.score,
                level_aimed=seen.level,
                difficulty=difficulty,
                guess_floor=seen.guess_floor,
                weight=seen.weight,
                assessor_kind=seen.assessor,
                observed_at=seen.observed_at,
                organisation_id=seen.organisation_id,
                recorded_by_id=seen.recorded_by_id,
                flags=list(seen.flags),
                supersedes_id=seen.supersedes_id,
            )
        )
    if not refresh:
        return {}
    db.session.flush()
    return refresh_estimates({(seen.person_id, seen.skill_code) for seen in observations}, as_of)


def refresh_estimates(pairs: Iterable[Pair], as_of: date) -> dict[Pair, levels.Posterior]:
    """Estimate each (person, skill) anew from the ledger and keep the result for reading."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    people = sorted({person for person, _ in wanted})
    codes = {skill for _, skill in wanted}
    chosen = set(wanted)
    rows = [row for row in queries.countable_rows(people, codes) if (row.person_id, row.skill_code) in chosen]
    posteriors, newest = estimates(rows, as_of)
    kept = {(e.person_id, e.skill_code): e for e in queries.estimates_of(people, codes)}
    for pair, posterior in posteriors.items():
        estimate = kept.get(pair)
        if estimate is None:
            estimate = SkillEstimate(person_id=pair[0], skill_code=pair[1])
            db.session.add(estimate)
        estimate.mean, estimate.sd, estimate.rows = posterior.mean, posterior.sd, posterior.rows
        estimate.shown = levels.shown_level(posterior.mean, posterior.sd)
        estimate.newest_at, estimate.as_of = newest[pair], as_of
    db.session.flush()
    return posteriors


def estimates(
    rows: Sequence[queries.LedgerRow], as_of: date
) -> tuple[dict[Pair, levels.Posterior], dict[Pair, datetime]]:
    """Posteriors by (person, skill) from ledger rows as of a day, and when each was last observed.

    This is the one way from rows to levels: passport, fit, snapshot and the check of the cache all come through here.
    """
    groups: dict[Pair, int] = {}
    counted: dict[int, int] = defaultdict(int)
    newest: dict[Pair, datetime] = {}
    scores, difficulties, weights, floors, owners = [], [], [], [], []
    for row in rows:
        pair = (row.person_id, row.skill_code)
        weight = levels.row_weight(row.assessor_kind, day_of(row.observed_at), as_of, float(row.weight))
        if weight <= 0:
            continue
        group = groups.setdefault(pair, len(groups))
        counted[group] += 1
        newest[pair] = max(newest.get(pair, row.observed_at), row.observed_at)
        scores.append(float(row.score))
        difficulties.append(float(row.difficulty))
        weights.append(weight)
        floors.append(float(row.guess_floor))
        owners.append(group)
    means, sds = levels.estimate_many(scores, difficulties, weights, floors, owners, len(groups))
    posteriors = {
        pair: levels.Posterior(float(means[group]), float(sds[group]), counted[group]) for pair, group in groups.items()
    }
    return posteriors, newest


def refresh_everyone(as_of: date, progress: object = None) -> int:
    """Estimate everything anew as of a day, as rows age; returns how many estimates there are."""
    people = queries.people_with_evidence()
    count = 0
    for start in range(0, len(people), CHUNK):
        part = people[start : start + CHUNK]
        pairs = queries.pairs_with_evidence(part)
        count += len(refresh_estimates(pairs, as_of))
        if callable(progress):
            progress(start + len(part), len(people))
    return count


MOST_LINKS = 10


class TooManyLinks(Refused):
    message = _l("Ten links are open. Revoke one before you make another.")


def show_by_link(person: Person, days: int, shows_name: bool, now: datetime) -> PassportLink:
    """A new secret address under which anybody reads the passport for some days. Raises TooManyLinks."""
    if sum(one.is_open(now) for one in queries.links_of(person.id)) >= MOST_LINKS:
        raise TooManyLinks
    link = PassportLink(
        person_id=person.id,
        token=secrets.token_urlsafe(24),
        shows_name=shows_name,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(link)
    audit.record("passport.open-link", link, actor_id=person.id)
    return link


def revoke_link(link: PassportLink, now: datetime) -> None:
    """Let an address open nothing any more; asked twice, once."""
    if link.revoked_at is None:
        link.revoked_at = now
        audit.record("passport.revoke-link", link, actor_id=link.person_id)


def count_view(link_id: int, now: datetime) -> None:
    """One more reading of a passport by its address."""
    db.session.execute(
        sa.update(PassportLink)
        .where(PassportLink.id == link_id)
        .values(views=PassportLink.views + 1, viewed_at=now)
        .execution_options(synchronize_session=False)
    )
