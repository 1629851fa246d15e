"""Panel scores: the mean of the marks present, or the mean without one highest and one lowest (the usual jury rule)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from competitions.rules.decimals import EXACT, mean, rounded, total
from competitions.rules.marks import Note, RankRow, Remark, Sheet

# With fewer marks, dropping one highest and one lowest would leave nothing.
FEWEST_TO_TRIM = 3


def panel_score(marks: Sequence[Decimal], *, trim: bool, digits: int) -> Decimal:
    """The mean of the marks of the judges present (one or more), exact, rounded half up to `digits`.

    With `trim`, one highest and one lowest are dropped first where there are three or more. Absent judges must have
    been left out before, else the one dropped as lowest may be the one who was not there.
    """
    counted = sorted(marks)
    if trim and len(counted) >= FEWEST_TO_TRIM:
        counted = counted[1:-1]
    return mean(counted, digits)


def panel_rows(sheet: Sheet, weights: Mapping[str, Decimal], *, trim: bool, digits: int) -> list[RankRow]:
    """One unranked row per entry: its panel score on each criterion of `weights`, and their weighted total.

    Each weight × score is rounded half up to `digits`, then added. An entry without a mark on a criterion has no total.
    """
    rows = []
    for entry, judges in sheet.items():
        scores: dict[str, Decimal | None] = {}
        notes = []
        for criterion in weights:
            marks = [mark for given in judges.values() if (mark := given.get(criterion)) is not None]
            scores[criterion] = panel_score(marks, trim=trim, digits=digits) if marks else None
            if not marks:
                notes.append(Note(Remark.NO_MARK, criterion))
            elif trim and len(marks) < FEWEST_TO_TRIM:
                notes.append(Note(Remark.NOT_TRIMMED, criterion))
        parts = [
            rounded(EXACT.multiply(weights[criterion], score), digits)
            for criterion, score in scores.items()
            if score is not None
        ]
        sum_ = total(parts) if len(parts) == len(scores) else None
        rows.append(RankRow(None, entry, sum_, sum_, notes=tuple(notes), scores=scores))
    return rows
