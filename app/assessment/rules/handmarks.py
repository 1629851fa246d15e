"""Marks that people give: what share they amount to, and what the marks of several people mean together.

All numbers are decimals; a share is a part of the item's points, in [0, 1], to six places as the database keeps it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from app.assessment.rules.content import QuestionKind
from app.assessment.rules.marking import MarkReason

# What no machine marks.
MARKED_BY_PEOPLE = frozenset({QuestionKind.ESSAY, QuestionKind.FILE})
# Two marks that lie further apart than this share of the points need a second look by somebody else.
APART = Decimal("0.2")
PLACES = Decimal("0.000001")
MOST_MARKERS = 2
# Numbers by which markers know answers begin with four digits; after some draws that met a taken one, with more.
FIRST_NUMBER = 1000
DRAWS_A_LENGTH = 8


class Meaning(StrEnum):
    """What the marks of an answer mean: some are missing, they lie apart, or they give a share."""

    WAITING = "waiting"
    DIFFERING = "differing"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class RowMark:
    """The mark in one row of a rubric, of at most `most`; None while not given."""

    weight: Decimal
    most: Decimal
    mark: Decimal | None


@dataclass(frozen=True, slots=True)
class Given:
    """The final mark of one person as a share; `is_settling` where it was given after a second look."""

    share: Decimal
    is_settling: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What marks mean, and the share that they settle on, if they do."""

    meaning: Meaning
    share: Decimal | None = None


def share_of_rows(rows: Iterable[RowMark]) -> Decimal | None:
    """Σ weight·mark/most ÷ Σ weight; None while a row that weighs something has no mark, or where nothing weighs.

    A row in which nothing can be earned weighs nothing.
    """
    counting = [row for row in rows if row.weight > 0 and row.most > 0]
    total = sum((row.weight for row in counting), Decimal(0))
    reached = Decimal(0)
    for row in counting:
        if row.mark is None:
            return None
        reached += row.weight * row.mark / row.most
    return _held(reached / total) if total else None


def share_of_mark(mark: Decimal | None, most: Decimal) -> Decimal | None:
    """One mark of at most `most` as a share; None while not given, none where nothing can be earned."""
    if mark is None:
        return None
    return _held(mark / most) if most > 0 else _held(Decimal(0))


def mark_of_share(share: Decimal | None, most: Decimal) -> Decimal | None:
    """The mark, to two decimals, that `share_of_mark` made a share of."""
    return None if share is None else round(share * most, 2)


def _held(share: Decimal) -> Decimal:
    return min(max(share, Decimal(0)), Decimal(1)).quantize(PLACES, ROUND_HALF_EVEN)


def meaning_of(marks: Sequence[Given], needed: int) -> Outcome:
    """What final marks mean, in the order in which they were given, where `needed` people mark each answer.

    The newest settling mark counts alone. Else two marks more than `APART` apart differ, and marks that do not settle
    on their mean.
    """
    settling = [mark.share for mark in marks if mark.is_settling]
    if settling:
        return Outcome(Meaning.SETTLED, settling[-1])
    shares = [mark.share for mark in marks]
    if not shares or len(shares) < needed:
        return Outcome(Meaning.WAITING)
    if max(shares) - min(shares) > APART:
        return Outcome(Meaning.DIFFERING)
    return Outcome(Meaning.SETTLED, _held(sum(shares, Decimal(0)) / len(shares)))


def reason_of(share: Decimal) -> MarkReason:
    """The word for a share that people gave."""
    return MarkReason.RIGHT if share == 1 else MarkReason.PARTLY if share > 0 else MarkReason.WRONG


def drawn_numbers(item_id: int, answer_ids: Iterable[int], secret: bytes) -> dict[int, int]:
    """A number for each answer to an item, by answer id, which tells neither whose it is nor when it came.

    Drawn by HMAC-SHA-256 under `secret`. Who came first keeps a number that two draw, so further answers change no
    number that was given before.
    """
    taken: dict[int, int] = {}
    for answer_id in sorted(set(answer_ids)):
        for draw in range(1_000):
            start = FIRST_NUMBER * 10 ** (draw // DRAWS_A_LENGTH)
            message = f"{item_id}:{answer_id}:{draw}".encode()
            number = start + int.from_bytes(hmac.new(secret, message, hashlib.sha256).digest()[:8]) % (9 * start)
            if number not in taken:
                taken[number] = answer_id
                break
    return {answer_id: number for number, answer_id in taken.items()}
