"""Reads of competitions, teams, judges and results."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from app.accounts.models import Membership, Organisation, Person, Role
from app.assessment.models import HandIn, Rubric, RubricMark, RubricRow
from app.db import db
from competitions.models import (
    Assignment,
    Competition,
    CompetitionStatus,
    Judge,
    Result,
    Team,
    TeamMember,
)

# What hand-ins, files and marks of this feature belong to: a team, by its id.
TEAM = "team"
SEARCHED = 20
NAMES = (Organisation.slug, Organisation.name_zh, Organisation.name_en)


@dataclass(frozen=True)
class Counts:
    """How many teams a competition has, and how many have handed in."""

    teams: int = 0
    handed_in: int = 0


@dataclass(frozen=True)
class JudgeRow:
    """A judge with what they have to do: entries assigned, finished, and entries declared a conflict."""

    judge: Judge
    assigned: int
    finished: int
    conflicts: int


@dataclass(frozen=True)
class TeamRow:
    """A team in the organiser's list."""

    team: Team
    members: int
    judges: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of a published ranking."""

    place: int | None
    number: int
    team: str
    name_zh: str
    name_en: str
    total: Decimal | None
    raw: Decimal | None
    sd: Decimal | None
    criteria: dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be made a judge, and the names of the organisations for which they judge."""

    person: Person
    organisations: list[Organisation]


# Competitions


def public_competitions() -> sa.Select[Competition]:
    """All that are no drafts, the latest deadline first."""
    return (
        sa.select(Competition)
        .where(Competition.status != CompetitionStatus.DRAFT)
        .options(joinedload(Competition.organisation), joinedload(Competition.cluster))
        .order_by(Competition.closes_at.desc(), Competition.id.desc())
    )


def competitions_in(organisation_id: int) -> sa.Select[Competition]:
    """An organisation's own competitions, the newest first."""
    return (
        sa.select(Competition)
        .where(Competition.organisation_id == organisation_id)
        .order_by(Competition.closes_at.desc(), Competition.id.desc())
    )


def competition_page(competition_id: int) -> Competition | None:
    """A competition with its organiser and cluster."""
    query = (
        sa.select(Competition)
        .where(Competition.id == competition_id)
        .options(joinedload(Competition.organisation, innerjoin=True), joinedload(Competition.cluster))
    )
    return db.session.scalars(query).one_or_none()


def competition_with_organiser(competition_id: int) -> Competition | None:
    """A competition with the names of its organiser; all that its ranking needs beside the rows."""
    query = (
        sa.select(Competition)
        .where(Competition.id == competition_id)
        .options(
            defer(Competition.body_zh),
            defer(Competition.body_en),
            joinedload(Competition.organisation, innerjoin=True).load_only(*NAMES),
        )
    )
    return db.session.scalars(query).one_or_none()


def competition_in(organisation_id: int, competition_id: int) -> Competition | None:
    """One of an organisation's competitions, with organiser and cluster."""
    query = (
        sa.select(Competition)
        .where(Competition.id == competition_id, Competition.organisation_id == organisation_id)
        .options(joinedload(Competition.organisation, innerjoin=True), joinedload(Competition.cluster))
    )
    return db.session.scalars(query).one_or_none()


