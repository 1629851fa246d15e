"""Item difficulty from practice answers: Elo with a step that shrinks as answers come in (Pelánek 2016)."""

import math
from dataclasses import dataclass

START, SHRINK = 1.0, 0.05
"""a and b of K = a / (1 + b·n), the values Pelánek reports to work across systems."""
LIMIT = 6.0
"""Difficulties stay within ±6 logits, the range in which evidence rows may store them."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Ability and difficulty, in logits, after one answer, and the probability expected before it."""

    ability: float
    difficulty: float
    expected: float


def expected_score(ability: float, difficulty: float, guess_floor: float = 0.0) -> float:
    """p = g + (1−g) / (1 + e^(d−θ))."""
    return guess_floor + (1.0 - guess_floor) / (1.0 + math.exp(difficulty - ability))


def step_size(answers: int) -> float:
    """K = a / (1 + b·n) after n earlier answers."""
    return START / (1.0 + SHRINK * answers)


def after_answer(
    ability: float, difficulty: float, score: float, *, person_answers: int, item_answers: int, guess_floor: float = 0.0
) -> Answered:
    """θ += K(y−p), d −= K(y−p), each with the K of its own count of earlier answers; `score` y in [0, 1]."""
    expected = expected_score(ability, difficulty, guess_floor)
    surprise = score - expected
    return Answered(
        ability=ability + step_size(person_answers) * surprise,
        difficulty=min(LIMIT, max(-LIMIT, difficulty - step_size(item_answers) * surprise)),
        expected=expected,
    )
