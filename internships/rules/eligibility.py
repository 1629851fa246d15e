"""Who may not take an internship, and why: such pairs are removed before the matching runs, and the reason is kept.

IR01 and IR02 are the Provisions on Internships of Students of Vocational Schools (教职成〔2021〕4号), article 16.
"""

from calendar import monthrange
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

MINIMUM_AGE = 16
# The academic year begins in September (assumed for every university): from then on a student is one year further.
ACADEMIC_YEAR_BEGINS = (9, 1)


class Reason(StrEnum):
    """Why a student cannot take a posting."""

    UNDER_16 = "under_16"
    FIRST_YEAR = "first_year"
    YEAR_TOO_LOW = "year_too_low"
    GRADUATED_BEFORE_START = "graduated_before_start"
    MAJOR_NOT_ASKED = "major_not_asked"
    ALREADY_PLACED = "already_placed"
    PROFILE_INCOMPLETE = "profile_incomplete"
    OUTSIDE_ROUND = "outside_round"


@dataclass(frozen=True)
class StudentFacts:
    """What eligibility asks of a student; None where the profile does not say.

    `born` is any day of the month of birth, for only the month is known; `year` the year of study now, from 1; `busy`
    holds first and last days of the placements that the student has.
    """

    born: date | None
    year: int | None
    graduation: date | None
    majors: Set[str]
    busy: Sequence[tuple[date, date]] = ()


@dataclass(frozen=True)
class PostingFacts:
    """What eligibility asks of a posting; without `majors` every major is welcome. `is_post`: 岗位实习, not a visit.

    `ends_on` is the last day; without it the internship is taken to be one of a single day.
    """

    starts_on: date
    min_year: int = 1
    majors: Set[str] = frozenset()
    is_post: bool = True
    ends_on: date | None = None


def ineligible(student: StudentFacts, posting: PostingFacts, on: date) -> list[Reason]:
    """All reasons why `student`, whose facts are those of the day `on`, may not take `posting`; none if eligible.

    Age and year are those of the first day of the internship. A missing fact makes the profile incomplete; what is
    known is judged all the same.
    """
    reasons = []
    if student.born is not None and sixteen_by(student.born) > posting.starts_on:
        reasons.append(Reason.UNDER_16)
    if student.year is not None:
        year = student.year + years_turned(on, posting.starts_on)
        if year <= 1 and posting.is_post:
            reasons.append(Reason.FIRST_YEAR)
        elif year < posting.min_year:
            reasons.append(Reason.YEAR_TOO_LOW)
    if student.graduation is not None and student.graduation < posting.starts_on:
        reasons.append(Reason.GRADUATED_BEFORE_START)
    if posting.majors and student.majors and not student.majors & posting.majors:
        reasons.append(Reason.MAJOR_NOT_ASKED)
    last = posting.ends_on or posting.starts_on
    if any(first <= last and posting.starts_on <= until for first, until in student.busy):
        reasons.append(Reason.ALREADY_PLACED)
    if None in (student.born, student.year, student.graduation) or not student.majors:
        reasons.append(Reason.PROFILE_INCOMPLETE)
    return reasons


@dataclass(frozen=True)
class StudentColumns:
    """The facts of many students: days as ordinals, 0 where the profile does not say; `major` -1 where none is known.

    `sixteen` is the day by which somebody is 16 (see `sixteen_by`); `busy` holds (student, first day, last day).
    """

    sixteen: Numbers
    year: Numbers
    graduation: Numbers
    major: Numbers
    busy: Sequence[tuple[int, int, int]] = ()


@dataclass(frozen=True)
class PostingColumns:
    """The facts of many postings of post internships: days as ordinals; `turned` academic years begin until the start.

    `welcome` says for each posting which major is asked; `asks` whether any is.
    """

    starts: Numbers
    ends: Numbers
    min_year: Numbers
    turned: Numbers
    asks: Numbers
    welcome: Numbers


def bit(reason: Reason) -> int:
    """The bit of a reason among those of a pair."""
    return 1 << list(Reason).index(reason)


def reasons_in(bits: int) -> list[Reason]:
    """The reasons that stand in the bits of a pair."""
    return [reason for reason in Reason if bits & bit(reason)]


def ineligible_pairs(students: StudentColumns, postings: PostingColumns, student: Numbers, posting: Numbers) -> Numbers:
    """The reasons, as bits, why `student[i]` may not take `posting[i]`; the same as `ineligible` for each pair."""
    bits = np.zeros(len(student), dtype=np.int32)

    def note(reason: Reason, where: Numbers) -> None:
        bits[where] |= bit(reason)

    sixteen, starts = students.sixteen[student], postings.starts[posting]
    note(Reason.UNDER_16, (sixteen > 0) & (sixteen > starts))
    year = students.year[student]
    at_start = year + postings.turned[posting]
    note(Reason.FIRST_YEAR, (year > 0) & (at_start <= 1))
    note(Reason.YEAR_TOO_LOW, (year > 0) & (at_start > 1) & (at_start < postings.min_year[posting]))
    graduation, major = students.graduation[student], students.major[student]
    note(Reason.GRADUATED_BEFORE_START, (graduation > 0) & (graduation < starts))
    if postings.welcome.shape[1]:
        note(Reason.MAJOR_NOT_ASKED, postings.asks[posting] & (major >= 0) & ~postings.welcome[posting, major])
    order = np.argsort(student, kind="stable")
    by_student, ends = student[order], postings.ends[posting]
    for who, first, last in students.busy:
        low, high = np.searchsorted(by_student, (who, who + 1))
        pairs = order[low:high]
        note(Reason.ALREADY_PLACED, pairs[(first <= ends[pairs]) & (starts[pairs] <= last)])
    note(Reason.PROFILE_INCOMPLETE, (sixteen == 0) | (year == 0) | (graduation == 0) | (major < 0))
    return bits


def sixteen_by(born: date) -> date:
    """The day by which somebody born in the month of `born` is 16, whatever the day of birth: that month's last."""
    year = born.year + MINIMUM_AGE
    return date(year, born.month, monthrange(year, born.month)[1])


def years_turned(since: date, until: date) -> int:
    """How many academic years begin after `since` and not after `until`; 0 if `until` is earlier."""

    def academic_year(day: date) -> int:
        return day.year if (day.month, day.day) >= ACADEMIC_YEAR_BEGINS else day.year - 1

    return max(0, academic_year(until) - academic_year(since))
