"""From another system's marking to shares of a mark: its rules are tried out, answer by answer.

QTI marks by small programs. What they give for one option, for all right ones, for one row, says how to mark here,
where options add up; what does not add up is taken over as near as can be, with a note.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

from app.assessment.formats.items import ItemRefused, Note, Reason
from app.assessment.rules.content import tidy_fraction

# An answer to each thing that can be answered, by its identifier.
Responses = Mapping[str, tuple[str, ...]]

# What the marking of one item may take, and that of all items of a file or package.
MAX_STEPS = 200_000
MAX_ALL_STEPS = 10_000_000
MAX_SCORE = 1e9
# Answers may be larger than any score: amounts in fen, populations. Beyond it a float does not hold every whole number.
MAX_NUMBER = 1e15
# Options up to this number are tried two by two.
PAIRS = 12
CLOSE = 1e-3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer earns, and the feedback that it shows, by identifier."""

    score: float
    shown: tuple[str, ...] = ()


Marks = Callable[[Responses], Outcome]


class Budget:
    """What is left of MAX_ALL_STEPS."""

    def __init__(self) -> None:
        self.left = MAX_ALL_STEPS


class Steps:
    """Counts what the marking of one item costs, within the budget of its file."""

    def __init__(self, budget: Budget) -> None:
        self._left = min(MAX_STEPS, budget.left)
        self._budget = budget

    def take(self) -> None:
        """Count one step. Raises ItemRefused beyond the limit."""
        self._left -= 1
        self._budget.left -= 1
        if self._left < 0:
            raise ItemRefused(Reason.INTRICATE, limit=MAX_STEPS)


def share(score: float, full: float) -> float:
    """`score` as a share of `full` in [-1, 1]; 0 where nothing can be earned. Raises ItemRefused beyond all numbers."""
    if not (isfinite(score) and isfinite(full) and abs(score) <= MAX_SCORE):
        raise ItemRefused(Reason.BAD_WEIGHT, text=score)
    if full <= 0:
        return 0.0
    return tidy_fraction(min(max(score / full, -1.0), 1.0))


def is_close(one: float, other: float, scale: float) -> bool:
    """Whether two scores differ by no more than rounding, on a `scale` of full marks."""
    return abs(one - other) <= CLOSE * max(abs(scale), 1e-9)


def shares_of_options(
    score: Callable[[Collection[str]], float],
    options: Sequence[str],
    candidates: Iterable[Collection[str]],
    highest: float = 0.0,
) -> tuple[dict[str, float], Note | None]:
    """The share of each of `options`, several of which can be chosen, and what changed.

    `candidates` are sets that may be the right one; `highest` is what the source says can be earned.
    """
    nothing = score(())
    candidates = [tuple(option for option in options if option in candidate) for candidate in candidates]
    gains = {option: score((option,)) - nothing for option in options}
    right = tuple(option for option in options if gains[option] > 0)
    whole = score(right)
    for option in options:
        # Alone, a wrong option may be held at 0; beside the right ones it shows what it costs.
        if option not in right:
            gains[option] = score((*right, option)) - whole
    tried = [right, *candidates]
    if len(options) <= PAIRS:
        tried += combinations(options, 2)
    scores = [score(chosen) for chosen in tried]
    low, high = min([nothing, *scores]), max([nothing, *scores])
    expected = [nothing + sum(gains[option] for option in chosen) for chosen in tried]
    adds_up = all(
        is_close(min(max(wanted, low), high), given, high - low) for wanted, given in zip(expected, scores, strict=True)
    )
    if right and adds_up:
        full = max(highest, high) - nothing
        note = Note.CREDIT_UNANSWERED if nothing > 0 else None
        return {option: share(gains[option], full) for option in options}, note
    best = max(tried, key=lambda chosen: (score(chosen), -len(chosen)))
    if score(best) <= nothing or not best:
        return dict.fromkeys(options, 0.0), None
    return {option: 1 / len(best) if option in best else -1.0 for option in options}, Note.ALL_OR_NOTHING


def shares_of_parts(
    score: Callable[[Responses], float], choices: Mapping[str, Sequence[str]], right: Mapping[str, str]
) -> tuple[dict[str, dict[str, float]], dict[str, float], Note | None]:
    """Per part the share of each of its `choices`, the weight of each part, and what changed.

    `right` is an answer that should earn everything, for marking that gives all or nothing.
    """
    nothing = score({})
    gains = {
        part: {choice: score({part: (choice,)}) - nothing for choice in offered} for part, offered in choices.items()
    }
    best = {part: max(offered.values(), default=0.0) for part, offered in gains.items()}
    no_gain = not any(gain > 0 for gain in best.values())
    if no_gain and right and score({part: (choice,) for part, choice in right.items()}) > nothing:
        shares = {
            part: {choice: float(right.get(part) == choice) for choice in offered} for part, offered in choices.items()
        }
        return shares, dict.fromkeys(choices, 1.0), Note.ALL_OR_NOTHING if len(choices) > 1 else None
    shares = {
        part: {choice: share(gain, best[part]) for choice, gain in offered.items()} for part, offered in gains.items()
    }
    answered = {part: (max(offered, key=lambda choice: offered[choice]),) for part, offered in gains.items() if offered}
    total = nothing + sum(max(gain, 0.0) for gain in best.values())
    note = None
    if nothing > 0:
        note = Note.CREDIT_UNANSWERED
    elif not is_close(score(answered), total, total):
        note = Note.ALL_OR_NOTHING
    most = max([1e-9, *best.values()])
    return shares, {part: tidy_fraction(max(gain, 0.0) / most) for part, gain in best.items()}, note
