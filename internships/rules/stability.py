"""The certificate: is this matching stable? Written apart from the matching and sharing no code with it.

It works from the definition. A student r and a posting h block a matching if each ranks the other, r is free or prefers
h to what r has, and h has room or prefers r to its worst. Equals do not block: a posting that holds two students equal
has no reason to leave one for the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Ranked(Protocol):
    """What the certificate needs of a posting: its capacity, and its ranking, in which a list stands for equals."""

    @property
    def capacity(self) -> int: ...

    @property
    def ranking(self) -> Sequence[str | Sequence[str]]: ...


@dataclass(frozen=True)
class Certificate:
    """What is wrong with a matching; empty throughout if it is stable. Pairs are (student, posting), all sorted."""

    blocking_pairs: tuple[tuple[str, str], ...]
    over_capacity: tuple[str, ...]
    unacceptable: tuple[tuple[str, str], ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.blocking_pairs or self.over_capacity or self.unacceptable)


def certificate(
    students: Mapping[str, Sequence[str]], postings: Mapping[str, Ranked], matching: Mapping[str, Sequence[str]]
) -> Certificate:
    """All that makes `matching` (students by posting; a posting left out has none) not a stable one.

    `over_capacity` holds the postings with more students than places, `unacceptable` the matched pairs of which one
    does not rank the other. Raises ValueError if `matching` names a student twice, or somebody or something unknown.
    """
    if unknown := matching.keys() - postings.keys():
        raise ValueError(f"unknown posting {min(unknown)!r}")
    assigned: dict[str, str] = {}
    for posting, group in matching.items():
        for student in group:
            if student not in students:
                raise ValueError(f"unknown student {student!r}")
            if student in assigned:
                raise ValueError(f"student {student!r} twice")
            assigned[student] = posting
    return Certificate(
        blocking_pairs=tuple(blocking_pairs(students, postings, matching)),
        over_capacity=tuple(sorted(p for p, group in matching.items() if len(group) > postings[p].capacity)),
        unacceptable=tuple(
            sorted(
                (student, posting)
                for posting, group in matching.items()
                for unranked in (set(group).difference(_names(postings[posting].ranking)),)
                for student in group
                if student in unranked or posting not in students[student]
            )
        ),
    )


def blocking_pairs(
    students: Mapping[str, Sequence[str]], postings: Mapping[str, Ranked], matching: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """The pairs (student, posting), sorted, who would both rather have each other than what `matching` gives them."""
    has = {student: posting for posting, group in matching.items() for student in group}
    welcome = {posting: _welcome(side, set(matching.get(posting, ()))) for posting, side in postings.items()}
    return sorted(
        (student, posting)
        for student, chosen in students.items()
        for posting in _preferred(chosen, has.get(student))
        if student in welcome[posting]
    )


def _preferred(chosen: Sequence[str], got: str | None) -> Sequence[str]:
    """The postings that a student with this list prefers to the one got: all of the list if that is not on it."""
    return chosen[: chosen.index(got)] if got in chosen else chosen


def _welcome(side: Ranked, group: set[str]) -> set[str]:
    """Whom a posting that has `group` would rather have: all it ranks if it has room, else those above its worst."""
    has_room = len(group) < side.capacity
    if not has_room and not group:
        return set()
    ranked = set(_names(side.ranking))
    if has_room or not group <= ranked:
        return ranked - group
    depth = len(side.ranking)
    for tier in reversed(side.ranking):
        depth -= 1
        if tier in group if isinstance(tier, str) else not group.isdisjoint(tier):
            break
    return set(_names(side.ranking[:depth]))


def _names(ranking: Sequence[str | Sequence[str]]) -> Sequence[str]:
    """All whom a ranking names, equals one by one."""
    if set(map(type, ranking)) <= {str}:
        return ranking  # type: ignore[return-value]
    return [student for tier in ranking for student in ((tier,) if isinstance(tier, str) else tier)]
