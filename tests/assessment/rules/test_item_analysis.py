"""Item analysis against figures worked by hand, and its laws."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.assessment.rules import item_analysis as analysis
from app.assessment.rules.content import (
    Area,
    Format,
    Hotspot,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Shape,
    Single,
    TrueFalse,
)
from app.assessment.rules.item_analysis import Alternative, Flag, Response, Verdict

NAN = math.nan
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
RESTS = st.integers(0, 12).map(lambda number: number / 12)
RESPONSES = st.builds(Response, SHARES, st.none() | RESTS, st.sets(st.sampled_from("abcd")).map(frozenset))
OPTIONS = [Alternative("a", True), *(Alternative(key, False) for key in "bcd")]
# Five people, three items, right or wrong. Variances of the items (over n): 0.16 + 0.24 + 0.24 = 0.64; of the totals
# 3, 2, 1, 0, 3: 4.6 - 1.8² = 1.36. So alpha = 3/2 · (1 - 0.64/1.36) = 27/34; everybody twice gives the same.
FIVE = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]]


def answers(*groups):
    """Responses from (how many, option, rest score); `a` is right."""
    return [
        Response(float(option == "a"), rest, frozenset(option)) for count, option, rest in groups for _ in range(count)
    ]


# ---- worked by hand ------------------------------------------------------------------------------------------------


def test_alpha_and_standard_error_of_five_people_worked_by_hand():
    found = analysis.reliability(FIVE * 2, [1, 1, 1])
    assert (found.n, found.items) == (10, 3)
    assert found.alpha == pytest.approx(27 / 34)
    # Of ten people the variance is 13.6/9; the error in points √(13.6/9 · 7/34), of three points.
    assert found.error == pytest.approx(math.sqrt(13.6 / 9 * 7 / 34) / 3)


def test_the_correlation_of_a_table_of_four_worked_by_hand():
    # Of 5 who are right 4 do well elsewhere, of 5 who are wrong one: phi = (4·4 - 1·1)/25 = 0.6, atanh = ln 2.
    pairs = [(1, 1)] * 4 + [(1, 0)] + [(0, 1)] + [(0, 0)] * 4
    found = analysis.correlation(pairs)
    assert found.value == pytest.approx(0.6)
    half = 1.959964 / math.sqrt(7)
    assert found.low == pytest.approx(math.tanh(math.log(2) - half), abs=1e-6) == pytest.approx(-0.0476, abs=1e-3)
    assert found.high == pytest.approx(math.tanh(math.log(2) + half), abs=1e-6) == pytest.approx(0.8925, abs=1e-3)


def test_the_rest_score_leaves_the_item_out_and_weighs_by_points():
    rest = analysis.rest_scores([[1, 0, 0.5], [1, NAN, 0]], [1, 2, 1])
    # First person: (0 + 0.5)/3, (1 + 0.5)/2, (1 + 0)/3. The second did not have the middle item.
    assert rest[0] == pytest.approx([0.5 / 3, 0.75, 1 / 3])
    assert rest[1][[0, 2]] == pytest.approx([0, 1])
    assert np.isnan(rest[1][1])


def test_an_only_item_has_no_rest_score():
    assert np.isnan(analysis.rest_scores([[1], [0]], [1])).all()


def test_kelley_compares_the_upper_and_the_lower_27_per_cent():
    # 27 % of 11 is 3: of the best three all are right, of the last three one.
    known = answers((3, "a", 0.9), (5, "b", 0.5), (1, "a", 0.1), (2, "b", 0.1))
    assert analysis.kelley_index(known) == pytest.approx(1 - 1 / 3)


def test_people_who_are_equal_at_the_edge_of_a_group_count_by_equal_parts():
    # All ten are equal, so both groups are everybody.
    assert analysis.kelley_index(answers((5, "a", 0.5), (5, "b", 0.5))) == pytest.approx(0)
    assert analysis.kelley_index(answers((9, "a", 0.5))) is None


def test_each_option_says_by_how_many_and_how_able_people_it_was_chosen():
    found = analysis.item_statistics(answers((6, "a", 0.8), (5, "b", 0.4), (1, "c", 0.2)), OPTIONS)
    assert [(one.key, one.count, one.rest) for one in found.options] == [
        ("a", 6, pytest.approx(0.8)),
        ("b", 5, pytest.approx(0.4)),
        ("c", 1, None),  # the mean of one person would be that person's score
        ("d", 0, None),
    ]
    assert found.options[1].share == pytest.approx(5 / 12)
    assert (found.n, found.facility, found.sd) == (12, 0.5, pytest.approx(math.sqrt(12 * 0.25 / 11)))


# ---- flags ---------------------------------------------------------------------------------------------------------


def spread(count, option, low, high):
    """So many answers with rest scores evenly from low to high."""
    step = (high - low) / max(count - 1, 1)
    return [Response(float(option == "a"), low + step * number, frozenset(option)) for number in range(count)]


GOOD = spread(20, "a", 0.5, 0.9) + spread(8, "b", 0.2, 0.6) + spread(6, "c", 0.2, 0.6) + spread(6, "d", 0.2, 0.6)


def flags(responses, floor=0.25):
    return analysis.item_statistics(responses, OPTIONS, floor).flags


def test_a_good_item_has_no_flag():
    assert flags(GOOD) == ()


def test_a_wrong_key_is_suspected():
    assert flags(spread(10, "a", 0.1, 0.5) + spread(25, "b", 0.5, 0.9)) == (Flag.KEY_SUSPECT,)


def test_an_item_against_the_others_without_an_option_to_blame():
    wrong = [*spread(4, "b", 0.6, 0.9), *spread(4, "c", 0.6, 0.9), *spread(4, "d", 0.6, 0.9)]
    found = analysis.item_statistics(spread(16, "a", 0.1, 0.5) + wrong, OPTIONS, 0.25)
    assert found.flags == (Flag.NEGATIVE,)
    assert found.needs_a_look


def test_a_wrong_option_that_draws_the_strong_is_named():
    weak = [*spread(25, "c", 0.0, 0.3), *spread(5, "d", 0.0, 0.3)]
    found = analysis.item_statistics(spread(20, "a", 0.4, 0.6) + spread(10, "b", 0.8, 1.0) + weak, OPTIONS, 0.25)
    assert found.flags == (Flag.ATTRACTIVE_DISTRACTOR,)
    assert [one.key for one in found.options if one.is_attractive] == ["b"]


def test_what_tells_nobody_apart_is_weak_only_from_thirty_answers():
    same = [*spread(10, "a", 0.1, 0.9), *spread(5, "b", 0.1, 0.9)]
    assert flags(same) == ()
    assert flags(same * 2) == (Flag.WEAK,)


def test_too_easy_and_dead_options_are_advice():
    found = analysis.item_statistics(spread(59, "a", 0.2, 0.9) + spread(1, "b", 0.5, 0.5), OPTIONS, 0.25)
    assert found.flags == (Flag.TOO_EASY, Flag.DEAD_DISTRACTOR)
    assert [one.key for one in found.options if one.is_dead] == ["b", "c", "d"]
    assert not found.needs_a_look


def test_no_better_than_guessing_is_too_hard():
    wrong = [*spread(10, "b", 0.1, 0.9), *spread(10, "c", 0.1, 0.9), *spread(10, "d", 0.1, 0.9)]
    assert flags(spread(10, "a", 0.5, 0.95) + wrong) == (Flag.TOO_HARD,)
    assert Flag.TOO_HARD not in flags(spread(11, "a", 0.5, 0.95) + wrong)


def test_a_typed_answer_that_almost_nobody_finds_is_too_hard():
    typed = [Response(float(number in (10, 35)), number / 60) for number in range(60)]
    assert analysis.item_statistics(typed).flags == (Flag.TOO_HARD,)
    assert Flag.TOO_HARD not in analysis.item_statistics(typed[:40]).flags


def test_nothing_is_said_of_an_item_that_nobody_answered():
    found = analysis.item_statistics([], OPTIONS)
    assert (found.n, found.facility, found.discrimination, found.options, found.flags) == (0, None, None, (), ())


# ---- options of contents -------------------------------------------------------------------------------------------


def option(key, fraction):
    return Option(key=key, text=key, fraction=fraction)


def test_right_is_the_best_option_of_a_single_choice_and_every_earning_one_of_a_multiple():
    parts = (option("a", 1.0), option("b", 0.5), option("c", -0.5))
    single = Single(text="?", format=Format.PLAIN, options=parts)
    multiple = Multiple(text="?", format=Format.PLAIN, options=parts)
    assert [one.is_right for one in analysis.alternatives(single)] == [True, False, False]
    assert [one.is_right for one in analysis.alternatives(multiple)] == [True, True, False]
    assert analysis.chosen(multiple, ["a", "c", "z", 3]) == {"a", "c"}
    assert analysis.chosen(single, None) == frozenset()


def test_truth_is_an_option_too_and_places_in_a_picture_are():
    truth = TrueFalse(text="?", format=Format.PLAIN, right=False)
    assert analysis.alternatives(truth) == (Alternative("true", False), Alternative("false", True))
    assert analysis.chosen(truth, False) == {"false"}
    assert analysis.chosen(truth, True) == analysis.chosen(truth, "true") == {"true"}
    area = Area(key="a", shape=Shape.CIRCLE, coordinates=(1, 1, 1), fraction=1.0)
    picture = Hotspot(text="?", format=Format.PLAIN, picture="p", width=9, height=9, areas=(area,))
    assert analysis.alternatives(picture) == (Alternative("a", True),)


def test_what_is_typed_has_no_options():
    typed = Numeric(text="?", format=Format.PLAIN, answers=(NumericAnswer(value=None, fraction=1.0),))
    assert analysis.alternatives(typed) == ()
    assert analysis.chosen(typed, "12") == frozenset()


# ---- laws ----------------------------------------------------------------------------------------------------------


@given(st.lists(RESPONSES, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_people_is_of_no_consequence(responses, chance):
    shuffled = list(responses)
    chance.shuffle(shuffled)
    one, other = (analysis.item_statistics(each, OPTIONS, 0.25) for each in (responses, shuffled))
    assert one.flags == other.flags
    assert one.options == tuple(
        replace(use, rest=pytest.approx(use.rest) if use.rest is not None else None) for use in other.options
    )
    assert one.kelley == (other.kelley if other.kelley is None else pytest.approx(other.kelley))


@given(st.lists(RESPONSES, min_size=1, max_size=60))
def test_every_figure_stays_within_its_scale(responses):
    found = analysis.item_statistics(responses, OPTIONS, 0.25)
    assert 0 <= found.facility <= 1
    assert found.kelley is None or -1 <= found.kelley <= 1
    assert all(0 <= one.share <= 1 for one in found.options)
    if found.discrimination:
        held = found.discrimination
        assert -1 <= held.low <= held.value + 1e-9
        assert held.value - 1e-9 <= held.high <= 1
    assert not {Flag.KEY_SUSPECT, Flag.NEGATIVE} <= set(found.flags)
    assert list(found.flags) == [flag for flag in Flag if flag in found.flags]


@given(st.lists(RESPONSES, max_size=analysis.FEWEST_PAIRS - 1))
def test_a_handful_of_answers_flags_nothing(responses):
    found = analysis.item_statistics(responses, OPTIONS, 0.25)
    assert found.flags == ()
    assert found.discrimination is None


PAIRS = st.lists(st.tuples(SHARES, st.integers(-5, 5).map(float)), min_size=10, max_size=40)


@given(PAIRS)
def test_a_correlation_is_numpys(pairs):
    found = analysis.correlation(pairs)
    assume(found is not None)
    assert found.value == pytest.approx(np.corrcoef(np.asarray(pairs).T)[0, 1], abs=1e-9)


@given(PAIRS, st.floats(0.1, 10), st.floats(-5, 5))
def test_another_scale_changes_no_correlation_and_a_turned_one_its_sign(pairs, factor, shift):
    found = analysis.correlation(pairs)
    assume(found is not None)
    scaled = analysis.correlation([(x, factor * y + shift) for x, y in pairs])
    turned = analysis.correlation([(x, -y) for x, y in pairs])
    assert scaled.value == pytest.approx(found.value, abs=1e-6)
    assert (turned.low, turned.high) == (pytest.approx(-found.high, abs=1e-9), pytest.approx(-found.low, abs=1e-9))


@given(st.lists(st.lists(SHARES, min_size=4, max_size=4), min_size=10, max_size=40))
def test_alpha_never_exceeds_one_and_the_error_never_the_spread(shares):
    found = analysis.reliability(shares, [1, 2, 1, 0.5])
    assume(found is not None)
    assert found.alpha <= 1 + 1e-9
    totals = np.asarray(shares) @ np.asarray([1, 2, 1, 0.5])
    assert 0 <= found.error <= totals.std(ddof=1) / 4.5 + 1e-9


@given(st.lists(SHARES, min_size=10, max_size=40), st.integers(2, 6))
def test_copies_of_one_item_are_perfectly_consistent(column, copies):
    assume(len(set(column)) > 1)
    found = analysis.reliability([[share] * copies for share in column], [1] * copies)
    assert found.alpha == pytest.approx(1)
    assert found.error == pytest.approx(0, abs=1e-6)


def test_reliability_is_undefined_without_people_items_or_spread():
    assert analysis.reliability(FIVE, [1, 1, 1]) is None
    assert analysis.reliability([[1]] * 10, [1]) is None
    assert analysis.reliability([[1, 0]] * 10, [1, 1]) is None
    assert analysis.reliability([[1, NAN]] * 10 + [[0, 1]] * 9, [1, 1]) is None, "each had other questions"
    assert analysis.reliability(FIVE * 2, [0, 0, 0]) is None


@given(st.lists(st.tuples(st.none() | RESTS, st.sampled_from("xyz")), max_size=40))
def test_levelled_rest_scores_have_the_same_mean_in_each_quiz(pairs):
    rests, groups = [rest for rest, _ in pairs], [group for _, group in pairs]
    found = analysis.levelled(rests, groups)
    assert [one is None for one in found] == [one is None for one in rests]
    known = [one for one in rests if one is not None]
    for group in set(groups):
        here = [one for one, own in zip(found, groups, strict=True) if own == group and one is not None]
        if here:
            assert sum(here) / len(here) == pytest.approx(sum(known) / len(known), abs=1e-6)


# ---- what predicts -------------------------------------------------------------------------------------------------


def test_an_item_predicts_only_where_the_interval_leaves_zero():
    rising = [(float(number > 9), number / 10 - 1) for number in range(20)]
    assert analysis.prediction(rising).verdict is Verdict.PREDICTS
    assert analysis.prediction([(1 - share, level) for share, level in rising]).verdict is Verdict.AGAINST
    assert analysis.prediction(rising[:9]).verdict is Verdict.TOO_FEW
    assert analysis.prediction([(1.0, float(number)) for number in range(20)]).verdict is Verdict.TOO_FEW
    mixed = [(float(number % 2), float(number // 2)) for number in range(20)]
    assert analysis.prediction(mixed).verdict is Verdict.UNSURE


def test_answers_by_chance_are_called_about_as_often_as_the_interval_says():
    chance = random.Random(7)
    called = 0
    for _ in range(400):
        pairs = [(float(chance.random() < 0.5), chance.gauss(0, 1)) for _ in range(30)]
        called += analysis.prediction(pairs).verdict in (Verdict.PREDICTS, Verdict.AGAINST)
    assert 5 <= called <= 40, "5 % of 400 are 20"
