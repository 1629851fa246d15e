"""Who goes on to the next round: direct places, a quota by rank with a cap for each school, and a list of reserves.

Direct places come first: they count to their school's cap, not to the quota. The quota of each group then goes by rank,
passing over entries whose school has reached its cap. Whoever comes next is a reserve. A withdrawal promotes the first
reserve of the same group whose school the cap still lets in.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import groupby


class By(StrEnum):
    """What has a quota of its own."""

    PROVINCE = "province"
    ALL = "all"


class Ties(StrEnum):
    """What becomes of equals of whom not all fit: all are let in, or a person must decide."""

    INCLUDE = "include"
    ASK = "ask"


class Result(StrEnum):
    """What became of an entry."""

    PROMOTED = "promoted"
    RESERVE = "reserve"
    NO = "no"


class Rule(StrEnum):
    """Which rule decided."""

    DIRECT = "direct"
    QUOTA = "quota"
    TIES = "ties"
    PER_SCHOOL = "per_school"
    RESERVE = "reserve"
    RANK = "rank"
    UNRANKED = "unranked"
    WITHDRAWN = "withdrawn"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class Entry:
    """An entry, the school and province it comes from, and its rank from 1; None where it was not ranked."""

    name: str
    school: str
    province: str
    rank: int | None


@dataclass(frozen=True)
class Rules:
    """The rules of a round: either `percent` of each group, rounded up, or so many `places` in each."""

    percent: Decimal | None = None
    places: int | None = None
    by: By = By.ALL
    per_school: int | None = None
    direct: tuple[str, ...] = ()
    reserve: int = 0
    ties: Ties = Ties.ASK
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What became of an entry, and by which rule."""

    result: Result
    rule: Rule


class Undecided(ValueError):
    """Equals of whom not all fit: `names`, and the rule at which they meet."""

    def __init__(self, names: Sequence[str], rule: Rule) -> None:
        super().__init__(f"{', '.join(names)} are equal")
        self.names = tuple(names)
        self.rule = rule


def promote(entries: Sequence[Entry], rules: Rules) -> dict[str, Decision]:
    """What becomes of each entry, by name and in the order given. Raises Undecided.

    A cap is never exceeded for equals: where a school has fewer places left than equals, somebody must decide.
    """
    return _Promotion(entries, rules).run()


class _Promotion:
    """A promotion while it is being made."""

    def __init__(self, entries: Sequence[Entry], rules: Rules) -> None:
        self.entries = {entry.name: entry for entry in entries}
        self.rules = rules
        self.decided: dict[str, Decision] = {}
        self.taken: Counter[str] = Counter()
        self.reserves: dict[str, list[Entry]] = defaultdict(list)

    def run(self) -> dict[str, Decision]:
        for name in dict.fromkeys(self.rules.direct):
            self._take(self.entries[name], Rule.DIRECT)
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            groups[self._group(entry)].append(entry)
        for group in sorted(groups):
            self._fill(group, groups[group])
        for name in dict.fromkeys(self.rules.withdrawn):
            self._withdraw(self.entries[name])
        return {name: self.decided[name] for name in self.entries}

    def _group(self, entry: Entry) -> str:
        return entry.province if self.rules.by is By.PROVINCE else ""

    def _fill(self, group: str, members: Sequence[Entry]) -> None:
        left, spare = self._quota(len(members)), self.rules.reserve
        waiting = [entry for entry in members if entry.name not in self.decided]
        for tier in _tiers(waiting):
            fitting = [entry for entry in tier if self._has_room(entry)]
            self._decide((entry for entry in tier if entry not in fitting), Result.NO, Rule.PER_SCHOOL)
            if left > 0 and fitting:
                self._require_room(fitting)
                rule = self._rule_of(fitting, left, Rule.QUOTA)
                for entry in fitting:
                    self._take(entry, rule)
                left -= len(fitting)
            elif spare > 0 and fitting:
                rule = self._rule_of(fitting, spare, Rule.RESERVE)
                self._decide(fitting, Result.RESERVE, rule)
                self.reserves[group] += fitting
                spare -= len(fitting)
            else:
                self._decide(fitting, Result.NO, Rule.RANK)
        self._decide((entry for entry in waiting if entry.rank is None), Result.NO, Rule.UNRANKED)

    def _quota(self, members: int) -> int:
        if self.rules.percent is None:
            return self.rules.places or 0
        return int((self.rules.percent * members / 100).to_integral_value(ROUND_CEILING))

    def _rule_of(self, tier: Sequence[Entry], left: int, rule: Rule) -> Rule:
        """The rule by which a tier gets in where `left` places are free. Raises Undecided."""
        if len(tier) <= left:
            return rule
        if self.rules.ties is Ties.ASK:
            raise Undecided([entry.name for entry in tier], rule)
        return Rule.TIES

    def _has_room(self, entry: Entry) -> bool:
        return self.rules.per_school is None or self.taken[entry.school] < self.rules.per_school

    def _require_room(self, tier: Sequence[Entry]) -> None:
        """Raises Undecided where a school has fewer places left than equals in this tier."""
        if self.rules.per_school is None:
            return
        for school, count in Counter(entry.school for entry in tier).items():
            if self.taken[school] + count > self.rules.per_school:
                raise Undecided([entry.name for entry in tier if entry.school == school], Rule.PER_SCHOOL)

    def _take(self, entry: Entry, rule: Rule) -> None:
        self.taken[entry.school] += 1
        self.decided[entry.name] = Decision(Result.PROMOTED, rule)

    def _decide(self, entries: Iterable[Entry], result: Result, rule: Rule) -> None:
        for entry in entries:
            self.decided[entry.name] = Decision(result, rule)

    def _withdraw(self, entry: Entry) -> None:
        was = self.decided[entry.name].result
        self.decided[entry.name] = Decision(Result.NO, Rule.WITHDRAWN)
        if was is not Result.PROMOTED:
            return
        self.taken[entry.school] -= 1
        waiting = [one for one in self.reserves[self._group(entry)] if self.decided[one.name].result is Result.RESERVE]
        for tier in _tiers(waiting):
            fitting = [one for one in tier if self._has_room(one) and one.name not in self.rules.withdrawn]
            if len(fitting) > 1:
                raise Undecided([one.name for one in fitting], Rule.WITHDRAWAL)
            if fitting:
                self._take(fitting[0], Rule.WITHDRAWAL)
                return


def _tiers(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Those who were ranked, best first, equals together and in the order of their names."""
    ranked = sorted((entry.rank, entry.name, entry) for entry in entries if entry.rank is not None)
    return [[entry for _rank, _name, entry in tier] for _rank, tier in groupby(ranked, key=lambda one: one[0])]


def schools_in_two_provinces(entries: Iterable[Entry]) -> Mapping[str, tuple[str, str]]:
    """Schools that entries place in more than one province, with two of them: a cap for them would have no home."""
    first: dict[str, str] = {}
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        home = first.setdefault(entry.school, entry.province)
        if home != entry.province:
            found.setdefault(entry.school, (home, entry.province))
    return found
