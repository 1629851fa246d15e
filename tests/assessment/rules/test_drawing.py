"""Calculated questions: each candidate gets numbers of their own, and the mark is for those."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.content import (
    Calculated,
    CalculatedAnswer,
    Format,
    Problem,
    Rounding,
    Single,
    ToleranceKind,
    Unit,
    Variable,
    content_from_json,
    content_problems,
    content_to_json,
)
from app.assessment.rules.drawing import draw, drawn, rounded
from app.assessment.rules.marking import MarkReason, mark
from app.assessment.rules.showing import right_answers, show

LANDED = Calculated(
    text="Goods cost {cost} USD, freight {freight} USD; together {={cost}+{freight}}. Landed cost with {duty} %?",
    format=Format.PLAIN,
    answers=(
        CalculatedAnswer(formula="({cost} + {freight}) * (1 + {duty} / 100)", fraction=1, tolerance=Decimal("0.005")),
        CalculatedAnswer(formula="{cost} * (1 + {duty} / 100)", fraction=0.5, feedback="The freight is dutiable too."),
    ),
    variables=(
        Variable(name="cost", values=(Decimal(100), Decimal("250.50"))),
        Variable(name="freight", values=(Decimal(20), Decimal("49.50"))),
        Variable(name="duty", values=(Decimal(10), Decimal(5))),
    ),
    units=(Unit(name="USD"), Unit(name="CNY", multiplier=Decimal("0.14"))),
)


def test_the_numbers_stand_in_the_text_and_in_the_answer():
    first = draw(LANDED, 0)
    assert first.text == "Goods cost 100 USD, freight 20 USD; together 120. Landed cost with 10 %?"
    assert [right.text for right in right_answers(first)] == ["132.00 USD"]
    second = draw(LANDED, 1)
    assert "250.50 USD" in second.text
    assert [right.text for right in right_answers(second)] == ["315.00 USD"]


@pytest.mark.parametrize(
    ("answer", "share", "reason"),
    [
        ("132", 1, MarkReason.RIGHT),
        ("132.66", 1, MarkReason.RIGHT),  # half a per cent more
        ("132.67", 0, MarkReason.WRONG),
        ("132 USD", 1, MarkReason.RIGHT),
        ("942.857142857142857 CNY", 1, MarkReason.RIGHT),
        ("110", 0.5, MarkReason.PARTLY),
        ("315", 0, MarkReason.WRONG),  # somebody else's numbers
        ("", 0, MarkReason.NOT_ANSWERED),
        ("much", 0, MarkReason.UNREADABLE),
        ({"x": 1}, 0, MarkReason.UNREADABLE),
    ],
)
def test_an_answer_is_marked_by_the_numbers_that_were_drawn(answer, share, reason):
    marked = mark(draw(LANDED, 0), answer)
    assert (marked.mark, marked.reason) == (share, reason)


def test_the_same_seed_draws_the_same_and_seeds_differ():
    made = {drawn(LANDED, seed, "7").text for seed in range(40)}
    assert len(made) == 2
    assert drawn(LANDED, 3, "7") == drawn(LANDED, 3, "7")


def test_what_draws_nothing_stays_as_it_is():
    content = Single(text="?", format=Format.PLAIN, options=())
    assert drawn(content, 1, "1") is content


def test_the_number_as_it_is_asked_for_is_right_however_small_the_tolerance():
    third = Calculated(
        text="A third of {a}?", format=Format.PLAIN,
        answers=(CalculatedAnswer(formula="{a} / 3", fraction=1, tolerance=Decimal(0), digits=3,
                                  rounding=Rounding.SIGNIFICANT, tolerance_kind=ToleranceKind.NUMBER),),
        variables=(Variable(name="a", values=(Decimal(1000),)),),
    )  # fmt: skip
    assert mark(draw(third, 0), "333").mark == 1
    assert mark(draw(third, 0), "332").mark == 0


@given(st.decimals(-1_000_000, 1_000_000, places=6).filter(bool), st.integers(1, 6))
def test_significant_digits_are_kept(number, digits):
    written = rounded(number, digits, Rounding.SIGNIFICANT)
    assert abs(written - number) <= Decimal(1).scaleb(number.adjusted() - digits + 1) / 2


def test_json_brings_it_back():
    assert content_from_json(content_to_json(LANDED)) == LANDED


def test_a_candidate_never_meets_formulas_or_other_draws():
    shown = show(drawn(LANDED, 5, "1"), None, seed=5, place="1")
    assert "{" not in shown.text
    assert [field.control for field in shown.fields] == ["number"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"variables": ()}, Problem.NO_VALUES),
        ({"variables": (Variable(name="cost", values=()),)}, Problem.NO_VALUES),
        ({"variables": (*LANDED.variables, Variable(name="x", values=(Decimal(1),)))}, Problem.NO_VALUES),
        ({"answers": (CalculatedAnswer(formula="{cost} / ({duty} - 5)", fraction=1),)}, Problem.FORMULA),
        ({"answers": (CalculatedAnswer(formula="{weight}", fraction=1),)}, Problem.FORMULA),
        ({"text": "{=1/({duty}-5)}"}, Problem.FORMULA),
        ({"answers": ()}, Problem.NO_ANSWER),
        ({"answers": (CalculatedAnswer(formula="1", fraction=1, tolerance=Decimal(-1)),)}, Problem.TOLERANCE),
        ({"penalty": 1.5}, Problem.PENALTY),
    ],
)
def test_an_author_hears_what_is_wrong(change, problem):
    assert content_problems(replace(LANDED, **change))[0] is problem


def test_a_sound_one_has_no_problem():
    assert content_problems(LANDED) == []
