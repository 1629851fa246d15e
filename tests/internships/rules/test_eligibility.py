"""Who may not take an internship, and why."""

from dataclasses import replace
from datetime import date

import pytest

from internships.rules.eligibility import PostingFacts, Reason, StudentFacts, ineligible

AMIRA = StudentFacts(born=date(2005, 3, 1), year=3, graduation=date(2027, 6, 30), majors=frozenset({"530702"}))
SUMMER = PostingFacts(starts_on=date(2026, 7, 1))
TODAY = date(2026, 5, 4)


def test_a_third_year_student_of_age_may_take_it():
    assert ineligible(AMIRA, SUMMER, TODAY) == []


@pytest.mark.parametrize(
    ("born", "reasons"),
    [
        (date(2010, 6, 1), []),
        (date(2010, 7, 1), [Reason.UNDER_16]),
        (date(2010, 7, 31), [Reason.UNDER_16]),
        (date(2011, 1, 1), [Reason.UNDER_16]),
    ],
)
def test_whoever_may_still_be_fifteen_on_the_first_day_is_refused(born, reasons):
    assert ineligible(replace(AMIRA, born=born), SUMMER, TODAY) == reasons


def test_somebody_born_in_a_leap_february_is_sixteen_by_its_end():
    young = replace(AMIRA, born=date(2008, 2, 1))
    assert ineligible(young, PostingFacts(starts_on=date(2024, 2, 28)), TODAY) == [Reason.UNDER_16]
    assert ineligible(young, PostingFacts(starts_on=date(2024, 2, 29)), TODAY) == []


def test_a_first_year_student_waits_for_the_second_year():
    first = replace(AMIRA, year=1)
    assert ineligible(first, SUMMER, TODAY) == [Reason.FIRST_YEAR]
    assert ineligible(first, PostingFacts(starts_on=date(2026, 8, 31)), TODAY) == [Reason.FIRST_YEAR]
    assert ineligible(first, PostingFacts(starts_on=date(2026, 9, 1)), TODAY) == []


def test_a_first_year_student_may_go_on_a_visit():
    assert ineligible(replace(AMIRA, year=1), replace(SUMMER, is_post=False), TODAY) == []


def test_an_internship_in_the_past_makes_nobody_younger():
    assert ineligible(replace(AMIRA, year=2), PostingFacts(starts_on=date(2024, 9, 1)), TODAY) == []


def test_a_posting_may_ask_for_a_later_year():
    asks_four = replace(SUMMER, min_year=4)
    assert ineligible(AMIRA, asks_four, TODAY) == [Reason.YEAR_TOO_LOW]
    assert ineligible(AMIRA, replace(asks_four, starts_on=date(2026, 9, 1)), TODAY) == []


def test_one_who_has_graduated_by_then_is_no_intern():
    assert ineligible(replace(AMIRA, graduation=date(2026, 6, 30)), SUMMER, TODAY) == [Reason.GRADUATED_BEFORE_START]
    assert ineligible(replace(AMIRA, graduation=date(2026, 7, 1)), SUMMER, TODAY) == []


def test_one_of_the_majors_asked_is_enough():
    asks = replace(SUMMER, majors=frozenset({"530701", "530702"}))
    assert ineligible(AMIRA, asks, TODAY) == []
    assert ineligible(replace(AMIRA, majors=frozenset({"510201"})), asks, TODAY) == [Reason.MAJOR_NOT_ASKED]


@pytest.mark.parametrize("gap", [{"born": None}, {"year": None}, {"graduation": None}, {"majors": frozenset()}])
def test_an_empty_profile_is_asked_to_be_filled(gap):
    assert ineligible(replace(AMIRA, **gap), SUMMER, TODAY) == [Reason.PROFILE_INCOMPLETE]


def test_what_is_known_is_judged_even_where_something_is_missing():
    young = StudentFacts(born=date(2011, 1, 1), year=1, graduation=None, majors=frozenset())
    assert ineligible(young, SUMMER, TODAY) == [Reason.UNDER_16, Reason.FIRST_YEAR, Reason.PROFILE_INCOMPLETE]


@pytest.mark.parametrize(
    ("first", "last", "is_free"),
    [
        ("2026-05-01", "2026-06-30", True),
        ("2026-05-01", "2026-07-01", False),
        ("2026-08-31", "2026-12-31", False),
        ("2026-09-01", "2026-12-31", True),
        ("2026-07-10", "2026-07-20", False),
        ("2026-01-01", "2026-12-31", False),
    ],
)
def test_nobody_works_at_two_places_on_one_day(first, last, is_free):
    summer = replace(SUMMER, starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 31))
    busy = replace(AMIRA, busy=((date.fromisoformat(first), date.fromisoformat(last)),))
    assert ineligible(busy, summer, TODAY) == ([] if is_free else [Reason.ALREADY_PLACED])
