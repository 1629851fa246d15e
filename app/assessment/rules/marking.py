"""Marking an answer, and what a blind guess would score.

An answer is JSON: an option's key (single), a list of keys (multiple, ordering), true or false, text or a number
(numeric, short text, essay), an object by row or gap (matching, cloze). Any JSON at all gets a mark, never an error.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import Any

from app.assessment.rules.content import (
    Calculated,
    Cloze,
    Content,
    Description,
    Essay,
    FileUpload,
    Format,
    Hotspot,
    Matching,
    Multiple,
    Numeric,
    Ordering,
    ShortText,
    Single,
    TrueFalse,
    Unit,
)
from app.assessment.rules.drawing import draw
from app.assessment.rules.reading import EXACT, fold, matches, read_number

# Thirds and sevenths written with a few decimals add up to almost 1.
ALMOST_ALL = 1 - 1e-4


class MarkReason(StrEnum):
    """Why a mark is what it is, in the words that a candidate reads."""

    RIGHT = "right"
    PARTLY = "partly right"
    WRONG = "wrong"
    NOT_ANSWERED = "not answered"
    UNREADABLE = "not a possible answer"
    NEEDS_PERSON = "needs a person"
    NOTHING_ASKED = "nothing is asked"


@dataclass(frozen=True, slots=True)
class Said:
    """A feedback text and how it is written."""

    text: str
    format: Format


@dataclass(frozen=True, slots=True)
class Part:
    """The mark of one row or gap, in [0, 1], by its key."""

    key: str
    mark: float
    reason: MarkReason


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark as a share of the question's points, in [0, 1]; None where a person must give it."""

    mark: float | None
    reason: MarkReason
    parts: tuple[Part, ...] = ()
    feedback: tuple[Said, ...] = field(default=())


def mark(content: Content, answer: Any) -> Marked:
    """The mark of `answer`. Rows and gaps count by their share; what the chosen options say is in `feedback`.

    A calculated question is marked as `drawing.drawn` made it; one that was not drawn is taken as its first draw.
    """
    match content:
        case Single():
            marked = _mark_single(content, answer)
        case Multiple():
            marked = _mark_multiple(content, answer)
        case TrueFalse():
            marked = _mark_true_false(content, answer)
        case Numeric():
            marked = _mark_numeric(content, answer)
        case ShortText():
            marked = _mark_short_text(content, answer)
        case Matching():
            marked = _mark_matching(content, answer)
        case Ordering():
            marked = _mark_ordering(content, answer)
        case Cloze():
            marked = _mark_cloze(content, answer)
        case Essay():
            marked = _mark_essay(content, answer)
        case FileUpload():
            marked = _mark_files(answer)
        case Hotspot():
            marked = _mark_hotspot(content, answer)
        case Calculated():
            marked = _mark_numeric(draw(content, 0), answer)
        case Description():
            return Marked(0.0, MarkReason.NOTHING_ASKED)
        case _:
            raise TypeError(f"no marking for {content.kind}")
    combined = {
        MarkReason.RIGHT: content.right_feedback,
        MarkReason.PARTLY: content.partly_feedback,
        MarkReason.WRONG: content.wrong_feedback,
    }.get(marked.reason)
    if not combined:
        return marked
    return Marked(marked.mark, marked.reason, marked.parts, (*marked.feedback, Said(combined, content.format)))


def max_points(content: Content) -> float:
    """What the question is worth: its points, nothing for a description."""
    return 0.0 if isinstance(content, Description) else content.points


def guess_floor(content: Content) -> float:
    """The mark that a blind guess can expect, in [0, 1]: one option of n, one choice of n per row; 0 for typed text."""
    match content:
        case Single() | Multiple():
            return 1 / max(len(content.options), 1)
        case TrueFalse():
            return 0.5
        case Matching():
            return 1 / max(len(content.choices), 1)
        case Ordering():
            return 1 / max(len(content.items), 1)
        case Hotspot():
            return 1 / max(len(content.areas), 1)
        case Cloze():
            total = sum(gap.weight for gap in content.gaps)
            return sum(gap.weight * guess_floor(gap.part) for gap in content.gaps) / total if total > 0 else 0.0
        case _:
            return 0.0


