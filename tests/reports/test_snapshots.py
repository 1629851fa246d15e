"""A snapshot counts what was open and shown on its day, and the door prints it."""

import json
import shutil
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.clock import today
from app.db import utcnow
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from reports import services


@pytest.fixture
def folder(app, db, cast):
    """Where snapshots go; gone after the test."""
    yield services.cubes_folder()
    shutil.rmtree(services.cubes_folder(), ignore_errors=True)


@pytest.fixture
def shown(db, cast):
    """The student has answered ten questions in one skill."""
    skills.record_evidence(
        [
            skills.Observation(
                f"test:{n}", cast.student.id, "CC02", SourceKind.QUIZ_ITEM, n, Decimal(1), 2, AssessorKind.MACHINE,
                utcnow() - timedelta(days=3), cast.university.id, None, guess_floor=Decimal("0.25"),
            )
            for n in range(10)
        ],
        as_of=today(),
    )  # fmt: skip


def test_supply_holds_each_person_and_skill_once(folder, shown, cast):
    (row,) = services.supply_table(today()).to_pylist()
    assert (row["person"], row["region"], row["skill"], row["rows_machine"]) == (cast.student.id, "CN-ZJ", "CC02", 10)
    assert row["p1"] >= row["p2"] >= row["p3"] >= row["p4"]


def test_what_was_shown_later_is_not_in_an_earlier_snapshot(folder, shown):
    assert services.supply_table(today() - timedelta(days=10)).num_rows == 0


def test_taken_twice_a_snapshot_is_the_same_to_the_byte(folder, shown):
    def files():
        services.take_snapshot(today())
        return {path.name: path.read_bytes() for path in sorted((folder / today().isoformat()).iterdir())}

    assert files() == files()


def gap(app, *options):
    return app.test_cli_runner().invoke(args=["reports", "gap", *options])


def test_the_door_prints_the_published_rows(app, figures):
    printed = gap(app, "--region", "330000", "--skill", "CC02", "--format", "json")
    assert printed.exit_code == 0
    row = next(row for row in json.loads(printed.stdout) if row["level"] == 2 and not row["cluster"])
    assert (row["region"], row["demand"], row["supply"], row["call"]) == ("CN-ZJ", 150, 25, "shortage")


def test_the_door_hides_what_the_page_hides(app, figures):
    printed = gap(app, "--region", "CN-FJ", "--skill", "CC02")
    head, *rows = printed.stdout.splitlines()
    assert head == "skill,level,region,cluster,demand,demand_symbol,supply,symbol,tightness,low,high,call"
    assert "CC02,2,CN-FJ,,,c,,c,,,," in rows


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--region", "CN-XX"], "--region"),
        (["--cluster", "NOWHERE"], "--cluster"),
        (["--skill", "XX99"], "--skill"),
        (["--as-of", "yesterday"], "--as-of"),
        (["--as-of", "2001-01-01"], "no snapshot"),
        (["--format", "xml"], "--format"),
    ],
)
def test_the_door_refuses_what_it_does_not_know(app, figures, options, reason):
    refused = gap(app, *options)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert reason in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_as_of_a_day_takes_the_snapshot_before_it(app, figures):
    later = (date.fromisoformat(today().isoformat()) + timedelta(days=40)).isoformat()
    assert gap(app, "--as-of", later).exit_code == 0
