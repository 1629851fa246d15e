"""Student-proposing deferred acceptance with capacities (Gale & Shapley 1962), and its explanation to both sides.

The matching is stable, the best stable one for every student at once, and unique; no student can gain by misstating the
own list (Dubins & Freedman 1981; Roth 1982). A pair is acceptable only if each ranks the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappush, heapreplace
from itertools import count


@dataclass(frozen=True)
class PostingSide:
    """A posting's side of the market: how many it takes (0 or more), and whom it would take, best first."""

    capacity: int
    ranking: Sequence[str]


@dataclass(frozen=True)
class Matching:
    """Who got what: students by posting (every posting, each list sorted), posting by student, and who got nothing."""

    by_posting: Mapping[str, tuple[str, ...]]
    by_student: Mapping[str, str]
    unmatched: tuple[str, ...]


class Outcome(StrEnum):
    """What became of one choice of a student."""

    MATCHED = "matched"
    FILLED_ABOVE = "filled_above"
    NOT_RANKED_BY_POSTING = "not_ranked_by_posting"


class CandidateOutcome(StrEnum):
    """What became of one candidate whom a posting ranked."""

    ADMITTED = "admitted"
    PLACED_HIGHER = "placed_higher"
    NOT_CHOSEN = "not_chosen"
    FILLED_ABOVE = "filled_above"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a student: ranks count from 1; `rank` and `worst_rank` are None where there is none."""

    posting: str
    outcome: Outcome
    capacity: int
    rank: int | None
    worst_rank: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate on a posting's list, with the rank there counted from 1."""

    student: str
    rank: int
    outcome: CandidateOutcome


@dataclass(frozen=True, slots=True)
class Filling:
    """How a posting filled: its places, the people taken, and the rank of the last of them (None if nobody)."""

    capacity: int
    matched: int
    worst_rank: int | None


@dataclass(frozen=True)
class Explanation:
    """For each student the choices down to the one got (all if none), in order; for each posting how it filled."""

    students: Mapping[str, tuple[Choice, ...]]
    postings: Mapping[str, Filling]


def match(students: Mapping[str, Sequence[str]], postings: Mapping[str, PostingSide]) -> Matching:
    """The student-optimal stable matching. `students` holds the postings each one chose, best first.

    Time and memory grow with the total length of the lists. The lists are taken as sound (see `instance`): a choice of
    a posting that does not exist raises KeyError, repeated names are not looked for.
    """
    place_of = {posting: dict(zip(side.ranking, count())) for posting, side in postings.items()}
    ranking = {posting: side.ranking for posting, side in postings.items()}
    room = {posting: side.capacity for posting, side in postings.items()}
    # A heap holds the places admitted so far, negated, so that its first is the worst of them.
    admitted: dict[str, list[int]] = {posting: [] for posting in postings}
    choices = {student: iter(chosen) for student, chosen in students.items()}
    unmatched = []
    for newcomer in students:
        proposer: str | None = newcomer
        while proposer is not None:
            student, proposer = proposer, None
            # An iterator goes on where it stopped, so that nobody proposes twice to the same posting.
            for posting in choices[student]:
                place = place_of[posting].get(student)
                if place is None:
                    continue
                if room[posting]:
                    room[posting] -= 1
                    heappush(admitted[posting], -place)
                    break
                heap = admitted[posting]
                if heap and -heap[0] > place:
                    proposer = ranking[posting][-heapreplace(heap, -place)]
                    break
            else:
                unmatched.append(student)
    by_posting = {
        posting: tuple(sorted(ranking[posting][-place] for place in heap)) for posting, heap in admitted.items()
    }
    by_student = {student: posting for posting, matched in by_posting.items() for student in matched}
    return Matching(by_posting, by_student, tuple(sorted(unmatched)))


def explain(
    students: Mapping[str, Sequence[str]], postings: Mapping[str, PostingSide], matching: Matching
) -> Explanation:
    """Why each student got what he or she got, and how each posting filled; `matching` is `match(students, postings)`.

    A choice is `matched`, or `not_ranked_by_posting`, or `filled_above`: the posting filled with people it ranked above
    (`worst_rank` is the last of them; None for a posting without a place).
    """
    rank_of = {posting: dict(zip(side.ranking, count(1))) for posting, side in postings.items()}
    fillings = {
        posting: Filling(
            capacity=postings[posting].capacity,
            matched=len(matched),
            worst_rank=max((rank_of[posting][student] for student in matched), default=None),
        )
        for posting, matched in matching.by_posting.items()
    }

    def choices(student: str) -> Iterator[Choice]:
        got = matching.by_student.get(student)
        for posting in students[student]:
            rank, filling = rank_of[posting].get(student), fillings[posting]
            if posting == got:
                outcome = Outcome.MATCHED
            else:
                outcome = Outcome.NOT_RANKED_BY_POSTING if rank is None else Outcome.FILLED_ABOVE
            yield Choice(posting, outcome, filling.capacity, rank, filling.worst_rank)
            if posting == got:
                break

    return Explanation({student: tuple(choices(student)) for student in students}, fillings)


def candidates(
    posting: str, students: Mapping[str, Sequence[str]], postings: Mapping[str, PostingSide], matching: Matching
) -> tuple[Candidate, ...]:
    """What became of everyone whom `posting` ranked, in its order; `matching` is `match(students, postings)`.

    A candidate is `admitted`, or `placed_higher`: got a posting that he or she prefers, or `not_chosen`: did not choose
    this posting, or `filled_above`: wanted it, and it filled with people it ranked above.
    """

    def outcome(student: str) -> CandidateOutcome:
        got, chosen = matching.by_student.get(student), students[student]
        if got == posting:
            return CandidateOutcome.ADMITTED
        if posting not in chosen:
            return CandidateOutcome.NOT_CHOSEN
        if got is not None and chosen.index(got) < chosen.index(posting):
            return CandidateOutcome.PLACED_HIGHER
        return CandidateOutcome.FILLED_ABOVE

    return tuple(
        Candidate(student, rank, outcome(student)) for rank, student in enumerate(postings[posting].ranking, 1)
    )
