"""Ranks 1-2-2-4, and the one door to every way of making a ranking from marks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from competitions.rules import facets
from competitions.rules.decimals import EXACT, is_usable, mean, rounded, total
from competitions.rules.marks import (
    JudgeSeverity,
    Mark,
    Method,
    Note,
    Ranking,
    RankRow,
    Remark,
    Sheet,
    Uncorrected,
    sheet,
)
from competitions.rules.panel import panel_rows
from competitions.rules.severity import fit_severity

PANEL_DIGITS = 2
MIXED_DIGITS = 4


def rank_entries(
    marks: Sequence[Mark],
    weights: Mapping[str, Decimal] | None = None,
    method: Method = Method.TRIMMED,
    digits: int = PANEL_DIGITS,
) -> Ranking:
    """The ranking of the entries in `marks`, which are judged together.

    `weights` by criterion; without them every criterion weighs 1. `digits` rounds the panel scores of mean and trimmed;
    what mixed and rasch estimate has 4 (rasch: in logits). Raises ValueError for a mark or weight that is not finite,
    too large or too finely divided, a negative weight, two marks of one judge on one criterion of one entry, a
    criterion without a weight, a weight without a criterion.
    """
    for mark in marks:
        if mark.mark is not None and not is_usable(mark.mark):
            raise ValueError(f"{mark.mark} cannot be a mark")
    criteria = dict.fromkeys(mark.criterion for mark in marks)
    weighed = dict.fromkeys(criteria, Decimal(1)) if weights is None else weights
    if odd := sorted(weighed.keys() ^ criteria.keys()):
        raise ValueError(f"criterion {odd[0]!r} is not both marked and weighed")
    for criterion in criteria:
        if not is_usable(weighed[criterion]) or weighed[criterion] < 0:
            raise ValueError(f"{weighed[criterion]} cannot be the weight of {criterion!r}")
    in_order = {criterion: weighed[criterion] for criterion in criteria}
    if Method(method) is Method.MIXED:
        return _mixed(sheet(marks), in_order)
    if Method(method) is Method.RASCH:
        return _rasch(marks, sheet(marks), in_order)
    return Ranking(ranked(panel_rows(sheet(marks), in_order, trim=Method(method) is Method.TRIMMED, digits=digits)))


def ranked(rows: Sequence[RankRow]) -> tuple[RankRow, ...]:
    """`rows` by total, highest first, with ranks 1-2-2-4; equal ones by entry; those without a total at the end."""
    result: list[RankRow] = []
    for position, row in enumerate(sorted((r for r in rows if r.total is not None), key=_place), 1):
        is_tied = bool(result) and result[-1].total == row.total
        result.append(replace(row, rank=result[-1].rank if is_tied else position))
    return (*result, *sorted((row for row in rows if row.total is None), key=lambda row: row.entry))


def _place(row: RankRow) -> tuple[Decimal, str]:
    return (-(row.total or Decimal(0)), row.entry)


def _mixed(marks: Sheet, weights: Mapping[str, Decimal]) -> Ranking:
    """The severity-corrected ranking, or the raw one with the reason why it cannot be corrected."""
    given, notes = _weighted(marks, weights)
    counts = Counter(judge for judges in given.values() for judge in judges)
    number = {judge: position for position, judge in enumerate(sorted(counts))}
    # Sorted, so that the order of the file changes not even the last bit.
    judged = sorted(entry for entry, judges in given.items() if judges)
    fitted = fit_severity(
        {(i, number[judge]): mark for i, entry in enumerate(judged) for judge, mark in given[entry].items()},
        len(judged),
        len(number),
    )
    raw = {entry: mean(list(given[entry].values()), MIXED_DIGITS) for entry in judged}
    rows = {entry: RankRow(None, entry, raw.get(entry), raw.get(entry), notes=notes[entry]) for entry in marks}
    names = sorted({judge for judges in marks.values() for judge in judges})
    if isinstance(fitted, Uncorrected):
        unknown = tuple(JudgeSeverity(judge, None, None, counts[judge]) for judge in names)
        return Ranking(ranked(list(rows.values())), unknown, corrected=False, reason=fitted)
    # Mean and deviation are rounded apart: a constant added by one judge moves the mean alone, and must not make or
    # break a tie in the last digit.
    centre = _rounded(fitted.mean)
    same = () if fitted.entry_variance else (Note(Remark.NO_DIFFERENCE),)
    for i, entry in enumerate(judged):
        rows[entry] = replace(
            rows[entry],
            total=EXACT.add(centre, _rounded(fitted.deviation[i])),
            sd=_rounded(fitted.sd[i]),
            corrected=True,
            notes=notes[entry] + same,
        )
    severities = {
        judge: JudgeSeverity(judge, _rounded(-fitted.lenience[j]), _rounded(fitted.lenience_sd[j]), counts[judge])
        for judge, j in number.items()
    }
    judges_ = tuple(severities.get(judge, JudgeSeverity(judge, None, None, 0)) for judge in names)
    return Ranking(ranked(list(rows.values())), judges_, corrected=True)


def _rasch(marks: Sequence[Mark], by_entry: Sheet, weights: Mapping[str, Decimal]) -> Ranking:
    """The ranking by many-facet Rasch measures, or the raw one with the reason why there are none.

    Every mark counts, also those of a judge who left a criterion out; a criterion of weight 0 does not.
    """
    given, notes = _weighted(by_entry, weights)
    raw = {entry: mean(list(judges.values()), MIXED_DIGITS) for entry, judges in given.items() if judges}
    rows = {entry: RankRow(None, entry, raw.get(entry), raw.get(entry), notes=notes[entry]) for entry in by_entry}
    counts = Counter(judge for judges in given.values() for judge in judges)
    names = sorted({judge for judges in by_entry.values() for judge in judges})
    # Sorted, so that the order of the file changes not even the last bit.
    used = sorted(
        (one.entry, one.criterion, one.judge, one.mark)
        for one in marks
        if one.mark is not None and weights[one.criterion] > 0
    )
    fitted = facets.measure(used, {name: float(weight) for name, weight in weights.items()})
    if isinstance(fitted, Uncorrected):
        unknown = tuple(JudgeSeverity(judge, None, None, counts[judge]) for judge in names)
        return Ranking(ranked(list(rows.values())), unknown, corrected=False, reason=fitted)
    for entry, found in fitted.entries.items():
        kept = tuple(note for note in notes[entry] if note.remark is not Remark.NO_JUDGE)
        rows[entry] = replace(
            rows[entry], total=_rounded(found.measure), sd=_rounded(found.sd), corrected=True, notes=kept
        )
    severities = {
        judge: JudgeSeverity(
            judge,
            _rounded(found.measure),
            _rounded(found.sd),
            counts[judge],
            _rounded(found.infit),
            _rounded(found.outfit),
        )
        for judge, found in fitted.judges.items()
    }
    judges_ = tuple(severities.get(judge, JudgeSeverity(judge, None, None, 0)) for judge in names)
    return Ranking(ranked(list(rows.values())), judges_, corrected=True)


def _weighted(
    marks: Sheet, weights: Mapping[str, Decimal]
) -> tuple[dict[str, dict[str, Decimal]], dict[str, tuple[Note, ...]]]:
    """Σ_c w_c·mark by entry and judge where the judge marked every criterion, and per entry who was left out."""
    given: dict[str, dict[str, Decimal]] = {}
    notes: dict[str, tuple[Note, ...]] = {}
    for entry, judges in marks.items():
        given[entry] = {}
        left_out = []
        for judge, by_criterion in judges.items():
            present = {criterion: mark for criterion, mark in by_criterion.items() if mark is not None}
            if len(present) == len(weights):
                given[entry][judge] = total(EXACT.multiply(weights[c], mark) for c, mark in present.items())
            elif present:
                left_out += [
                    Note(Remark.LEFT_OUT, criterion, judge) for criterion in weights if criterion not in present
                ]
        notes[entry] = (*left_out, *(() if given[entry] else (Note(Remark.NO_JUDGE),)))
    return given, notes


def _rounded(value: float) -> Decimal:
    return rounded(Decimal(float(value)), MIXED_DIGITS)
