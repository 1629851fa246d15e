"""From cube rows to published rows: suppress first, round second, then ratios and calls from the published counts.

Each skill has two tables. *Students* counts, in regions and in the country as their margin, the people with evidence,
those of them with evidence of each source, the expected number able at each of the nested levels, and those able with
P ≥ 0.8. All of these are counts of people and say much of one another (`_student_bounds`), so they stand in one
attacker's programme. *Demand* has clusters below provinces; the rest of a province, its places outside every cluster,
is a cell that readers can work out: it is never printed, yet protected like any other. A cluster's supply is its
province's people: it repeats the province's cells, hidden or not. The difference between two shown counts of one place
(neighbouring levels, people and those of a source) is not printed either and is protected by the rounding, which leaves
it ±5.

Should a hidden cell remain that no further hiding can protect (nine people in nine regions, say), all cells of its kind
in the skill are withheld, zeros too, and what `c` means there is told no longer.

A count never rounds to zero without being zero: shown counts of people are at least 10 and shown demand comes from at
least three employers. So of the symbols only `c` occurs here, and an empty symbol with 0 is a true zero.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from reports.rules.disclosure import (
    CONTRIBUTORS,
    P_PERCENT,
    SMALL,
    WIDTH,
    Bound,
    Cell,
    Interval,
    Order,
    Protection,
    Status,
    Total,
    dominated,
    is_small,
    protect,
    to_base,
)
from reports.rules.indicators import Ratio, Sides, call, published_effective, sides, tightness

NATION = "CN"
LEVELS = (1, 2, 3, 4)
CONFIDENTIAL = "c"
SOURCES = ("machine", "peer", "teacher", "judge", "employer")
REST = "*"
"""In place of a cluster: what lies outside all clusters of a province."""
MILLION = 1_000_000
ABLE = 0.8
"""Who is able with this probability or more is counted as able."""
# Losing the national figure hurts every reader, losing a cluster's fewer, losing what only a figure's own page adds the
# fewest.
NATION_COST, CLUSTER_COST, DETAIL_COST = 20.0, 0.5, 0.1


class Figure(StrEnum):
    """Which count a hidden cell belongs to."""

    DEMAND = "demand"
    SUPPLY = "supply"
    PEOPLE = "people"
    ABLE = "able"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class CubeRow:
    """Skill × level (at or above) in one place: the country (region CN), a region, or a cluster with its province.

    Demand: `demand` places, `squares` Σ of squared seats per posting, `postings`, `employers`, and the places of the
    `largest` and `second` employer. Supply: `supply` Σp in millionths, `variance` Σp(1−p) in 10⁻¹², `people` with
    evidence (the same at all levels), `able` with p ≥ 0.8, and how many have evidence of each source (the same at all
    levels too), in the order of SOURCES. Cluster rows from the cube carry no supply; cluster REST is what a province
    asks outside its clusters.
    """

    skill: str
    level: int
    region: str
    cluster: str = ""
    demand: int = 0
    squares: int = 0
    postings: int = 0
    employers: int = 0
    largest: int = 0
    second: int = 0
    supply: int = 0
    variance: int = 0
    people: int = 0
    able: int = 0
    sources: tuple[int, ...] = (0,) * len(SOURCES)


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One row as anyone may see it; None is a hidden or undefined figure.

    `symbol` speaks of supply, `demand_symbol` of demand. `effective` is the effective number of postings from which,
    with demand and supply, the interval is computed. `people`, `able` and `sources`, all of them people, are what the
    figure's page adds. Tightness without an interval is that of no demand, 0.
    """

    skill: str
    level: int
    region: str
    cluster: str
    demand: int | None
    demand_symbol: str
    supply: int | None
    symbol: str
    tightness: float | None
    low: float | None
    high: float | None
    call: str
    effective: int | None
    people: int | None
    able: int | None
    sources: dict[str, int | None]

    @property
    def ratio(self) -> Ratio | None:
        """Tightness with its interval, where there is one."""
        if self.tightness is None or self.low is None or self.high is None:
            return None
        return Ratio(self.tightness, self.low, self.high)


