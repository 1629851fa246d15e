"""What differs between two texts, line by line, for reading side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 3


class Change(StrEnum):
    """What happened to a line."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"  # a stretch of lines that are the same


@dataclass(frozen=True)
class Line:
    """A line before and after, each with its number from 1; of a skipped stretch `count` lines."""

    change: Change
    before: str = ""
    after: str = ""
    before_number: int | None = None
    after_number: int | None = None
    count: int = 1


def differences(before: str, after: str, context: int = CONTEXT) -> list[Line]:
    """All changes with `context` lines around each; empty where no line differs."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return []
    lines: list[Line] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [
                Line(Change.SAME, old[i1 + step], new[j1 + step], i1 + step + 1, j1 + step + 1)
                for step in range(i2 - i1)
            ]
            continue
        for step in range(max(i2 - i1, j2 - j1)):
            has_old, has_new = i1 + step < i2, j1 + step < j2
            lines.append(
                Line(
                    Change.CHANGED if has_old and has_new else Change.REMOVED if has_old else Change.ADDED,
                    old[i1 + step] if has_old else "",
                    new[j1 + step] if has_new else "",
                    i1 + step + 1 if has_old else None,
                    j1 + step + 1 if has_new else None,
                )
            )
    return list(_near_changes(lines, context))


def _near_changes(lines: list[Line], context: int) -> Iterator[Line]:
    """The lines near a change; stretches far from any become one line that counts them."""
    near = [False] * len(lines)
    for place, line in enumerate(lines):
        if line.change is not Change.SAME:
            for other in range(max(0, place - context), min(len(lines), place + context + 1)):
                near[other] = True
    skipped = 0
    for line, is_near in zip(lines, near, strict=True):
        if not is_near:
            skipped += 1
            continue
        if skipped:
            yield Line(Change.SKIPPED, count=skipped)
            skipped = 0
        yield line
    if skipped:
        yield Line(Change.SKIPPED, count=skipped)
