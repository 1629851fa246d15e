"""Checks of a student on the way into a post: age, papers, insurance, people, and the look at the workplace."""

from datetime import date

from internships.rules.law.facts import AssignmentFacts
from internships.rules.law.postings import MONTHS_A_YEAR, months_later
from internships.rules.law.readers import read_from_one, some_of
from internships.rules.law.verdicts import (
    Verdict,
    broken,
    check,
    kept,
    kept_if,
    named,
    same,
    unknown,
    with_notes,
)
from internships.rules.law.words import Arranger, Aspect, Party, Sex, Venue, Words


@check(AssignmentFacts, figures=("born", "starts", "age", "from_day"), age=read_from_one)
def age_on_first_day(facts: AssignmentFacts, age: int) -> Verdict:
    """A student who has reached `age` by the first day; who is born on that day of the year has."""
    if facts.born is None or facts.starts_on is None:
        return unknown("born" if facts.born is None else "starts_on")
    reached = birthday(facts.born, age)
    return kept_if(
        reached <= facts.starts_on,
        "born",
        born=same(facts.born),
        starts=same(facts.starts_on),
        age=same(age),
        from_day=same(reached),
    )


def birthday(born: date, age: int) -> date:
    """The day on which somebody born on `born`, or at the latest then, becomes `age`."""
    return months_later(born, age * MONTHS_A_YEAR)


def is_under(facts: AssignmentFacts, age: int) -> bool | None:
    """Whether the student is under `age` on the first day; None if that cannot be told."""
    if facts.born is None or facts.starts_on is None:
        return None
    return birthday(facts.born, age) > facts.starts_on


@check(AssignmentFacts, figures=("age",), under=read_from_one)
def juvenile_work(facts: AssignmentFacts, under: int) -> Verdict:
    """Nobody under the age does work that is barred for juvenile workers."""
    is_juvenile = is_under(facts, under)
    if facts.barred_juvenile_work is False or is_juvenile is False:
        return kept("barred_juvenile_work")
    if is_juvenile is None:
        return unknown("born" if facts.born is None else "starts_on")
    if facts.barred_juvenile_work is None:
        return unknown("barred_juvenile_work")
    return broken("barred_juvenile_work", age=same(under))


@check(AssignmentFacts)
def womens_work(facts: AssignmentFacts) -> Verdict:
    """No woman does work that the special rules bar for female workers."""
    if facts.barred_womens_work is False or facts.sex is Sex.MALE:
        return kept("barred_womens_work")
    if facts.barred_womens_work is None or facts.sex is None:
        return unknown("barred_womens_work" if facts.barred_womens_work is None else "sex")
    return broken("barred_womens_work")


@check(AssignmentFacts, figures=("age", "venue"), under=read_from_one, venues=some_of(Venue))
def minor_venue(facts: AssignmentFacts, under: int, venues: tuple[Venue, ...]) -> Verdict:
    """Nobody under the age works in one of these places."""
    if (facts.venue is not None and facts.venue not in venues) or is_under(facts, under) is False:
        return kept("venue")
    if facts.venue is None:
        return unknown("venue")
    if is_under(facts, under) is None:
        return unknown("born" if facts.born is None else "starts_on")
    return broken("venue", age=same(under), venue=facts.venue.words)


@check(AssignmentFacts, figures=("missing",), parties=some_of(Party))
def agreement_signed(facts: AssignmentFacts, parties: tuple[Party, ...]) -> Verdict:
    """An agreement that all of these have signed, on the first day at the latest."""
    return _signed(facts, "agreement", parties)


@check(AssignmentFacts, figures=("missing",), parties=some_of(Party), arranged_by=some_of(Arranger))
def consents_signed(facts: AssignmentFacts, parties: tuple[Party, ...], arranged_by: tuple[Arranger, ...]) -> Verdict:
    """An informed consent that all of these have signed, on the first day at the latest, when one of these arranges.

    Where nobody has stated who arranges the internship, it is taken to be the school.
    """
    if facts.arranged_by is not None and facts.arranged_by not in arranged_by:
        return kept("arranged_by")
    return _signed(facts, "consents", parties)


