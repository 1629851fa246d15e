"""The cube counted in plain Python, row by row: what expressions and published figures are held against."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from reports.rules.indicators import Ask, counted_once
from reports.rules.publication import LEVELS, NATION, REST, SOURCES, CubeRow


@dataclass(frozen=True)
class Able:
    """A person's probabilities in one skill, in millionths, and the evidence rows by source."""

    person: int
    region: str
    skill: str
    p: tuple[int, int, int, int]
    rows: tuple[int, ...] = (1, 0, 0, 0, 0)
    available: bool = True


def plain_cube(people: list[Able], asks: list[Ask]) -> list[CubeRow]:
    """The same rows in the same order as `read_cube`."""
    seen = defaultdict(list)
    for one in people:
        for region in (one.region, NATION):
            for level in LEVELS:
                if one.available:
                    seen[one.skill, level, region, ""].append(one)
    places = defaultdict(list)
    for skill in {ask.skill for ask in asks}:
        for level in LEVELS:
            for ask in counted_once(asks, skill, level):
                for place in [(ask.region, ""), (ask.region, ask.cluster or REST), (NATION, "")]:
                    places[skill, level, *place].append(ask)
    rows = []
    for key in sorted(set(seen) | set(places)):
        level = key[1]
        chances = [one.p[level - 1] for one in seen[key]]
        seats = [ask.seats for ask in places[key]]
        by_employer = Counter()
        for ask in places[key]:
            by_employer[ask.employer] += ask.seats
        largest, second = sorted([*by_employer.values(), 0, 0], reverse=True)[:2]
        rows.append(
            CubeRow(
                *key,
                demand=sum(seats),
                squares=sum(w * w for w in seats),
                postings=len(seats),
                employers=len(by_employer),
                largest=largest,
                second=second,
                supply=sum(chances),
                variance=sum(p * (1_000_000 - p) for p in chances),
                people=len(chances),
                able=sum(p >= 800_000 for p in chances),
                sources=tuple(sum(one.rows[i] > 0 for one in seen[key]) for i in range(len(SOURCES))),
            )
        )
    return rows
