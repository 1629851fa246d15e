"""Merging two texts that were made from the same one, line by line.

The three-way merge of diff3 (Khanna, Kunal and Pierce 2007, "A formal investigation of diff3"): stretches in which all
three agree split the texts into chunks; a chunk that only one side changed is taken from it, one that both changed
alike is taken once, and one that they changed differently is a conflict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Clash:
    """A place where both changed the same lines differently. `line` counts lines of the common text from 1."""

    line: int
    base: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Merge:
    """The merged text where there is no clash; with one, no text can be right."""

    text: str
    clashes: tuple[Clash, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether both changes are in the text."""
        return not self.clashes


def merge(base: str, ours: str, theirs: str) -> Merge:
    """`theirs` with what `ours` changed of `base`. Symmetric but for the names of the sides."""
    if ours in (theirs, base):
        return Merge(theirs)
    if theirs == base:
        return Merge(ours)
    lines = tuple(text.splitlines(keepends=True) for text in (base, ours, theirs))
    merged: list[str] = []
    clashes: list[Clash] = []
    for start, (old, mine, other) in _chunks(*lines):
        if mine in (other, old):
            merged += other
        elif other == old:
            merged += mine
        else:
            clashes.append(Clash(start + 1, "".join(old), "".join(mine), "".join(other)))
    return Merge("" if clashes else "".join(merged), tuple(clashes))


Lines = Sequence[str]


def _chunks(base: Lines, ours: Lines, theirs: Lines) -> Iterator[tuple[int, tuple[Lines, Lines, Lines]]]:
    """The three texts cut at the lines that all of them share: (line of the base, the three pieces)."""
    b = o = t = 0
    for at_base, at_ours, at_theirs, size in _shared(base, ours, theirs):
        if (b, o, t) != (at_base, at_ours, at_theirs):
            yield b, (base[b:at_base], ours[o:at_ours], theirs[t:at_theirs])
        b, o, t = at_base + size, at_ours + size, at_theirs + size
        yield at_base, (base[at_base:b], ours[at_ours:o], theirs[at_theirs:t])
    if b < len(base) or o < len(ours) or t < len(theirs):
        yield b, (base[b:], ours[o:], theirs[t:])


def _shared(base: Lines, ours: Lines, theirs: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of the base that stand in both others: (start in each of the three, length), in order."""
    mine, other = _matches(base, ours), _matches(base, theirs)
    first = second = 0
    while first < len(mine) and second < len(other):
        (b1, o1, n1), (b2, t2, n2) = mine[first], other[second]
        start, end = max(b1, b2), min(b1 + n1, b2 + n2)
        if start < end:
            yield start, o1 + start - b1, t2 + start - b2, end - start
        if b1 + n1 <= b2 + n2:
            first += 1
        else:
            second += 1


def _matches(base: Lines, other: Lines) -> list[tuple[int, int, int]]:
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks if block.size]
