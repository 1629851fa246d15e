"""The fit of people and postings as pages show it: scores, levels side by side, what would supply the rest."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import Person
from app.registry import SkillSource, registry
from app.skills import queries as skills
from app.skills.reading import likely_level
from internships.models import Posting
from internships.queries import PostingLine
from internships.rules.fit import Estimate, Fit, Item, Need, fit
from internships.services.rounds import needs_of

PER_SKILL = 2


@dataclass(frozen=True)
class Line:
    """One skill of a posting beside what the student has shown, with lessons that would supply what is missing."""

    item: Item
    likely: int
    sources: tuple[SkillSource, ...] = ()


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
    def short(self) -> int:
        """How many skills are not shown at the level asked."""
        return len(self.fit.missing)


def sides(student: Person, postings: Sequence[PostingLine]) -> list[Side]:
    """How a student fits each of some postings, from the kept estimates, in one read."""
    has = _shown_by(student, {need.skill for posting in postings for need in posting.needs})
    return [_side(posting, posting.needs, has) for posting in postings]


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
    found = _side(posting, needs, _shown_by(student, {need.skill for need in needs}))
    wanted = {item.skill: item.required for item in found.fit.missing}
    sources: dict[str, list[SkillSource]] = defaultdict(list)
    if wanted:
        for offer in registry().skill_sources:
            for source in offer(student, sorted(wanted)):
                sources[source.skill].append(source)
    lines = tuple(
        Line(line.item, line.likely, _best(sources[line.item.skill], line.item.required) if line.item.missing else ())
        for line in found.lines
    )
    return Side(posting, found.fit, lines)


def _best(sources: Sequence[SkillSource], level: int) -> tuple[SkillSource, ...]:
    """The few lessons nearest to a level, the shortest first among equals; of those with one title only the first.

    Universities give the same course under the same titles; the student needs one of them.
    """
    nearest = sorted(sources, key=lambda one: (abs(one.level - level), one.minutes, one.title))
    by_title: dict[str, SkillSource] = {}
    for source in nearest:
        by_title.setdefault(source.title, source)
    return tuple(by_title.values())[:PER_SKILL]
