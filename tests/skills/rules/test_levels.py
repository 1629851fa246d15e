"""What evidence says about a level: values that a teacher would expect, and laws that hold for any ledger."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.skills.rules.levels import (
    CUTS,
    KIND_WEIGHTS,
    PRIOR,
    AssessorKind,
    Evidence,
    Posterior,
    Standing,
    difficulty_of_level,
    estimate,
    estimate_many,
    level_probabilities,
    months_between,
    probability_above,
    row_weight,
    shown_level,
    why,
)

TODAY = date(2026, 11, 15)
SOME_DAY = date(2026, 11, 2)

rows = st.builds(
    Evidence,
    score=st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0)),
    difficulty=st.floats(-4.0, 4.0),
    kind=st.sampled_from(AssessorKind),
    guess_floor=st.sampled_from([0.0, 0.2, 0.25, 0.5]),
    observed_on=st.dates(date(2020, 1, 1), date(2027, 6, 1)),
    weight=st.floats(0.0, 3.0),
)
ledgers = st.lists(rows, max_size=12)


def answer(level, *, right=True, options=4, kind=AssessorKind.MACHINE, on=SOME_DAY):
    return Evidence(float(right), difficulty_of_level(level), kind, 1 / options if options else 0.0, on)


def level_of(ledger, today=TODAY):
    posterior = estimate(ledger, today)
    return shown_level(posterior.mean, posterior.sd)


def test_nobody_has_shown_anything_before_the_first_row():
    assert estimate([], TODAY) == Posterior(PRIOR[0], PRIOR[1], 0)
    assert level_of([]) == 0


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_ten_right_answers_on_one_level_show_that_level(level):
    assert level_of([answer(level)] * 10) >= level
    assert level_of([answer(level)] * 10) <= max(level, 2)


def test_eight_right_single_choice_answers_on_level_two_show_level_two():
    assert level_of([answer(2)] * 8) == 2


def test_guessing_one_in_four_shows_nothing():
    assert level_of([answer(2)] * 3 + [answer(2, right=False)] * 9) == 0


def test_a_guessable_answer_proves_less_than_one_that_cannot_be_guessed():
    assert estimate([answer(2)] * 5, TODAY).mean < estimate([answer(2, options=0)] * 5, TODAY).mean


def test_easy_right_answers_do_not_pull_a_strong_person_down():
    strong = [answer(4)] * 12
    before = estimate(strong, TODAY)
    after = estimate(strong + [answer(1)] * 30, TODAY)
    assert after.mean >= before.mean
    assert after.sd <= before.sd
    assert shown_level(after.mean, after.sd) == shown_level(before.mean, before.sd) == 4


def test_a_mentors_full_mark_says_more_than_a_machines():
    marks = [estimate([answer(3, kind=kind, options=0)], TODAY).mean for kind in AssessorKind]
    assert marks[0] == marks[1] == PRIOR[0]
    assert marks[1:] == sorted(set(marks))


def test_attending_and_saying_so_count_nothing():
    ledger = [answer(1, kind=AssessorKind.ATTENDED), answer(4, kind=AssessorKind.SELF_STATED)]
    assert estimate(ledger, TODAY) == estimate([], TODAY)


def test_a_row_of_tomorrow_does_not_count_today():
    assert estimate([answer(3, on=date(2026, 11, 16))], TODAY).rows == 0
    assert estimate([answer(3, on=TODAY)], TODAY).rows == 1


def test_half_the_weight_is_gone_after_three_years():
    assert row_weight(AssessorKind.EMPLOYER, date(2023, 11, 30), TODAY) == KIND_WEIGHTS[AssessorKind.EMPLOYER] / 2


def test_an_estimate_changes_only_when_a_month_begins():
    ledger = [answer(3, on=date(2025, 1, 31)), answer(2, on=date(2024, 7, 9))]
    assert estimate(ledger, date(2026, 11, 1)) == estimate(ledger, date(2026, 11, 30))
    assert estimate(ledger, date(2026, 12, 1)) != estimate(ledger, date(2026, 11, 30))


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 1), 1),
        (date(2026, 1, 1), date(2026, 1, 31), 0),
        (date(2024, 12, 5), date(2026, 1, 4), 13),
        (date(2026, 5, 1), date(2026, 4, 30), 0),
    ],
)
def test_age_is_counted_in_month_beginnings(earlier, later, months):
    assert months_between(earlier, later) == months


@given(ledgers, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_of_no_account(ledger, chance):
    shuffled = list(ledger)
    chance.shuffle(shuffled)
    assert estimate(shuffled, TODAY) == estimate(ledger, TODAY)


@given(st.lists(ledgers, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_person_estimated_in_a_crowd_gets_exactly_the_same_numbers(crowd, chance):
    table = [
        (row.score, row.difficulty, row_weight(row.kind, row.observed_on, TODAY, row.weight), row.guess_floor, person)
        for person, ledger in enumerate(crowd)
        for row in ledger
    ]
    chance.shuffle(table)
    means, sds = estimate_many(*(zip(*table, strict=True) if table else [[]] * 5), len(crowd))
    for person, ledger in enumerate(crowd):
        alone = estimate(ledger, TODAY)
        assert (means[person], sds[person]) == (alone.mean, alone.sd)


@given(ledgers, st.floats(-4.0, 4.0), st.sampled_from([0.0, 0.25, 0.5]))
def test_one_more_right_answer_never_lowers_and_one_more_wrong_never_raises(ledger, difficulty, floor):
    more = Evidence(1.0, difficulty, AssessorKind.TEACHER, floor, SOME_DAY)
    here = estimate(ledger, TODAY).mean
    assert estimate([*ledger, more], TODAY).mean >= here
    assert estimate([*ledger, replace(more, score=0.0)], TODAY).mean <= here


@given(ledgers)
def test_the_estimate_is_the_highest_point_of_the_posterior(ledger):
    def height(theta):
        total = -((theta - PRIOR[0]) ** 2) / (2 * PRIOR[1] ** 2)
        for row in ledger:
            p = row.guess_floor + (1 - row.guess_floor) / (1 + math.exp(row.difficulty - theta))
            weight = row_weight(row.kind, row.observed_on, TODAY, row.weight)
            total += weight * (row.score * math.log(p) + (1 - row.score) * math.log1p(-p)) if weight else 0.0
        return total

    best = estimate(ledger, TODAY).mean
    assert all(height(best) >= height(theta) - 1e-7 for theta in np.linspace(-9.0, 9.0, 181))


def test_of_two_modes_the_higher_one_is_taken():
    hard_and_right = [Evidence(1.0, 3.0, AssessorKind.MACHINE, 0.25, SOME_DAY)] * 40
    medium_and_wrong = [Evidence(0.0, 0.0, AssessorKind.MACHINE, 0.0, SOME_DAY)] * 2
    assert estimate(hard_and_right + medium_and_wrong, TODAY).mean > 3.0
    assert estimate(hard_and_right[:4] + medium_and_wrong * 10, TODAY).mean < -1.5


@given(st.floats(-9.0, 9.0), st.floats(0.01, 1.5))
def test_levels_are_nested_and_the_shown_one_is_at_least_eighty_per_cent_sure(mean, sd):
    above = level_probabilities(mean, sd)
    assert list(above) == sorted(above, reverse=True)
    level = shown_level(mean, sd)
    assert all(probability >= 0.8 for probability in above[:level])
    assert all(probability < 0.8 for probability in above[level:])


def test_the_probability_above_a_cut_is_the_normal_tail():
    assert probability_above(0.0, 1.0, 0.0) == 0.5
    assert probability_above(1.0, 0.5, 0.5) == pytest.approx(0.841344746, abs=1e-9)


def test_why_names_what_weighs_most_and_how_fresh_it_is():
    ledger = [answer(2)] * 3 + [answer(3, kind=AssessorKind.EMPLOYER, options=0), answer(2, kind=AssessorKind.ATTENDED)]
    reason = why(ledger, estimate(ledger, TODAY), TODAY)
    assert reason.standing is Standing.SHOWN
    assert reason.counts == {AssessorKind.MACHINE: 3, AssessorKind.EMPLOYER: 1}
    assert reason.heaviest_kind is AssessorKind.EMPLOYER
    assert reason.heaviest_share == pytest.approx(4 / 7)
    assert (reason.newest_on, reason.is_old) == (SOME_DAY, False)
    assert reason.probability >= 0.8 > reason.next_probability
    assert reason.next_level == reason.level + 1


def test_why_says_when_there_is_nothing_when_it_is_not_enough_and_when_it_is_old():
    def standing(ledger):
        return why(ledger, estimate(ledger, TODAY), TODAY).standing

    assert standing([]) is Standing.NO_EVIDENCE
    assert standing([answer(3, right=False)]) is Standing.NOT_YET_SHOWN
    assert standing([answer(4)] * 40) is Standing.HIGHEST
    old = [answer(2, on=date(2023, 11, 1))]
    assert why(old, estimate(old, TODAY), TODAY).is_old


@pytest.mark.parametrize(
    "wrong",
    [{"score": 1.01}, {"score": math.nan}, {"difficulty": math.inf}, {"guess_floor": 1.0}, {"weight": -1.0}],
)
def test_a_row_outside_its_ranges_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)).replace("_", " ")):
        replace(answer(1), **wrong)


def test_a_batch_names_the_row_that_is_out_of_range():
    with pytest.raises(ValueError, match="score of row 1"):
        estimate_many([1.0, math.nan], [0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0, 0], 1)
    with pytest.raises(ValueError, match="group of row 0"):
        estimate_many([1.0], [0.0], [1.0], [0.0], [1], 1)


def test_forty_thousand_estimates_from_two_hundred_thousand_rows_are_finite_and_no_less_sure_than_before():
    chance = np.random.default_rng(7)
    count, groups = 200_000, 40_000
    table = (
        chance.integers(0, 2, count),
        chance.choice(CUTS, count),
        chance.uniform(0.2, 4.0, count),
        chance.choice([0.0, 0.25], count),
        chance.integers(0, groups, count),
    )
    means, sds = estimate_many(*table, groups)
    assert np.isfinite(means).all()
    assert (sds <= PRIOR[1]).all()