def _signed(facts: AssignmentFacts, field: str, parties: tuple[Party, ...]) -> Verdict:
    signed = getattr(facts, field)
    if signed is None:
        return unknown(field)
    missing = [one for one in parties if one not in signed]
    if missing:
        return broken(f"{field}.{missing[0].value}", missing=named(missing))
    if facts.starts_on is None:
        return unknown("starts_on")
    late = {one: signed[one] for one in parties if signed[one] > facts.starts_on}
    place = f"{field}.{next(iter(late)).value}" if late else field
    return kept_if(not late, place, missing=with_notes(late))


@check(AssignmentFacts, figures=("starts", "ends", "from_day", "until_day"))
def insurance_cover(facts: AssignmentFacts) -> Verdict:
    """Liability insurance from the first day to the last."""
    stated = facts.insurance
    if stated is None:
        return unknown("insurance")
    for name in ("starts_on", "ends_on"):
        if getattr(facts, name) is None:
            return unknown(name)
        if getattr(stated, name) is None:
            return unknown(f"insurance.{name}")
    is_late, is_short = stated.starts_on > facts.starts_on, stated.ends_on < facts.ends_on  # type: ignore[operator]
    return kept_if(
        not (is_late or is_short),
        f"insurance.{'starts_on' if is_late else 'ends_on'}",
        starts=same(facts.starts_on),
        ends=same(facts.ends_on),
        from_day=same(stated.starts_on),
        until_day=same(stated.ends_on),
    )


@check(AssignmentFacts, figures=("payer",), barred=some_of(Party))
def insurance_payer(facts: AssignmentFacts, barred: tuple[Party, ...]) -> Verdict:
    """Insurance whose premium none of these pays."""
    if facts.insurance is None or not facts.insurance.paid_by:
        return unknown("insurance.paid_by")
    found = [one for one in facts.insurance.paid_by if one in barred]
    return kept_if(not found, "insurance.paid_by", payer=named(found))


@check(AssignmentFacts, figures=("reason",), aspects=some_of(Aspect))
def site_visited(facts: AssignmentFacts, aspects: tuple[Aspect, ...]) -> Verdict:
    """An assessment on the spot, before the first day or on it, with a report, of all these aspects."""
    visit = facts.site_visit
    if visit is None:
        return unknown("site_visit")
    if visit.on is not None and facts.starts_on is not None and visit.on > facts.starts_on:
        late = Words(
            f"考察日{visit.on}晚于实习开始日{facts.starts_on}",
            f"it was on {visit.on}, after the first day {facts.starts_on}",
        )
        return broken("site_visit.on", reason=late)
    if visit.report is False:
        return broken("site_visit.report", reason=Words("没有书面报告", "there is no written report"))
    if visit.aspects is not None:
        missing = [one for one in aspects if one not in visit.aspects]
        if missing:
            listed = named(missing)
            return broken("site_visit.aspects", reason=Words(f"未考察{listed.zh}", f"it left out: {listed.en}"))
    for name in ("on", "report", "aspects"):
        if getattr(visit, name) is None:
            return unknown(f"site_visit.{name}")
    return unknown("starts_on") if facts.starts_on is None else kept("site_visit")


@check(AssignmentFacts, figures=("student", "post"))
def same_class(facts: AssignmentFacts) -> Verdict:
    """A post that belongs to the student's class of majors."""
    if facts.major_class is None or not facts.post_major_classes:
        return unknown("major_class" if facts.major_class is None else "post_major_classes")
    return kept_if(
        facts.major_class in facts.post_major_classes,
        "major_class",
        student=same(facts.major_class),
        post=Words("、".join(facts.post_major_classes), ", ".join(facts.post_major_classes)),
    )