def hold(competition_id: int, *, shared: bool = False) -> Competition:
    """A competition as it is now, kept from changing until the transaction ends.

    `shared` lets others do the same: hand-ins do not wait for each other, but the start of judging waits for them.
    (SQLite lets one writer in at a time anyway.)
    """
    query = (
        sa.select(Competition)
        .where(Competition.id == competition_id)
        .with_for_update(read=shared)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()


def rubric_with_rows(rubric_id: int) -> Rubric:
    """A rubric, its rows in order, and their skills."""
    query = (
        sa.select(Rubric).where(Rubric.id == rubric_id).options(selectinload(Rubric.rows).joinedload(RubricRow.skill))
    )
    return db.session.scalars(query).one()


def counts_of(competition_ids: Collection[int]) -> dict[int, Counts]:
    """Teams and hand-ins by competition, in one statement."""
    query = (
        sa.select(Team.competition_id, sa.func.count(), sa.func.count(Team.handed_in_at))
        .where(Team.competition_id.in_(competition_ids))
        .group_by(Team.competition_id)
    )
    found = {competition_id: Counts(teams, handed) for competition_id, teams, handed in db.session.execute(query)}
    return {competition_id: found.get(competition_id, Counts()) for competition_id in competition_ids}


# Teams


def team_page(team_id: int) -> Team | None:
    """A team with its competition, organisation, members and their names."""
    query = (
        sa.select(Team)
        .where(Team.id == team_id)
        .options(
            joinedload(Team.competition, innerjoin=True).joinedload(Competition.organisation, innerjoin=True),
            joinedload(Team.organisation, innerjoin=True),
            joinedload(Team.members).joinedload(TeamMember.person, innerjoin=True),
        )
    )
    return db.session.scalars(query).unique().one_or_none()


def hold_team(team_id: int) -> Team | None:
    """A team as it is now, with its members, kept from changing until the transaction ends."""
    query = (
        sa.select(Team)
        .where(Team.id == team_id)
        .options(selectinload(Team.members))
        .with_for_update(of=Team)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def team_of(competition_id: int, person_id: int) -> Team | None:
    """The team in which a person takes part in a competition."""
    query = (
        sa.select(Team)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.competition_id == competition_id, TeamMember.person_id == person_id)
    )
    return db.session.scalars(query).one_or_none()


def last_number(competition_id: int) -> int:
    """The highest number that a team of a competition has; 0 where there is none."""
    return db.session.scalar(sa.select(sa.func.max(Team.number)).where(Team.competition_id == competition_id)) or 0


def is_name_taken(competition_id: int, name: str) -> bool:
    """Whether a team of the competition has this name."""
    query = sa.select(sa.exists().where(Team.competition_id == competition_id, Team.name == name))
    return bool(db.session.scalar(query))


def teams_in(competition_id: int) -> sa.Select[Team]:
    """Teams of a competition by number, with their universities."""
    return (
        sa.select(Team)
        .where(Team.competition_id == competition_id)
        .options(joinedload(Team.organisation, innerjoin=True))
        .order_by(Team.number)
    )


def sizes_of(team_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Members and assigned judges by team, in one statement."""
    members = sa.select(sa.func.count()).where(TeamMember.team_id == Team.id).correlate(Team).scalar_subquery()
    judges = (
        sa.select(sa.func.count())
        .where(Assignment.team_id == Team.id, ~Assignment.has_conflict)
        .correlate(Team)
        .scalar_subquery()
    )
    query = sa.select(Team.id, members, judges).where(Team.id.in_(team_ids))
    return {team_id: (count, judged) for team_id, count, judged in db.session.execute(query)}


def entries_of(competition_id: int) -> list[Team]:
    """The teams that have handed in, by number, with their members."""
    query = (
        sa.select(Team)
        .where(Team.competition_id == competition_id, Team.handed_in_at.is_not(None))
        .options(selectinload(Team.members))
        .order_by(Team.number)
    )
    return list(db.session.scalars(query))


def hand_in_of(team_id: int, number: int) -> HandIn | None:
    """One version of what a team has handed in, with its file."""
    query = (
        sa.select(HandIn)
        .where(HandIn.context_kind == TEAM, HandIn.context_id == team_id, HandIn.number == number)
        .options(joinedload(HandIn.file, innerjoin=True))
    )
    return db.session.scalars(query).one_or_none()


def teams_of_person(person_id: int, since: datetime) -> list[Team]:
    """A person's teams in competitions not published yet, or published since a moment; the next deadline first."""
    query = (
        sa.select(Team)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(Team.competition)
        .where(
            TeamMember.person_id == person_id,
            sa.or_(Competition.published_at.is_(None), Competition.published_at >= since),
        )
        .options(contains_eager(Team.competition))
        .order_by(Competition.closes_at, Team.id)
        .limit(5)
    )
    return list(db.session.scalars(query))


def open_without(person_id: int, now: datetime) -> list[Competition]:
    """Competitions that take entries now and in which a person has no team, the next deadline first."""
    entered = sa.exists().where(TeamMember.competition_id == Competition.id, TeamMember.person_id == person_id)
    query = (
        sa.select(Competition)
        .where(
            Competition.status == CompetitionStatus.OPEN,
            Competition.opens_at <= now,
            Competition.closes_at > now,
            ~entered,
        )
        .options(joinedload(Competition.organisation, innerjoin=True))
        .order_by(Competition.closes_at, Competition.id)
        .limit(3)
    )
    return list(db.session.scalars(query))


# Judges


def judges_of(competition_id: int) -> list[JudgeRow]:
    """The judges of a competition with their loads, in one statement."""
    query = (
        sa.select(
            Judge,
            sa.func.count(sa.case((~Assignment.has_conflict, 1))),
            sa.func.count(sa.case((sa.and_(~Assignment.has_conflict, Assignment.finished_at.is_not(None)), 1))),
            sa.func.count(sa.case((Assignment.has_conflict, 1))),
        )
        .join(Judge.person)
        .outerjoin(Assignment, Assignment.judge_id == Judge.id)
        .where(Judge.competition_id == competition_id)
        .options(contains_eager(Judge.person))
        .group_by(Judge.id, Person.id)
        .order_by(Judge.id)
    )
    return [JudgeRow(*row) for row in db.session.execute(query)]


def judge_in(competition_id: int, judge_id: int) -> Judge | None:
    """A judge of a competition."""
    query = (
        sa.select(Judge)
        .where(Judge.id == judge_id, Judge.competition_id == competition_id)
        .options(joinedload(Judge.person, innerjoin=True))
    )
    return db.session.scalars(query).one_or_none()


def judge_of(competition_id: int, person_id: int) -> Judge | None:
    """What makes a person a judge of a competition."""
    query = sa.select(Judge).where(Judge.competition_id == competition_id, Judge.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def possible_judges(competition_id: int, words: str) -> list[Candidate]:
    """People who are a judge somewhere and not yet one here, by part of their address or name."""
    here = sa.exists().where(Judge.competition_id == competition_id, Judge.person_id == Person.id)
    query = (
        sa.select(Membership)
        .join(Membership.person)
        .where(
            Membership.role == Role.JUDGE,
            Membership.left_on.is_(None),
            Person.is_active,
            ~here,
            sa.or_(Person.email.icontains(words, autoescape=True), Person.name.icontains(words, autoescape=True)),
        )
        .options(contains_eager(Membership.person), joinedload(Membership.organisation, innerjoin=True))
        .order_by(Person.email, Membership.id)
        .limit(SEARCHED)
    )
    found: dict[int, Candidate] = {}
    for membership in db.session.scalars(query):
        found.setdefault(membership.person_id, Candidate(membership.person, [])).organisations.append(
            membership.organisation
        )
    return list(found.values())


def person_who_judges(person_id: int) -> Person | None:
    """A person who is a judge in some organisation now."""
    judging = sa.exists().where(
        Membership.person_id == Person.id, Membership.role == Role.JUDGE, Membership.left_on.is_(None)
    )
    return db.session.scalars(sa.select(Person).where(Person.id == person_id, Person.is_active, judging)).one_or_none()


def organisations_of_people(people: Collection[int], today: date) -> dict[int, set[int]]:
    """The organisations to which people belong on a day, by person."""
    query = sa.select(Membership.person_id, Membership.organisation_id).where(
        Membership.person_id.in_(people),
        Membership.joined_on <= today,
        sa.or_(Membership.left_on.is_(None), Membership.left_on > today),
    )
    found: dict[int, set[int]] = {person: set() for person in people}
    for person, organisation in db.session.execute(query):
        found[person].add(organisation)
    return found


def assignments_in(competition_id: int) -> list[Assignment]:
    """All assignments of a competition, declared conflicts too."""
    query = (
        sa.select(Assignment)
        .join(Assignment.judge)
        .where(Judge.competition_id == competition_id)
        .options(contains_eager(Assignment.judge))
        .order_by(Assignment.team_id, Assignment.judge_id)
    )
    return list(db.session.scalars(query))


def assignments_of(person_id: int) -> list[Assignment]:
    """What a judge has to mark in competitions that are being judged, and lately had; the open ones first."""
    query = (
        sa.select(Assignment)
        .join(Assignment.judge)
        .join(Assignment.team)
        .join(Judge.competition)
        .where(
            Judge.person_id == person_id,
            ~Assignment.has_conflict,
            Competition.status.in_((CompetitionStatus.JUDGING, CompetitionStatus.PUBLISHED)),
        )
        .options(
            contains_eager(Assignment.judge).contains_eager(Judge.competition),
            contains_eager(Assignment.team),
        )
        .order_by(Competition.published_at.is_not(None), Competition.closes_at.desc(), Competition.id, Team.number)
        .limit(200)
    )
    return list(db.session.scalars(query))


def due_of(person_id: int) -> tuple[int, int, int | None]:
    """How many entries a judge has finished, of how many, and the first that is not, in competitions being judged."""
    query = (
        sa.select(
            sa.func.count(Assignment.finished_at),
            sa.func.count(),
            sa.func.min(sa.case((Assignment.finished_at.is_(None), Assignment.id))),
        )
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Competition, Competition.id == Judge.competition_id)
        .where(
            Judge.person_id == person_id,
            ~Assignment.has_conflict,
            Competition.status == CompetitionStatus.JUDGING,
        )
    )
    done, due, first = db.session.execute(query).one()
    return done, due, first


def assignment_page(assignment_id: int) -> Assignment | None:
    """An assignment with judge, entry and competition."""
    query = (
        sa.select(Assignment)
        .where(Assignment.id == assignment_id)
        .options(
            joinedload(Assignment.judge, innerjoin=True).joinedload(Judge.competition, innerjoin=True),
            joinedload(Assignment.team, innerjoin=True),
        )
    )
    return db.session.scalars(query).one_or_none()


def hold_assignment(assignment_id: int) -> Assignment:
    """An assignment as it is now, kept from changing until the transaction ends."""
    query = (
        sa.select(Assignment)
        .where(Assignment.id == assignment_id)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()


def next_of(assignment: Assignment) -> tuple[int | None, int | None]:
    """The next assignment of the same judge that is not finished, in order of the entries, and how many are left."""
    query = (
        sa.select(Assignment.id)
        .join(Team, Team.id == Assignment.team_id)
        .where(
            Assignment.judge_id == assignment.judge_id,
            ~Assignment.has_conflict,
            Assignment.finished_at.is_(None),
            Assignment.id != assignment.id,
        )
        .order_by(Team.number <= assignment.team.number, Team.number)
    )
    left = list(db.session.scalars(query))
    return (left[0] if left else None), len(left)


def marks_given(competition_id: int) -> dict[tuple[int, int], int]:
    """How many rows of the rubric each judge has marked of each entry, by (person, team)."""
    query = (
        sa.select(RubricMark.marker_id, RubricMark.context_id, sa.func.count(RubricMark.mark))
        .join(Team, Team.id == RubricMark.context_id)
        .where(RubricMark.context_kind == TEAM, Team.competition_id == competition_id)
        .group_by(RubricMark.marker_id, RubricMark.context_id)
    )
    return {(marker, team): count for marker, team, count in db.session.execute(query)}


# Results


def results_page(competition_id: int, page: int, per_page: int) -> list[Result]:
    """A page of a published ranking, with the teams and their universities."""
    query = (
        sa.select(Result)
        .join(Result.team)
        .join(Team.organisation)
        .where(
            Result.competition_id == competition_id,
            Result.position > (page - 1) * per_page,
            Result.position <= page * per_page,
        )
        .options(contains_eager(Result.team).contains_eager(Team.organisation).load_only(*NAMES))
        .order_by(Result.position)
    )
    return list(db.session.scalars(query))


def places(competition_id: int, page: int, per_page: int) -> list[PlaceRow]:
    """A page of a published ranking as plain values: the page is read by many at once, and needs no objects."""
    query = (
        sa.select(
            Result.place,
            Team.number,
            Team.name,
            Organisation.name_zh,
            Organisation.name_en,
            Result.total,
            Result.raw,
            Result.sd,
            Result.criteria,
        )
        .join(Team, Team.id == Result.team_id)
        .join(Organisation, Organisation.id == Team.organisation_id)
        .where(
            Result.competition_id == competition_id,
            Result.position > (page - 1) * per_page,
            Result.position <= page * per_page,
        )
        .order_by(Result.position)
    )
    return [PlaceRow(*row) for row in db.session.execute(query)]


def result_of(competition_id: int, number: int) -> Result | None:
    """The result of the team with a number, with team, university and members."""
    query = (
        sa.select(Result)
        .join(Result.team)
        .where(Result.competition_id == competition_id, Team.number == number)
        .options(
            contains_eager(Result.team).joinedload(Team.organisation, innerjoin=True),
            contains_eager(Result.team).selectinload(Team.members).joinedload(TeamMember.person, innerjoin=True),
        )
    )
    return db.session.scalars(query).one_or_none()


def all_results(competition_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Number and criteria of each result, by position; for the file from which anyone can rank again."""
    query = (
        sa.select(Team.number, Result.criteria)
        .join(Team, Team.id == Result.team_id)
        .where(Result.competition_id == competition_id)
        .order_by(Result.position)
    )
    return [(number, criteria) for number, criteria in db.session.execute(query)]


def comments_on(team_id: int) -> list[RubricMark]:
    """What judges wrote about an entry, by row."""
    query = (
        sa.select(RubricMark)
        .join(RubricMark.row)
        .where(RubricMark.context_kind == TEAM, RubricMark.context_id == team_id, RubricMark.comment != "")
        .options(contains_eager(RubricMark.row))
        .order_by(RubricRow.position, RubricMark.id)
    )
    return list(db.session.scalars(query))


def pseudonyms(competition: Competition) -> dict[int, str]:
    """Under which name the ranking shows each judge's marks, by person."""
    names = {judge["judge"]: judge["name"] for judge in competition.record["judges"]}
    query = sa.select(Judge.id, Judge.person_id).where(Judge.competition_id == competition.id)
    return {person: names[judge] for judge, person in db.session.execute(query) if judge in names}


def running_in(organisation_ids: Sequence[int]) -> list[Competition]:
    """Competitions of organisations that are open or being judged, the next deadline first."""
    query = (
        sa.select(Competition)
        .where(
            Competition.organisation_id.in_(organisation_ids),
            Competition.status.in_((CompetitionStatus.OPEN, CompetitionStatus.JUDGING)),
        )
        .options(joinedload(Competition.organisation, innerjoin=True))
        .order_by(Competition.closes_at, Competition.id)
        .limit(5)
    )
    return list(db.session.scalars(query))


def progress_of(competition_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Assignments finished and due, by competition."""
    query = (
        sa.select(Judge.competition_id, sa.func.count(Assignment.finished_at), sa.func.count())
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(Judge.competition_id.in_(competition_ids), ~Assignment.has_conflict)
        .group_by(Judge.competition_id)
    )
    return {competition_id: (done, due) for competition_id, done, due in db.session.execute(query)}


def titles_of_teams(team_ids: Collection[int]) -> list[tuple[Team, Competition]]:
    """Teams with their competitions, by id."""
    query = (
        sa.select(Team, Competition)
        .join(Competition, Competition.id == Team.competition_id)
        .where(Team.id.in_(team_ids))
    )
    return [(team, competition) for team, competition in db.session.execute(query)]
