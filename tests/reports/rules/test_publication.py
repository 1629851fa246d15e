"""What officials read: hidden before rounded, ratios from what is printed, nothing to be worked out from the rest."""

import math
import random
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reports.rules.disclosure import Status
from reports.rules.indicators import Ask, Call, significant
from reports.rules.publication import LEVELS, NATION, CubeRow, Figure, headline, publish
from tests.reports.rules.plain_cube import Able, plain_cube

CLUSTERS = {"WZ-SHOE": "CN-ZJ", "YW-GOODS": "CN-ZJ", "JJ-SHOE": "CN-FJ"}
SURE, UNSURE = (1_000_000, 1_000_000, 900_000, 100_000), (700_000, 300_000, 50_000, 10_000)


def crowd(region, count, p=SURE, *, skill="ST01"):
    return [Able(person, region, skill, p) for person in range(count)]


def ask(posting, employer, region, seats, *, cluster="", level=2, skill="ST01"):
    return Ask(posting, employer, f"title {posting}", region, region, cluster, skill, level, seats)


def published(people, asks, clusters=None):
    return publish(plain_cube(people, asks), clusters)


def row_of(publication, region, level, cluster=""):
    (row,) = [r for r in publication.rows if (r.region, r.cluster, r.level) == (region, cluster, level)]
    return row


def many_asks(region, seats, *, first=0, cluster=""):
    return [ask(first + n, first + n, region, w, cluster=cluster) for n, w in enumerate(seats)]


def test_a_shortage_is_printed_with_its_interval_and_its_inputs():
    result = published(crowd("CN-ZJ", 31), many_asks("CN-ZJ", [6] * 41))
    row = row_of(result, "CN-ZJ", 2)
    assert (row.demand, row.supply, row.demand_symbol, row.symbol) == (245, 30, "", "")
    assert (row.tightness, row.effective, row.people, row.able) == (significant(245 / 30), 41, 30, 30)
    assert row.low > 1
    assert row.call == "shortage"
    assert row.sources == {"machine": 30, "peer": 0, "teacher": 0, "judge": 0, "employer": 0}


def test_nine_people_are_hidden_at_every_level_and_ten_are_not():
    nine = published(crowd("CN-ZJ", 9) + crowd("CN-FJ", 9) + crowd("CN-GD", 40), [])
    for level in LEVELS:
        row = row_of(nine, "CN-ZJ", level)
        assert (row.supply, row.symbol, row.people, row.able, row.sources, row.call) == (
            None,
            "c",
            None,
            None,
            None,
            "",
        )
    ten = row_of(published(crowd("CN-ZJ", 10), []), "CN-ZJ", 2)
    assert (ten.supply, ten.symbol, ten.people) == (10, "", 10)


def test_few_able_among_many_people_are_hidden():
    row = row_of(published(crowd("CN-ZJ", 30, UNSURE), []), "CN-ZJ", 2)
    assert (row.supply, row.symbol, row.people) == (None, "c", 30)


def test_two_employers_are_hidden_and_so_is_one_that_outweighs_the_rest():
    people = crowd("CN-ZJ", 40)
    for seats in ([30, 30], [90, 5, 5]):
        row = row_of(published(people, many_asks("CN-ZJ", seats)), "CN-ZJ", 2)
        assert (row.demand, row.demand_symbol, row.supply, row.symbol) == (None, "c", 40, "")
        assert (row.tightness, row.low, row.high, row.call, row.effective) == (None, None, None, "", None)
    assert row_of(published(people, many_asks("CN-ZJ", [30, 30, 30])), "CN-ZJ", 2).demand == 90


def test_a_true_zero_stays_zero_and_nobody_can_tell():
    row = row_of(published(crowd("CN-ZJ", 40), []), "CN-ZJ", 2)
    assert (row.demand, row.demand_symbol, row.tightness, row.call) == (0, "", None, "cannot tell")
    row = row_of(published([], many_asks("CN-ZJ", [5, 5, 5])), "CN-ZJ", 2)
    assert (row.supply, row.symbol, row.call) == (0, "", "cannot tell")


def test_there_is_no_row_without_demand_and_without_evidence():
    result = published(crowd("CN-ZJ", 40), many_asks("CN-FJ", [5, 5, 5]), CLUSTERS)
    places = {(row.region, row.cluster) for row in result.rows if row.level == 4}
    assert places == {(NATION, ""), ("CN-ZJ", ""), ("CN-ZJ", "WZ-SHOE"), ("CN-ZJ", "YW-GOODS")}


def test_a_cluster_repeats_the_people_of_its_province_hidden_or_not():
    asks = many_asks("CN-ZJ", [5] * 6, cluster="WZ-SHOE")
    for people in (crowd("CN-ZJ", 40), crowd("CN-ZJ", 4)):
        result = published(people, asks, CLUSTERS)
        home = row_of(result, "CN-ZJ", 2)
        for cluster in ("WZ-SHOE", "YW-GOODS"):
            row = row_of(result, "CN-ZJ", 2, cluster)
            assert (row.supply, row.symbol, row.people) == (home.supply, home.symbol, home.people)
        assert row_of(result, "CN-ZJ", 2, "YW-GOODS").demand == 0


