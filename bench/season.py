"""`python -m bench --season`: a whole match season in a database of its own, from the tables to the shown result.

Seconds of one run on one machine: they say whether it can be done, not how fast another machine is.
"""

import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.accounts.models import Membership, Organisation, OrganisationKind, Person, Role, StudentProfile
from app.clock import today
from app.db import analyse, db, utcnow
from app.reference import services as reference
from app.reference.models import Skill
from app.skills.models import SkillEstimate
from bench.matching import SEED, drawn
from bench.world import World, postgres
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Part,
    PayPeriod,
    Placement,
    Posting,
    PostingSkill,
    PostingStatus,
    RankedBy,
    RoundPosting,
)
from internships.services import explanations, rounds, season_files, season_runs
from tools.steps import say

ROWS_AT_ONCE = 50_000
UNIVERSITIES, EVIDENCE = 40, 6
MAJORS = ("国际贸易", "电子商务", "物流管理", "关务", "商务英语")


def season(students: int, postings: int, choices: int, *, on_postgresql: bool) -> None:
    """Make the season, run it, and print what each step took."""
    with tempfile.TemporaryDirectory(prefix="yangfan-season-") as folder:
        if not on_postgresql:
            _season(World(1, f"sqlite:///{Path(folder) / 'season.db'}", Path(folder)), students, postings, choices)
            return
        with postgres().server() as sockets:
            url = postgres().create(sockets, "season")
            _season(World(1, url, Path(folder)), students, postings, choices)


def _season(world: World, students: int, postings: int, choices: int) -> None:
    with world.app().app_context():
        db.create_all()
        reference.load()
        db.session.commit()
        with _timed("planting"):
            round_id = _plant(students, postings, choices)
        match_round = db.session.get_one(MatchRound, round_id)
        with _timed("settling"):
            season_runs.begin(match_round, by=None, now=utcnow())
            db.session.commit()
        started = at = _now()
        season_runs.read_only()

        def step(name: str) -> None:
            nonlocal at
            say(f"      … {_since(at)}; {name}")
            at = _now()

        inputs, result, counts = season_runs.attempt(match_round, today(), step)
        db.session.rollback()
        step("keeping")
        season_runs.settle(match_round, inputs, result, counts, now=utcnow())
        db.session.commit()
        step("showing")
        season_runs.release(match_round, now=utcnow())
        db.session.commit()
        step("shown")
        print(f"from the tables to the shown result: {_since(started)}")
        print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        size = sum(season_files.path_of(name).stat().st_size for name in _digests(match_round))
        print(f"files: {size / 1e6:.0f} MB; {counts}")
        with _timed("replay"):
            print(season_runs.replay(match_round))
        placed = db.session.scalar(sa.select(sa.func.count()).select_from(Placement))
        left = db.session.scalar(
            sa.select(sa.func.count()).select_from(Application).where(Application.status == ApplicationStatus.OPEN)
        )
        print(f"placements: {placed}; applications without an answer: {left}")
        some = list(db.session.scalars(sa.select(Application).order_by(Application.id.desc()).limit(choices)))
        with _timed("one student's explanations"):
            explanations.add_to(some)
        print(some[0].outcome)


def _digests(match_round: MatchRound) -> tuple[str, str]:
    return match_round.inputs_sha256, match_round.result_sha256


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begin: tuple[float, float]) -> str:
    """Seconds by the wall, and of this process; they differ where others use the machine, or the disk is waited for."""
    return f"{time.perf_counter() - begin[0]:.2f} s, {time.process_time() - begin[1]:.2f} s of the processor"


@contextmanager
def _timed(what: str) -> Iterator[None]:
    begin = _now()
    yield
    say(f"{what}: {_since(begin)}")


