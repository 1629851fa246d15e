"""What somebody lacks before they may begin a course, and whether courses would ask for each other in a circle."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Needed:
    """One thing that comes before a course: another course completed, or a skill shown at a level."""

    id: int
    course_id: int | None = None
    skill: str | None = None
    level: int = 0


@dataclass(frozen=True)
class Standing:
    """One thing that comes before a course, and how somebody stands to it; `has` is the level shown of a skill."""

    needed: Needed
    is_met: bool
    has: int = 0


def standings(needed: Sequence[Needed], completed: Collection[int], levels: Mapping[str, int]) -> list[Standing]:
    """How somebody who has completed these courses and shown these levels stands to each thing, in order."""
    found = []
    for one in needed:
        if one.course_id is not None:
            found.append(Standing(one, one.course_id in completed))
        else:
            has = levels.get(one.skill or "", 0)
            found.append(Standing(one, has >= one.level, has))
    return found


def missing(needed: Sequence[Needed], completed: Collection[int], levels: Mapping[str, int]) -> list[Needed]:
    """What is lacking, in order; nothing where the course may be begun."""
    return [one.needed for one in standings(needed, completed, levels) if not one.is_met]


def makes_a_circle(required: Iterable[tuple[int, int]], course_id: int, required_id: int) -> bool:
    """Whether a course, asking for another one, would in the end ask for itself.

    `required` are the pairs (course, the course that it asks for) that stand already.
    """
    asks: dict[int, set[int]] = {}
    for course, before in required:
        asks.setdefault(course, set()).add(before)
    seen: set[int] = set()
    ahead = [required_id]
    while ahead:
        course = ahead.pop()
        if course == course_id:
            return True
        if course not in seen:
            seen.add(course)
            ahead.extend(asks.get(course, ()))
    return False
