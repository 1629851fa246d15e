"""A match season as arrays: what went in, what came out, and what both say to one student or posting.

Both are written as plain `.npz` archives that anybody can open with NumPy. The same inputs give the same bytes, so that
a digest proves which inputs were matched, and a replay is compared byte by byte.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np

from internships.rules.acceptance import accept
from internships.rules.lottery import lottery_number
from internships.rules.market import Cap, Market, Numbers
from internships.rules.matching import CandidateOutcome, Outcome
from internships.rules.proof import Findings, Stated, findings

SCALE = 10**9
"""Scores are whole billionths: what differs beyond is the order of additions, not the person (see `fit`)."""
EPOCH = (1980, 1, 1, 0, 0, 0)
BATCH = 1 << 20


class Mode(IntEnum):
    """How a posting orders its applicants."""

    HAND = 0
    FIT = 1
    BOTH = 2


@dataclass(frozen=True)
class Inputs:
    """All that a matching is made of. Students and postings stand in the order of their ids.

    The choices of student s are `offsets[s]:offsets[s+1]`, best first; `hand` is the enterprise's number (0: none;
    equal ones: equals), `score` the fit in billionths. `university` and `programme` number the groups that caps count.
    `left_out` holds applications that could not be matched, with the `reasons` as bits. The evidence is what the scores
    were computed from: estimates by student, needs by posting; texts are UTF-8, one line each.
    """

    seed: Numbers
    skills: Numbers
    students: Numbers
    postings: Numbers
    capacity: Numbers
    mode: Numbers
    university: Numbers
    programme: Numbers
    university_cap: Numbers
    programme_cap: Numbers
    offsets: Numbers
    posting: Numbers
    application: Numbers
    hand: Numbers
    score: Numbers
    left_out: Numbers
    reasons: Numbers
    estimate_offsets: Numbers
    estimate_skill: Numbers
    estimate_mean: Numbers
    estimate_sd: Numbers
    need_offsets: Numbers
    need_skill: Numbers
    need_level: Numbers
    need_weight: Numbers

    @property
    def lottery_seed(self) -> str:
        """The seed as text."""
        return bytes(self.seed).decode()

    @property
    def owner(self) -> Numbers:
        """The student of each choice."""
        return np.repeat(np.arange(len(self.students), dtype=np.int32), np.diff(self.offsets))


@dataclass(frozen=True)
class Result:
    """What came out: the choice each student got (-1: none) and each posting's order, worst first to go.

    `place` is the rank of each choice's student in its posting, from 1, after the lottery; 0 is not ranked. The order
    of posting p is `by_rank[starts[p]:starts[p+1]]`, choices best first; `worst` the rank of the last one taken.
    """

    matched: Numbers
    place: Numbers
    starts: Numbers
    by_rank: Numbers
    filled: Numbers
    worst: Numbers


def text(value: str) -> Numbers:
    """A text as it stands in an archive."""
    return np.frombuffer(value.encode(), dtype=np.uint8)


def decide(inputs: Inputs) -> Result:
    """The student-optimal stable matching of `inputs`, ties broken by the lottery of the seed."""
    hand, fit = _order(inputs)
    lottery = _lottery(inputs)
    owner = inputs.owner
    ranked = np.flatnonzero(hand >= 0)
    keys = lottery[owner[ranked]], fit[ranked], hand[ranked], inputs.posting[ranked]
    by_rank = ranked[np.lexsort(keys)].astype(np.int32)
    starts = np.zeros(len(inputs.postings) + 1, dtype=np.int64)
    np.cumsum(np.bincount(inputs.posting[ranked], minlength=len(inputs.postings)), out=starts[1:])
    slot = np.full(len(inputs.posting), -1, dtype=np.int32)
    slot[by_rank] = np.arange(len(by_rank), dtype=np.int32)
    caps = [Cap(group, most) for group, most in _caps(inputs)]
    matched = accept(Market(inputs.offsets, slot, starts, owner[by_rank], inputs.capacity, caps))
    place = np.where(slot >= 0, slot - starts[inputs.posting] + 1, 0).astype(np.int32)
    got = matched[matched >= 0]
    worst = np.zeros(len(inputs.postings), dtype=np.int32)
    np.maximum.at(worst, inputs.posting[got], place[got])
    filled = np.bincount(inputs.posting[got], minlength=len(inputs.postings)).astype(np.int32)
    return Result(matched.astype(np.int32), place, starts, by_rank, filled, worst)


def prove(inputs: Inputs, result: Result) -> Findings:
    """What the separate checker finds in `result`, by the orders as they were stated, before the lottery."""
    hand, fit = _order(inputs)
    tier = np.where(hand >= 0, hand * (SCALE + 2) + fit, -1)
    return findings(Stated(inputs.offsets, inputs.posting, tier, inputs.capacity, _caps(inputs)), result.matched)


def _order(inputs: Inputs) -> tuple[Numbers, Numbers]:
    """The order of each choice's student in its posting, lower is better: by hand (-1: not ranked), then by fit."""
    mode, hand = inputs.mode[inputs.posting], inputs.hand.astype(np.int64)
    unnumbered = hand == 0
    last = int(hand.max(initial=0)) + 1
    by_hand = np.where(unnumbered, np.where(mode == Mode.HAND, -1, last), hand)
    by_hand = np.where(mode == Mode.FIT, 0, by_hand)
    by_fit = np.where((mode == Mode.FIT) | (unnumbered & (mode == Mode.BOTH)), SCALE - inputs.score.astype(np.int64), 0)
    return by_hand, by_fit


