"""What officials read: hidden before rounded, ratios from what is printed, nothing to be worked out from the rest."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reports.rules.disclosure import Status
from reports.rules.indicators import Ask, Call, significant
from reports.rules.publication import LEVELS, NATION, REST, SOURCES, CubeRow, Figure, headline, publish
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
        assert (row.supply, row.symbol, row.people, row.able, row.call) == (None, "c", None, None, "")
        assert row.sources == {"machine": None, "peer": 0, "teacher": 0, "judge": 0, "employer": 0}
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
    assert (row.demand, row.demand_symbol, row.tightness, row.low, row.call) == (0, "", 0.0, None, "cannot tell")
    assert row.ratio is None
    row = row_of(published([], many_asks("CN-ZJ", [5, 5, 5])), "CN-ZJ", 2)
    assert (row.supply, row.symbol, row.tightness, row.call) == (0, "", None, "cannot tell")


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
    cells = [(c.figure, c.level, c.region, c.cluster) for c in result.audit.hidden if not c.source]
    assert len(cells) == len(set(cells))
    shown_c = {(Figure.DEMAND, r.level, r.region, r.cluster) for r in result.rows if r.demand_symbol == "c"}
    shown_c |= {(Figure.SUPPLY, r.level, r.region, "") for r in result.rows if r.symbol == "c"}
    shown_c |= {(Figure.ABLE, r.level, r.region, "") for r in result.rows if r.able is None}
    shown_c |= {(Figure.PEOPLE, 0, r.region, "") for r in result.rows if r.people is None}
    assert set(cells) == shown_c
    sources = {(c.region, c.source) for c in result.audit.hidden if c.source}
    assert sources == {(r.region, name) for r in result.rows for name in SOURCES if r.sources[name] is None}
    assert result.audit.exposed == ()
    assert any(c.status is Status.SECONDARY for c in result.audit.hidden)


def test_people_are_counted_by_source_and_few_of_one_source_are_hidden_with_their_cover():
    mixed = [replace(one, rows=(3, 0, 0, 0, int(n < 4))) for n, one in enumerate(crowd("CN-ZJ", 40))]
    others = [replace(one, rows=(2, 0, 0, 0, 1)) for one in crowd("CN-FJ", 25) + crowd("CN-GD", 60)]
    result = published(mixed + others, [])
    assert row_of(result, "CN-ZJ", 2).sources == {"machine": 40, "peer": 0, "teacher": 0, "judge": 0, "employer": None}
    assert row_of(result, "CN-FJ", 2).sources["employer"] is None
    assert row_of(result, NATION, 2).sources["employer"] == 90
    assert row_of(result, "CN-FJ", 2).supply == 25


def test_many_who_are_able_are_hidden_where_fewer_are_expected():
    # Ten people with p = 0.85: that all ten are able would place the hidden 8.5 between 8 and 10.
    row = row_of(published(crowd("CN-ZJ", 10, (850_000, 100_000, 0, 0)) + crowd("CN-FJ", 30), []), "CN-ZJ", 1)
    assert (row.supply, row.symbol, row.able, row.people) == (None, "c", None, 10)


def test_counts_that_no_hiding_of_others_protects_are_withheld_everywhere_zeros_too():
    # One able person in each of nine regions: 9 at most in all and 1 at least in each would leave 1 for each.
    regions = [f"CN-0{n}" for n in range(9)]
    people = [one for region in regions for one in [*crowd(region, 1), *crowd(region, 29, (700_000, 600_000, 0, 0))]]
    result = published(people + crowd("CN-XX", 30, (700_000, 600_000, 0, 0)), [])
    assert result.audit.exposed == ()
    able = [row.able for row in result.rows if row.level == 2]
    assert able == [None] * 11
    assert {c.status for c in result.audit.hidden if (c.figure, c.level) == (Figure.ABLE, 2)} == {Status.WITHHELD}
    assert all(row.supply for row in result.rows if row.level == 2)
    assert row_of(result, "CN-XX", 4).able == 0


@pytest.mark.parametrize("outside", [[4], [30, 30], [90, 5, 5]])
def test_what_a_province_asks_outside_its_clusters_is_covered_like_a_cell(outside):
    inside = many_asks("CN-ZJ", [20] * 5, cluster="WZ-SHOE") + many_asks("CN-ZJ", [9] * 5, first=50, cluster="YW-GOODS")
    result = published([], inside + many_asks("CN-ZJ", outside, first=90), CLUSTERS)
    demands = {row.cluster: row.demand for row in result.rows if row.region == "CN-ZJ" and row.level == 2}
    assert demands[""] is not None
    assert (demands["WZ-SHOE"], demands["YW-GOODS"]) == (100, None)
    assert any(c.cluster == REST for c in result.audit.hidden)
    enough = published([], inside + many_asks("CN-ZJ", [30] * 4, first=90), CLUSTERS)
    assert all(row.demand is not None for row in enough.rows)


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
rows = st.sampled_from([(1, 0, 0, 0, 0), (5, 0, 0, 1, 0), (0, 0, 0, 2, 0), (3, 0, 0, 0, 4)])
crowds = st.lists(st.tuples(regions, st.integers(1, 40), chances, rows), max_size=7).map(
    lambda groups: [Able(0, region, "ST01", p, by) for region, count, p, by in groups for _ in range(count)]
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
        self.names, self.bounds, self.sums, self.orders, self.says = {}, [], [], [], []

    def learn(self, name, low, high):
        self.names[name] = len(self.bounds)
        self.bounds.append((low, high))

    def interval(self, name):
        size = len(self.bounds)
        equal, above = np.zeros((len(self.sums), size)), np.zeros((len(self.orders) + len(self.says) + 1, size))
        for row, (total, parts) in enumerate(self.sums):
            equal[row, self.names[total]] = -1
            equal[row, [self.names[part] for part in parts]] = 1
        for row, (upper, lower) in enumerate(self.orders):
            above[row, self.names[upper]], above[row, self.names[lower]] = -1, 1
        for row, terms in enumerate(self.says, len(self.orders)):
            for weight, one in terms:
                above[row, self.names[one]] = -weight
        ends = []
        for side in (1, -1):
            goal = np.zeros(size)
            goal[self.names[name]] = side
            answer = linprog(goal, above, np.zeros(len(above)), equal, np.zeros(len(equal)), self.bounds)
            assert answer.status in (0, 3), answer.message
            ends.append(side * answer.fun if answer.status == 0 else math.inf)
        return tuple(ends)


def attacker_of_people(cube, result):
    """Everything that is printed of students: people, expected and able at each level, and people of each source."""
    attacker, hidden = Attacker(), {}
    truth = {(r.region, r.level): r for r in cube if not r.cluster}
    withheld = {(c.figure, c.level, c.source) for c in result.audit.hidden if c.status is Status.WITHHELD}
    places = sorted({region for region, _ in truth})
    few = {region for region in places if 0 < truth.get((region, 1), CubeRow("", 1, "")).people < 10}

    def learn(name, value, shown):
        region, figure, level, source = name
        if shown is not None:
            attacker.learn(name, value, value)
            return
        # A zero that is hidden with the others of its kind may be plain from other zeros; it is no count of people.
        if value or (figure, level, source) not in withheld:
            hidden[name] = 3
        is_small = 0 < value < 10 or (value == 0 and (region in few or (region == NATION and few)))
        if (figure, level, source) in withheld:
            attacker.learn(name, 0, None)
        elif figure == "able":
            unlikely = 0 < truth[region, level].supply / 1e6 < 10
            at_least = 0 if region in few or (region == NATION and few) else 1
            attacker.learn(name, *((at_least, 12 if unlikely else 9) if is_small or unlikely else (10, None)))
        else:
            attacker.learn(name, *(((0, 10) if figure == "supply" else (1, 9)) if is_small else (10, None)))

    for region in places:
        for level in LEVELS:
            row = truth.get((region, level), CubeRow("ST01", level, region))
            seen = row_of(result, region, level) if row.people else row
            if level == 1:
                sources = dict(zip(SOURCES, row.sources, strict=True))
                shown = seen.sources if row.people else sources
                learn((region, "people", 0, ""), row.people, seen.people)
                for source in SOURCES:
                    one = (region, "source", 0, source)
                    learn(one, sources[source], shown[source])
                    attacker.orders.append(((region, "people", 0, ""), one))
                covers = [(1, (region, "source", 0, source)) for source in SOURCES]
                attacker.says.append([*covers, (-1, (region, "people", 0, ""))])
            people, expected = (region, "people", 0, ""), (region, "supply", level, "")
            able = (region, "able", level, "")
            learn(expected, row.supply / 1e6, seen.supply)
            learn(able, row.able, seen.able)
            attacker.orders += [
                ((region, figure, level - 1, "") if level > 1 else people, (region, figure, level, ""))
                for figure in ("supply", "able")
            ]
            attacker.says.append([(1, expected), (-0.8, able)])
            attacker.says.append([(0.2, able), (0.8, people), (-1, expected)])
    for _, *kind in [name for name in attacker.names if name[0] == NATION]:
        attacker.sums.append(((NATION, *kind), [(region, *kind) for region in places if region != NATION]))
    return attacker, hidden


def attacker_of_demand(cube, result):
    attacker, hidden = Attacker(), {}
    truth = {(r.region, r.cluster, r.level): r for r in cube}
    places = sorted({(region, cluster) for region, cluster, _ in truth if cluster != REST})
    seen = {(r.region, r.cluster, r.level): r for r in result.rows}

    def width(row):
        outweighed = row.demand - row.largest - row.second < 0.1 * row.largest
        return max(3, 0.1 * row.largest) if row.employers and (row.employers < 3 or outweighed) else None

    for place in places:
        for level in LEVELS:
            row = truth.get((*place, level), CubeRow("ST01", level, *place))
            if row.demand == 0 or seen[*place, level].demand is not None:
                attacker.learn((*place, level), row.demand, row.demand)
                continue
            attacker.learn((*place, level), 1 if width(row) else 3, None)
            hidden[*place, level] = width(row) or 3
        attacker.orders += [((*place, level - 1), (*place, level)) for level in LEVELS[1:]]
    for region in {region for region, cluster in places if cluster}:
        for level in LEVELS:
            attacker.learn((region, "rest", level), 0, None)
            if needed := width(truth.get((region, REST, level), CubeRow("ST01", level, region))):
                hidden[region, "rest", level] = needed
            parts = [(region, cluster, level) for home, cluster in places if home == region and cluster]
            attacker.sums.append(((region, "", level), [*parts, (region, "rest", level)]))
        attacker.orders += [((region, "rest", level - 1), (region, "rest", level)) for level in LEVELS[1:]]
    for level in LEVELS:
        parts = [(region, "", level) for region, cluster in places if not cluster and region != NATION]
        attacker.sums.append(((NATION, "", level), parts))
    return attacker, hidden


@settings(max_examples=25, deadline=None)
@given(crowds.filter(bool), advertisements)
def test_no_hidden_count_of_people_can_be_worked_out(people, asks):
    cube = plain_cube(people, asks)
    result = publish(cube, CLUSTERS)
    assert result.audit.exposed == ()
    attacker, hidden = attacker_of_people(cube, result)
    for name, width in hidden.items():
        low, high = attacker.interval(name)
        assert high - low >= width - 1e-3


@settings(max_examples=25, deadline=None)
@given(crowds, advertisements.filter(bool))
def test_no_hidden_demand_can_be_worked_out(people, asks):
    cube = plain_cube(people, asks)
    result = publish(cube, CLUSTERS)
    assert result.audit.exposed == ()
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
            ratio = 0.0 if row.supply else None
            assert (row.tightness, row.low, row.high, row.call) == (ratio, None, None, Call.CANNOT_TELL)
        else:
            assert row.tightness == significant(row.demand / row.supply)
            expected = Call.SHORTAGE if row.low > 1 else Call.SURPLUS if row.high < 1 else Call.CANNOT_TELL
            assert row.call == expected


@pytest.mark.slow
def test_the_whole_country_is_published_with_nothing_exposed():
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
    result = publish(cube, home)
    assert result.audit.exposed == ()