def test_the_audit_lists_every_hidden_cell_once():
    result = published(crowd("CN-ZJ", 4) + crowd("CN-FJ", 40), many_asks("CN-ZJ", [5]), CLUSTERS)
    cells = [(c.figure, c.level, c.region, c.cluster) for c in result.audit.hidden]
    assert len(cells) == len(set(cells))
    shown_c = {(Figure.DEMAND, r.level, r.region, r.cluster) for r in result.rows if r.demand_symbol == "c"}
    shown_c |= {(Figure.SUPPLY, r.level, r.region, "") for r in result.rows if r.symbol == "c"}
    shown_c |= {(Figure.PEOPLE, 0, r.region, "") for r in result.rows if r.people is None}
    assert set(cells) == shown_c
    assert result.audit.exposed == ()
    assert any(c.status is Status.SECONDARY for c in result.audit.hidden)


def test_a_headline_is_counted_from_what_is_printed():
    result = published(crowd("CN-ZJ", 31), many_asks("CN-ZJ", [6] * 41))
    counted = headline(row for row in result.rows if row.region == NATION)
    assert (counted.shortage, counted.surplus, counted.cannot_tell) == (2, 0, 0)


def test_rows_that_do_not_add_up_are_refused():
    lone = CubeRow("ST01", 1, "CN-ZJ", demand=20, employers=4, largest=5, second=5)
    with pytest.raises(ValueError, match="sum"):
        publish([lone])
    with pytest.raises(ValueError, match="two rows"):
        publish([lone, lone])


# ---- laws over invented worlds

regions = st.sampled_from(["CN-ZJ", "CN-FJ", "CN-GD", "CN-HI"])
chances = st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4).map(lambda p: tuple(sorted(p, reverse=True)))
crowds = st.lists(st.tuples(regions, st.integers(1, 40), chances), max_size=7).map(
    lambda groups: [Able(0, region, "ST01", p) for region, count, p in groups for _ in range(count)]
)
one_ask = st.builds(
    lambda employer, title, place, level, seats: Ask(
        0, employer, f"t{title}", place[0], place[0], place[1], "ST01", level, seats
    ),
    st.integers(1, 9),
    st.integers(1, 2),
    st.one_of(st.tuples(regions, st.just("")), st.sampled_from([(home, name) for name, home in CLUSTERS.items()])),
    st.sampled_from(LEVELS),
    st.integers(1, 12),
)
advertisements = st.lists(one_ask, max_size=40)


class Attacker:
    """Knows every printed count to the last unit, all sums and orders, and what each kind of hiding means."""

    def __init__(self):
        self.names, self.bounds, self.sums, self.orders = {}, [], [], []

    def learn(self, name, low, high):
        self.names[name] = len(self.bounds)
        self.bounds.append((low, high))

    def interval(self, name):
        size = len(self.bounds)
        equal, above = np.zeros((len(self.sums), size)), np.zeros((len(self.orders) + 1, size))
        for row, (total, parts) in enumerate(self.sums):
            equal[row, self.names[total]] = -1
            equal[row, [self.names[part] for part in parts]] = 1
        for row, (upper, lower) in enumerate(self.orders):
            above[row, self.names[upper]], above[row, self.names[lower]] = -1, 1
        ends = []
        for side in (1, -1):
            goal = np.zeros(size)
            goal[self.names[name]] = side
            answer = linprog(goal, above, np.zeros(len(above)), equal, np.zeros(len(equal)), self.bounds)
            assert answer.status in (0, 3), answer.message
            ends.append(side * answer.fun if answer.status == 0 else math.inf)
        return tuple(ends)


def attacker_of_supply(cube, result):
    attacker, hidden = Attacker(), {}
    truth = {(r.region, r.level): r for r in cube if not r.cluster}
    places = sorted({region for region, _ in truth})
    for region in places:
        for level in (0, *LEVELS):
            row = truth.get((region, max(level, 1)), CubeRow("ST01", level, region))
            value = row.supply / 1e6 if level else row.people
            seen = row_of(result, region, max(level, 1)) if row.people else row
            if (seen.supply if level else seen.people) is not None:
                attacker.learn((region, level), value, value)
                continue
            is_primary = row.people < 10 or 0 < value < 10
            attacker.learn((region, level), *(((0, 10) if level else (1, 9)) if is_primary else (10, None)))
            hidden[region, level] = 3
        attacker.orders += [((region, level - 1), (region, level)) for level in LEVELS]
    for level in (0, *LEVELS):
        attacker.sums.append(((NATION, level), [(region, level) for region in places if region != NATION]))
    return attacker, hidden