def _caps(inputs: Inputs) -> list[tuple[Numbers, Numbers]]:
    pairs = ((inputs.programme, inputs.programme_cap), (inputs.university, inputs.university_cap))
    return [(group, most) for group, most in pairs if (most < np.iinfo(np.int32).max).any()]


def _lottery(inputs: Inputs) -> Numbers:
    """Each student's place in the lottery."""
    seed = inputs.lottery_seed
    numbers = np.array([lottery_number(seed, str(student)) for student in inputs.students.tolist()], dtype="S64")
    places = np.empty(len(numbers), dtype=np.int32)
    places[np.argsort(numbers, kind="stable")] = np.arange(len(numbers), dtype=np.int32)
    return places


def figures(inputs: Inputs, result: Result) -> dict[str, Any]:
    """The numbers for the organiser; none of them tells of one person.

    `by_choice` counts who got the first choice, the second, … Of those with a list and no place: `never_ranked` by any
    posting, or all their postings `filled_above`.
    """
    got = result.matched[result.matched >= 0]
    at = got - inputs.offsets[:-1][result.matched >= 0]
    alone = np.flatnonzero(result.matched < 0)
    ranked = np.zeros(len(inputs.students), dtype=bool)
    ranked[inputs.owner[result.place > 0]] = True
    return {
        "students": len(inputs.students),
        "postings": len(inputs.postings),
        "choices": len(inputs.posting),
        "seats": int(inputs.capacity.sum()),
        "matched": len(got),
        "left_out": len(inputs.left_out),
        "by_choice": np.bincount(at).tolist() if len(at) else [],
        "never_ranked": int((~ranked[alone]).sum()),
        "filled_above": int(ranked[alone].sum()),
        "postings_full": int((result.filled >= inputs.capacity).sum()),
        "postings_empty": int((result.filled == 0).sum()),
    }


