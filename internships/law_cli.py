"""The door of the law: what the rules in force say of a posting, an assignment or a week's log."""

import types
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args, get_origin

import click

from app.cli import Door, Unusable, answers_in, exact_json, put, read_json, reads_file, table, warn
from app.clock import today
from app.reference.files import rows
from internships.law import pack_for, packs
from internships.rules.law.facts import FACTS, Insurance, SiteVisit, Stated, Workday, parse
from internships.rules.law.judging import Finding, Judgement, judge
from internships.rules.law.packs import NoPack, Pack
from internships.rules.law.readers import Malformed
from internships.rules.law.words import Moment, Named

# What the type of a field does not say.
SHAPES = {"born": "YYYY-MM or YYYY-MM-DD", "province": "ISO or GB code, CN-JS or 320000", "physical_level": "1 to 4"}
COLUMNS = ("rule", "article", "moment", "effect", "text")
PLAIN = {
    date: "YYYY-MM-DD",
    Decimal: "number",
    int: "whole number",
    bool: "true|false",
    str: "text",
    Insurance: "{starts_on, ends_on, paid_by: [school|enterprise|student|guardian]}",
    SiteVisit: "{on, report, aspects: [qualification|honesty|management|post|hours|environment|living|safety]}",
    Workday: "{on, hours, night_hours}",
}
HELP = """Ask the law of internships about the facts in FILE. This is no legal advice.

\b
FILE (- for standard input) is one object: "kind" and any of the fields below.
A fact left out, or null, is not known; [] and {} state that there is nothing.
Example:
  flask internships law posting.json --on 2026-03-01
  {"kind": "posting", "venue": "bar", "pay": 3199.99, "wage_same_post": 4000}
Answer: [{"rule", "article", "moment", "effect", "text"}]
  refuse  against a text that was seen, with its article
  warn    "in principle", only recalled, or of another kind of school
  attest  a person must vouch for it: the fact is missing, or no machine can know

Rules whose facts are missing: one that refuses or attests is listed as attest; one that warns is listed with --explain
only. Without school_type the rules for vocational schools apply in full.

pay, wage_same_post and lowest_grade are yuan for one pay_per; an intern who is not stated to depend on guidance is held
to work independently. seats with other_interns are compared with staff. Rest days are Saturdays and Sundays unless
rest_days says otherwise; night_hours lie between 22:00 and 06:00. province is that of the school. Days in exceptions
count up to the first day of the facts.

The day of the law is that of --on, else the first day that the facts speak of, else today. --pack asks one pack alone,
on all its days unless --on is given.

Exit code 2: FILE cannot be used. What is checked and what is not: docs/internship-law.md.
"""


def fields_help() -> str:
    """The fields of each kind, as the help lists them."""
    parts, known = [], set()
    for moment, facts in FACTS.items():
        new = [one for one in fields(facts) if moment is Moment.LOG or one.name not in known]
        known |= {one.name for one in new}
        also = {Moment.POSTING: "", Moment.ASSIGNMENT: " (beside those of posting)", Moment.LOG: ""}[moment]
        lines = [f'"kind": "{moment}"{also}']
        for one in new:
            hint, _, words = get_args(one.type)
            lines += [f"  {one.name}: {SHAPES.get(one.name) or _type(hint)}", f"      {words.en}"]
        parts.append("\b\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _type(hint: Any) -> str:
    """A type as the help writes it."""
    if isinstance(hint, types.UnionType):
        return _type(next(one for one in get_args(hint) if one is not types.NoneType))
    if get_origin(hint) is tuple:
        return f"[{_type(get_args(hint)[0])}, …]"
    if get_origin(hint) is Mapping:
        key, value = get_args(hint)
        return f"{{{_type(key)}: {_type(value)}, …}}"
    if issubclass(hint, Named):
        return "|".join(one.value for one in hint)
    return PLAIN[hint]


@click.command("law", cls=Door, help=f"{HELP}\n{fields_help()}")
@reads_file
@click.option("--pack", "pack_id", metavar="ID", help="Ask this pack alone, e.g. cn-vocational-2021.")
@click.option("--on", "on", metavar="DATE", help="The day whose law is asked (YYYY-MM-DD).")
@click.option("--language", type=click.Choice(("zh", "en")), default="en", show_default=True, help="Of the texts.")
@click.option(
    "--explain", is_flag=True, help="Add packs, fields, sources, both languages, and what was kept or unknown."
)
@answers_in("json")
def law(
    file: str,
    max_mb: int,
    encoding: str | None,
    pack_id: str | None,
    on: str | None,
    language: str,
    explain: bool,
    form: str,
) -> None:
    """What the rules in force say of the facts in FILE."""
    if explain and form != "json":
        raise Unusable("--explain", "needs --format json")
    try:
        moment, facts = parse(read_json(file, max_mb, encoding))
    except Malformed as error:
        raise Unusable(file, error.reason, field=error.field) from error
    if facts.province is not None and facts.province not in {code for row in rows("regions") for code in _codes(row)}:
        raise Unusable(file, f"there is no province {facts.province}", field="province")
    pack = _pack(facts, pack_id, _day(on))
    if facts.school_type is None:
        warn(["school_type is not stated: judged as for a vocational school"])
    found = judge(pack, moment, facts)
    if form == "csv":
        put(table(COLUMNS, (list(_row(one, language).values()) for one in found.findings)))
    else:
        put(exact_json(_explained(found) if explain else [_row(one, language) for one in found.findings]))


def _codes(row: Mapping[str, str]) -> tuple[str, str]:
    return row["iso_3166_2"], row["gb2260"]


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError as error:
        raise Unusable("--on", f"{text!r} is not a day (YYYY-MM-DD)") from error


def _pack(facts: Stated, pack_id: str | None, on: date | None) -> Pack:
    """The rules to ask: of one pack, or of all that are in force."""
    if pack_id is None:
        try:
            return pack_for(on or facts.first_day or today(), facts.province, facts.school_type)
        except NoPack as error:
            raise Unusable("--on", str(error)) from error
    known = {pack.id: pack for pack in packs()}
    if pack_id not in known:
        raise Unusable("--pack", f"{pack_id!r} is none of {', '.join(known)}")
    pack = known[pack_id]
    if on is not None and not pack.is_in_force(on):
        raise Unusable("--on", f"{pack_id} is not in force on {on}")
    pack = (pack if on is None else pack.on(on)).for_school(facts.school_type)
    if not pack.rules and facts.school_type is not None:
        raise Unusable("--pack", f"{pack_id} says nothing of the school type {facts.school_type}")
    return pack


def _row(finding: Finding, language: str) -> dict[str, str]:
    """A finding in one language."""
    return {
        "rule": finding.rule,
        "article": finding.article.in_language(language),
        "moment": finding.moment,
        "effect": finding.effect,
        "text": finding.text.in_language(language),
    }


def _explained(found: Judgement) -> dict[str, Any]:
    """All that was found, with what lies behind it."""
    return {
        "pack": found.pack,
        "moment": found.moment,
        "findings": [one.record() for one in found.findings],
        "unknown": [one.record() for one in found.unknown],
        "kept": list(found.kept),
    }
