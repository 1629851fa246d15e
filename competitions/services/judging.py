"""Judging: who judges, who marks what, marks, conflicts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts.models import Person
from app.assessment import queries as assessment
from app.assessment.models import Rubric
from app.assessment.services import work
from app.clock import SETTLING
from app.db import db
from app.errors import Refused
from competitions import queries
from competitions.models import Assignment, Competition, CompetitionStatus, Judge, Team
from competitions.rules import assignment as rules

NAMED = 12


class NotAJudge(Refused):
    message = _l("Only people who are judges in some organisation can judge.")


class JudgeAtWork(Refused):
    message = _l("This judge has entries to mark; judging has begun.")


class NotYetClosed(Refused):
    message = _l("Judges are assigned two minutes after the deadline at the earliest, when every entry is stored.")


class JudgingOver(Refused):
    message = _l("The ranking is published: judging is over.")


class NoEntries(Refused):
    message = _l("No team has handed in.")


class AssignmentImpossible(Refused):
    message = _l(
        "Entries %(entries)s cannot have %(count)s judges each without a conflict. Judges they may have: %(judges)s. "
        "Add judges, then assign again."
    )


class JudgesMissing(Refused):
    message = _l("Entries %(entries)s do not have their %(count)s judges yet. Assign judges first.")


class NotMarkable(Refused):
    message = _l("Marks are not taken for this entry now.")


class EntryFinished(Refused):
    message = _l("You have finished this entry. Take that back to change a mark.")


class MarksMissing(Refused):
    message = _l("Give a mark on every criterion, then finish.")


# Judges


def add_judge(competition: Competition, person: Person, now: datetime, actor_id: int | None) -> Judge:
    """Let a person who is a judge somewhere judge; done twice it is done once. Raises JudgingOver."""
    competition = queries.hold(competition.id)
    if competition.is_published:
        raise JudgingOver
    found = queries.judge_of(competition.id, person.id)
    if found is None:
        found = Judge(competition_id=competition.id, person_id=person.id, added_at=now)
        db.session.add(found)
        audit.record("judge.add", found, actor_id=actor_id, organisation_id=competition.organisation_id)
    return found


def remove_judge(competition: Competition, judge: Judge, actor_id: int | None) -> None:
    """Let a judge go before judging has begun; their assignments go too. Raises JudgeAtWork."""
    competition = queries.hold(competition.id)
    if competition.status not in (CompetitionStatus.DRAFT, CompetitionStatus.OPEN):
        raise JudgeAtWork
    for assignment in queries.assignments_in(competition.id):
        if assignment.judge_id == judge.id:
            db.session.delete(assignment)
    db.session.flush()
    audit.record("judge.remove", judge, actor_id=actor_id, organisation_id=competition.organisation_id)
    db.session.delete(judge)
    db.session.flush()


# Who marks what


def assign(competition: Competition, seed: str, now: datetime, today: date, actor_id: int | None) -> rules.Assignment:
    """Give each entry its exact number of judges, without a conflict, evenly, and by the seed alone.

    A conflict is a shared organisation (of judge and team, or judge and member), being a member, or declared. Before
    judging begins everything is drawn anew; after that who has an entry keeps it, and only what is missing is filled.
    Raises NotYetClosed, JudgingOver, NoEntries, AssignmentImpossible.
    """
    competition = queries.hold(competition.id)
    if competition.is_published:
        raise JudgingOver
    if competition.is_draft or now < competition.closes_at + SETTLING:
        raise NotYetClosed
    entries = queries.entries_of(competition.id)
    if not entries:
        raise NoEntries
    judges = [row.judge for row in queries.judges_of(competition.id)]
    present = queries.assignments_in(competition.id)
    if competition.status is CompetitionStatus.OPEN:
        for assignment in present:
            if not assignment.has_conflict:
                db.session.delete(assignment)
        db.session.flush()
        present = [assignment for assignment in present if assignment.has_conflict]
    found = _drawn(competition, entries, judges, present, seed, today)
    if isinstance(found, rules.Impossible):
        names = {str(judge.id): judge.person.name for judge in judges}
        numbers = {str(team.id): team.number for team in entries}
        listed = sorted(numbers[entry] for entry in found.entries)
        raise AssignmentImpossible(
            entries=_some([f"#{number}" for number in listed]),
            count=competition.judges_per_entry,
            judges=_some(sorted(names[judge] for judge in found.judges)) or "–",
        )
    known = {(assignment.judge_id, assignment.team_id) for assignment in present}
    for team in entries:
        for judge in found.judges[str(team.id)]:
            if (int(judge), team.id) not in known:
                db.session.add(Assignment(judge_id=int(judge), team_id=team.id))
    competition.record = {**competition.record, "seed": seed, "connected": found.connected}
    audit.record(
        "competition.assign",
        competition,
        actor_id=actor_id,
        organisation_id=competition.organisation_id,
        seed=seed,
        connected=found.connected,
    )
    return found


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


def _drawn(
    competition: Competition,
    entries: Sequence[Team],
    judges: Sequence[Judge],
    present: Sequence[Assignment],
    seed: str,
    today: date,
) -> rules.Assignment | rules.Impossible:
    people = {judge.person_id for judge in judges} | {member.person_id for team in entries for member in team.members}
    belongs = queries.organisations_of_people(people, today)
    conflicts = {(str(row.judge_id), str(row.team_id)) for row in present if row.has_conflict}
    kept: dict[str, list[str]] = {}
    for row in present:
        if not row.has_conflict:
            kept.setdefault(str(row.team_id), []).append(str(row.judge_id))
    works = []
    for team in entries:
        members = {member.person_id for member in team.members}
        conflicts |= {(str(judge.id), str(team.id)) for judge in judges if judge.person_id in members}
        organisations = {team.organisation_id}.union(*(belongs[person] for person in members))
        works.append(rules.Entry(str(team.id), frozenset(map(str, organisations))))
    panel = [rules.Judge(str(judge.id), frozenset(map(str, belongs[judge.person_id]))) for judge in judges]
    return rules.assign(works, panel, conflicts, competition.judges_per_entry, seed, kept)


def short_entries(competition: Competition) -> list[int]:
    """The numbers of entries that have fewer judges than they need."""
    entries = queries.entries_of(competition.id)
    sizes = queries.sizes_of([team.id for team in entries])
    return [team.number for team in entries if sizes[team.id][1] < competition.judges_per_entry]


def start(competition: Competition, now: datetime, actor_id: int | None) -> None:
    """Let judges see their entries; done twice it is done once. Raises NotYetClosed, NoEntries, JudgesMissing."""
    competition = queries.hold(competition.id)
    if competition.status in (CompetitionStatus.JUDGING, CompetitionStatus.PUBLISHED):
        return
    if competition.is_draft or now < competition.closes_at + SETTLING:
        raise NotYetClosed
    if not queries.entries_of(competition.id):
        raise NoEntries
    short = short_entries(competition)
    if short:
        raise JudgesMissing(entries=_some([f"#{number}" for number in short]), count=competition.judges_per_entry)
    competition.status = CompetitionStatus.JUDGING
    audit.record("competition.judge", competition, actor_id=actor_id, organisation_id=competition.organisation_id)


# Marks


def mark(
    assignment: Assignment,
    rubric: Rubric,
    judge: Person,
    given: Mapping[int, tuple[Decimal | None, str]],
    now: datetime,
) -> None:
    """Save what a judge gives: {row id: (mark or none, comment)}. Raises NotMarkable, EntryFinished, MarkOutOfRange."""
    assignment = _markable(assignment)
    if assignment.finished_at is not None:
        raise EntryFinished
    work.give_marks(queries.TEAM, assignment.team_id, rubric, judge, given, now)


def _markable(assignment: Assignment) -> Assignment:
    """The assignment, held; its competition is held too, so that nothing is saved after the ranking was computed."""
    competition = queries.hold(assignment.judge.competition_id, shared=True)
    held = queries.hold_assignment(assignment.id)
    if competition.status is not CompetitionStatus.JUDGING or held.has_conflict:
        raise NotMarkable
    return held


def finish(assignment: Assignment, rubric: Rubric, judge: Person, now: datetime) -> None:
    """Let the marks count; done twice it is done once. Raises NotMarkable, MarksMissing."""
    assignment = _markable(assignment)
    if assignment.finished_at is not None:
        return
    marks = assessment.marks_by(queries.TEAM, assignment.team_id, judge)
    given = {mark.row_id for mark in marks if mark.mark is not None}
    if any(row.id not in given for row in rubric.rows):
        raise MarksMissing
    for mark in marks:
        mark.is_final = True
    assignment.finished_at = now
    audit.record("judging.finish", assignment, actor_id=judge.id)


def take_back(assignment: Assignment, judge: Person) -> None:
    """Open a finished entry again, as long as the ranking is not published. Raises NotMarkable."""
    assignment = _markable(assignment)
    if assignment.finished_at is None:
        return
    assignment.finished_at = None
    for mark in assessment.marks_by(queries.TEAM, assignment.team_id, judge):
        mark.is_final = False
    audit.record("judging.take-back", assignment, actor_id=judge.id)


def declare_conflict(assignment: Assignment, judge: Person) -> None:
    """Give an entry back because the judge is tied to it; the organiser assigns another. Raises NotMarkable."""
    assignment = _markable(assignment)
    assignment.has_conflict, assignment.finished_at = True, None
    # Neither marks nor comments of a judge who is tied to the entry are read by anybody.
    for mark in assessment.marks_by(queries.TEAM, assignment.team_id, judge):
        mark.is_final = False
    audit.record("judging.conflict", assignment, actor_id=judge.id)
