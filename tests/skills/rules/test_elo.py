"""Practice answers move a person and an item towards each other, ever more slowly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.skills.rules.elo import after_answer, expected_score, step_size

logits = st.floats(-5.0, 5.0)


def test_an_even_match_is_won_every_second_time_and_a_guess_helps():
    assert expected_score(0.7, 0.7) == 0.5
    assert expected_score(0.7, 0.7, 0.25) == 0.625


def test_the_first_answer_moves_both_by_half_a_logit():
    after = after_answer(0.0, 0.0, 1.0, person_answers=0, item_answers=0)
    assert (after.ability, after.difficulty, after.expected) == (0.5, -0.5, 0.5)


def test_a_seasoned_item_moves_less_than_a_new_person():
    after = after_answer(0.0, 0.0, 1.0, person_answers=0, item_answers=180)
    assert after.ability == 0.5
    assert after.difficulty == pytest.approx(-0.05)
    assert step_size(180) == pytest.approx(0.1)


@given(logits, logits, st.floats(0.0, 1.0), st.integers(0, 500), st.integers(0, 500))
def test_who_does_better_than_expected_rises_and_the_item_falls(ability, difficulty, score, mine, its):
    after = after_answer(ability, difficulty, score, person_answers=mine, item_answers=its)
    assert (after.ability - ability) * (score - after.expected) >= 0.0
    assert (after.difficulty - difficulty) * (score - after.expected) <= 0.0
    assert abs(after.difficulty) <= 6.0
