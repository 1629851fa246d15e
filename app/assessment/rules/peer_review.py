"""Peer review: who reviews whose answer, how much each reviewer's mark weighs, and what the marks mean together.

Fractions inside, so that sums do not depend on their order; what leaves as a share has six places.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.assessment.rules.handmarks import APART, Meaning, Outcome

# How many answers that a teacher has marked each reviewer marks first.
# Calibrated Peer Review (Chapman 1999) takes three.
EXAMPLES = 2
MOST_PEERS = 5
# *Assumed*: how far a reviewer's mark strays by chance, how far reviewers are too kind or too strict (both as standard
# deviations, shares of the points), and how many examples the first of these is worth.
STRAY = Fraction(1, 10)
KINDNESS = Fraction(1, 10)
EXAMPLES_ASSUMED = 2
LEAST_WEIGHT, MOST_WEIGHT = Fraction(1, 4), Fraction(4)
# A comment of fewer letters than this tells its reader nothing; in Chinese they are about as many as three words.
SHORTEST_COMMENT = 8
MILLION = 1_000_000

Draw = Callable[..., bytes]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An answer, who gave it, and whether peers are to review it (else it makes its author a reviewer, and no more)."""

    answer: int
    author: int
    is_waiting: bool = True


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a reviewer marks beside the teacher, from so many examples; all shares of the points.

    `bias` is the mean of mark − teacher's mark, `distance` the mean of its size, `weight` what a mark counts.
    """

    examples: int
    bias: Fraction
    distance: Fraction
    weight: Fraction


@dataclass(frozen=True, slots=True)
class PeerMark:
    """The final mark of a reviewer as a share, with the reviewer's calibration."""

    share: Decimal
    by: Calibration


# Who reviews what


def allocate(handed_in: Iterable[HandedIn], peers: int, seed: str) -> dict[int, tuple[int, ...]]:
    """Reviewers (ids of people) by answer that waits: `peers` each, or all others where there are fewer.

    People stand in a circle, drawn by SHA-256 under `seed`; an answer goes to those who follow its author, the next of
    the same author to those after them. Then reviews move from who has too many to who has too few, measured by how
    many answers each has handed in, and change hands where two would review each other. Where everybody hands in one
    answer, everybody reviews `peers`, and no two review each other if there are more than 2·`peers` people. Nobody
    reviews their own. The order of `handed_in` changes nothing.
    """

    def chance(*names: Hashable) -> bytes:
        return hashlib.sha256(":".join(map(str, (seed, *names))).encode()).digest()

    work = sorted(set(handed_in), key=lambda one: chance("answer", one.answer))
    circle = sorted({one.author for one in work}, key=lambda author: chance("author", author))
    waiting = [one for one in work if one.is_waiting]
    others = len(circle) - 1
    if others < 1:
        return {one.answer: () for one in waiting}
    place = {author: number for number, author in enumerate(circle)}
    begun: dict[int, int] = defaultdict(int)
    reviewers: dict[int, set[int]] = {}
    for one in waiting:
        first = begun[one.author]
        begun[one.author] += peers
        steps = {(first + step) % others + 1 for step in range(min(peers, others))}
        reviewers[one.answer] = {circle[(place[one.author] + step) % len(circle)] for step in steps}
    table = _Table({one.answer: one.author for one in waiting}, reviewers, _counted(work), chance)
    table.level()
    table.part()
    return {answer: tuple(sorted(those)) for answer, those in sorted(table.reviewers.items())}


