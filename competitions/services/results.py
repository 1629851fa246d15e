"""From marks to a published ranking, and from the ranking to evidence."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app import audit
from app.assessment import queries as assessment
from app.assessment.models import Rubric, RubricRow
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from competitions import queries
from competitions.models import Assignment, Competition, CompetitionStatus, Result, Team
from competitions.rules.decimals import mean
from competitions.rules.marks import Mark, Method, Ranking, RankRow
from competitions.rules.ranking import rank_entries
from competitions.rules.shares import Criterion, criterion_shares

MEAN_DIGITS = 2


class NotBeingJudged(Refused):
    message = _l("A ranking is published after judging has begun.")


class JudgingUnfinished(Refused):
    message = _l(
        "%(count)s assignments are not finished, or entries lack a judge. Wait, or confirm that these judges count "
        "as absent."
    )


@dataclass(frozen=True)
class Standing:
    """A ranking with what it was made from. Entries are named by number, judges by pseudonym, criteria C1, C2, …"""

    ranking: Ranking
    marks: Mapping[str, Mapping[str, Mapping[str, Decimal | None]]]  # by entry, criterion, judge
    teams: Mapping[str, Team]
    criteria: Mapping[str, RubricRow]
    judges: Mapping[str, int]  # judge id by pseudonym
    missing: int  # assignments not finished, and places of judges not filled

    def criterion_mean(self, entry: str, criterion: str) -> Decimal | None:
        """The mean of the marks present."""
        present = [mark for mark in self.marks[entry][criterion].values() if mark is not None]
        return mean(present, MEAN_DIGITS) if present else None


def entry_name(number: int) -> str:
    """How a ranking and its file call the entry of a team; equal totals are listed by it."""
    return f"{number:05d}"


def standing(competition: Competition, rubric: Rubric) -> Standing:
    """The ranking as finished marks give it now; what is not finished counts as an absent judge."""
    teams = queries.entries_of(competition.id)
    assignments = [row for row in queries.assignments_in(competition.id) if not row.has_conflict]
    pseudonyms = _pseudonyms(competition, assignments)
    names = {team.id: entry_name(team.number) for team in teams}
    criteria = {f"C{number}": row for number, row in enumerate(rubric.rows, start=1)}
    given: dict[tuple[int, int, int], Decimal | None] = {
        (mark.context_id, mark.marker_id, mark.row_id): mark.mark
        for mark in assessment.marks_of(queries.TEAM, list(names))
    }
    table: dict[str, dict[str, dict[str, Decimal | None]]] = {
        name: {criterion: {} for criterion in criteria} for name in names.values()
    }
    marks = []
    for assignment in assignments:
        entry, judge = names[assignment.team_id], pseudonyms[assignment.judge_id]
        for criterion, row in criteria.items():
            key = (assignment.team_id, assignment.judge.person_id, row.id)
            mark = given.get(key) if assignment.finished_at is not None else None
            table[entry][criterion][judge] = mark
            marks.append(Mark(entry, judge, criterion, mark))
    counts: dict[int, int] = defaultdict(int)
    for assignment in assignments:
        counts[assignment.team_id] += 1
    missing = sum(max(0, competition.judges_per_entry - counts[team.id]) for team in teams)
    missing += sum(assignment.finished_at is None for assignment in assignments)
    weights = {criterion: row.weight for criterion, row in criteria.items()}
    ranking = rank_entries(marks, weights, Method(competition.method)) if marks else Ranking(())
    unjudged = sorted(set(names.values()) - {row.entry for row in ranking.rows})
    if unjudged:
        rest = tuple(RankRow(None, entry, None, None) for entry in unjudged)
        ranking = Ranking((*ranking.rows, *rest), ranking.judges, ranking.corrected, ranking.reason)
    return Standing(
        ranking,
        table,
        {names[team.id]: team for team in teams},
        criteria,
        {name: judge for judge, name in pseudonyms.items()},
        missing,
    )


def _pseudonyms(competition: Competition, assignments: Sequence[Assignment]) -> dict[int, str]:
    """J1, J2, … by judge, in an order drawn from the assignment's seed, so that it does not say who is who."""
    seed = str(competition.record.get("seed", ""))
    judges = {assignment.judge_id for assignment in assignments}
    drawn = sorted(judges, key=lambda judge: hashlib.sha256(f"{seed}:judge:{judge}".encode()).digest())
    return {judge: f"J{number}" for number, judge in enumerate(drawn, start=1)}