@dataclass(frozen=True)
class Told:
    """What became of one application, in ranks from 1; `outcome` as of the matching, or `placed_higher`."""

    outcome: str
    capacity: int
    matched: int
    rank: int | None
    worst_rank: int | None

    def as_outcome(self) -> dict[str, Any]:
        """As pages read it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


def choice_of(inputs: Inputs, student_id: int, posting_id: int) -> int | None:
    """The number of a student's choice of a posting, if it was matched."""
    student, posting = _place(inputs.students, student_id), _place(inputs.postings, posting_id)
    if student is None or posting is None:
        return None
    first, last = int(inputs.offsets[student]), int(inputs.offsets[student + 1])
    found = np.flatnonzero(inputs.posting[first:last] == posting)
    return first + int(found[0]) if len(found) else None


def _place(ids: Numbers, wanted: int) -> int | None:
    place = int(np.searchsorted(ids, wanted))
    return place if place < len(ids) and ids[place] == wanted else None


def reasons_of(inputs: Inputs, application_id: int) -> int:
    """Why an application was left out beforehand, as bits; 0 if it was not."""
    place = _place(inputs.left_out, application_id)
    return 0 if place is None else int(inputs.reasons[place])


def tell(inputs: Inputs, result: Result, choice: int) -> Told:
    """What became of a choice, and where the student stood there."""
    student = int(np.searchsorted(inputs.offsets, choice, side="right")) - 1
    posting, got = int(inputs.posting[choice]), int(result.matched[student])
    rank, worst = int(result.place[choice]) or None, int(result.worst[posting]) or None
    if got == choice:
        outcome: str = Outcome.MATCHED
    elif got >= 0 and got < choice:
        outcome = CandidateOutcome.PLACED_HIGHER
    elif rank is None:
        outcome = Outcome.NOT_RANKED_BY_POSTING
    else:
        # A cap may turn somebody away from a posting whose worst is ranked below, or that has seats left.
        is_capped = int(result.filled[posting]) < int(inputs.capacity[posting]) or (worst is not None and worst > rank)
        outcome = "capped" if is_capped else Outcome.FILLED_ABOVE
    return Told(str(outcome), int(inputs.capacity[posting]), int(result.filled[posting]), rank, worst)


def ranks_by_fit(inputs: Inputs, choice: int) -> bool:
    """Whether the student of a choice was ranked there by fit, so that another level would have changed the rank."""
    mode = int(inputs.mode[inputs.posting[choice]])
    return mode == Mode.FIT or (mode == Mode.BOTH and not int(inputs.hand[choice]))


def rank_with(inputs: Inputs, result: Result, choice: int, score: float) -> int:
    """The rank that the student of a choice would have had in its posting with another score."""
    posting = int(inputs.posting[choice])
    others = np.asarray(result.by_rank[result.starts[posting] : result.starts[posting + 1]])
    others = others[others != choice]
    raised, seed = round(score * SCALE), inputs.lottery_seed
    by_hand = (inputs.hand[others] > 0) & (int(inputs.mode[posting]) == Mode.BOTH)
    scores = inputs.score[others]
    equals = others[~by_hand & (scores == raised)].tolist()
    own = lottery_number(seed, str(student_id(inputs, choice)))
    lucky = sum(lottery_number(seed, str(student_id(inputs, other))) < own for other in equals)
    return 1 + int((by_hand | (scores > raised)).sum()) + lucky


def student_id(inputs: Inputs, choice: int) -> int:
    """Whose choice it is."""
    return int(inputs.students[int(np.searchsorted(inputs.offsets, choice, side="right")) - 1])


def pack(value: Inputs | Result) -> bytes:
    """An archive of arrays, the same bytes for the same values."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for field in fields(value):
            entry = zipfile.ZipInfo(f"{field.name}.npy", EPOCH)
            with archive.open(entry, "w", force_zip64=True) as part:
                np.lib.format.write_array(part, np.ascontiguousarray(getattr(value, field.name)), version=(1, 0))
    return out.getvalue()


def unpacked(arrays: Mapping[str, Numbers]) -> Inputs | Result:
    """The inputs or the result that hold these arrays."""
    kind = Inputs if "seed" in arrays else Result
    return kind(**{field.name: arrays[field.name] for field in fields(kind)})
