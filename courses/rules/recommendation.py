"""Which course would take somebody furthest next, and why: from what they have shown and what postings ask for, never
from what others chose.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Offered:
    """A course that somebody could begin now: what it supplies, by skill, and the paths whose next step it is."""

    course_id: int
    supplies: Mapping[str, int]
    next_on: Collection[int] = ()


@dataclass(frozen=True)
class Gain:
    """From which level to which a course takes somebody in a skill, and the open seats that ask for what is between."""

    skill: str
    has: int
    level: int
    seats: int = 0


@dataclass(frozen=True)
class Recommendation:
    """The course to begin next. `path_id`: it is the next step of a path that was begun. `gain`: what it adds most."""

    course_id: int
    gain: Gain | None
    path_id: int | None = None


Demand = Mapping[tuple[str, int], int]
"""Open seats by skill and the level that they ask for."""


def gains_of(offered: Offered, levels: Mapping[str, int], demand: Demand = MappingProxyType({})) -> list[Gain]:
    """What a course adds to the levels that somebody has shown: the most asked for first, then what is begun, then the
    larger step.
    """
    found = []
    for skill, level in offered.supplies.items():
        has = levels.get(skill, 0)
        if level > has:
            found.append(Gain(skill, has, level, sum(demand.get((skill, one), 0) for one in range(has + 1, level + 1))))
    return sorted(found, key=lambda gain: (-gain.seats, not gain.has, gain.has - gain.level, gain.skill))


def recommend(
    offers: Sequence[Offered], levels: Mapping[str, int], demand: Demand = MappingProxyType({})
) -> Recommendation | None:
    """The course to begin next; None where none adds anything.

    The next step of a path that somebody has begun comes first. Of the others the one whose step brings the most open
    seats within reach; then a skill that was shown a little before one that was never shown, since what is begun is
    soonest useful; then the larger step, then the more skills that gain, then the older course, so that the same
    evidence and the same postings give the same advice.
    """
    found: list[tuple[tuple[int, ...], Recommendation]] = []
    for offer in offers:
        gains = gains_of(offer, levels, demand)
        path_id = min(offer.next_on, default=None)
        if not gains and path_id is None:
            continue
        best = next(iter(gains), None)
        worth = (0, True, 0) if best is None else (-best.seats, not best.has, best.has - best.level)
        order = (path_id is None, *worth, -len(gains), offer.course_id)
        found.append((tuple(int(one) for one in order), Recommendation(offer.course_id, best, path_id)))
    return min(found, key=lambda one: one[0])[1] if found else None
