"""The fit of people and postings as pages show it: scores, levels side by side, what would supply the rest."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.accounts.models import Person
from app.registry import SkillSource, registry
from app.skills import queries as skills
from app.skills.reading import likely_level
from app.skills.rules.levels import CUTS, level_probabilities
from internships.models import Posting
from internships.queries import PostingLine
from internships.rules.fit import DIGITS, Estimate, Fit, Item, Need, fit
from internships.services.rounds import needs_of

PER_SKILL = 2


@dataclass(frozen=True)
class Line:
    """One skill of a posting beside what the student has shown, with lessons that would supply what is missing."""

    item: Item
    likely: int
    sources: tuple[SkillSource, ...] = ()
    # The score that the whole would have with this skill certain at the level asked.
    score_if: float = 0.0

    @property
    def minutes(self) -> int:
        """How long the nearest lesson takes; 0 where there is none."""
        return self.sources[0].minutes if self.sources else 0


@dataclass(frozen=True)
class Side:
    """A posting, or its line in a list, and how a student fits it."""

    posting: Posting | PostingLine
    fit: Fit
    lines: tuple[Line, ...]

    def meters(self, names: Mapping[str, str]) -> tuple[tuple[str, int, int, int], ...]:
        """Name of the skill, level shown, level likely, level asked: what a list draws of each line."""
        return tuple((names[one.item.skill], one.item.shown, one.likely, one.item.required) for one in self.lines)

    @property
    def way(self) -> tuple[Line, ...]:
        """What is missing in the order in which to learn it: most fit for a minute first, without a lesson last."""
        missing = [line for line in self.lines if line.item.missing]
        return tuple(sorted(missing, key=lambda line: (not line.sources, -self._gain_a_minute(line), line.item.skill)))

    def _gain_a_minute(self, line: Line) -> float:
        return (line.score_if - self.fit.score) / max(1, line.minutes)

    @property
    def minutes(self) -> int:
        """How long the way takes in all: one lesson for each skill that is missing."""
        return sum(line.minutes for line in self.way)

    @property
    def lessons(self) -> int:
        """How many lessons the way has."""
        return sum(bool(line.sources) for line in self.way)

    @property
    def nearest(self) -> Line | None:
        """The missing skill that would raise the fit most."""
        return max(self.way, key=lambda line: line.score_if, default=None)

    @property
    def short(self) -> int:
        """How many skills are not shown at the level asked."""
        return len(self.fit.missing)


def sides(student: Person, postings: Sequence[PostingLine]) -> list[Side]:
    """How a student fits each of some postings, from the kept estimates, in one read."""
    has = _shown_by(student, {need.skill for posting in postings for need in posting.needs})
    return [_side(posting, posting.needs, has) for posting in postings]


def ranked(student: Person, needs: Sequence[tuple[int, str, int, float]]) -> list[int]:
    """Ids of postings, the best fit first, equal ones in the order of `needs`: rows of `queries.needs_of_all`.

    The same scores as `fit` gives one by one: what is expected to be short is looked up by skill and level.
    """
    if not needs:
        return []
    ids, codes, levels, weights = zip(*needs, strict=True)
    postings, place = np.unique(np.asarray(ids), return_inverse=True)
    skill_codes, skill = np.unique(np.asarray(codes), return_inverse=True)
    has = _shown_by(student, [str(code) for code in skill_codes])
    short = np.array([_shortfalls(has.get(str(code))) for code in skill_codes])
    level, weight = np.asarray(levels), np.asarray(weights, dtype=float)
    asked = np.bincount(place, weight * level, len(postings))
    missing = np.bincount(place, weight * short[skill, level], len(postings))
    score = np.round(1 - np.divide(missing, asked, out=np.zeros_like(asked), where=asked > 0), DIGITS)
    first = np.full(len(postings), len(needs))
    np.minimum.at(first, place, np.arange(len(needs)))
    return [int(one) for one in postings[np.lexsort((first, -score))]]


def _shortfalls(estimate: Estimate | None) -> tuple[float, ...]:
    """The levels expected to be short of 0 to 4."""
    above = level_probabilities(estimate.mean, estimate.sd) if estimate else (0.0,) * len(CUTS)
    return tuple(sum(1 - probability for probability in above[:level]) for level in range(len(CUTS) + 1))


def _shown_by(student: Person, codes: Collection[str]) -> Mapping[str, Estimate]:
    return skills.posteriors_of(student.id, codes)


def _side(posting: Posting | PostingLine, needs: Sequence[Need], has: Mapping[str, Estimate]) -> Side:
    found = fit(needs, has)
    return Side(posting, found, lines_of(found, has))


def lines_of(found: Fit, has: Mapping[str, Estimate]) -> tuple[Line, ...]:
    """The lines of a fit: each need with the level that is likely."""
    return tuple(Line(item, likely_level(has[item.skill].mean) if item.skill in has else 0) for item in found.items)


def side_with_sources(student: Person, posting: Posting) -> Side:
    """How a student fits one posting, with the lessons that would supply each missing skill."""
    needs = needs_of(posting)
    has = _shown_by(student, {need.skill for need in needs})
    found = _side(posting, needs, has)
    wanted = {item.skill: item.required for item in found.fit.missing}
    sources: dict[str, list[SkillSource]] = defaultdict(list)
    if wanted:
        for offer in registry().skill_sources:
            for source in offer(student, sorted(wanted)):
                sources[source.skill].append(source)
    lines = tuple(_explained(line, needs, has, sources[line.item.skill]) for line in found.lines)
    return Side(posting, found.fit, lines)


def _explained(line: Line, needs: Sequence[Need], has: Mapping[str, Estimate], sources: Sequence[SkillSource]) -> Line:
    if not line.item.missing:
        return line
    score = fit(needs, has, {line.item.skill: line.item.required}).score
    return Line(line.item, line.likely, _best(sources, line.item.required), score)


def _best(sources: Sequence[SkillSource], level: int) -> tuple[SkillSource, ...]:
    """The few lessons nearest to a level, the shortest first among equals; of those with one title only the first.

    Universities give the same course under the same titles; the student needs one of them.
    """
    nearest = sorted(sources, key=lambda one: (abs(one.level - level), one.minutes, one.title))
    by_title: dict[str, SkillSource] = {}
    for source in nearest:
        by_title.setdefault(source.title, source)
    return tuple(by_title.values())[:PER_SKILL]
