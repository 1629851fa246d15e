"""Laws of the total: what dropping, weights, order and missing marks may do to it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.grading import (
    Category,
    Fault,
    Mark,
    Rules,
    RulesBroken,
    effective,
    read_rules,
    rounded,
    share_of,
    total,
)

SHARES = st.one_of(st.none(), st.fractions(0, 1, max_denominator=40))
WEIGHTS = st.integers(1, 50).map(Fraction)


@st.composite
def worlds(draw):
    """Rules with one to four categories, and marks in them or in none."""
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    categories = tuple(
        Category(name, name, weight=Decimal(draw(st.integers(1, 90))), drop=draw(st.integers(0, 4))) for name in names
    )
    count = draw(st.integers(0, 14))
    marks = [
        Mark(f"l{number}", draw(st.sampled_from([*names, ""])), draw(SHARES), draw(WEIGHTS)) for number in range(count)
    ]
    return Rules(categories), marks


def without_drops(rules):
    return Rules(tuple(Category(one.name, one.title_zh, weight=one.weight) for one in rules.categories))


@given(worlds(), st.booleans())
def test_a_total_lies_between_nothing_and_all(world, finally_):
    rules, marks = world
    share = total(rules, marks, missing_as_zero=finally_).share
    assert share is None or 0 <= share <= 1


@given(worlds(), st.booleans())
def test_dropping_the_lowest_never_lowers_a_category(world, finally_):
    rules, marks = world
    kept = total(without_drops(rules), marks, missing_as_zero=finally_)
    for part in total(rules, marks, missing_as_zero=finally_).parts:
        whole = kept.part_of(part.category.name)
        assert whole is not None
        assert part.share >= whole.share
        assert len(part.dropped) <= part.category.drop


@given(worlds())
def test_counting_what_is_missing_as_nothing_never_raises_the_total(world):
    rules, marks = world
    so_far, final = (total(rules, marks, missing_as_zero=finally_).share for finally_ in (False, True))
    assert (final or 0) <= (so_far or 0)
    if so_far is not None:
        assert final is not None


@given(worlds(), st.booleans(), st.integers(1, 9))
def test_only_the_relation_of_weights_counts(world, finally_, times):
    rules, marks = world
    scaled = Rules(
        tuple(Category(one.name, one.title_zh, weight=one.weight * times, drop=one.drop) for one in rules.categories)
    )
    assert total(rules, marks, missing_as_zero=finally_).share == total(scaled, marks, missing_as_zero=finally_).share


@given(worlds(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_marks_says_nothing(world, finally_, random):
    rules, marks = world
    mixed = random.sample(marks, len(marks))
    one, other = (total(rules, those, missing_as_zero=finally_) for those in (marks, mixed))
    assert (one.share, one.dropped) == (other.share, other.dropped)


@given(worlds(), st.data())
def test_a_better_mark_never_lowers_the_total(world, data):
    rules, marks = world
    marked = [place for place, mark in enumerate(marks) if mark.share is not None]
    if not marked:
        assert total(rules, marks, missing_as_zero=False).share is None
        return
    place = data.draw(st.sampled_from(marked))
    old = marks[place]
    better = Mark(old.key, old.category, data.draw(st.fractions(old.share, 1, max_denominator=40)), old.weight)
    raised = [*marks[:place], better, *marks[place + 1 :]]
    assert (total(rules, raised, missing_as_zero=True).share or 0) >= (
        total(rules, marks, missing_as_zero=True).share or 0
    )


@given(worlds())
def test_what_each_category_counts_adds_up_to_the_whole(world):
    rules, marks = world
    assert sum(rules.counts_as(one.name) for one in rules.categories) == 1
    found = total(rules, marks, missing_as_zero=True)
    assert sum((found.counts_as(part) for part in found.parts), Fraction(0)) == (1 if found.parts else 0)


@given(st.decimals(0, 100, places=2), st.one_of(st.none(), st.decimals(0, 100, places=2)))
def test_an_override_wins(points, override):
    assert effective(points, override) == (points if override is None else override)


@given(st.fractions(0, 1))
def test_rounding_is_half_up_to_a_hundredth_of_a_per_cent(share):
    told = rounded(share)
    assert -Fraction(1, 20_000) < Fraction(told) - share <= Fraction(1, 20_000)


def test_a_total_worked_out_by_hand():
    rules = Rules((Category("q", "测验", weight=Decimal(60), drop=1), Category("w", "作业", weight=Decimal(40))))
    marks = [
        Mark("l1", "q", Fraction(1, 2), Fraction(10)),
        Mark("l2", "q", Fraction(9, 10), Fraction(10)),
        Mark("l3", "q", Fraction(4, 5), Fraction(20)),
        Mark("l4", "w", None, Fraction(100)),
        Mark("l5", "", Fraction(0), Fraction(100)),
    ]
    so_far, final = (total(rules, marks, missing_as_zero=finally_) for finally_ in (False, True))
    assert so_far.dropped == {"l1"}
    assert so_far.share == Decimal("0.8333")  # (9 + 16) / 30, the works left out
    assert final.share == Decimal("0.5000")  # 0.8333… × 60 %, works nothing


def test_without_categories_every_mark_counts_by_its_points():
    marks = [Mark("l1", "gone", Fraction(1), Fraction(10)), Mark("c1", "", Fraction(0), Fraction(30))]
    assert total(Rules(), marks, missing_as_zero=False).share == Decimal("0.2500")


def test_the_last_mark_is_never_dropped():
    rules = Rules((Category("q", "测验", drop=3),))
    marks = [Mark("l1", "q", Fraction(1, 4), Fraction(4)), Mark("l2", "q", Fraction(1, 2), Fraction(4))]
    assert total(rules, marks, missing_as_zero=False).share == Decimal("0.5000")


def test_points_beyond_the_most_are_all_of_them():
    assert share_of(Decimal(12), Decimal(10)) == 1
    assert share_of(Decimal(3), Decimal(0)) is None


@given(worlds())
def test_rules_are_read_as_they_are_written(world):
    rules, _marks = world
    assert read_rules(rules.as_json()) == rules


def test_no_rules_are_rules():
    assert read_rules({}) == Rules()


@pytest.mark.parametrize(
    ("raw", "fault", "place"),
    [
        ([], Fault.NOT_A_MAPPING, "rules"),
        ({"minutes": 30}, Fault.UNKNOWN_KEY, "rules.minutes"),
        ({"categories": {}}, Fault.NOT_A_LIST, "categories"),
        ({"categories": [{"name": "a", "title_zh": "甲", "colour": 1}]}, Fault.UNKNOWN_KEY, "categories.0.colour"),
        ({"categories": [{"title_zh": "甲"}]}, Fault.NO_NAME, "categories.0.name"),
        ({"categories": [{"name": "a", "title_zh": " "}]}, Fault.NO_TITLE, "categories.0.title_zh"),
        ({"categories": [{"name": "a", "title_zh": "甲"}] * 2}, Fault.NAME_TWICE, "categories.a"),
        ({"categories": [{"name": "a", "title_zh": "甲", "weight": "0"}]}, Fault.OUT_OF_RANGE, "categories.0.weight"),
        ({"categories": [{"name": "a", "title_zh": "甲", "weight": "NaN"}]}, Fault.NOT_A_NUMBER, "categories.0.weight"),
        ({"categories": [{"name": "a", "title_zh": "甲", "drop": -1}]}, Fault.OUT_OF_RANGE, "categories.0.drop"),
        ({"categories": [{"name": "a", "title_zh": "甲", "drop": True}]}, Fault.NOT_A_NUMBER, "categories.0.drop"),
        ({"pass_share": "1.1"}, Fault.OUT_OF_RANGE, "pass_share"),
        ({"pass_share": []}, Fault.NOT_A_NUMBER, "pass_share"),
        ({"sequential": "yes"}, Fault.NOT_YES_OR_NO, "sequential"),
        ({"valid_months": 0}, Fault.OUT_OF_RANGE, "valid_months"),
        ({"categories": [{"name": f"n{n}", "title_zh": "甲"} for n in range(21)]}, Fault.TOO_MANY, "categories"),
    ],
)
def test_broken_rules_are_refused_with_what_is_wrong_where(raw, fault, place):
    with pytest.raises(RulesBroken) as refused:
        read_rules(raw)
    assert (refused.value.fault, refused.value.place) == (fault, place)
