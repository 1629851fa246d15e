"""Law packs: rules as data with article, text and source, chosen by day, province and school type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from internships.rules.law.words import Effect, Internship, Moment, SchoolType, Words


class Mark(StrEnum):
    """Where a statement comes from: a text that was seen, the law itself, or memory, which never refuses."""

    SOURCED = "sourced"
    LAW = "law"
    RECALLED = "recalled"


@dataclass(frozen=True)
class Rule:
    """One rule at one moment. `key` tells it from the other parts of the same rule; `broken` is said with figures.

    `by_reference` is True where the text was written for other kinds of school and is only a measure of good practice.
    """

    id: str
    part: str
    pack: str
    moment: Moment
    document: Words
    article: Words
    article_mark: Mark
    text: Words
    broken: Words
    source: str
    mark: Mark
    effect: Effect
    check: str
    parameters: Mapping[str, Any]
    covers: tuple[Internship, ...]
    school_types: tuple[SchoolType, ...]
    reference_for: tuple[SchoolType, ...]
    applies_from: date
    until: date | None
    by_reference: bool = False

    @property
    def key(self) -> str:
        """The rule and its part, as an attestation names them."""
        return f"{self.id}/{self.part}"

    def is_in_force(self, on: date) -> bool:
        """Whether it applies on the day; its last day still counts."""
        return self.applies_from <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Pack:
    """A set of rules: one text, or the texts that apply together, whose ids are then joined by +."""

    id: str
    title: Words
    document: Words
    province: str | None
    province_gb: str | None
    school_types: tuple[SchoolType, ...]
    applies_from: date
    until: date | None
    rules: tuple[Rule, ...]

    def is_of(self, province: str | None) -> bool:
        """Whether it is a national text, or that of this province, by ISO or GB code."""
        return self.province is None or province in (self.province, self.province_gb)

    def is_in_force(self, on: date) -> bool:
        """Whether it applies on the day."""
        return self.applies_from <= on and (self.until is None or on <= self.until)

    def on(self, day: date) -> "Pack":
        """The pack with the rules that are in force on a day."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.is_in_force(day)))

    def for_school(self, school_type: SchoolType | None) -> "Pack":
        """The rules for a kind of school; without one, those for the schools that the text was written for.

        A rule that is only a reference for this kind of school warns at most.
        """
        return replace(self, rules=tuple(one for rule in self.rules for one in _for_school(rule, school_type)))


def _for_school(rule: Rule, school_type: SchoolType | None) -> Iterable[Rule]:
    if school_type is None or school_type in rule.school_types:
        yield rule
    elif school_type in rule.reference_for:
        yield replace(rule, effect=Effect.WARN, by_reference=True)


class NoPack(LookupError):
    """No law pack is in force for this day and school."""


def choose(packs: Sequence[Pack], on: date, province: str | None, school_type: SchoolType | None) -> Pack:
    """The national texts and that of the province which are in force on a day, as one pack; raises NoPack for none.

    Where the kind of school is not stated, the texts for vocational schools apply in full: their students may come.
    """
    found = [
        pack.on(on).for_school(school_type)
        for pack in packs
        if pack.is_in_force(on)
        and pack.is_of(province)
        and not (school_type is None and pack.school_types == (SchoolType.UNDERGRADUATE,))
    ]
    found = sorted((pack for pack in found if pack.rules), key=lambda pack: (pack.province is not None, pack.id))
    if not found:
        raise NoPack(f"no law pack is in force on {on} for this school")
    return joined(found)


def joined(packs: Sequence[Pack]) -> Pack:
    """Several packs as one."""
    first = packs[0]
    if len(packs) == 1:
        return first
    return replace(
        packs[-1],
        id="+".join(pack.id for pack in packs),
        title=Words("；".join(pack.title.zh for pack in packs), "; ".join(pack.title.en for pack in packs)),
        school_types=first.school_types,
        applies_from=max(pack.applies_from for pack in packs),
        until=min((pack.until for pack in packs if pack.until is not None), default=None),
        rules=tuple(rule for pack in packs for rule in pack.rules),
    )
