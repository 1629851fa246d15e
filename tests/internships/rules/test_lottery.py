"""The lottery that orders equals."""

from hashlib import sha256

import pytest

from internships.rules.lottery import TiesWithoutSeed, break_ties, lottery_number


def test_anyone_can_compute_the_lottery_number_again():
    assert lottery_number("2026春", "学生1") == sha256("2026春:学生1".encode()).hexdigest()


def test_equals_stand_in_the_order_of_their_numbers_between_those_above_and_below():
    equals = ["s2", "s3", "s4", "s5"]
    drawn = sorted(equals, key=lambda student: lottery_number("x", student))
    assert break_ties(["s1", equals, "s6"], "x") == ("s1", *drawn, "s6")
    assert break_ties(["s1", equals[::-1], "s6"], "x") == ("s1", *drawn, "s6")


def test_a_student_is_as_lucky_at_one_posting_as_at_another():
    everyone = [f"s{n}" for n in range(40)]
    order = break_ties([everyone], "x")
    assert break_ties([everyone[::3]], "x") == tuple(student for student in order if student in everyone[::3])


def test_equals_without_a_seed_are_refused_but_a_list_of_one_is_not_a_tie():
    assert break_ties(["s1", ["s2"]], None) == ("s1", "s2")
    with pytest.raises(TiesWithoutSeed):
        break_ties([["s1", "s2"]], None)
