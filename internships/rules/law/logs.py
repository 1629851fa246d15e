"""Checks of a week's log: hours, nights, days of rest, holidays."""

from collections.abc import Iterable
from decimal import Decimal

from internships.rules.law.facts import LogFacts, Workday
from internships.rules.law.readers import read_amount
from internships.rules.law.verdicts import Verdict, broken, check, kept, kept_if, same, unknown
from internships.rules.law.words import Exempt, Words


@check(LogFacts, figures=("days", "most"), most=read_amount)
def hours_each_day(facts: LogFacts, most: Decimal) -> Verdict:
    """No day of more hours, unless overtime was filed."""
    if facts.days is None:
        return unknown("days")
    long = [] if facts.allows(Exempt.OVERTIME) else [one for one in facts.days if one.hours > most]
    return kept_if(not long, _place(facts, long, "hours"), days=_days(long), most=same(most))


@check(LogFacts, figures=("hours", "most"), most=read_amount)
def hours_of_week(facts: LogFacts, most: Decimal) -> Verdict:
    """No week of more hours, unless overtime was filed."""
    if facts.days is None:
        return unknown("days")
    worked = sum((one.hours for one in facts.days), Decimal(0))
    is_kept = worked <= most or facts.allows(Exempt.OVERTIME)
    return kept_if(is_kept, "days", hours=same(worked), most=same(most))


@check(LogFacts, figures=("days",))
def no_night_work(facts: LogFacts) -> Verdict:
    """No hours at night, unless night shifts were filed."""
    if facts.days is None:
        return unknown("days")
    if facts.allows(Exempt.NIGHT):
        return kept("exceptions.night")
    found = [one for one in facts.days if one.night_hours]
    if found:
        return broken(_place(facts, found, "night_hours"), days=_days(found))
    missing = [one for one in facts.days if one.night_hours is None and one.hours]
    return unknown(_place(facts, missing, "night_hours")) if missing else kept("days")


@check(LogFacts, figures=("days",))
def no_rest_day_work(facts: LogFacts) -> Verdict:
    """No work on days of rest, unless it was filed."""
    if facts.days is None:
        return unknown("days")
    found = [one for one in facts.days if one.hours and facts.is_rest_day(one.on)]
    is_kept = not found or facts.allows(Exempt.REST_DAYS)
    return kept_if(is_kept, _place(facts, found, "on"), days=_days(found))


@check(LogFacts, figures=("days",))
def no_holiday_work(facts: LogFacts) -> Verdict:
    """No work on public holidays, unless it was filed; which days those are must be stated."""
    if facts.days is None or facts.holidays is None:
        return unknown("days" if facts.days is None else "holidays")
    found = [one for one in facts.days if one.hours and one.on in facts.holidays]
    is_kept = not found or facts.allows(Exempt.HOLIDAYS)
    return kept_if(is_kept, _place(facts, found, "on"), days=_days(found))


def _place(facts: LogFacts, found: list[Workday], name: str) -> str:
    """Where the first of the days found stands in the log."""
    return f"days[{(facts.days or ()).index(found[0])}].{name}" if found else "days"


def _days(found: Iterable[Workday]) -> Words:
    """Days with their hours."""
    days = [(one.on.isoformat(), same(one.hours).en) for one in sorted(found, key=lambda one: one.on)]
    return Words(
        "、".join(f"{day}（{hours}小时）" for day, hours in days),
        ", ".join(f"{day} ({hours} h)" for day, hours in days),
    )
