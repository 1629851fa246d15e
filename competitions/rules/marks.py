"""What judging starts from and ends in: marks, ranked entries, judges, and the notes that explain them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Method(StrEnum):
    """How marks become a total."""

    MEAN = "mean"
    TRIMMED = "trimmed"
    MIXED = "mixed"
    RASCH = "rasch"


class Remark(StrEnum):
    """What has to be said beside a total."""

    NO_MARK = "no_mark"  # nobody marked the criterion: no total
    NOT_TRIMMED = "not_trimmed"  # fewer than three marks on the criterion
    LEFT_OUT = "left_out"  # the judge did not mark the criterion: none of that judge's marks on the entry count
    NO_JUDGE = "no_judge"  # no judge marked every criterion: no total
    NO_DIFFERENCE = "no_difference"  # the marks differ no more between entries than within them


class Uncorrected(StrEnum):
    """Why the severity of the judges cannot be told from the quality of the entries."""

    SINGLE_JUDGE = "single_judge"
    DISCONNECTED = "disconnected"
    NO_RESIDUAL = "no_residual"
    NOT_SETTLED = "not_settled"


@dataclass(frozen=True)
class Mark:
    """What one judge gave one entry on one criterion; None if the judge was absent."""

    entry: str
    judge: str
    criterion: str
    mark: Decimal | None


@dataclass(frozen=True)
class Note:
    """One remark on an entry, about a criterion and a judge where it has them."""

    remark: Remark
    criterion: str | None = None
    judge: str | None = None


@dataclass(frozen=True)
class RankRow:
    """One entry of a ranking; `rank` (from 1, equal totals share it) and `total` are None where there is no total.

    `raw` is the total before correction, `sd` the standard error of a corrected total, `scores` the panel score per
    criterion (for mean and trimmed).
    """

    rank: int | None
    entry: str
    total: Decimal | None
    raw: Decimal | None
    sd: Decimal | None = None
    corrected: bool = False
    notes: tuple[Note, ...] = ()
    scores: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class JudgeSeverity:
    """How much lower than the panel a judge marks (negative: more lenient), and its standard error.

    `severity` and `sd` are None where the correction was not possible; `marks` counts the entries marked in full.
    `infit` and `outfit` (Rasch alone) are near 1 for a judge who marks as the others do, severity apart.
    """

    judge: str
    severity: Decimal | None
    sd: Decimal | None
    marks: int
    infit: Decimal | None = None
    outfit: Decimal | None = None


@dataclass(frozen=True)
class Ranking:
    """Rows by rank, equal ones by entry, those without a total last; `reason` says why totals are not corrected."""

    rows: tuple[RankRow, ...]
    judges: tuple[JudgeSeverity, ...] = ()
    corrected: bool = False
    reason: Uncorrected | None = None


Sheet = dict[str, dict[str, dict[str, Decimal | None]]]


def sheet(marks: Iterable[Mark]) -> Sheet:
    """The marks by entry, judge and criterion; raises ValueError for two marks in one place."""
    found: Sheet = {}
    for mark in marks:
        by_criterion = found.setdefault(mark.entry, {}).setdefault(mark.judge, {})
        if mark.criterion in by_criterion:
            raise ValueError(f"two marks of {mark.judge!r} on {mark.criterion!r} of {mark.entry!r}")
        by_criterion[mark.criterion] = mark.mark
    return found
