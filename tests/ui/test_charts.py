"""Charts say what the figures say."""

from math import inf

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from app.ui import charts, samples

ratios = st.floats(min_value=1e-6, max_value=1e6)


@given(ratios, ratios)
def test_a_larger_ratio_never_stands_further_left(one, other):
    smaller, larger = sorted((one, other))
    assert 0 <= charts.log_place(smaller) <= charts.log_place(larger) <= 100


@pytest.mark.parametrize(("value", "place"), [(0, 0), (0.25, 0), (0.5, 25), (1, 50), (2, 75), (4, 100), (inf, 100)])
def test_doubling_is_a_quarter_of_the_line(value, place):
    assert charts.log_place(value) == place


@pytest.mark.parametrize(
    ("low", "high", "call"),
    [
        (1.1, 2, "shortage"),
        (0.5, 0.9, "surplus"),
        (0.9, 1.1, "unsure"),
        (1.0, 2, "unsure"),
        (0.5, 1.0, "unsure"),
        (None, None, "unsure"),
    ],
)
def test_a_call_is_made_only_where_the_interval_leaves_one(low, high, call):
    assert charts.call_of(low, high) == call


def test_the_map_holds_each_of_the_34_units_once_and_no_two_in_one_place():
    places = {(column, line) for column, line, _zh, _en in charts.TILES.values()}
    assert len(charts.TILES) == len(places) == 34
    assert len({zh for _c, _l, zh, _en in charts.TILES.values()}) == 34


def test_a_withheld_figure_stays_withheld_on_the_map():
    spec = charts.tile_map(
        {"CN-SC": None, "CN-ZJ": 1.4},
        "t",
        {},
        calls={"CN-ZJ": "shortage", "CN-SC": "shortage"},
        words={"shortage": "short"},
    )
    rows = {row["code"]: row for row in spec["data"]["values"]}
    assert (rows["CN-SC"]["figure"], rows["CN-SC"]["call"], rows["CN-SC"]["value"]) == ("c", None, None)
    assert (rows["CN-ZJ"]["figure"], rows["CN-ZJ"]["word"]) == ("1.4", "short")
    assert rows["CN-XZ"]["figure"] == ""


@pytest.mark.parametrize(
    "spec",
    [
        charts.interval_chart([{"label": "a", "value": 9, "low": 0.1, "high": 20, "call": "unsure"}], "x", {}),
        charts.interval_chart([], "x", {}),
        charts.tile_map({"CN-ZJ": 3}, "t", {}),
        charts.tile_map(samples.TIGHTNESS, "t", {}, calls={"CN-ZJ": "shortage"}),
        charts.scatter(
            [{"label": "a", "sign": "1", "x": 0.5, "y": -0.1, "low": -0.4, "high": 0.2, "call": "shortage"}],
            "x",
            "y",
            {},
        ),
        charts.scatter([], "x", "y", {}, line=0.1),
        charts.time_series(samples.SERIES, "y"),
        charts.time_series([{"day": "2026-01-01", "value": 1}], "y"),
    ],
)
def test_every_picture_can_be_drawn(spec):
    assert vl_convert.vegalite_to_svg(spec).startswith("<svg")


def test_intervals_beyond_the_scale_are_cut_but_told_whole():
    spec = charts.interval_chart(
        [{"label": "a", "value": 9, "low": 0.1, "high": 20, "call": "unsure"}], "x", {"unsure": "?"}
    )
    row = spec["data"]["values"][0]
    assert (row["from"], row["at"], row["to"], row["interval"], row["word"]) == (0.25, 4.0, 4.0, "0.10–20.00", "?")


def test_a_sparkline_breaks_at_a_gap_and_survives_equal_values():
    assert charts.spark_path([1, None, 2], 10, 10) == ("M0.0 8.0M10.0 2.0", (10.0, 2.0))
    assert charts.spark_path([5, 5], 10, 10)[1] == (10.0, 5.0)
    assert charts.spark_path([]) == ("", None)
    assert charts.spark_path([None]) == ("", None)


@pytest.mark.parametrize(("value", "largest", "part"), [(5, 8, 62.5), (9, 8, 100), (-1, 8, 0), (1, 0, 0)])
def test_a_bar_stays_in_its_track(value, largest, part):
    assert charts.share_of(value, largest) == part