def _insert(model: Any, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(dict(zip(names, row, strict=True)))
        if len(part) == ROWS_AT_ONCE:
            db.session.execute(sa.insert(model), part)
            part = []
    if part:
        db.session.execute(sa.insert(model), part)
    db.session.flush()


def _plant(students: int, postings: int, choices: int) -> int:
    rng, day, now = np.random.default_rng(SEED), today(), utcnow()
    lists = drawn(students, postings, choices)
    skills = list(db.session.scalars(sa.select(Skill.code).order_by(Skill.code)))
    names = ["id", "slug", "kind", "name_zh", "name_en", "created_at"]
    kinds = [OrganisationKind.UNIVERSITY] * UNIVERSITIES + [OrganisationKind.ENTERPRISE]
    made = ((n, f"o{n}", kind, f"机构{n}", "", now) for n, kind in enumerate(kinds, start=1))
    _insert(Organisation, names, made)
    people = range(1, students + 1)
    _insert(
        Person,
        ["id", "email", "name", "password_hash", "created_at"],
        ((n, f"s{n}@bench.example", f"学生{n}", "", now) for n in people),
    )
    _insert(
        Membership,
        ["person_id", "organisation_id", "role", "joined_on"],
        ((n, 1 + n % UNIVERSITIES, Role.STUDENT, day - timedelta(days=500)) for n in people),
    )
    years = rng.integers(1, 5, students).tolist()
    _insert(
        StudentProfile,
        ["person_id", "major", "year", "graduates_on", "birth_month", "about"],
        (
            (n, MAJORS[n % 5], max(2, years[n - 1]) if n % 50 else 1, day + timedelta(days=700), date(2005, 3, 1), "")
            for n in people
        ),
    )
    _insert(Posting, *_postings(lists.capacity.tolist(), day, now))
    kinds_of = rng.integers(0, len(skills), (postings, 3))
    levels = rng.integers(1, 4, (postings, 3))
    needs = (
        (n + 1, skills[code], int(level), 1)
        for n in range(postings)
        for code, level in dict(zip(kinds_of[n].tolist(), levels[n].tolist(), strict=True)).items()
    )
    _insert(PostingSkill, ["posting_id", "skill_code", "level", "weight"], needs)
    shown = rng.integers(0, len(skills), (students, EVIDENCE))
    means = np.round(rng.normal(0, 1, (students, EVIDENCE)), 1)
    estimates = (
        (n + 1, skills[code], mean, 0.5, 0, 5, now, day)
        for n in range(students)
        for code, mean in dict(zip(shown[n].tolist(), means[n].tolist(), strict=True)).items()
    )
    columns = ["person_id", "skill_code", "mean", "sd", "shown", "rows", "newest_at", "as_of"]
    _insert(SkillEstimate, columns, estimates)
    university = db.session.get_one(Organisation, 1)
    match_round = rounds.create(
        university, "全国实习匹配", "", now - timedelta(days=9), now - timedelta(days=1), by=None
    )
    db.session.flush()
    round_id = match_round.id
    parts = ((round_id, n, Part.JOINED, now) for n in range(1, postings + 1))
    _insert(RoundPosting, ["round_id", "posting_id", "part", "asked_at"], parts)
    owner = np.repeat(np.arange(1, students + 1), np.diff(lists.offsets)).tolist()
    place = (np.arange(len(owner)) - np.repeat(lists.offsets[:-1], np.diff(lists.offsets)) + 1).tolist()
    hand = rng.integers(0, 40, len(owner)).tolist()
    applied = (
        (posting + 1, student, ApplicationStatus.OPEN, rank, number or None, now, "", {})
        for posting, student, rank, number in zip(lists.chosen.tolist(), owner, place, hand, strict=True)
    )
    columns = [
        "posting_id",
        "student_id",
        "status",
        "student_rank",
        "posting_rank",
        "applied_at",
        "statement",
        "outcome",
    ]
    _insert(Application, columns, applied)
    db.session.commit()
    analyse()
    db.session.commit()
    return round_id


def _postings(seats: list[int], day: date, now: Any) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    ranked = (RankedBy.FIT, RankedBy.HAND, RankedBy.BOTH)
    values = {
        "organisation_id": UNIVERSITIES + 1,
        "title_zh": "实习生",
        "city_zh": "温州",
        "region_code": "CN-ZJ",
        "seats_filled": 0,
        "pay": 100,
        "pay_period": PayPeriod.DAY,
        "starts_on": day + timedelta(days=40),
        "ends_on": day + timedelta(days=130),
        "opens_on": day - timedelta(days=40),
        "closes_on": day + timedelta(days=10),
        "status": PostingStatus.PUBLISHED,
        "created_at": now,
        "min_year": 2,
    }
    names = ["id", "seats", "ranked_by", *values]
    return names, ((n, seat, ranked[n % 3], *values.values()) for n, seat in enumerate(seats, start=1))
