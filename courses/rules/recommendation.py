"""Which course would take somebody furthest next, and why: from what they have shown, never from what others chose."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Offered:
    """A course that somebody could begin now: what it supplies, by skill, and the paths whose next step it is."""

    course_id: int
    supplies: Mapping[str, int]
    next_on: Collection[int] = ()


@dataclass(frozen=True)
class Gain:
    """From which level to which a course takes somebody in a skill."""

    skill: str
    has: int
    level: int


@dataclass(frozen=True)
class Recommendation:
    """The course to begin next. `path_id`: it is the next step of a path that was begun. `gain`: what it adds most."""

    course_id: int
    gain: Gain | None
    path_id: int | None = None


def gains_of(offered: Offered, levels: Mapping[str, int]) -> list[Gain]:
    """What a course adds to the levels that somebody has shown: the largest step first, then the lowest level."""
    found = [
        Gain(skill, levels.get(skill, 0), level)
        for skill, level in offered.supplies.items()
        if level > levels.get(skill, 0)
    ]
    return sorted(found, key=lambda gain: (gain.has - gain.level, gain.has, gain.skill))


def recommend(offers: Sequence[Offered], levels: Mapping[str, int]) -> Recommendation | None:
    """The course to begin next; None where none adds anything.

    The next step of a path that somebody has begun comes first. Of the others a skill that was shown a little goes
    before one that was never shown, since what is begun is soonest useful; then the larger step, then the more skills
    that gain, then the older course, so that the same evidence gives the same advice.
    """
    found: list[tuple[tuple[int, ...], Recommendation]] = []
    for offer in offers:
        gains = gains_of(offer, levels)
        path_id = min(offer.next_on, default=None)
        if not gains and path_id is None:
            continue
        begun = [gain for gain in gains if gain.has]
        best = next(iter(begun or gains), None)
        step = 0 if best is None else best.level - best.has
        order = (path_id is None, not begun, -step, -len(gains), offer.course_id)
        found.append((tuple(int(one) for one in order), Recommendation(offer.course_id, best, path_id)))
    return min(found, key=lambda one: one[0])[1] if found else None