def publish(
    competition: Competition,
    now: datetime,
    actor_id: int | None,
    *,
    absent_acknowledged: bool = False,
    refresh: bool = True,
) -> None:
    """Compute the ranking, keep it, and record evidence for every member; done twice it is done once.

    `absent_acknowledged` lets judges who have not finished count as absent. Raises NotBeingJudged, JudgingUnfinished.
    """
    competition = queries.hold(competition.id)
    if competition.is_published:
        return
    if competition.status is not CompetitionStatus.JUDGING or competition.rubric_id is None:
        raise NotBeingJudged
    rubric = queries.rubric_with_rows(competition.rubric_id)
    found = standing(competition, rubric)
    if found.missing and not absent_acknowledged:
        raise JudgingUnfinished(count=found.missing)
    for position, row in enumerate(found.ranking.rows, start=1):
        db.session.add(_result(competition, found, row, position))
    competition.status, competition.published_at = CompetitionStatus.PUBLISHED, now
    competition.record = {**competition.record, **_record(competition, found)}
    db.session.flush()
    skills.record_evidence(_observations(competition, found, actor_id), as_of=day_of(now), refresh=refresh)
    audit.record(
        "competition.publish",
        competition,
        actor_id=actor_id,
        organisation_id=competition.organisation_id,
        entries=len(found.ranking.rows),
        corrected=found.ranking.corrected,
        absent=found.missing,
    )


def _result(competition: Competition, found: Standing, row: RankRow, position: int) -> Result:
    return Result(
        team_id=found.teams[row.entry].id,
        competition_id=competition.id,
        position=position,
        place=row.rank,
        total=row.total,
        raw=row.raw,
        sd=row.sd,
        note=",".join(dict.fromkeys(note.remark.value for note in row.notes)),
        criteria={
            criterion: {
                "mean": _written(found.criterion_mean(row.entry, criterion)),
                "marks": {judge: _written(mark) for judge, mark in sorted(by_judge.items())},
            }
            for criterion, by_judge in found.marks[row.entry].items()
        },
    )


def _written(value: Decimal | None) -> str:
    """A decimal without needless zeros; empty where there is none."""
    return "" if value is None else f"{value.normalize():f}"


def _record(competition: Competition, found: Standing) -> dict[str, Any]:
    severities = {judge.judge: judge for judge in found.ranking.judges}
    judges = []
    for name, judge_id in sorted(found.judges.items(), key=lambda item: int(item[0][1:])):
        severity = severities.get(name)
        judges.append(
            {
                "name": name,
                "judge": judge_id,
                "severity": _written(severity.severity) if severity else "",
                "sd": _written(severity.sd) if severity else "",
                "entries": _finished(found, name),
            }
        )
    return {
        "method": competition.method.value,
        "corrected": found.ranking.corrected,
        "reason": found.ranking.reason.value if found.ranking.reason else "",
        "entries": len(found.ranking.rows),
        "absent": found.missing,
        "judges": judges,
        "criteria": [
            {
                "name": name,
                "row": row.id,
                "title_zh": row.title_zh,
                "title_en": row.title_en,
                "weight": _written(row.weight),
                "most": _written(row.marks_max),
            }
            for name, row in found.criteria.items()
        ],
    }


def _finished(found: Standing, judge: str) -> int:
    first = next(iter(found.criteria))
    return sum(table[first].get(judge) is not None for table in found.marks.values())


def _observations(competition: Competition, found: Standing, actor_id: int | None) -> list[skills.Observation]:
    """What each member of each team has shown, criterion by criterion; the same for all of a team."""
    limits = {name: Criterion(row.weight, row.marks_max) for name, row in found.criteria.items()}
    severities = {judge.judge: judge.severity for judge in found.ranking.judges if found.ranking.corrected}
    observations = []
    for entry, team in found.teams.items():
        means = {name: value for name in found.criteria if (value := found.criterion_mean(entry, name)) is not None}
        marked = {
            judge for by_judge in found.marks[entry].values() for judge, mark in by_judge.items() if mark is not None
        }
        lifts = [severity for judge in sorted(marked) if (severity := severities.get(judge)) is not None]
        for name, share in criterion_shares(means, limits, lifts).items():
            row = found.criteria[name]
            if row.skill_code is None or row.level is None:
                continue
            observations += [
                skills.Observation(
                    unique_key=f"{SourceKind.COMPETITION_CRITERION}:{team.id}:{row.id}:{member.person_id}",
                    person_id=member.person_id,
                    skill_code=row.skill_code,
                    source_kind=SourceKind.COMPETITION_CRITERION,
                    source_id=team.id,
                    score=share,
                    level=row.level,
                    assessor=AssessorKind.JUDGE,
                    observed_at=team.handed_in_at or competition.closes_at,
                    organisation_id=competition.organisation_id,
                    recorded_by_id=actor_id,
                )
                for member in team.members
            ]
    return observations
