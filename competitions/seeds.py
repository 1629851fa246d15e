"""The demo's competitions: two with a published ranking, and one that takes entries now."""

import io
import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from app.accounts.models import Organisation, Person
from app.clock import ZONE
from app.seeding.world import Student, World
from app.skills import services as skills
from app.skills.rules.levels import difficulty_of_level
from competitions import demo_contests, queries
from competitions.models import Competition, Team
from competitions.services import contests, judging, results, teams

COMMENTED = 0.2
# Points of a mark: how far the mildest and the strictest judge are from the panel, and what else scatters.
STRICTEST = 8.0
SCATTER = 3.0


def plant_competitions(world: World) -> None:
    """Brazil twelve months ago, Russia four months ago, and the overseas-warehouse challenge that is open now."""
    home, away = world.cast.university, world.cast.other_university
    pairs = _finished(world, home, demo_contests.BRAZIL, 396, world.size.teams, with_student=True)
    pairs |= _finished(world, away, demo_contests.RUSSIA, 152, max(6, world.size.teams // 2), with_student=False)
    _running(world, home, demo_contests.REPLENISH, max(4, world.size.teams // 4))
    skills.refresh_estimates(pairs, world.today)


def _finished(
    world: World, host: Organisation, contest: demo_contests.Contest, days_ago: int, count: int, *, with_student: bool
) -> set[tuple[int, str]]:
    """A competition that opened so many days ago, run to its end; returns the people and skills it has evidence of."""
    rng = world.random("competition", contest.slug)
    opened = world.today - timedelta(days=days_ago)
    closed = opened + timedelta(days=16)
    competition = _open(world, host, contest, opened, closed)
    entered = _enter(world, competition, contest, opened, closed, count, rng, with_student=with_student)
    for number, (team, group) in enumerate(entered):
        # One in nine enters and never hands in, as in life; the student of the cast always does.
        if number % 9 != 8:
            at = _at(closed - timedelta(days=rng.choice((0, 0, 1, 1, 2, 4))), rng, last=17)
            _hand_in(team, group, contest, at, rng)
    coordinator = world.coordinators[host.id]
    # Few enough that each marks several entries, from which severity can be told.
    panel = world.judges[: max(6, len(entered) // 2)]
    for judge in panel:
        judging.add_judge(competition, judge, _moment(opened, 9), coordinator.id)
    begun = closed + timedelta(days=1)
    judging.assign(competition, f"{world.seed}-{contest.slug}", _moment(begun, 9), begun, coordinator.id)
    judging.start(competition, _moment(begun, 10), coordinator.id)
    _mark(competition, panel, entered, begun, rng)
    results.publish(competition, _moment(closed + timedelta(days=14), 10), coordinator.id, refresh=False)
    people = {member.person_id for team, _ in entered for member in team.members if team.handed_in_at}
    return {(person, row.skill_code) for person in people for row in contest.criteria if row.skill_code}


def _running(world: World, host: Organisation, contest: demo_contests.Contest, count: int) -> None:
    """A competition that is open: the student of the cast is captain of a team that has not handed in."""
    rng = world.random("competition", contest.slug)
    opened, closes = world.today - timedelta(days=12), world.today + timedelta(days=9)
    competition = _open(world, host, contest, opened, closes)
    for judge in world.judges[:6]:
        judging.add_judge(competition, judge, _moment(opened, 9), world.coordinators[host.id].id)
    entered = _enter(world, competition, contest, opened, world.today, count, rng, with_student=True)
    for team, group in entered[1::2]:
        _hand_in(team, group, contest, world.moment(world.today - timedelta(days=rng.choice((0, 1, 2))), rng), rng)


def _open(world: World, host: Organisation, contest: demo_contests.Contest, opened: date, closes: date) -> Competition:
    coordinator = world.coordinators[host.id]
    call = contests.Call(
        title_zh=contest.title_zh,
        title_en=contest.title_en,
        body_zh=contest.body_zh,
        body_en=contest.body_en,
        cluster_code=contest.cluster,
        opens_at=_moment(opened, 8),
        closes_at=_moment(closes, 18),
    )
    announced = _moment(opened - timedelta(days=7), 10)
    competition = contests.create(host.id, call, coordinator.id, slug=contest.slug)
    competition.created_at = announced
    contests.set_rubric(competition, contest.criteria)
    contests.open_competition(competition, announced, coordinator.id)
    return competition


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def _at(day: date, rng: Random, *, last: int) -> datetime:
    return datetime.combine(day, time(rng.randrange(9, last), rng.randrange(60), rng.randrange(60)), ZONE)


# Teams


def _enter(
    world: World,
    competition: Competition,
    contest: demo_contests.Contest,
    opened: date,
    until: date,
    count: int,
    rng: Random,
    *,
    with_student: bool,
) -> list[tuple[Team, list[Student]]]:
    """Teams of three to five students of one university each; the first is that of the student of the cast."""
    groups = _groups(world, opened, count, rng, with_student=with_student)
    names = [first + second for first in demo_contests.TEAM_FIRST for second in demo_contests.TEAM_SECOND]
    rng.shuffle(names)
    entered = []
    for name, group in zip(names, groups, strict=False):
        latest = min((until - opened).days, 8)
        at = min(_at(opened + timedelta(days=rng.randrange(0, latest)), rng, last=21), world.now - timedelta(hours=1))
        captain = group[0]
        code = f"{contest.slug}-{captain.person.id}"
        team = teams.enter(competition, name, captain.person, captain.university.id, at, join_code=code)
        for number, member in enumerate(group[1:], start=1):
            teams.join(team, member.person, at + timedelta(minutes=11 * number))
        entered.append((team, group))
    return entered


def _groups(world: World, day: date, count: int, rng: Random, *, with_student: bool) -> list[list[Student]]:
    """`count` groups, or as many as there are students for, from all universities in turn."""
    there = {university.id: world.students_at(university, day) for university in world.universities}
    chosen = world.students[0]
    groups: list[list[Student]] = []
    for students in there.values():
        rng.shuffle(students)
        if chosen in students:
            students.remove(chosen)
    if with_student:
        # The student of the cast has just begun, and learns from those who have been there longest.
        own = there[chosen.university.id]
        own.sort(key=lambda student: (student.entered_on, student.person.id))
        groups.append([chosen, *own[:2]])
        del own[:2]
    turn = 0
    order = [university.id for university in world.universities]
    while len(groups) < count and any(len(there[university]) >= 3 for university in order):
        students = there[order[turn % len(order)]]
        turn += 1
        if len(students) >= 3:
            size = min(len(students), rng.choice((3, 3, 4, 4, 5)))
            groups.append(students[:size])
            del students[:size]
    return groups


def _hand_in(team: Team, group: Sequence[Student], contest: demo_contests.Contest, at: datetime, rng: Random) -> None:
    text = demo_contests.PLAN.format(
        title=contest.title_zh,
        number=team.number,
        models=rng.randrange(3, 9),
        pairs=rng.randrange(80, 400, 10),
        target=rng.randrange(900, 4000, 50),
        even=rng.randrange(500, 2500, 50),
        growth=rng.randrange(4, 19),
        sea=rng.randrange(8, 19),
        sea_days=rng.randrange(28, 46),
        air=rng.randrange(38, 75),
        air_days=rng.randrange(8, 15),
        duty=rng.randrange(18, 61),
        fx=rng.randrange(4, 10),
        ahead=rng.randrange(3, 8),
        returns=rng.randrange(5, 13),
    )
    teams.hand_in(team, group[0].person, io.BytesIO(text.encode()), "plan.md", "", at)


# Judging


def _mark(
    competition: Competition,
    panel: Sequence[Person],
    entered: Sequence[tuple[Team, list[Student]]],
    begun: date,
    rng: Random,
) -> None:
    """Each judge marks what the work is worth, as strictly as they are, and not quite evenly."""
    rubric = queries.rubric_with_rows(competition.rubric_id or 0)
    severities = _severities(panel, rng)
    judges = {judge.id: judge for judge in panel}
    quality = {}
    for team, group in entered:
        together = rng.gauss(0.2, 0.35)
        for row in rubric.rows:
            able = sum(student.ability(row.skill_code or "", begun) for student in group) / len(group)
            reach = able + together + rng.gauss(0, 0.2) - difficulty_of_level(row.level or 2)
            quality[team.id, row.id] = 100 / (1 + math.exp(-reach))
    for assignment in sorted(queries.assignments_in(competition.id), key=lambda row: (row.judge_id, row.team_id)):
        judge = judges[assignment.judge.person_id]
        given = {}
        for row in rubric.rows:
            points = quality[assignment.team_id, row.id] - severities[judge.id] + rng.gauss(0, SCATTER)
            comment = rng.choice(demo_contests.COMMENTS) if rng.random() < COMMENTED else ""
            given[row.id] = (Decimal(round(2 * min(100.0, max(0.0, points)))) / 2, comment)
        at = _at(begun + timedelta(days=rng.randrange(1, 11)), rng, last=22)
        judging.mark(assignment, rubric, judge, given, at)
        judging.finish(assignment, rubric, judge, at + timedelta(minutes=1))


def _severities(judges: Sequence[Person], rng: Random) -> dict[int, float]:
    """From the mildest to the strictest in even steps, in an order of chance."""
    steps = [STRICTEST * (2 * number / max(1, len(judges) - 1) - 1) for number in range(len(judges))]
    rng.shuffle(steps)
    return {judge.id: step for judge, step in zip(judges, steps, strict=True)}
