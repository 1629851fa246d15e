"""What is drawn for a candidate: the numbers of a calculated question, and questions from pools."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import ROUND_HALF_UP, Context, Decimal

from app.assessment.rules.content import (
    FORMULA_IN_TEXT,
    Calculated,
    CalculatedAnswer,
    Content,
    Numeric,
    NumericAnswer,
    Rounding,
    ToleranceKind,
)
from app.assessment.rules.formulas import NAME, value_of

WIDE = Context(prec=60)
_COMMON = tuple(field.name for field in fields(Content))


def drawn_from_pools(pools: Mapping[str, Sequence[int]], takes: Mapping[str, int], seed: int) -> set[int]:
    """The ids that an attempt with `seed` gets: `takes[name]` of each pool (none named: all), by hash, lowest first.

    The hash is the SHA-256 of `seed:pool:id`, so that a draw can be found again, and pools do not move with each other.
    """
    found: set[int] = set()
    for name, ids in pools.items():
        order = sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:pool {name}:{each}".encode()).digest())
        found.update(order[: takes.get(name, len(order))])
    return found


def draws(content: Calculated) -> int:
    """How many draws of numbers there are."""
    return min((len(variable.values) for variable in content.variables), default=0)


def drawn(content: Content, seed: int, place: str) -> Content:
    """The question as this seed and place draw it; what draws nothing is itself.

    The draw is the SHA-256 of `seed:place` modulo the number of draws, so that it can be found again.
    """
    if not isinstance(content, Calculated):
        return content
    count = draws(content)
    number = int.from_bytes(hashlib.sha256(f"{seed}:{place}".encode()).digest()[:8]) % count if count else 0
    return draw(content, number)


def draw(content: Calculated, number: int) -> Numeric:
    """The numeric question that draw `number`, counted from 0, makes. Raises FormulaError."""
    numbers = {variable.name: variable.values[number] for variable in content.variables}
    common = {name: getattr(content, name) for name in _COMMON}
    return Numeric(
        **{**common, "text": _with_numbers(content.text, numbers)},
        answers=tuple(_answer(answer, numbers) for answer in content.answers),
        units=content.units,
    )


def _with_numbers(text: str, numbers: Mapping[str, Decimal]) -> str:
    text = FORMULA_IN_TEXT.sub(lambda found: _plain(value_of(found[1], numbers)), text)
    return NAME.sub(lambda found: _plain(numbers[found[1]]) if found[1] in numbers else found[0], text)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _answer(answer: CalculatedAnswer, numbers: Mapping[str, Decimal]) -> NumericAnswer:
    exact = value_of(answer.formula, numbers)
    share = answer.tolerance_kind is ToleranceKind.SHARE
    tolerance = WIDE.multiply(WIDE.abs(exact), answer.tolerance) if share else answer.tolerance
    written = rounded(exact, answer.digits, answer.rounding)
    # Whoever writes the number as it is asked for is right, however small the tolerance.
    tolerance = max(tolerance, WIDE.abs(WIDE.subtract(written, exact)))
    return NumericAnswer(
        value=exact,
        fraction=answer.fraction,
        tolerance=tolerance,
        shown=written,
        feedback=answer.feedback,
        feedback_format=answer.feedback_format,
    )


def rounded(number: Decimal, digits: int, rounding: Rounding) -> Decimal:
    """`number` with so many decimals or significant digits, half away from zero."""
    if rounding is Rounding.SIGNIFICANT:
        digits = max(digits, 1) - 1 - number.adjusted() if number else 0
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, WIDE)
