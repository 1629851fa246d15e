"""How alike two answers read: a hint that somebody may want to look at both, and nothing else.

The measure is rapidfuzz's `ratio`, 1 − insertions and deletions ÷ both lengths: it needs no words, and so reads Chinese
as well as English.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from app.assessment.rules.reading import fold

# Texts on one subject share about half of their letters anyway.
ALIKE_FROM = 0.7
# What is shorter reads like any other.
SHORTEST = 20
# Beyond this much of a text nothing is compared, so that a page stays quick whatever people hand in.
LONGEST = 5_000
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """Another answer, by its number, and how alike it reads, in [0, 1]."""

    number: int
    share: float


def alike(text: str, others: Mapping[int, str], template: str = "") -> list[Alike]:
    """Those of `others` (texts by number) that read most like `text`; the lines of `template` count for nobody."""
    given = {fold(line) for line in template.splitlines()}
    wanted = _own(text, given)
    if len(wanted) < SHORTEST:
        return []
    compared = {number: own for number, each in others.items() if len(own := _own(each, given)) >= SHORTEST}
    found = process.extract(wanted, compared, scorer=fuzz.ratio, score_cutoff=ALIKE_FROM * 100, limit=MOST_TOLD)
    return sorted(
        (Alike(number, score / 100) for _text, score, number in found), key=lambda one: (-one.share, one.number)
    )


def _own(text: str, given: set[str]) -> str:
    """What somebody wrote beyond the template, with width, case and white space folded."""
    return " ".join(line for each in text[: 2 * LONGEST].splitlines() if (line := fold(each)) and line not in given)[
        :LONGEST
    ]
