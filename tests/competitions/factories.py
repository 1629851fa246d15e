"""Things of competitions that tests need: an open call, teams with members, judged entries. Override what matters."""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.accounts import services as people
from app.accounts.models import Organisation, Person, Role
from app.assessment.services.work import Criterion
from app.clock import today
from app.db import db, utcnow
from competitions import queries
from competitions.models import Competition, Team
from competitions.services import contests, judging, results, teams

CRITERIA = (
    Criterion("市场分析", "Market analysis", Decimal("0.6"), skill_code="MR01", level=3, descriptor_en="Sources."),
    Criterion("合规", "Compliance", Decimal("0.4"), skill_code="CC04", level=2),
)


def contest(cast: Any, *, opens: float = -10, closes: float = 5, opened: bool = True, **more: Any) -> Competition:
    """A competition of the cast's university; `opens` and `closes` are days from now."""
    now = utcnow()
    values = {
        "title_zh": "女鞋进巴西",
        "title_en": "Shoes to Brazil",
        "body_zh": "提交**一份**方案。",
        "body_en": "Hand in **one** plan.",
        "team_min": 1,
        "team_max": 3,
        "opens_at": now + timedelta(days=opens),
        "closes_at": now + timedelta(days=closes),
        **more,
    }
    made = contests.create(cast.university.id, contests.Call(**values), cast.coordinator.id)
    contests.set_rubric(made, CRITERIA)
    if opened:
        contests.open_competition(made, values["opens_at"] - timedelta(days=1), cast.coordinator.id)
    return made


def student(name: str, at: Organisation) -> Person:
    """A new student of a university."""
    person = people.create_person(f"{name.replace(' ', '-')}@students.example", name)
    people.join(person, at, Role.STUDENT, today() - timedelta(days=200))
    return person


def judge(name: str, at: Organisation) -> Person:
    """A new judge of an organisation."""
    person = people.create_person(f"{name.replace(' ', '-')}@judges.example", name)
    people.join(person, at, Role.JUDGE, today() - timedelta(days=200))
    return person


def team(of: Competition, name: str, captain: Person, at: Organisation, *others: Person) -> Team:
    """A team, entered an hour after the opening."""
    now = of.opens_at + timedelta(hours=1)
    made = teams.enter(of, name, captain, at.id, now)
    for other in others:
        teams.join(made, other, now)
    return made


def handed_in(of: Team, text: str = "# plan", at: datetime | None = None) -> Any:
    """What a team has handed in, two hours after the opening."""
    captain = db.session.get_one(Person, of.captain_id)
    at = at or of.competition.opens_at + timedelta(hours=2)
    return teams.hand_in(of, captain, io.BytesIO(text.encode()), "our-plan.md", "", at)


def university(slug: str) -> Organisation:
    """A university of nobody in the cast."""
    made = people.create_organisation(people.OrganisationKind.UNIVERSITY, slug, slug, slug=slug, region_code="CN-GD")
    made.verified_at = utcnow()
    return made


def closed(cast: Any, entries: int = 4, **more: Any) -> Competition:
    """A competition past its deadline, with entries of a university of their own and the cast's three judges."""
    made = contest(cast, opens=-20, closes=-10, **more)
    for number in range(1, entries + 1):
        home = cast.university if number == 1 else university(f"home-{number}")
        captain = cast.student if number == 1 else student(f"captain-{number}", home)
        handed_in(team(made, f"Team {number}", captain, home), f"# plan {number}")
    for person in cast.judges:
        judging.add_judge(made, person, made.opens_at, cast.coordinator.id)
    return made


def being_judged(cast: Any, entries: int = 4, **more: Any) -> Competition:
    """As `closed`, with every entry assigned and judging begun."""
    made = closed(cast, entries, **more)
    now = made.closes_at + timedelta(days=1)
    judging.assign(made, "seven", now, today(), cast.coordinator.id)
    judging.start(made, now, cast.coordinator.id)
    return made


def marked(of: Competition, severities: dict[int, int] | None = None) -> Competition:
    """Every entry marked by all its judges: 90 minus 7 a number, minus the judge's severity (by person)."""
    rubric = queries.rubric_with_rows(of.rubric_id)
    for assignment in queries.assignments_in(of.id):
        person = db.session.get_one(Person, assignment.judge.person_id)
        strict = (severities or {}).get(person.id, 0)
        number = assignment.team.number
        wobble = (number * 3 + assignment.judge_id) % 4
        given = {row.id: (Decimal(90 - 7 * number - strict + wobble), f"to {number}") for row in rubric.rows}
        now = of.closes_at + timedelta(days=2)
        judging.mark(assignment, rubric, person, given, now)
        judging.finish(assignment, rubric, person, now)
    return of


def published(cast: Any, entries: int = 4, severities: dict[int, int] | None = None, **more: Any) -> Competition:
    """A competition with its ranking."""
    made = marked(being_judged(cast, entries, **more), severities)
    results.publish(made, made.closes_at + timedelta(days=3), cast.coordinator.id)
    return made