def _counted(work: Sequence[HandedIn]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for one in work:
        found[one.author] += 1
    return found


@dataclass
class _Table:
    """Who reviews what, while it is being made fair."""

    authors: Mapping[int, int]
    reviewers: dict[int, set[int]]
    handed_in: Mapping[int, int]
    chance: Draw

    def load(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {person: set() for person in self.handed_in}
        for answer, those in self.reviewers.items():
            for person in those:
                found[person].add(answer)
        return found

    def takes(self, person: int, answer: int) -> bool:
        return self.authors[answer] != person and person not in self.reviewers[answer]

    def level(self) -> None:
        """Move reviews as long as that brings Σ load² ÷ handed in down, which is least where all have their part."""
        load = self.load()
        while True:
            most = sorted(load, key=lambda one: (-self._price(one, len(load[one]) - 1), self.chance("from", one)))
            least = sorted(load, key=lambda one: (self._price(one, len(load[one])), self.chance("to", one)))
            move = self._move(load, most, least)
            if move is None:
                return
            giver, taker, answer = move
            self.reviewers[answer] = self.reviewers[answer] - {giver} | {taker}
            load[giver].remove(answer)
            load[taker].add(answer)

    def _move(
        self, load: Mapping[int, set[int]], most: Sequence[int], least: Sequence[int]
    ) -> tuple[int, int, int] | None:
        for giver in most:
            for taker in least:
                if self._price(taker, len(load[taker])) >= self._price(giver, len(load[giver]) - 1):
                    break
                free = [answer for answer in load[giver] if self.takes(taker, answer)]
                if free:
                    return giver, taker, min(free, key=lambda one: self._rank(taker, one))
        return None

    def _price(self, person: int, load: int) -> Fraction:
        """What one review more than `load` costs."""
        return Fraction(2 * load + 1, self.handed_in[person])

    def _rank(self, taker: int, answer: int) -> tuple[bool, bytes]:
        return self.is_mutual(taker, answer), self.chance("move", taker, answer)

    def is_mutual(self, person: int, answer: int) -> bool:
        """Whether the answer's author reviews something of that person."""
        author = self.authors[answer]
        return any(author in those for other, those in self.reviewers.items() if self.authors[other] == person)

    def part(self) -> None:
        """Let two reviews change hands wherever that leaves fewer pairs who review each other."""
        while self._part_once():
            pass

    def _part_once(self) -> bool:
        pairs = sorted(
            ((one, person) for one, those in self.reviewers.items() for person in those),
            key=lambda pair: self.chance("pair", *pair),
        )
        reviewing = {(person, self.authors[answer]) for answer, person in pairs}
        for answer, person in pairs:
            if (self.authors[answer], person) not in reviewing:
                continue
            for other, partner in pairs:
                if partner != person and self.takes(person, other) and self.takes(partner, answer):
                    before = self._mutual()
                    self._swap(answer, person, other, partner)
                    if self._mutual() < before:
                        return True
                    self._swap(answer, partner, other, person)
        return False

    def _swap(self, answer: int, person: int, other: int, partner: int) -> None:
        self.reviewers[answer] = self.reviewers[answer] - {person} | {partner}
        self.reviewers[other] = self.reviewers[other] - {partner} | {person}

    def _mutual(self) -> int:
        reviewing = {(person, self.authors[answer]) for answer, those in self.reviewers.items() for person in those}
        return sum((author, person) in reviewing for person, author in reviewing)


def examples_for(reviewer: int, examples: Iterable[HandedIn], seed: str) -> tuple[int, ...]:
    """The answers, marked by a teacher and not the reviewer's own, that the reviewer marks first: up to `EXAMPLES`."""
    others = {one.answer for one in examples if one.author != reviewer}

    def chance(answer: int) -> bytes:
        return hashlib.sha256(f"{seed}:example:{reviewer}:{answer}".encode()).digest()

    return tuple(sorted(others, key=chance)[:EXAMPLES])


# What marks mean


def calibrate(examples: Sequence[tuple[Decimal, Decimal]]) -> Calibration:
    """How somebody marks, from pairs of own and teacher's mark of the same answer, as shares.

    The model is that of Piech et al. 2013 (Tuned Models of Peer Assessment in MOOCs, PG1): mark = true + bias + error,
    with the bias and the precision of each reviewer's own. Here the bias is what the examples say, so that who always
    adds the same changes nothing; the variance of the error is estimated with a Gamma prior on the precision worth
    `EXAMPLES_ASSUMED` examples of sd `STRAY`:

        σ² = (n₀·s₀² + Σ(dᵢ − d̄)²) ÷ (n₀ + n − 1),  variance of a mark less its bias = σ²·(1 + 1/n)

    and without examples s₀² + `KINDNESS`². The weight is s₀² ÷ that variance, within [`LEAST_WEIGHT`, `MOST_WEIGHT`].
    """
    differences = [Fraction(mark) - Fraction(true) for mark, true in examples]
    count = len(differences)
    if not count:
        return Calibration(0, Fraction(0), Fraction(0), _bounded(STRAY**2 / (STRAY**2 + KINDNESS**2)))
    bias = sum(differences, Fraction(0)) / count
    squares = sum(((one - bias) ** 2 for one in differences), Fraction(0))
    variance = (EXAMPLES_ASSUMED * STRAY**2 + squares) / (EXAMPLES_ASSUMED + count - 1) * (1 + Fraction(1, count))
    distance = sum(map(abs, differences), Fraction(0)) / count
    return Calibration(count, bias, distance, _bounded(STRAY**2 / variance))


def _bounded(weight: Fraction) -> Fraction:
    return min(max(weight, LEAST_WEIGHT), MOST_WEIGHT)


def enough(peers: int) -> int:
    """How many marks settle an answer once no more will come: more than half of `peers`."""
    return peers // 2 + 1


def meaning_of(marks: Sequence[PeerMark], needed: int) -> Outcome:
    """What the marks of peers mean: the weighted mean of the marks less each one's bias, clipped to [0, 1].

    Fewer than `needed` wait. Marks whose weighted standard deviation is more than half of `APART` differ, which for two
    of equal weight is the rule for two teachers. Both need a teacher once no more will come.
    """
    if not marks or len(marks) < needed:
        return Outcome(Meaning.WAITING)
    total = sum((mark.by.weight for mark in marks), Fraction(0))
    freed = [(mark.by.weight / total, Fraction(mark.share) - mark.by.bias) for mark in marks]
    mean = sum((weight * share for weight, share in freed), Fraction(0))
    if sum((weight * (share - mean) ** 2 for weight, share in freed), Fraction(0)) > (Fraction(APART) / 2) ** 2:
        return Outcome(Meaning.DIFFERING)
    return Outcome(Meaning.SETTLED, Decimal(round(min(max(mean, Fraction(0)), Fraction(1)) * MILLION)) / MILLION)


def says_something(comment: str) -> bool:
    """Whether a comment has enough letters to tell somebody something."""
    return sum(letter.isalnum() for letter in comment) >= SHORTEST_COMMENT