NOT_ANSWERED = Marked(0.0, MarkReason.NOT_ANSWERED)
UNREADABLE = Marked(0.0, MarkReason.UNREADABLE)


def _scored(share: float, feedback: Iterable[Said] = (), parts: tuple[Part, ...] = ()) -> Marked:
    """`share` held within [0, 1], with the reason that it amounts to and the feedback that says something."""
    held = 1.0 if share >= ALMOST_ALL else max(share, 0.0)
    reason = MarkReason.RIGHT if held == 1 else MarkReason.PARTLY if held > 0 else MarkReason.WRONG
    return Marked(held, reason, parts, tuple(said for said in feedback if said.text))


def _is_blank(answer: Any) -> bool:
    return answer is None or answer in ([], {}) or (isinstance(answer, str) and not answer.strip())


def _mark_single(content: Single, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    for option in content.options:
        if option.key == answer:
            return _scored(option.fraction, [Said(option.feedback, option.feedback_format or content.format)])
    return UNREADABLE


def _mark_multiple(content: Multiple, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    given = _keys(answer)
    chosen = [option for option in content.options if option.key in given]
    if not chosen:
        return UNREADABLE
    return _scored(
        sum(option.fraction for option in chosen),
        [Said(option.feedback, option.feedback_format or content.format) for option in chosen],
    )


def _keys(answer: Any) -> dict[str, None]:
    """The texts in `answer`, each once, in its order."""
    listed = answer if isinstance(answer, list) else [answer]
    return {key: None for key in listed if isinstance(key, str)}


def _mark_true_false(content: TrueFalse, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    said = {"true": True, "false": False}.get(answer.strip().lower()) if isinstance(answer, str) else answer
    if not isinstance(said, bool):
        return UNREADABLE
    feedback = (
        Said(content.feedback_true, content.feedback_true_format or content.format)
        if said
        else Said(content.feedback_false, content.feedback_false_format or content.format)
    )
    return _scored(float(said == content.right), [feedback])


def _mark_numeric(content: Numeric, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    number = _number(answer, content.units)
    if number is None:
        return UNREADABLE
    for accepted in content.answers:
        if accepted.value is None or EXACT.abs(EXACT.subtract(number, accepted.value)) <= accepted.tolerance:
            return _scored(accepted.fraction, [Said(accepted.feedback, accepted.feedback_format or content.format)])
    return _scored(0.0)


def _number(answer: Any, units: tuple[Unit, ...]) -> Decimal | None:
    """The number that `answer` gives, in the first unit; None where it gives none."""
    if isinstance(answer, bool):
        return None
    if isinstance(answer, int):
        return Decimal(answer) if answer.bit_length() < 1000 else None
    if isinstance(answer, float):
        return Decimal(repr(answer)) if isfinite(answer) else None
    if not isinstance(answer, str) or len(answer) > 1000:
        return None
    plain = read_number(answer)
    if plain is not None:
        return plain
    written = fold(answer, match_case=True)
    # Longest first, so that "km" is not read as "m".
    for unit in sorted(units, key=lambda each: -len(each.name)):
        name = fold(unit.name, match_case=True)
        if name and written.endswith(name):
            number = read_number(written[: -len(name)])
            if number is not None:
                return EXACT.multiply(number, unit.multiplier)
    return None


def _typed(answer: Any) -> str | None:
    """What was typed, where numbers are words too."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return None
    return repr(answer) if isinstance(answer, float) or answer.bit_length() < 1000 else None


def _mark_short_text(content: ShortText, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    given = _typed(answer)
    if given is None:
        return UNREADABLE
    for accepted in content.answers:
        if matches(accepted.text, given, content.match_case):
            return _scored(accepted.fraction, [Said(accepted.feedback, accepted.feedback_format or content.format)])
    return _scored(0.0)


def _mark_matching(content: Matching, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    if not isinstance(answer, Mapping):
        return UNREADABLE
    keys = {choice.key for choice in content.choices}
    parts = []
    for pair in content.pairs:
        given = answer.get(pair.key)
        if _is_blank(given):
            parts.append(Part(pair.key, 0.0, MarkReason.NOT_ANSWERED))
        elif not isinstance(given, str) or given not in keys:
            parts.append(Part(pair.key, 0.0, MarkReason.UNREADABLE))
        else:
            is_right = given == pair.choice
            parts.append(Part(pair.key, float(is_right), MarkReason.RIGHT if is_right else MarkReason.WRONG))
    return _of_parts(parts, [1.0] * len(parts))


def _of_parts(parts: list[Part], weights: list[float], feedback: Iterable[Said] = ()) -> Marked:
    """The weighted mean of `parts`; not answered where none was, unreadable where none could be read."""
    reasons = {part.reason for part in parts}
    if reasons <= {MarkReason.NOT_ANSWERED}:
        return Marked(0.0, MarkReason.NOT_ANSWERED, tuple(parts))
    if reasons <= {MarkReason.NOT_ANSWERED, MarkReason.UNREADABLE}:
        return Marked(0.0, MarkReason.UNREADABLE, tuple(parts))
    total = sum(weights)
    share = sum(part.mark * weight for part, weight in zip(parts, weights, strict=True)) / total if total > 0 else 0.0
    return _scored(share, feedback, tuple(parts))


def _mark_ordering(content: Ordering, answer: Any) -> Marked:
    """Share of the items, beyond the first, that keep the right order among each other.

    (k - 1)/(n - 1), where k is the length of the longest run of items, not necessarily neighbours, that stand in the
    right order: one item misplaced costs one step, the reverse order scores 0.
    """
    if _is_blank(answer):
        return NOT_ANSWERED
    place = {item.key: number for number, item in enumerate(content.items)}
    given = [place[key] for key in _keys(answer) if key in place]
    if not given:
        return UNREADABLE
    ends: list[int] = []  # ends[k]: the smallest place at which a run of k + 1 items can end (patience sorting)
    for number in given:
        found = bisect_left(ends, number)
        ends[found : found + 1] = [number]
    return _scored((len(ends) - 1) / max(len(content.items) - 1, 1))


def _mark_cloze(content: Cloze, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    if not isinstance(answer, Mapping):
        return UNREADABLE
    marked = [(gap, mark(gap.part, answer.get(gap.key))) for gap in content.gaps]
    return _of_parts(
        [Part(gap.key, result.mark or 0.0, result.reason) for gap, result in marked],
        [gap.weight for gap, _ in marked],
        [said for _, result in marked for said in result.feedback],
    )


def _mark_essay(content: Essay, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    typed = _typed(answer)
    if typed is None:
        return UNREADABLE
    # A template that somebody left as it was is no answer.
    is_untouched = fold(typed, match_case=True) == fold(content.template, match_case=True)
    return NOT_ANSWERED if is_untouched else Marked(None, MarkReason.NEEDS_PERSON)


def _mark_files(answer: Any) -> Marked:
    files = answer.get("files") if isinstance(answer, Mapping) else answer
    if _is_blank(files):
        return NOT_ANSWERED
    return Marked(None, MarkReason.NEEDS_PERSON) if isinstance(files, list) else UNREADABLE


def _mark_hotspot(content: Hotspot, answer: Any) -> Marked:
    if _is_blank(answer):
        return NOT_ANSWERED
    given = _keys(answer)
    chosen = [area for area in content.areas if area.key in given]
    if not chosen or (len(chosen) > 1 and not content.several):
        return UNREADABLE
    return _scored(
        sum(area.fraction for area in chosen),
        [Said(area.feedback, area.feedback_format or content.format) for area in chosen],
    )
