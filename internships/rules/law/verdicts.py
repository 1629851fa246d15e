"""What a check answers, and how checks are named: pure predicates on facts, with parameters that a pack fills in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, TypeVar

from internships.rules.law.facts import Stated
from internships.rules.law.readers import Read
from internships.rules.law.words import Named, Words

HUNDREDTH = Decimal("0.01")
NOT_STATED = Words("未填", "not stated")

Function = TypeVar("Function", bound=Callable[..., "Verdict"])


class Outcome(StrEnum):
    """What became of a rule: kept, broken, or not to be judged because a fact is missing."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The answer of a check: the outcome, the field that decided or is missing, and the figures for the sentence."""

    outcome: Outcome
    field: str
    figures: Mapping[str, Words]


@dataclass(frozen=True)
class Check:
    """A predicate by name: the facts that it needs, its parameters with their readers, and the figures it gives.

    With `of`, the parameter `field` names a fact whose type must be one of these; without, there is no such parameter.
    """

    function: Callable[..., Verdict]
    facts: type[Stated]
    parameters: Mapping[str, Read]
    optional: frozenset[str]
    figures: frozenset[str]
    of: tuple[Any, ...] = ()


CHECKS: dict[str, Check] = {}


def check(
    facts: type[Stated],
    *,
    figures: Iterable[str] = (),
    optional: Iterable[str] = (),
    of: tuple[Any, ...] = (),
    **parameters: Read,
) -> Callable[[Function], Function]:
    """Enter a function among the checks, under its own name."""

    def enter(function: Function) -> Function:
        CHECKS[function.__name__] = Check(function, facts, parameters, frozenset(optional), frozenset(figures), of)
        return function

    return enter


def kept(field: str) -> Verdict:
    """The rule is kept."""
    return Verdict(Outcome.KEPT, field, {})


def broken(field: str, **figures: Words) -> Verdict:
    """The rule is broken, by these figures."""
    return Verdict(Outcome.BROKEN, field, figures)


def unknown(field: str) -> Verdict:
    """The rule cannot be judged: this fact is missing."""
    return Verdict(Outcome.UNKNOWN, field, {})


def kept_if(is_kept: bool, field: str, **figures: Words) -> Verdict:
    """Kept or broken."""
    return kept(field) if is_kept else broken(field, **figures)


# ---- figures in words ----------------------------------------------------------------------------------------------


def same(value: object) -> Words:
    """A figure that reads the same in both languages; a number without idle zeros."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, Decimal) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return Words(text, text)


def number(value: Decimal | int | date | None) -> Words:
    """A number or a day, or the words for one that is not stated."""
    return NOT_STATED if value is None else same(value)


def percentage(part: Decimal, whole: Decimal, *, up: bool = False) -> Words:
    """`part` in hundredths of `whole`, cut to two decimals towards the side that was missed: 79.999 never reads 80."""
    share = (part * 100 / whole).quantize(HUNDREDTH, ROUND_CEILING if up else ROUND_FLOOR)
    return Words(f"{share:f}", f"{share:f}")


def named(members: Iterable[Named]) -> Words:
    """A list of things in words."""
    found = [member.words for member in members]
    return Words("、".join(one.zh for one in found), ", ".join(one.en for one in found))


def with_notes(notes: Mapping[Any, Decimal | date], zh: str = "", en: str = "") -> Words:
    """A list of things in words, each with a number or day in brackets, and the unit of it in both languages."""
    found = [(one.words, same(note)) for one, note in notes.items()]
    return Words(
        "、".join(f"{words.zh}（{note.zh}{zh}）" for words, note in found),
        ", ".join(f"{words.en} ({note.en}{en})" for words, note in found),
    )
