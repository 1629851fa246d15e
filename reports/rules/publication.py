"""From cube rows to published rows: suppress first, round second, then ratios and calls from the published counts.

Each skill has two tables. *Supply* is regions × nested levels with the national row as margin, and the number of
people with evidence as level 0, since nobody can be able without evidence. *Demand* has clusters below provinces
besides; the rest of a province, its places outside every cluster, is a cell that readers can work out, so it stands
in the attacker's programme though it is never printed. A cluster's supply is its province's people: it repeats the
province's cell, hidden or not. The difference between two shown neighbouring levels is not printed either and is
protected by the rounding, which leaves it ±5.

A count never rounds to zero without being zero: shown supply is at least 10 and shown demand comes from at least three
employers. So of the symbols only `c` occurs here, and an empty symbol with 0 is a true zero.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reports.rules.disclosure import (
    CONTRIBUTORS,
    P_PERCENT,
    SMALL,
    WIDTH,
    Cell,
    Order,
    Protection,
    Status,
    Total,
    dominated,
    few_people,
    protect,
    to_base,
)
from reports.rules.indicators import Ratio, Sides, call, published_effective, sides, tightness

NATION = "CN"
LEVELS = (1, 2, 3, 4)
CONFIDENTIAL = "c"
SOURCES = ("machine", "peer", "teacher", "judge", "employer")
MILLION = 1_000_000
# Losing the national figure hurts every reader, losing a cluster's the fewest.
NATION_COST, CLUSTER_COST = 20.0, 0.5


class Figure(StrEnum):
    """Which count a hidden cell belongs to."""

    DEMAND = "demand"
    SUPPLY = "supply"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class CubeRow:
    """Skill × level (at or above) in one place: the country (region CN), a region, or a cluster with its province.

    Demand: `demand` places, `squares` Σ of squared seats per posting, `postings`, `employers`, and the places of the
    `largest` and `second` employer. Supply: `supply` Σp in millionths, `variance` Σp(1−p) in 10⁻¹², `people` with
    evidence (the same at all levels), `able` with p ≥ 0.8, evidence rows by `sources` in the order of SOURCES.
    Cluster rows from the cube carry no supply.
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
    with demand and supply, the interval is computed. `people`, `able` and `sources` are what the figure's page adds.
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
    sources: dict[str, int | None] | None

    @property
    def ratio(self) -> Ratio | None:
        """Tightness with its interval, where there is one."""
        if self.tightness is None or self.low is None or self.high is None:
            return None
        return Ratio(self.tightness, self.low, self.high)


@dataclass(frozen=True, slots=True)
class HiddenCell:
    """One hidden cell and an interval that an attacker cannot narrow further; `high` may be infinite. Level 0 of PEOPLE
    counts everyone with evidence. A cluster's hidden supply is its province's cell and not repeated."""

    figure: Figure
    skill: str
    level: int
    region: str
    cluster: str
    status: Status
    low: float
    high: float


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


_Places = Mapping[tuple[str, str, int], CubeRow]