@dataclass(frozen=True, slots=True)
class HiddenCell:
    """One hidden cell and an interval that an attacker cannot narrow further; `high` may be infinite.

    Level 0 of PEOPLE and SOURCE counts everyone with evidence. A cluster's hidden supply is its province's cell and not
    repeated. Cluster REST is a province's places outside its clusters, where they are sensitive.
    """

    figure: Figure
    skill: str
    level: int
    region: str
    cluster: str
    status: Status
    low: float
    high: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """What ships with a release: every hidden cell, and those (normally none) that could not be protected."""

    hidden: tuple[HiddenCell, ...]
    exposed: tuple[HiddenCell, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """The published rows in order of skill, level, nation first, region, cluster; and their audit."""

    rows: tuple[PublishedRow, ...]
    audit: Audit


@dataclass(frozen=True, slots=True)
class _Key:
    """Where a cell of a skill's table stands; `level` 0 counts people with evidence."""

    figure: Figure
    level: int
    region: str
    cluster: str = ""
    source: str = ""

    @property
    def family(self) -> "_Family":
        """The cells that are withheld together."""
        return self.figure, self.level, self.source


_Family = tuple[Figure, int, str]
_Places = Mapping[tuple[str, str, int], CubeRow]


def publish(rows: Iterable[CubeRow], clusters: Mapping[str, str] | None = None, p: float = P_PERCENT) -> Publication:
    """Published rows and audit of one snapshot. `clusters` maps each cluster to its province, so that a cluster without
    demand still has its row where its province has evidence; `p` is that of the p % rule for employers.

    Raises ValueError where the rows contradict each other (regions that do not sum to the country, clusters and rest
    that do not sum to their province, levels not nested, people without any source).
    """
    by_skill: dict[str, dict[tuple[str, str, int], CubeRow]] = defaultdict(dict)
    for row in rows:
        place = (row.region, row.cluster, row.level)
        if place in by_skill[row.skill]:
            raise ValueError(f"two rows for {row.skill} level {row.level} in {row.cluster or row.region}")
        by_skill[row.skill][place] = row
    published: list[PublishedRow] = []
    hidden: list[HiddenCell] = []
    exposed: list[HiddenCell] = []
    for skill in sorted(by_skill):
        places = by_skill[skill]
        statuses: dict[_Key, Status] = {}
        for build in (_student_table, _demand_tables(p)):
            table, protection, withheld = _protected(build, places)
            statuses.update(zip(table.keys, protection.statuses, strict=True))
            statuses.update({key: Status.WITHHELD for key in table.keys if key.family in withheld})
            for index, interval in protection.intervals.items():
                cell = _hidden_cell(skill, table.keys[index], statuses[table.keys[index]], interval)
                hidden.append(cell)
                if index in protection.exposed:
                    exposed.append(cell)
        published += _published(skill, places, clusters or {}, statuses)
    return Publication(tuple(published), Audit(tuple(hidden), tuple(exposed)))


def headline(rows: Iterable[PublishedRow]) -> Sides:
    """How many of a page's cells are in shortage and in surplus, at a false discovery rate of 5 % within the page."""
    return sides([row.ratio for row in rows if row.ratio is not None])


# ---- the two tables of a skill


class _Tables:
    """Cells with their places, and the relations between them, while they are collected."""

    def __init__(self) -> None:
        self.keys: list[_Key] = []
        self.cells: list[Cell] = []
        self.totals: list[Total] = []
        self.orders: list[Order] = []
        self.bounds: list[Bound] = []
        self.index: dict[_Key, int] = {}

    def add(self, key: _Key, cell: Cell) -> int:
        self.index[key] = len(self.cells)
        self.keys.append(key)
        self.cells.append(cell)
        return self.index[key]

    def protect(self) -> Protection:
        return protect(self.cells, self.totals, self.orders, self.bounds)


def _protected(build: "_Build", places: _Places) -> tuple[_Tables, Protection, frozenset[_Family]]:
    """The table with what has to be hidden in it, and the families that had to be withheld so that nothing is exposed.

    Each round withholds at least one family more; of a family that is withheld nothing is known, so the rounds end, at
    the latest with everything withheld.
    """
    withheld: frozenset[_Family] = frozenset()
    while True:
        table = build(places, withheld)
        protection = table.protect()
        further = {table.keys[index].family for index in protection.exposed} - withheld
        if not further:
            return table, protection, withheld
        withheld |= further


_Build = Callable[[_Places, Collection[_Family]], _Tables]


def _hidden_cell(skill: str, key: _Key, status: Status, interval: Interval) -> HiddenCell:
    return HiddenCell(
        key.figure, skill, key.level, key.region, key.cluster, status, interval.low, interval.high, key.source
    )


def _regions(places: _Places) -> list[str]:
    return sorted({region for region, cluster, _ in places if not cluster and region != NATION})


def _loss(value: float, factor: float) -> float:
    return factor * math.log1p(value)


def _student_table(places: _Places, withheld: Collection[_Family]) -> _Tables:
    table = _Tables()
    regions = _regions(places)
    has_few = {region: _has_few(places, region) for region in regions}
    for kin, region in enumerate([*regions, NATION]):
        # Of few people all is hidden, that none is able too; and a total of nothing would tell that of its parts.
        zero_tells = _has_few(places, region) or (region == NATION and any(has_few.values()))
        for figure, level, source in _FAMILIES:
            row = places.get((region, "", max(level, 1)), CubeRow("", max(level, 1), region))
            key = _Key(figure, level, region, source=source)
            table.add(key, _without_status(_student_cell(row, key, zero_tells, kin), key.family, withheld))
        _student_bounds(table, region)
    for figure, level, source in _FAMILIES:
        parts = tuple(table.index[_Key(figure, level, region, source=source)] for region in regions)
        table.totals.append(Total(table.index[_Key(figure, level, NATION, source=source)], parts))
    return table


_FAMILIES: tuple[_Family, ...] = (
    (Figure.PEOPLE, 0, ""),
    *((Figure.SUPPLY, level, "") for level in LEVELS),
    *((Figure.ABLE, level, "") for level in LEVELS),
    *((Figure.SOURCE, 0, source) for source in SOURCES),
)


def _has_few(places: _Places, region: str) -> bool:
    return (region, "", 1) in places and is_small(places[region, "", 1].people)


def _people_in(row: CubeRow, figure: Figure, source: str) -> float:
    if figure is Figure.SUPPLY:
        return row.supply / MILLION
    if figure is Figure.ABLE:
        return float(row.able)
    return float(row.sources[SOURCES.index(source)] if source else row.people)


def _student_cell(row: CubeRow, key: _Key, zero_tells: bool, kin: int) -> Cell:
    """One count of people by the rule for students.

    Ten and more able people are sensitive too where the expected number is below 10, since 0.8·A ≤ S would place it
    between 8 and 10. That nobody has evidence of a source tells nothing of anybody's ability: a zero of a source is not
    sensitive.
    """
    value, supply = _people_in(row, key.figure, key.source), row.supply / MILLION
    zero_tells = zero_tells and key.figure in (Figure.SUPPLY, Figure.ABLE)
    few_expected = key.figure is Figure.ABLE and is_small(supply)
    is_sensitive = is_small(value) or (value == 0 and zero_tells) or (value > 0 and few_expected)
    # A sensitive cell holds 1 to 9 people or an expected number below 10, a secondary one 10 or more of either.
    low, high = float(SMALL), math.inf
    if is_sensitive and key.figure is Figure.SUPPLY:
        low, high = 0.0, float(SMALL)
    elif is_sensitive:
        low, high = 0.0 if zero_tells else 1.0, math.floor(SMALL / ABLE) if few_expected else SMALL - 1.0
    factor = NATION_COST if key.region == NATION else 1.0
    if key.figure in (Figure.ABLE, Figure.SOURCE):
        factor *= DETAIL_COST
    return Cell(value, is_sensitive, low, high, WIDTH, _loss(value, factor), kin=kin)


def _student_bounds(table: _Tables, region: str) -> None:
    """What the counts of one region say of one another.

    Levels are nested. Everybody with evidence has it of some source. To the expected number S, each of the A who are
    able with probability 0.8 or more adds 0.8 to 1, each of the other n − A people 0 to 0.8, so that
    0.8·A ≤ S ≤ A + 0.8·(n − A).
    """

    def cell(figure: Figure, level: int = 0, source: str = "") -> int:
        return table.index[_Key(figure, level, region, source=source)]

    people = cell(Figure.PEOPLE)
    for figure in (Figure.SUPPLY, Figure.ABLE):
        nested = [people, *(cell(figure, level) for level in LEVELS)]
        table.orders += [Order(upper, lower) for upper, lower in pairwise(nested)]
    for level in LEVELS:
        able, supply = cell(Figure.ABLE, level), cell(Figure.SUPPLY, level)
        table.bounds.append(Bound(((supply, 1.0), (able, -ABLE))))
        table.bounds.append(Bound(((able, 1.0 - ABLE), (people, ABLE), (supply, -1.0))))
    sources = [cell(Figure.SOURCE, source=source) for source in SOURCES]
    table.orders += [Order(people, source) for source in sources]
    table.bounds.append(Bound((*((source, 1.0) for source in sources), (people, -1.0))))


def _demand_tables(p: float) -> _Build:
    return lambda places, withheld: _demand_table(places, p, withheld)


def _demand_table(places: _Places, p: float, withheld: Collection[_Family]) -> _Tables:
    table = _Tables()
    regions = _regions(places)
    inside: dict[str, list[str]] = defaultdict(list)
    for region, cluster in sorted({(region, cluster) for region, cluster, _ in places if cluster not in ("", REST)}):
        inside[region].append(cluster)
    kin = 0
    for region in [*regions, NATION]:
        for cluster in ["", *inside[region], *([REST] if inside[region] else [])]:
            factor = NATION_COST if region == NATION else CLUSTER_COST if cluster else 1.0
            above: int | None = None
            for level in LEVELS:
                row = places.get((region, cluster, level), CubeRow("", level, region, cluster))
                key = _Key(Figure.DEMAND, level, region, cluster)
                here = table.add(key, _without_status(_demand_cell(row, p, factor, kin), key.family, withheld))
                if above is not None:
                    table.orders.append(Order(above, here))
                above = here
            kin += 1
        for level in LEVELS if inside[region] else ():
            parts = [table.index[_Key(Figure.DEMAND, level, region, name)] for name in (*inside[region], REST)]
            table.totals.append(Total(table.index[_Key(Figure.DEMAND, level, region)], tuple(parts)))
    for level in LEVELS:
        parts = [table.index[_Key(Figure.DEMAND, level, region)] for region in regions]
        table.totals.append(Total(table.index[_Key(Figure.DEMAND, level, NATION)], tuple(parts)))
    return table


def _demand_cell(row: CubeRow, p: float, factor: float, kin: int) -> Cell:
    is_sensitive = dominated(row.demand, row.employers, row.largest, row.second, p)
    # No `c` is printed for a rest, so nothing is told of it but that it is a count.
    is_published = row.cluster != REST
    return Cell(
        value=float(row.demand),
        is_sensitive=is_sensitive,
        low=0.0 if not is_published else 1.0 if is_sensitive else float(CONTRIBUTORS),
        width=max(WIDTH, p / 100 * row.largest) if is_sensitive else WIDTH,
        cost=_loss(row.demand, factor),
        is_published=is_published,
        kin=kin,
    )


def _without_status(cell: Cell, family: _Family, withheld: Collection[_Family]) -> Cell:
    """The cell as it is or, in a family that is withheld, hidden in any case and without a word on its size. What is
    hidden for the others' sake alone needs no width: a zero may be plain from other zeros."""
    if family not in withheld or not cell.is_published:
        return cell
    return replace(cell, is_sensitive=True, low=0.0, high=math.inf, width=cell.width if cell.is_sensitive else 0.0)


# ---- the rows


def _published(
    skill: str, places: _Places, clusters: Mapping[str, str], statuses: Mapping[_Key, Status]
) -> list[PublishedRow]:
    wanted = {(region, cluster) for region, cluster, _ in places if cluster != REST}
    wanted |= {(home, name) for name, home in clusters.items()}
    found = []
    for level in LEVELS:
        for region, cluster in sorted(wanted, key=lambda place: (place[0] != NATION, *place)):
            asked = places.get((region, cluster, level), CubeRow(skill, level, region, cluster))
            able = places.get((region, "", level), CubeRow(skill, level, region))
            if asked.demand or able.people:
                found.append(_published_row(skill, level, region, cluster, asked, able, statuses))
    return found


def _published_row(
    skill: str,
    level: int,
    region: str,
    cluster: str,
    asked: CubeRow,
    able: CubeRow,
    statuses: Mapping[_Key, Status],
) -> PublishedRow:
    def is_shown(key: _Key) -> bool:
        return statuses.get(key, Status.ZERO) in (Status.OK, Status.ZERO)

    def people_in(figure: Figure, at: int = 0, source: str = "") -> int | None:
        return to_base(_people_in(able, figure, source)) if is_shown(_Key(figure, at, region, source=source)) else None

    asked_shown = is_shown(_Key(Figure.DEMAND, level, region, cluster))
    demand = to_base(asked.demand) if asked_shown else None
    supply = people_in(Figure.SUPPLY, level)
    effective = published_effective(asked.demand, asked.squares) if demand else None
    ratio = tightness(demand, supply, effective) if demand and supply and effective else None
    return PublishedRow(
        skill=skill,
        level=level,
        region=region,
        cluster=cluster,
        demand=demand,
        demand_symbol="" if asked_shown else CONFIDENTIAL,
        supply=supply,
        symbol="" if supply is not None else CONFIDENTIAL,
        tightness=ratio.value if ratio else 0.0 if demand == 0 and supply else None,
        low=ratio.low if ratio else None,
        high=ratio.high if ratio else None,
        call=call(ratio).value if demand is not None and supply is not None else "",
        effective=effective,
        people=people_in(Figure.PEOPLE),
        able=people_in(Figure.ABLE, level),
        sources={source: people_in(Figure.SOURCE, 0, source) for source in SOURCES},
    )
