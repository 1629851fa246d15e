"""The cube that the engine computes is the cube counted by hand; a snapshot is whole or absent."""

from dataclasses import asdict, replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import cubes
from reports.rules.indicators import Ask
from reports.rules.publication import LEVELS, SOURCES
from tests.reports.rules.plain_cube import Able, plain_cube

# ibis 12 still calls a method that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

LI = Able(1, "CN-ZJ", "ST01", (990_000, 900_000, 300_000, 20_000), (8, 1, 0, 0, 2))
CLERK = Ask(1, 7, "listing clerk", "330300", "CN-ZJ", "WZ-SHOE", "ST01", 2, 6)


def supply_table(people):
    names = cubes.SUPPLY_SCHEMA.names
    rows = [(one.person, one.region, one.skill, *one.p, 1, *one.rows, one.available) for one in people]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=cubes.SUPPLY_SCHEMA)


def demand_table(asks):
    return pa.Table.from_pylist([asdict(ask) for ask in asks], schema=cubes.DEMAND_SCHEMA)


def snapshot(folder, people, asks):
    cubes.write_snapshot(folder, supply_table(people), demand_table(asks))
    return folder


people = st.lists(
    st.builds(
        Able,
        st.integers(1, 30),
        st.sampled_from(["CN-ZJ", "CN-FJ"]),
        st.sampled_from(["ST01", "EN02"]),
        st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4).map(lambda p: tuple(sorted(p, reverse=True))),
        st.tuples(*[st.integers(0, 9)] * len(SOURCES)).filter(any),
        st.booleans(),
    ),
    unique_by=lambda one: (one.person, one.skill),
    max_size=25,
)
advertisements = st.lists(
    st.builds(
        lambda posting, employer, title, place, skill, level, seats: Ask(
            posting, employer, title, *place, skill, level, seats
        ),
        st.integers(1, 40),
        st.integers(1, 4),
        st.sampled_from(["clerk", "buyer"]),
        st.sampled_from(
            [
                ("330300", "CN-ZJ", "WZ-SHOE"),
                ("330300", "CN-ZJ", "YW-GOODS"),
                ("330300", "CN-ZJ", ""),
                ("330300", "CN-FJ", ""),
                ("350500", "CN-FJ", "JJ-SHOE"),
            ]
        ),
        st.sampled_from(["ST01", "EN02"]),
        st.sampled_from(LEVELS),
        st.integers(1, 4),
    ),
    unique_by=lambda ask: (ask.posting, ask.skill),
    max_size=40,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, advertisements)
def test_the_engine_computes_the_cube_that_counting_by_hand_gives(tmp_path, supply, asks):
    assert cubes.read_cube(snapshot(tmp_path / "2026-11-30", supply, asks)) == plain_cube(supply, asks)


def test_one_person_and_one_posting_row_by_row(tmp_path):
    cube = cubes.read_cube(snapshot(tmp_path / "2026-11-30", [LI], [CLERK]))
    assert [(row.level, row.region, row.cluster, row.demand, row.supply) for row in cube] == [
        (1, "CN", "", 6, 990_000),
        (1, "CN-ZJ", "", 6, 990_000),
        (1, "CN-ZJ", "WZ-SHOE", 6, 0),
        (2, "CN", "", 6, 900_000),
        (2, "CN-ZJ", "", 6, 900_000),
        (2, "CN-ZJ", "WZ-SHOE", 6, 0),
        (3, "CN", "", 0, 300_000),
        (3, "CN-ZJ", "", 0, 300_000),
        (4, "CN", "", 0, 20_000),
        (4, "CN-ZJ", "", 0, 20_000),
    ]
    assert (cube[3].people, cube[3].able, cube[3].variance, cube[3].sources) == (1, 1, 90_000_000_000, (1, 1, 0, 0, 1))


def test_who_is_placed_or_gone_adds_nothing(tmp_path):
    assert cubes.read_cube(snapshot(tmp_path / "2026-11-30", [replace(LI, available=False)], [])) == []


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path):
    people = [replace(LI, person=n) for n in (3, 1, 2)]
    asks = [replace(CLERK, posting=n) for n in (2, 1)]
    one = snapshot(tmp_path / "2026-11-30", people, asks)
    other = snapshot(tmp_path / "2026-12-31", people[::-1], asks[::-1])
    assert [(one / name).read_bytes() for name in cubes.FILES] == [(other / name).read_bytes() for name in cubes.FILES]


def test_a_snapshot_taken_again_replaces_the_first_and_leaves_nothing_behind(tmp_path):
    snapshot(tmp_path / "cubes" / "2026-11-30", [LI], [CLERK])
    folder = snapshot(tmp_path / "cubes" / "2026-11-30", [LI, replace(LI, person=2)], [CLERK])
    assert pq.read_table(folder / "supply.parquet").num_rows == 2
    assert [path.name for path in folder.parent.iterdir()] == ["2026-11-30"]


def test_the_last_snapshot_on_or_before_a_day_is_taken(tmp_path):
    for day in ("2026-09-30", "2026-10-31"):
        snapshot(tmp_path / day, [LI], [CLERK])
    (tmp_path / "2026-10-15").mkdir()
    (tmp_path / "notes").mkdir()
    assert cubes.snapshot_on_or_before(tmp_path, date(2026, 10, 31)) == tmp_path / "2026-10-31"
    assert cubes.snapshot_on_or_before(tmp_path, date(2026, 10, 30)) == tmp_path / "2026-09-30"
    assert cubes.snapshot_on_or_before(tmp_path, date(2026, 9, 29)) is None
    assert cubes.snapshot_on_or_before(tmp_path / "nowhere", date(2026, 9, 29)) is None


@pytest.mark.parametrize(
    ("people", "asks", "reason"),
    [
        ([replace(LI, p=(1_000_001, 0, 0, 0))], [], "p1"),
        ([LI, LI], [], "two rows"),
        ([LI, replace(LI, person=2, rows=(0, 0, 0, 0, 0))], [], "no row of any source"),
        ([], [replace(CLERK, level=5)], "level"),
        ([], [replace(CLERK, seats=0)], "seats"),
        ([], [CLERK, replace(CLERK, posting=2, region="CN-FJ")], "two regions"),
    ],
)
def test_a_snapshot_that_cannot_be_right_is_not_written(tmp_path, people, asks, reason):
    with pytest.raises(ValueError, match=reason):
        snapshot(tmp_path / "2026-11-30", people, asks)
    assert list(tmp_path.iterdir()) == []


def test_missing_columns_and_values_are_named(tmp_path):
    with pytest.raises(ValueError, match="columns missing: region"):
        cubes.write_snapshot(tmp_path / "2026-11-30", supply_table([LI]).drop_columns("region"), demand_table([]))
    hole = supply_table([LI]).set_column(1, "region", pa.array([None], pa.string()))
    with pytest.raises(ValueError, match="values missing in: region"):
        cubes.write_snapshot(tmp_path / "2026-11-30", hole, demand_table([]))
