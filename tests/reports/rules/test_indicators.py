"""What the gap figures mean: places are counted once, intervals are honest, a call is never made lightly."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules.indicators import (
    Ask,
    Call,
    Ratio,
    Sides,
    benjamini_hochberg,
    call,
    counted_once,
    effective_number,
    location_quotient,
    p_value,
    published_effective,
    relative_demand,
    sides,
    significant,
    tightness,
)

counts = st.integers(1, 4000).map(lambda n: 5 * n)
LISTING = Ask(1, 7, "listing clerk", "330300", "CN-ZJ", "WZ-SHOE", "ST01", 2, 6)


def test_the_same_advertisement_counts_once_with_the_larger_seats():
    again = replace(LISTING, posting=2, seats=9, level=3)
    assert [ask.seats for ask in counted_once([LISTING, again], "ST01", 2)] == [9]
    assert [ask.seats for ask in counted_once([LISTING, again], "ST01", 3)] == [9]
    assert counted_once([LISTING, again], "ST01", 4) == []


@pytest.mark.parametrize("change", [{"employer": 8}, {"title_key": "buyer"}, {"city": "330100"}])
def test_another_employer_title_or_city_is_another_advertisement(change):
    assert len(counted_once([LISTING, replace(LISTING, posting=2, **change)], "ST01", 1)) == 2


def test_a_repeated_advertisement_belongs_to_one_cluster_at_every_level():
    small = replace(LISTING, posting=2, cluster="YW-GOODS", seats=2, level=4)
    assert [ask.cluster for level in (1, 4) for ask in counted_once([LISTING, small], "ST01", level)] == ["WZ-SHOE"] * 2


def test_one_large_advertisement_is_worth_one():
    assert effective_number(100, 100**2) == 1.0
    assert effective_number(100, 100) == 100.0
    assert effective_number(0, 0) == 0.0
    assert published_effective(100, 100**2) == 1
    assert published_effective(49, 49) == 49
    assert published_effective(30, 180) == 5


def test_tightness_is_places_per_able_person_with_the_published_interval():
    ratio = tightness(120, 40, 20)
    width = 1.959963984540054 * math.sqrt(1 / 20 + 1 / 40 + 25 / 12 * (1 / 120**2 + 1 / 40**2))
    assert ratio == Ratio(3.0, significant(3 / math.exp(width)), significant(3 * math.exp(width)))
    assert call(ratio) is Call.SHORTAGE
    assert call(tightness(40, 120, 20)) is Call.SURPLUS
    assert call(tightness(45, 40, 20)) is Call.CANNOT_TELL


def test_without_places_or_without_able_people_nobody_can_tell():
    assert tightness(0, 40, 1) is None
    assert tightness(40, 0, 5) is None
    assert call(None) is Call.CANNOT_TELL


@given(counts, counts, st.integers(1, 500))
def test_the_interval_holds_the_ratio_and_narrows_with_more_postings(demand, supply, effective):
    ratio, surer = tightness(demand, supply, effective), tightness(demand, supply, effective + 5)
    assert ratio.low <= ratio.value <= ratio.high
    assert ratio.low <= surer.low
    assert surer.high <= ratio.high


@given(counts, counts, st.integers(1, 500))
def test_a_call_follows_from_the_printed_bounds_alone(demand, supply, effective):
    ratio = tightness(demand, supply, effective)
    said = call(ratio)
    assert (said is Call.SHORTAGE) == (ratio.low > 1)
    assert (said is Call.SURPLUS) == (ratio.high < 1)


def test_where_places_and_people_balance_about_one_call_in_twenty_is_false():
    chance = np.random.default_rng(20)
    false, trials = 0, 4000
    for _ in range(trials):
        seats = chance.integers(1, 9, chance.poisson(60))
        people = chance.poisson(60 * 4.5 / 0.6)
        supply = 5 * round(people * 0.6 / 5)
        demand = 5 * round(int(seats.sum()) / 5)
        effective = published_effective(int(seats.sum()), int((seats**2).sum()))
        false += call(tightness(demand, supply, effective)) is not Call.CANNOT_TELL
    assert 0.01 < false / trials < 0.06


def test_relative_demand_is_a_ratio_of_shares_with_katz_error():
    ratio = relative_demand(asking=30, places=100, effective=50, able=60, people=400)
    error = math.sqrt(0.7 / (50 * 0.3) + 0.85 / (400 * 0.15))
    assert ratio.value == 2.0
    assert ratio.high == significant(2 * math.exp(1.959963984540054 * error))
    assert relative_demand(0, 100, 50, 60, 400) is None
    assert relative_demand(30, 100, 50, 60, 0) is None


def test_a_location_quotient_above_one_means_more_than_elsewhere():
    assert location_quotient(20, 100, 50, 1000) == 4.0
    assert location_quotient(0, 100, 50, 1000) == 0.0
    assert location_quotient(20, 0, 50, 1000) is None


def test_benjamini_hochberg_on_the_example_of_their_paper():
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert benjamini_hochberg(p) == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0.0, 1.0), max_size=40), st.randoms(use_true_random=False))
def test_fewer_are_called_than_one_by_one_and_the_order_is_of_no_account(p_values, chance):
    rejected = benjamini_hochberg(p_values)
    assert all(p <= 0.05 for p, no in zip(p_values, rejected, strict=True) if no)
    order = list(range(len(p_values)))
    chance.shuffle(order)
    assert benjamini_hochberg([p_values[i] for i in order]) == [rejected[i] for i in order]
    if p_values and min(p_values) <= 0.05 / len(p_values):
        assert any(rejected)


def test_a_headline_counts_fewer_shortages_than_the_page_calls():
    barely = Ratio(1.5, 1.01, 2.228)
    assert p_value(barely) == pytest.approx(0.0445, abs=0.001)
    assert sides([barely]) == Sides(1, 0, 0)
    assert sides([barely] + [Ratio(1.0, 0.6, 1.667)] * 9) == Sides(0, 0, 10)
    assert sides([Ratio(0.2, 0.1, 0.4), Ratio(5.0, 2.5, 10.0)]) == Sides(1, 1, 0)
