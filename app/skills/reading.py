"""A level as a page shows it: from the ledger rows of one person in one skill to the facts of a plain sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import day_of
from app.skills import services
from app.skills.models import Evidence
from app.skills.queries import LedgerRow
from app.skills.rules import levels


@dataclass(frozen=True)
class RowReading:
    """An evidence row, what it weighs on the day of reading, and whether a newer row took its place."""

    row: Evidence
    weight: float
    is_superseded: bool


@dataclass(frozen=True)
class Reading:
    """A level, how it was found, and the rows behind it, newest first."""

    posterior: levels.Posterior
    shown: int
    likely: int
    probabilities: tuple[float, float, float, float]
    why: levels.Why
    rows: list[RowReading]
    newest_at: datetime | None


def likely_level(mean: float) -> int:
    """The highest level that is rather reached than not: probability of one half or more, the mean beyond its cut."""
    return sum(mean >= cut for cut in levels.CUTS)


def read(rows: Sequence[Evidence], as_of: date) -> Reading:
    """Read the level of one person in one skill off all their rows there, as of a day.

    Goes the way of `services.estimates`, as every other reader of the ledger does.
    """
    superseded = {row.supersedes_id for row in rows if row.supersedes_id is not None}
    counted = [row for row in rows if row.id not in superseded]
    posteriors, newest = services.estimates([_ledger_row(row) for row in counted], as_of)
    pair = next(iter(posteriors), None)
    posterior = posteriors[pair] if pair else levels.Posterior(*levels.PRIOR, 0)
    evidence = [_evidence(row) for row in counted]
    readings = []
    for row in rows:
        is_superseded = row.id in superseded
        weight = levels.row_weight(row.assessor_kind, day_of(row.observed_at), as_of, float(row.weight))
        readings.append(RowReading(row, 0.0 if is_superseded else weight, is_superseded))
    return Reading(
        posterior=posterior,
        shown=levels.shown_level(posterior.mean, posterior.sd),
        likely=likely_level(posterior.mean),
        probabilities=levels.level_probabilities(posterior.mean, posterior.sd),
        why=levels.why(evidence, posterior, as_of),
        rows=readings,
        newest_at=newest[pair] if pair else None,
    )


def _ledger_row(row: Evidence) -> LedgerRow:
    return LedgerRow(
        row.person_id,
        row.skill_code,
        row.score,
        row.difficulty,
        row.guess_floor,
        row.weight,
        row.assessor_kind,
        row.observed_at,
    )


def _evidence(row: Evidence) -> levels.Evidence:
    return levels.Evidence(
        float(row.score),
        float(row.difficulty),
        row.assessor_kind,
        float(row.guess_floor),
        day_of(row.observed_at),
        float(row.weight),
    )
