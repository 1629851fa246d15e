"""From the tables to the arrays of a season: everything read once, in columns, and ineligible pairs left out."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain
from typing import Any

import numpy as np

from internships.models import MatchRound, RankedBy, StudentScope
from internships.queries import seasons
from internships.rules import eligibility
from internships.rules.eligibility import PostingColumns, Reason, StudentColumns, bit, sixteen_by, years_turned
from internships.rules.fit import fit_shortfalls
from internships.rules.market import UNLIMITED, Numbers
from internships.rules.season import SCALE, Inputs, Mode, text

MODES = {RankedBy.HAND: Mode.HAND, RankedBy.FIT: Mode.FIT, RankedBy.BOTH: Mode.BOTH}
LAST = np.iinfo(np.int32).max

Say = Callable[[str], None]


def gather(match_round: MatchRound, today: date, say: Say = lambda _step: None) -> Inputs:
    """All that the matching of a round is made of, as of now. `say` hears the name of each step as it begins.

    Memory holds some numbers for each application and no object.
    """
    postings = seasons.posting_rows(match_round)
    ids = np.array([row.id for row in postings], dtype=np.int32)
    say("applications")
    applications = _whole(seasons.application_rows(match_round), 5)
    applications = applications[np.lexsort((applications[:, 0], _last(applications[:, 3]), applications[:, 1]))]
    students = np.unique(applications[:, 1])
    student = np.searchsorted(students, applications[:, 1])
    posting = np.searchsorted(ids, applications[:, 2]).astype(np.int32)
    say("eligibility")
    people = _People(match_round, students, today)
    majors = sorted({major for row in postings for major in row.majors} | set(people.majors))
    bits = eligibility.ineligible_pairs(
        people.columns(majors), _posting_columns(postings, majors, today), student, posting
    )
    bits[~people.is_inside[student]] |= bit(Reason.OUTSIDE_ROUND)
    out = np.flatnonzero(bits)
    out = out[np.argsort(applications[out, 0], kind="stable")]
    stay = np.flatnonzero(bits == 0)
    kept = applications[stay]
    used, owner = np.unique(kept[:, 1], return_inverse=True)
    offsets = np.zeros(len(used) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=len(used)), out=offsets[1:])
    say("evidence")
    needs = seasons.need_rows(match_round)
    skills = sorted({row.skill_code for row in needs})
    need = _needs(needs, ids, skills)
    estimate = _estimates(match_round, used, skills)
    say("fit")
    score = _scores(need, estimate, len(ids), len(used), owner, posting[stay], len(skills))
    of = np.searchsorted(students, used)
    return Inputs(
        seed=text(match_round.seed),
        skills=text("\n".join(skills)),
        students=used.astype(np.int32),
        postings=ids,
        capacity=np.array([max(0, row.seats - row.seats_taken) for row in postings], dtype=np.int32),
        mode=np.array([MODES[row.ranked_by] for row in postings], dtype=np.int8),
        university=people.university[of],
        programme=people.programme(majors)[of],
        university_cap=_caps([row.university_cap for row in postings]),
        programme_cap=_caps([row.programme_cap for row in postings]),
        offsets=offsets,
        posting=posting[stay],
        application=kept[:, 0].astype(np.int32),
        hand=kept[:, 4].astype(np.int32),
        score=score,
        left_out=applications[out, 0].astype(np.int32),
        reasons=bits[out],
        estimate_offsets=estimate[0],
        estimate_skill=estimate[1],
        estimate_mean=estimate[2],
        estimate_sd=estimate[3],
        need_offsets=need[0],
        need_skill=need[1],
        need_level=need[2],
        need_weight=need[3],
    )


def _whole(rows: seasons.Rows, width: int) -> Numbers:
    """Rows of whole numbers as an array, a part at a time."""
    parts = [
        np.fromiter(chain.from_iterable(part), dtype=np.int64, count=len(part) * width).reshape(-1, width)
        for part in rows
    ]
    return np.concatenate(parts) if parts else np.zeros((0, width), dtype=np.int64)


def _last(numbers: Numbers) -> Numbers:
    """Numbers in which 0, which says that there is none, stands last."""
    return np.where(numbers == 0, LAST, numbers)


def _caps(caps: Sequence[int | None]) -> Numbers:
    return np.array([UNLIMITED if cap is None else cap for cap in caps], dtype=np.int32)


class _People:
    """What is known of the students of a round, in the order of their ids."""

    def __init__(self, match_round: MatchRound, students: Numbers, today: date) -> None:
        count = len(students)
        self.place = {student: place for place, student in enumerate(students.tolist())}
        self.sixteen, self.year, self.graduation = (np.zeros(count, dtype=np.int32) for _ in range(3))
        self.major = [""] * count
        for row in chain.from_iterable(seasons.profile_rows(match_round)):
            at = self.place[row[0]]
            self.major[at] = row[1]
            self.year[at] = row[2] or 0
            self.graduation[at] = row[3].toordinal() if row[3] else 0
            self.sixteen[at] = sixteen_by(row[4]).toordinal() if row[4] else 0
        self.majors = {major for major in self.major if major}
        self.university = np.zeros(count, dtype=np.int32)
        self.is_inside = np.full(count, match_round.students_from is StudentScope.OPEN)
        for person, university, region in chain.from_iterable(seasons.university_rows(match_round, today)):
            at = self.place[person]
            # Whoever studies at two counts at the one with the lower number, or at the organiser.
            own = university == match_round.organisation_id
            if own or self.university[at] == 0 or university < self.university[at]:
                self.university[at] = university
            if match_round.students_from is StudentScope.UNIVERSITY:
                self.is_inside[at] |= own
            elif match_round.students_from is StudentScope.REGION:
                self.is_inside[at] |= region is not None and region == match_round.region_code
        self.busy = [
            (self.place[person], first.toordinal(), last.toordinal())
            for person, first, last in chain.from_iterable(seasons.placement_rows(match_round))
        ]

    def columns(self, majors: Sequence[str]) -> StudentColumns:
        """What eligibility asks of them; majors by their place in `majors`."""
        return StudentColumns(self.sixteen, self.year, self.graduation, self._major(majors), self.busy)

    def _major(self, majors: Sequence[str]) -> Numbers:
        number = {major: place for place, major in enumerate(majors)}
        return np.array([number.get(major, -1) for major in self.major], dtype=np.int32)

    def programme(self, majors: Sequence[str]) -> Numbers:
        """A number for each university and major: a programme lies within one university, so that caps are nested."""
        pairs = self.university.astype(np.int64) * (len(majors) + 1) + self._major(majors) + 1
        return np.unique(pairs, return_inverse=True)[1].astype(np.int32)


def _posting_columns(postings: Sequence[Any], majors: Sequence[str], today: date) -> PostingColumns:
    welcome = np.zeros((len(postings), len(majors)), dtype=bool)
    number = {major: place for place, major in enumerate(majors)}
    for place, row in enumerate(postings):
        welcome[place, [number[major] for major in row.majors]] = True
    return PostingColumns(
        starts=np.array([row.starts_on.toordinal() for row in postings], dtype=np.int32),
        ends=np.array([row.ends_on.toordinal() for row in postings], dtype=np.int32),
        min_year=np.array([row.min_year for row in postings], dtype=np.int32),
        turned=np.array([years_turned(today, row.starts_on) for row in postings], dtype=np.int32),
        asks=np.array([bool(row.majors) for row in postings], dtype=bool),
        welcome=welcome,
    )


def _needs(needs: Sequence[Any], postings: Numbers, skills: Sequence[str]) -> tuple[Numbers, ...]:
    """Where the needs of each posting begin; skill, level and weight of each."""
    number = {code: place for place, code in enumerate(skills)}
    host = np.searchsorted(postings, np.array([row.posting_id for row in needs], dtype=np.int64))
    offsets = np.zeros(len(postings) + 1, dtype=np.int64)
    np.cumsum(np.bincount(host, minlength=len(postings)), out=offsets[1:])
    return (
        offsets,
        np.array([number[row.skill_code] for row in needs], dtype=np.int16),
        np.array([row.level for row in needs], dtype=np.int8),
        np.array([float(row.weight) for row in needs], dtype=np.float64),
    )


def _estimates(match_round: MatchRound, students: Numbers, skills: Sequence[str]) -> tuple[Numbers, ...]:
    """Where the estimates of each student begin; skill, mean and standard deviation of each."""
    number = {code: place for place, code in enumerate(skills)}
    parts: list[list[Numbers]] = [[], [], [], []]
    for rows in seasons.estimate_rows(match_round, skills) if skills else ():
        people, codes, means, deviations = zip(*rows, strict=True)
        parts[0].append(np.array(people, dtype=np.int64))
        parts[1].append(np.array([number[code] for code in codes], dtype=np.int16))
        parts[2].append(np.array(means, dtype=np.float64))
        parts[3].append(np.array(deviations, dtype=np.float64))
    person, skill, mean, deviation = (
        np.concatenate(part) if part else np.zeros(0, dtype=kind)
        for part, kind in zip(parts, (np.int64, np.int16, np.float64, np.float64), strict=True)
    )
    place = np.searchsorted(students, person)
    known = np.flatnonzero(students[np.minimum(place, len(students) - 1)] == person) if len(students) else person[:0]
    order = known[np.lexsort((skill[known], place[known]))]
    offsets = np.zeros(len(students) + 1, dtype=np.int64)
    np.cumsum(np.bincount(place[order], minlength=len(students)), out=offsets[1:])
    return offsets, skill[order], mean[order], deviation[order]


def _scores(
    need: tuple[Numbers, ...],
    estimate: tuple[Numbers, ...],
    postings: int,
    students: int,
    owner: Numbers,
    posting: Numbers,
    skills: int,
) -> Numbers:
    """The fit of every pair in billionths, a skill at a time."""
    need_offsets, need_skill, need_level, need_weight = need
    offsets, skill_of, mean, deviation = estimate
    host = np.repeat(np.arange(postings), np.diff(need_offsets))
    person = np.repeat(np.arange(students), np.diff(offsets))
    short = np.zeros(len(posting))
    for skill in range(skills):
        asked = np.flatnonzero(need_skill == skill)
        level, weight = np.zeros(postings, dtype=np.int8), np.zeros(postings)
        level[host[asked]], weight[host[asked]] = need_level[asked], need_weight[asked]
        table = np.tile(np.arange(5.0), (students, 1))
        shown = np.flatnonzero(skill_of == skill)
        table[person[shown]] = fit_shortfalls(mean[shown], deviation[shown])
        pairs = np.flatnonzero(level[posting] > 0)
        short[pairs] += weight[posting[pairs]] * table[owner[pairs], level[posting[pairs]]]
    total = np.bincount(host, need_weight * need_level, minlength=postings)
    total = np.where(total > 0, total, 1.0)
    return np.rint((1 - short / total[posting]) * SCALE).astype(np.int32)
