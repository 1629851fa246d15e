"""Equals in a ranking are ordered by one lottery, drawn from a seed that is published before the deadline."""

from collections.abc import Sequence
from hashlib import sha256


class TiesWithoutSeed(ValueError):
    """A ranking holds equals, and no seed was given to order them by."""


def lottery_number(seed: str, student: str) -> str:
    """The student's number in the lottery of `seed`: SHA-256 of `seed:student` (UTF-8) as hex digits, lowest first."""
    return sha256(f"{seed}:{student}".encode()).hexdigest()


def break_ties(ranking: Sequence[str | Sequence[str]], seed: str | None) -> tuple[str, ...]:
    """`ranking` with each list of equals put into the order of their lottery numbers.

    The number depends on the student alone, so that one lottery serves all postings: a student who is lucky at one is
    lucky at all, which costs less welfare than a lottery for each (Abdulkadiroğlu, Pathak & Roth 2009).
    Raises TiesWithoutSeed if there are equals and `seed` is None.
    """
    order: list[str] = []
    for place in ranking:
        if isinstance(place, str):
            order.append(place)
        elif len(place) == 1:
            order.extend(place)
        elif seed is None:
            raise TiesWithoutSeed
        else:
            order.extend(sorted(place, key=lambda student: lottery_number(seed, student)))
    return tuple(order)
