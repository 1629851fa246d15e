"""What changes for learners from one version of a course to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What happened to a lesson."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Placed(Protocol):
    """A lesson at its place, and what it says there."""

    @property
    def lesson_id(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def says(self) -> str: ...


@dataclass(frozen=True)
class Step:
    """What happened to one lesson; `line` is the newer of its two lines."""

    kind: Kind
    line: Placed


def steps_between(before: Sequence[Placed], after: Sequence[Placed]) -> list[Step]:
    """Lessons added, removed, changed or moved against the order of the others, in the order of the newer version."""
    old, new = {line.lesson_id: line for line in before}, {line.lesson_id: line for line in after}
    stayed = [line.lesson_id for line in before if line.lesson_id in new]
    places = {lesson_id: place for place, lesson_id in enumerate(stayed)}
    steps, place = [], 0
    for line in after:
        known = old.get(line.lesson_id)
        if known is None:
            steps.append(Step(Kind.ADDED, line))
            continue
        if known.says != line.says:
            steps.append(Step(Kind.CHANGED, line))
        elif places[line.lesson_id] != place:
            steps.append(Step(Kind.MOVED, line))
        place += 1
    return steps + [Step(Kind.REMOVED, line) for line in before if line.lesson_id not in new]
