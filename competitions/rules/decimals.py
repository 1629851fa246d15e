"""Exact decimals: sums and products lose nothing, and every rounding is half up, once."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

# Wide enough for the sum of any file of marks of WHOLE_DIGITS before and PLACES after the point, times a weight.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
WHOLE_DIGITS = 12
PLACES = 20


def is_usable(value: Decimal) -> bool:
    """Whether `value` is finite, below 10^12 in size and written to at most 20 places: sums then stay exact."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -PLACES and (not value or value.adjusted() < WHOLE_DIGITS)


def rounded(value: Decimal, digits: int) -> Decimal:
    """`value` rounded half up (away from zero at exactly half) to `digits` places."""
    # Adding zero turns −0.00 into 0.00.
    return EXACT.add(EXACT.quantize(value, Decimal(1).scaleb(-digits)), Decimal(0))


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    result = Decimal(0)
    for value in values:
        result = EXACT.add(result, value)
    return result


def mean(values: list[Decimal], digits: int) -> Decimal:
    """The mean of one or more values, rounded half up once, from the exact quotient, to `digits` places."""
    scaled = Fraction(total(values)) * 10**digits / len(values)
    # Doubling and adding one before the division by two rounds half up; on the size, so that half goes away from zero.
    size = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-size if scaled < 0 else size).scaleb(-digits, EXACT)