def attacker_of_demand(cube, result):
    attacker, hidden = Attacker(), {}
    truth = {(r.region, r.cluster, r.level): r for r in cube}
    places = sorted({(region, cluster) for region, cluster, _ in truth})
    seen = {(r.region, r.cluster, r.level): r for r in result.rows}
    for place in places:
        for level in LEVELS:
            row = truth.get((*place, level), CubeRow("ST01", level, *place))
            if row.demand == 0 or seen[*place, level].demand is not None:
                attacker.learn((*place, level), row.demand, row.demand)
                continue
            outweighed = row.demand - row.largest - row.second < 0.1 * row.largest
            is_primary = row.employers < 3 or outweighed
            attacker.learn((*place, level), 1 if is_primary else 3, None)
            hidden[*place, level] = max(3, 0.1 * row.largest) if is_primary else 3
        attacker.orders += [((*place, level - 1), (*place, level)) for level in LEVELS[1:]]
    for region in {region for region, cluster in places if cluster}:
        for level in LEVELS:
            attacker.learn((region, "rest", level), 0, None)
            parts = [(region, cluster, level) for home, cluster in places if home == region and cluster]
            attacker.sums.append(((region, "", level), [*parts, (region, "rest", level)]))
        attacker.orders += [((region, "rest", level - 1), (region, "rest", level)) for level in LEVELS[1:]]
    for level in LEVELS:
        parts = [(region, "", level) for region, cluster in places if not cluster and region != NATION]
        attacker.sums.append(((NATION, "", level), parts))
    return attacker, hidden


@settings(max_examples=25, deadline=None)
@given(crowds.filter(bool), advertisements)
def test_no_hidden_supply_can_be_worked_out(people, asks):
    cube = plain_cube(people, asks)
    result = publish(cube, CLUSTERS)
    attacker, hidden = attacker_of_supply(cube, result)
    for name, width in hidden.items():
        low, high = attacker.interval(name)
        assert high - low >= width - 1e-3


@settings(max_examples=25, deadline=None)
@given(crowds, advertisements.filter(bool))
def test_no_hidden_demand_can_be_worked_out(people, asks):
    cube = plain_cube(people, asks)
    result = publish(cube, CLUSTERS)
    attacker, hidden = attacker_of_demand(cube, result)
    for name, width in hidden.items():
        low, high = attacker.interval(name)
        assert high - low >= width - 1e-3


@settings(max_examples=60, deadline=None)
@given(crowds, advertisements, st.randoms(use_true_random=False))
def test_every_printed_row_keeps_the_contract(people, asks, chance):
    cube = plain_cube(people, asks)
    result = publish(cube, CLUSTERS)
    shuffled = list(cube)
    chance.shuffle(shuffled)
    assert publish(shuffled, dict(reversed(CLUSTERS.items()))) == result
    truth = {(r.region, r.cluster, r.level): r for r in cube}
    for row in result.rows:
        true = truth.get((row.region, row.cluster, row.level), CubeRow("", 1, ""))
        home = truth.get((row.region, "", row.level), CubeRow("", 1, ""))
        assert (row.demand is None) == (row.demand_symbol == "c")
        assert (row.supply is None) == (row.symbol == "c")
        if row.demand is not None:
            assert row.demand % 5 == 0
            assert abs(row.demand - true.demand) <= 2.5
            assert (row.demand == 0) == (true.demand == 0)
        if row.supply is not None:
            assert row.supply % 5 == 0
            assert abs(row.supply - home.supply / 1e6) <= 2.5
            assert (row.supply == 0) == (home.supply == 0)
        if row.demand is None or row.supply is None:
            assert (row.tightness, row.low, row.high, row.call) == (None, None, None, "")
        elif row.demand == 0 or row.supply == 0:
            assert (row.tightness, row.low, row.high, row.call) == (None, None, None, Call.CANNOT_TELL)
        else:
            assert row.tightness == significant(row.demand / row.supply)
            expected = Call.SHORTAGE if row.low > 1 else Call.SURPLUS if row.high < 1 else Call.CANNOT_TELL
            assert row.call == expected


@pytest.mark.slow
def test_the_whole_country_is_published_in_under_a_minute():
    chance = random.Random(5)
    provinces = [f"CN-{n:02d}" for n in range(34)]
    home = {f"cluster {n}": provinces[n % 34] for n in range(71)}
    cube = []
    for skill in range(78):
        people = [
            Able(
                0,
                chance.choice(provinces),
                f"S{skill}",
                tuple(sorted((chance.randrange(10**6) for _ in LEVELS), reverse=True)),
            )
            for _ in range(1500)
        ]
        asks = []
        for n in range(250):
            cluster = chance.choice([*home, ""])
            region = home.get(cluster) or chance.choice(provinces)
            level, seats = chance.choice(LEVELS), chance.randint(1, 9)
            asks.append(Ask(n, chance.randrange(200), f"t{n}", region, region, cluster, f"S{skill}", level, seats))
        cube += plain_cube(people, asks)
    began = perf_counter()
    result = publish(cube, home)
    assert perf_counter() - began < 60
    assert result.audit.exposed == ()