def publish(rows: Iterable[CubeRow], clusters: Mapping[str, str] | None = None, p: float = P_PERCENT) -> Publication:
    """Published rows and audit of one snapshot. `clusters` maps each cluster to its province, so that a cluster without
    demand still has its row where its province has evidence; `p` is that of the p % rule for employers.

    Raises ValueError where the rows contradict each other (regions that do not sum to the country, levels not nested).
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
        for table in (_supply_table(places), _demand_table(places, p)):
            protection = table.protect()
            for index, interval in protection.intervals.items():
                key, status = table.keys[index], protection.statuses[index]
                cell = HiddenCell(
                    key.figure, skill, key.level, key.region, key.cluster, status, interval.low, interval.high
                )
                hidden.append(cell)
                if index in protection.exposed:
                    exposed.append(cell)
            statuses.update(zip(table.keys, protection.statuses, strict=True))
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
        self.index: dict[_Key, int] = {}

    def add(self, key: _Key, cell: Cell) -> int:
        self.index[key] = len(self.cells)
        self.keys.append(key)
        self.cells.append(cell)
        return self.index[key]

    def protect(self) -> Protection:
        return protect(self.cells, self.totals, self.orders)


def _regions(places: _Places) -> list[str]:
    return sorted({region for region, cluster, _ in places if not cluster and region != NATION})


def _loss(value: float, factor: float) -> float:
    return factor * math.log1p(value)


def _supply_table(places: _Places) -> _Tables:
    table = _Tables()
    regions = _regions(places)
    for kin, region in enumerate([*regions, NATION]):
        above: int | None = None
        for level in (0, *LEVELS):
            row = places.get((region, "", max(level, 1)), CubeRow("", level, region))
            value = row.supply / MILLION if level else float(row.people)
            is_sensitive = few_people(row.people, value)
            if region == NATION and value == 0.0:
                # A total of nothing would tell that each of its hidden parts is nothing.
                inside = (places.get((part, "", max(level, 1)), CubeRow("", level, part)) for part in regions)
                is_sensitive = is_sensitive or any(few_people(part.people, part.supply / MILLION) for part in inside)
            # A sensitive cell holds 1 to 9 people or an expected number below 10, a secondary one 10 or more of either.
            if is_sensitive:
                low, high = (0.0, float(SMALL)) if level else (1.0, SMALL - 1.0)
            else:
                low, high = float(SMALL), math.inf
            cost = _loss(value, NATION_COST if region == NATION else 1.0)
            key = _Key(Figure.SUPPLY if level else Figure.PEOPLE, level, region)
            here = table.add(key, Cell(value, is_sensitive, low, high, WIDTH, cost, kin=kin))
            if above is not None:
                table.orders.append(Order(above, here))
            above = here
    for level in (0, *LEVELS):
        figure = Figure.SUPPLY if level else Figure.PEOPLE
        parts = tuple(table.index[_Key(figure, level, region)] for region in regions)
        table.totals.append(Total(table.index[_Key(figure, level, NATION)], parts))
    return table


def _demand_table(places: _Places, p: float) -> _Tables:
    table = _Tables()
    regions = _regions(places)
    inside: dict[str, list[str]] = defaultdict(list)
    for region, cluster in sorted({(region, cluster) for region, cluster, _ in places if cluster}):
        inside[region].append(cluster)
    kin = 0
    for region in [*regions, NATION]:
        rest: int | None = None
        for cluster in ["", *inside[region]]:
            factor = NATION_COST if region == NATION else CLUSTER_COST if cluster else 1.0
            above: int | None = None
            for level in LEVELS:
                row = places.get((region, cluster, level), CubeRow("", level, region, cluster))
                here = table.add(_Key(Figure.DEMAND, level, region, cluster), _demand_cell(row, p, factor, kin))
                if above is not None:
                    table.orders.append(Order(above, here))
                above = here
            kin += 1
        for level in LEVELS if inside[region] else ():
            total = table.index[_Key(Figure.DEMAND, level, region)]
            parts = [table.index[_Key(Figure.DEMAND, level, region, cluster)] for cluster in inside[region]]
            value = table.cells[total].value - sum(table.cells[part].value for part in parts)
            if value < 0:
                raise ValueError(f"clusters ask for more places than their province {region} at level {level}")
            here = table.add(_Key(Figure.DEMAND, level, region, "*"), Cell(value, is_published=False, kin=kin))
            if rest is not None:
                table.orders.append(Order(rest, here))
            rest = here
            table.totals.append(Total(total, (*parts, here)))
        kin += 1
    for level in LEVELS:
        parts = [table.index[_Key(Figure.DEMAND, level, region)] for region in regions]
        table.totals.append(Total(table.index[_Key(Figure.DEMAND, level, NATION)], tuple(parts)))
    return table


def _demand_cell(row: CubeRow, p: float, factor: float, kin: int) -> Cell:
    is_sensitive = dominated(row.demand, row.employers, row.largest, row.second, p)
    return Cell(
        value=float(row.demand),
        is_sensitive=is_sensitive,
        low=1.0 if is_sensitive else float(CONTRIBUTORS),
        width=max(WIDTH, p / 100 * row.largest) if is_sensitive else WIDTH,
        cost=_loss(row.demand, factor),
        kin=kin,
    )


# ---- the rows


def _published(
    skill: str, places: _Places, clusters: Mapping[str, str], statuses: Mapping[_Key, Status]
) -> list[PublishedRow]:
    wanted = {(region, cluster) for region, cluster, _ in places} | {(home, name) for name, home in clusters.items()}
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

    asked_shown = is_shown(_Key(Figure.DEMAND, level, region, cluster))
    able_shown = is_shown(_Key(Figure.SUPPLY, level, region))
    people_shown = is_shown(_Key(Figure.PEOPLE, 0, region))
    demand = to_base(asked.demand) if asked_shown else None
    supply = to_base(able.supply / MILLION) if able_shown else None
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
        symbol="" if able_shown else CONFIDENTIAL,
        tightness=ratio.value if ratio else None,
        low=ratio.low if ratio else None,
        high=ratio.high if ratio else None,
        call=call(ratio).value if asked_shown and able_shown else "",
        effective=effective,
        people=to_base(able.people) if people_shown else None,
        able=_small_hidden(able.able) if able_shown else None,
        sources=dict(zip(SOURCES, map(_small_hidden, able.sources), strict=True)) if people_shown else None,
    )


def _small_hidden(count: int) -> int | None:
    return None if 0 < count < SMALL else to_base(count)
