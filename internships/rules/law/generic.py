"""Checks of one fact, whose name is a parameter: a flag, a limit, a list."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from internships.rules.law.facts import Stated
from internships.rules.law.readers import (
    CODE,
    FIELD,
    listed,
    matching,
    one_of,
    read_amount,
    read_boolean,
)
from internships.rules.law.verdicts import Verdict, broken, check, kept, kept_if, named, same, unknown, with_notes
from internships.rules.law.words import Exempt, Named, Party

read_field = matching(FIELD, "the name of a fact")


def read_named(value: Any, place: str) -> tuple[str, ...]:
    """A list of codes, at least one; whether the fact knows them is seen when the pack is read."""
    read_one = matching(CODE, "a code")
    return tuple(read_one(one, f"{place}[{n}]") for n, one in enumerate(listed(value, place)))


@check(Stated, of=(bool | None,), optional=("exempt",), field=read_field, lawful=read_boolean, exempt=one_of(Exempt))
def flag(facts: Stated, field: str, lawful: bool, exempt: Exempt | None = None) -> Verdict:
    """A fact that must be true, or false, unless the exception was filed."""
    stated: bool | None = getattr(facts, field)
    if stated is None:
        return unknown(field)
    return kept_if(stated is lawful or (exempt is not None and facts.allows(exempt)), field)


@check(
    Stated,
    of=(int | None, Decimal | None),
    optional=("exempt",),
    figures=("stated", "most"),
    field=read_field,
    most=read_amount,
    exempt=one_of(Exempt),
)
def at_most(facts: Stated, field: str, most: Decimal, exempt: Exempt | None = None) -> Verdict:
    """A number that must not pass a limit, unless the exception was filed; the limit itself is lawful."""
    stated: Decimal | int | None = getattr(facts, field)
    if stated is None:
        return unknown(field)
    is_kept = stated <= most or (exempt is not None and facts.allows(exempt))
    return kept_if(is_kept, field, stated=same(stated), most=same(most))


@check(Stated, of=(int | None, Decimal | None), figures=("stated", "least"), field=read_field, least=read_amount)
def at_least(facts: Stated, field: str, least: Decimal) -> Verdict:
    """A number that must reach a limit; the limit itself is lawful."""
    stated: Decimal | int | None = getattr(facts, field)
    if stated is None:
        return unknown(field)
    return kept_if(stated >= least, field, stated=same(stated), least=same(least))


@check(Stated, of=(Named,), figures=("stated",), field=read_field, codes=read_named)
def barred(facts: Stated, field: str, codes: tuple[str, ...]) -> Verdict:
    """Something that must be none of those barred."""
    stated = _members(facts, field)
    if stated is None:
        return unknown(field)
    found = [one for one in stated if one.value in codes]
    return kept_if(not found, field, stated=named(found))


@check(Stated, of=(Named,), figures=("stated",), field=read_field, codes=read_named)
def only(facts: Stated, field: str, codes: tuple[str, ...]) -> Verdict:
    """Something that must be one of those allowed, or a list of nothing else."""
    stated = _members(facts, field)
    if not stated:
        return unknown(field)
    found = [one for one in stated if one.value not in codes]
    return kept_if(not found, field, stated=named(found))


@check(Stated, of=(Named,), figures=("stated",), optional=("exempt",), field=read_field, exempt=one_of(Exempt))
def nothing(facts: Stated, field: str, exempt: Exempt | None = None) -> Verdict:
    """A list that must be empty, unless the exception was filed; of sums, those above 0 count."""
    stated = _members(facts, field)
    if stated is None:
        return unknown(field)
    if not stated or (exempt is not None and facts.allows(exempt)):
        return kept(field)
    sums = getattr(facts, field)
    said = (
        named(stated)
        if not isinstance(sums, Mapping)
        else with_notes({one: sums[one] for one in stated}, "元", " yuan")
    )
    return broken(f"{field}.{stated[0].value}", stated=said)


@check(Stated, of=(Named,), figures=("missing",), field=read_field, codes=read_named)
def all_of(facts: Stated, field: str, codes: tuple[str, ...]) -> Verdict:
    """A list that must name all of these."""
    stated = _members(facts, field)
    if stated is None:
        return unknown(field)
    missing = [Party(code) for code in codes if code not in {one.value for one in stated}]
    return kept_if(not missing, field, missing=named(missing))


def _members(facts: Stated, field: str) -> list[Named] | None:
    """What the fact names, whether it is one thing, a list, or sums by thing."""
    stated = getattr(facts, field)
    if stated is None:
        return None
    if isinstance(stated, Named):
        return [stated]
    if isinstance(stated, Mapping):
        return [one for one, sum_ in stated.items() if sum_ > 0]
    return list(stated)
