"""Reading a pack strictly: what is missing, unknown or unfounded in it is said with its place, and nothing is taken."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Any, TypeVar, get_args

from internships.rules.law import assignments, generic, logs, postings
from internships.rules.law.facts import FACTS, Stated
from internships.rules.law.packs import Mark, Pack, Rule
from internships.rules.law.readers import CODE, Malformed, listed, matching, read_day, show, some_of
from internships.rules.law.verdicts import CHECKS, Check
from internships.rules.law.words import Effect, Internship, Moment, Named, SchoolType, Words

# The checks enter themselves when their modules are read.
CHECKED_IN = (assignments, generic, logs, postings)
ISO = re.compile(r"CN-[A-Z]{2}")
GB = re.compile(r"[0-9]{2}0000")
NUMBERED = re.compile(r"第[一二三四五六七八九十百]+条")
PART = re.compile(r"[a-z-]{1,30}")
LONGEST = 600

PACK_REQUIRED = ("id", "title_zh", "title_en", "applies_from", "school_types", "rules")
PACK_OPTIONAL = ("document_zh", "document_en", "until", "province", "province_gb")
RULE_REQUIRED = (
    *("id", "part", "moments", "effect", "check", "mark", "source"),
    *("article_zh", "article_en", "text_zh", "text_en", "broken_zh", "broken_en"),
)
RULE_OPTIONAL = ("article_mark", "parameters", "covers", "reference_for", "school_types", "applies_from", "until")


def parse_pack(value: Any) -> Pack:
    """The pack in a table, as TOML gives it.

    Raises Malformed for a missing or unknown key, an unknown check, parameter or fact, a sentence with a place that
    the check does not fill, a rule twice at one moment, and a rule that would refuse on what is only recalled.
    """
    table = _keys(value, "", PACK_REQUIRED, PACK_OPTIONAL)
    pack_id = matching(CODE, "an id")(table["id"], "id")
    if ("province" in table) != ("province_gb" in table):
        raise Malformed("province", "province and province_gb go together")
    pack = Pack(
        id=pack_id,
        title=Words(_text(table["title_zh"], "title_zh"), _text(table["title_en"], "title_en")),
        document=Words(
            *(_text(table.get(f"document_{one}", "-"), f"document_{one}").strip("-") for one in Words._fields)
        ),
        province=matching(ISO, "an ISO 3166-2 code")(table["province"], "province") if "province" in table else None,
        province_gb=matching(GB, "a GB code")(table["province_gb"], "province_gb") if "province_gb" in table else None,
        school_types=_some(SchoolType, table["school_types"], "school_types"),
        applies_from=read_day(table["applies_from"], "applies_from"),
        until=read_day(table["until"], "until") if "until" in table else None,
        rules=(),
    )
    _ordered(pack.applies_from, pack.until, "until")
    rules = [rule for n, one in enumerate(listed(table["rules"], "rules")) for rule in _rules(one, f"rules[{n}]", pack)]
    seen: set[tuple[str, Moment]] = set()
    for rule in rules:
        if (rule.key, rule.moment) in seen:
            raise Malformed("rules", f"{rule.key} stands twice for the moment {rule.moment}")
        seen.add((rule.key, rule.moment))
    if not rules:
        raise Malformed("rules", "holds no rule")
    return replace(pack, rules=tuple(rules))


def _rules(value: Any, place: str, pack: Pack) -> Iterable[Rule]:
    """The rule of one table, once for each of its moments."""
    table = _keys(value, place, RULE_REQUIRED, RULE_OPTIONAL)
    mark = _member(Mark, table["mark"], f"{place}.mark")
    effect = _member(Effect, table["effect"], f"{place}.effect")
    if mark is Mark.RECALLED and effect is Effect.REFUSE:
        raise Malformed(f"{place}.effect", "what is only recalled may warn, never refuse")
    if effect is Effect.REFUSE and not NUMBERED.search(str(table["article_zh"])):
        raise Malformed(f"{place}.article_zh", "a refusal names the number of its article")
    moments = [_member(Moment, one, f"{place}.moments") for one in listed(table["moments"], f"{place}.moments")]
    if not moments:
        raise Malformed(f"{place}.moments", "names no moment")
    rule = Rule(
        id=matching(CODE, "an id")(table["id"], f"{place}.id"),
        part=matching(PART, "a part in small letters")(table["part"], f"{place}.part"),
        pack=pack.id,
        moment=moments[0],
        document=pack.document,
        article=Words(*(_text(table[f"article_{one}"], f"{place}.article_{one}") for one in Words._fields)),
        article_mark=_member(Mark, table.get("article_mark", mark), f"{place}.article_mark"),
        text=Words(*(_text(table[f"text_{one}"], f"{place}.text_{one}") for one in Words._fields)),
        broken=Words(*(_text(table[f"broken_{one}"], f"{place}.broken_{one}") for one in Words._fields)),
        source=_text(table["source"], f"{place}.source"),
        mark=mark,
        effect=effect,
        check=_text(table["check"], f"{place}.check"),
        parameters={},
        covers=_some(Internship, table.get("covers", [Internship.POST]), f"{place}.covers"),
        school_types=_some(SchoolType, table.get("school_types", list(pack.school_types)), f"{place}.school_types"),
        reference_for=some_of(SchoolType)(table.get("reference_for", []), f"{place}.reference_for"),
        applies_from=read_day(table.get("applies_from", pack.applies_from), f"{place}.applies_from"),
        until=read_day(table["until"], f"{place}.until") if "until" in table else pack.until,
    )
    _ordered(rule.applies_from, rule.until, f"{place}.until")
    if rule.applies_from < pack.applies_from or (pack.until and (rule.until or date.max) > pack.until):
        raise Malformed(f"{place}.applies_from", "reaches beyond the pack")
    if set(rule.reference_for) & set(rule.school_types):
        raise Malformed(f"{place}.reference_for", "names a kind of school for which the rule is binding")
    if rule.check not in CHECKS:
        raise Malformed(f"{place}.check", f"{show(rule.check)} is not a known check")
    known = CHECKS[rule.check]
    rule = replace(rule, parameters=_parameters(known, table.get("parameters", {}), f"{place}.parameters"))
    for said in Words._fields:
        _fills(getattr(rule.broken, said), known, f"{place}.broken_{said}")
    for moment in moments:
        _suits(known, rule.parameters, FACTS[moment], f"{place}.check")
        yield replace(rule, moment=moment)


def _parameters(known: Check, value: Any, place: str) -> dict[str, Any]:
    required = tuple(name for name in known.parameters if name not in known.optional)
    table = _keys(value, place, required, tuple(known.optional))
    return {name: known.parameters[name](one, f"{place}.{name}") for name, one in table.items()}


def _suits(known: Check, parameters: Mapping[str, Any], facts: type[Stated], place: str) -> None:
    """Refuse a check whose facts are not stated at the moment, or whose parameter names a fact that it cannot read."""
    if not issubclass(facts, known.facts):
        raise Malformed(place, f"needs {known.facts.__name__}, which {facts.__name__} are not")
    name = parameters.get("field")
    if name is None:
        return
    fact = facts.__dataclass_fields__.get(name)
    if fact is None:
        raise Malformed(place, f"{show(name)} is not a fact of {facts.__name__}")
    hint, read = get_args(fact.type)[:2]
    if hint not in known.of and not (Named in known.of and _is_named(hint)):
        raise Malformed(place, f"cannot read the fact {show(name)}")
    if "codes" in parameters:
        if not parameters["codes"]:
            raise Malformed(place, "names no codes")
        codes = list(parameters["codes"])
        for code in codes:
            # A fact that is a list is read as one; the other is read as a single code.
            read([code] if "tuple" in str(hint) else code, place)


def _is_named(hint: Any) -> bool:
    """Whether a type is one of the enumerations, a list of one, or sums by one."""
    kinds = get_args(hint) or (hint,)
    return any(isinstance(kind, type) and issubclass(kind, Named) for kind in kinds) or any(
        _is_named(kind) for kind in kinds if get_args(kind)
    )


def _fills(sentence: str, known: Check, place: str) -> None:
    """Refuse a sentence with a place that the check has no figure for."""
    try:
        places = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
    except ValueError as error:
        raise Malformed(place, f"is not a sentence with places: {error}") from error
    if strange := sorted(places - known.figures):
        raise Malformed(place, f"{show(strange[0])} is not a figure of the check")


def _keys(value: Any, place: str, required: Sequence[str], optional: Sequence[str]) -> dict[str, Any]:
    """`value` as a table with all the required keys and no unknown one."""
    if not isinstance(value, dict):
        raise Malformed(place or "top level", f"{show(value)} is not a table")
    for key in required:
        if key not in value:
            raise Malformed(f"{place}.{key}" if place else key, "is missing")
    for key in value:
        if key not in required and key not in optional:
            raise Malformed(f"{place}.{key}" if place else str(key), "is not a known key")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise Malformed(place, f"{show(value)} is not a text of 1 to {LONGEST} signs")
    return value


Member = TypeVar("Member", bound=StrEnum)


def _member(kind: type[Member], value: Any, place: str) -> Member:
    if not isinstance(value, str) or value not in list(kind):
        raise Malformed(place, f"{show(value)} is none of {', '.join(kind)}")
    return kind(value)


def _some(kind: type[Any], value: Any, place: str) -> tuple[Any, ...]:
    found = some_of(kind)(value, place)
    if not found:
        raise Malformed(place, "is empty")
    return found


def _ordered(first: date, last: date | None, place: str) -> None:
    if last is not None and last < first:
        raise Malformed(place, f"{last} is before {first}")
