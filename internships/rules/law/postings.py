"""Checks of the terms of an internship: pay, and how many interns beside how many employees."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction

from internships.rules.law.facts import PostingFacts
from internships.rules.law.readers import read_amount, read_from_one
from internships.rules.law.verdicts import Verdict, broken, check, kept, kept_if, number, percentage, same, unknown
from internships.rules.law.words import PayUnit, Words

WEEKS_A_YEAR = 52
MONTHS_A_YEAR = 12


@check(PostingFacts, figures=("pay", "wage", "lowest", "percent", "share", "floor"), percent=read_amount)
def pay_floor(facts: PostingFacts, percent: Decimal) -> Verdict:
    """Pay of at least `percent` of the wage of the same post, or of the lowest wage grade: either of them is enough.

    Who is stated not to work relatively independently is asked nothing; where that is not stated, the floor holds. An
    alternative that nobody has stated does not help.
    """
    if facts.works_independently is False:
        return kept("works_independently")
    if facts.pay is None:
        return unknown("pay")
    wage, lowest = facts.wage_same_post, facts.lowest_grade
    floors = [wage * percent / 100] if wage is not None else []
    floors += [lowest] if lowest is not None else []
    if not floors:
        return unknown("wage_same_post")
    return kept_if(
        facts.pay >= min(floors),
        "pay",
        pay=same(facts.pay),
        wage=number(wage),
        lowest=number(lowest),
        percent=same(percent),
        share=_share(facts.pay, wage),
        floor=same(min(floors)),
    )


def _share(pay: Decimal, wage: Decimal | None) -> Words:
    return percentage(pay, wage) if wage else number(None)


@check(PostingFacts, figures=("pay", "minimum"))
def hourly_minimum(facts: PostingFacts) -> Verdict:
    """Pay of at least the local minimum wage an hour; pay a day or a month is divided by the planned hours."""
    if facts.works_independently is False:
        return kept("works_independently")
    if facts.pay is None or facts.pay_per is None:
        return unknown("pay" if facts.pay is None else "pay_per")
    if facts.hourly_minimum is None:
        return unknown("hourly_minimum")
    planned = _planned_hours(facts, facts.pay_per)
    if not planned:
        return unknown("hours_a_day" if facts.pay_per is PayUnit.DAY else "hours_a_week")
    an_hour = Fraction(facts.pay) / planned
    shown = Decimal(int(an_hour * 100)) / 100
    return kept_if(
        an_hour >= Fraction(facts.hourly_minimum), "pay", pay=same(shown), minimum=same(facts.hourly_minimum)
    )


def _planned_hours(facts: PostingFacts, unit: PayUnit) -> Fraction | None:
    """The hours that one unit of pay is for; of a month, a twelfth of 52 weeks."""
    if unit is PayUnit.HOUR:
        return Fraction(1)
    if unit is PayUnit.DAY:
        return Fraction(facts.hours_a_day) if facts.hours_a_day is not None else None
    if facts.hours_a_week is None:
        return None
    return Fraction(facts.hours_a_week) * WEEKS_A_YEAR / MONTHS_A_YEAR


@check(PostingFacts, figures=("interns", "staff", "share", "percent"), percent=read_amount)
def share_of_unit(facts: PostingFacts, percent: Decimal) -> Verdict:
    """Interns in the whole unit: at most `percent` of the people employed there."""
    return _at_most_a_share(facts, ("seats", "other_interns", "staff"), percent)


@check(PostingFacts, figures=("interns", "staff", "share", "percent"), percent=read_amount)
def share_of_post(facts: PostingFacts, percent: Decimal) -> Verdict:
    """Interns in one kind of post: at most `percent` of the people employed in it."""
    return _at_most_a_share(facts, ("seats", "other_interns_in_post", "post_staff"), percent)


def _at_most_a_share(facts: PostingFacts, names: tuple[str, str, str], most: Decimal) -> Verdict:
    """Seats and other interns beside employees; seats that are too many by themselves are so whoever else there is."""
    seats, others, staff = (getattr(facts, name) for name in names)
    if seats is None or staff is None:
        return unknown(names[0] if seats is None else names[2])
    interns = Decimal(seats + (others or 0))
    if interns * 100 > most * staff:
        share = percentage(interns, Decimal(staff), up=True) if staff else same("—")
        return broken(names[0], interns=same(interns), staff=same(staff), share=share, percent=same(most))
    return unknown(names[1]) if others is None else kept(names[0])


@check(PostingFacts, figures=("starts", "ends", "months", "last"), months=read_from_one)
def usual_length(facts: PostingFacts, months: int) -> Verdict:
    """An internship of at most the usual number of whole calendar months."""
    if facts.starts_on is None or facts.ends_on is None:
        return unknown("starts_on" if facts.starts_on is None else "ends_on")
    after = months_later(facts.starts_on, months)
    return kept_if(
        facts.ends_on < after,
        "ends_on",
        starts=same(facts.starts_on),
        ends=same(facts.ends_on),
        months=same(months),
        last=same(date.fromordinal(after.toordinal() - 1)),
    )


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
