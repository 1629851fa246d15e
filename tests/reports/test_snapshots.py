"""A snapshot counts what was open and shown on its day, and the door prints it."""

import json
import re
import shutil
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import jobs
from app.clock import today
from app.db import utcnow
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from reports import services, tasks
from reports.figures import plain
from reports.rules.disclosure import Status
from reports.rules.indicators import significant, tightness
from reports.rules.publication import Audit, Figure, HiddenCell, Publication


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
    assert (row["tightness"], row["demand_effective"]) == (6.0, 30)
    ratio = tightness(row["demand"], row["supply"], row["demand_effective"])
    assert (row["low"], row["high"]) == (ratio.low, ratio.high)


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
        (["--as-of", "2001-01-01"], "--as-of: there is no snapshot on or before 2001-01-01"),
        (["--region", "CN-FJ", "--cluster", "WZ-SHOE"], "the rows of WZ-SHOE are those of region CN-ZJ, not CN-FJ"),
        (["--region", "CN", "--cluster", "WZ-SHOE"], "not CN"),
        (["--format", "xml"], "--format"),
    ],
)
def test_the_door_refuses_what_it_does_not_know(app, figures, options, reason):
    refused = gap(app, *options)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert reason in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_cluster_within_its_region_is_printed_alone(app, figures):
    rows = gap(app, "--region", "330000", "--cluster", "WZ-SHOE", "--skill", "CC02").stdout.splitlines()[1:]
    assert {row.split(",")[3] for row in rows} == {"WZ-SHOE"}


def test_without_demand_tightness_is_0_and_without_supply_there_is_none(app, figures):
    def rows(skill, level):
        printed = gap(app, "--skill", skill, "--format", "json")
        return {(r["region"], r["cluster"]): r for r in json.loads(printed.stdout) if r["level"] == level}

    assert "CC02,3,CN,,0,,15,,0,,,cannot tell" in gap(app, "--skill", "CC02").stdout.splitlines()
    nobody = rows("CC02", 3)["CN", ""]
    assert (nobody["demand"], nobody["tightness"], nobody["low"], nobody["call"]) == (0, 0.0, None, "cannot tell")
    asked = rows("LG05", 2)["CN-GD", ""]
    assert (asked["demand"], asked["supply"], asked["tightness"], asked["call"]) == (30, 0, None, "cannot tell")


@pytest.mark.parametrize(
    ("value", "printed"),
    [(12345.6, "12350"), (1e4, "10000"), (0.00123449, "0.001234"), (0.00001, "0.00001"), (6.0, "6"), (0.0, "0")],
)
def test_ratios_are_printed_to_four_digits_and_never_with_an_exponent(value, printed):
    assert plain(value) == printed


@given(st.floats(1e-9, 1e9))
def test_a_printed_ratio_is_the_published_ratio(value):
    assert re.fullmatch(r"\d+(\.\d*[1-9])?", plain(value))
    assert float(plain(value)) == significant(value)


@pytest.mark.parametrize("option", [[], ["--as-of", "2026-11-01"]])
def test_before_the_first_snapshot_the_door_says_what_takes_one(app, db, cast, option):
    refused = gap(app, *option)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "there is no snapshot yet: `flask reports snapshot` takes one" in refused.stderr
    assert "--as-of" not in refused.stderr


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_snapshot_that_would_give_a_hidden_count_away_is_not_published(app, folder, shown, monkeypatch):
    services.take_snapshot(today())
    before = bytes_of(folder / today().isoformat())
    cell = HiddenCell(Figure.ABLE, "CC02", 2, "CN-ZJ", "", Status.PRIMARY, 1.0, 2.0)
    monkeypatch.setattr(services, "publish", lambda *_: Publication((), Audit((cell,), (cell,))))
    with pytest.raises(services.Unprotected, match="first able of CC02 in CN-ZJ"):
        services.take_snapshot(today())
    assert bytes_of(folder / today().isoformat()) == before
    assert [path.name for path in folder.iterdir()] == [today().isoformat()]
    refused = app.test_cli_runner().invoke(args=["reports", "snapshot"])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.strip().endswith("worked out from the rest (1, first able of CC02 in CN-ZJ)")
    assert len(refused.stderr.strip().splitlines()) == 1


def test_the_job_of_a_snapshot_that_is_not_published_says_so(app, db, folder, shown, monkeypatch):
    cell = HiddenCell(Figure.SUPPLY, "CC02", 2, "CN-ZJ", "", Status.PRIMARY, 1.0, 2.0)
    monkeypatch.setattr(services, "publish", lambda *_: Publication((), Audit((cell,), (cell,))))
    job = jobs.enqueue(tasks.SNAPSHOT, {})
    db.session.commit()
    number = job.id
    jobs.run_due()
    failed = db.session.get_one(jobs.Job, number)
    assert failed.status is jobs.JobStatus.FAILED
    assert "is not published, and the figures before it stay" in failed.error


def test_as_of_a_day_takes_the_snapshot_before_it(app, figures):
    later = (date.fromisoformat(today().isoformat()) + timedelta(days=40)).isoformat()
    assert gap(app, "--as-of", later).exit_code == 0


def test_a_posting_at_odds_with_its_cluster_counts_in_the_clusters_province(folder, db, cast):
    from internships.models import Posting, PostingSkill, PostingStatus

    day = today()
    for number, region in enumerate(("CN-ZJ", "CN-GD")):
        posting = Posting(
            organisation_id=cast.enterprise.id, status=PostingStatus.PUBLISHED, title_zh=f"实习{number}", body_zh="x",
            city_zh="温州", region_code=region, cluster_code="WZ-SHOE", seats=2, pay=100, opens_on=day, closes_on=day,
            starts_on=day, ends_on=day + timedelta(days=30), published_at=utcnow(), created_at=utcnow(), majors=[],
        )  # fmt: skip
        posting.skills = [PostingSkill(skill_code="CC02", level=2, weight=1)]
        db.session.add(posting)
    db.session.commit()
    rows = services.demand_table(day).to_pylist()
    assert [(row["cluster"], row["region"]) for row in rows] == [("WZ-SHOE", "CN-ZJ")] * 2
    services.take_snapshot(day)
