"""Who marks what: each entry gets its exact number of judges without a conflict, and the work is spread evenly.

With the number per entry fixed, an even spread minimises Σ f(load) for a convex f, here load·(load + 1)/2 with a price
beyond a judge's limit that no spread outweighs. An assignment is best when no chain of moves leads from a judge to one
who would thereby bear less (Harvey, Ladner, Lovász & Tamir 2003, semi-matchings, carried over to several judges per
entry): chains are searched breadth-first and applied until there is none. Where the best one still exceeds a limit, the
judges on all chains from there are full and may not pass on any entry: these cannot suffice, and are named.

Chance is a hash of seed, entry and judge, so that the same values give the same assignment in whatever order they come.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

# Seeds tried, each made from the one given, until judges and entries hang together.
TRIES = 20
BEYOND_LIMIT = 1_000_000


@dataclass(frozen=True)
class Entry:
    """Something to be marked, and the organisations that it comes from."""

    name: str
    organisations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judge:
    """Somebody who marks, the organisations they belong to, and the most entries they take (None: any number)."""

    name: str
    organisations: frozenset[str] = frozenset()
    most: int | None = None


@dataclass(frozen=True)
class Assignment:
    """Judges by entry and load by judge, all sorted; whether all judges can be compared through entries in common."""

    judges: Mapping[str, tuple[str, ...]]
    loads: Mapping[str, int]
    connected: bool


@dataclass(frozen=True)
class Impossible:
    """The entries that cannot have their number of judges, and the judges who are all that these entries may have."""

    entries: tuple[str, ...]
    judges: tuple[str, ...]


def assign(
    entries: Sequence[Entry],
    judges: Sequence[Judge],
    conflicts: Collection[tuple[str, str]],
    per_entry: int,
    seed: str,
    kept: Mapping[str, Collection[str]] | None = None,
) -> Assignment | Impossible:
    """Give each entry exactly `per_entry` judges; a shared organisation is a conflict, a pair of `conflicts` too.

    `conflicts` are (judge, entry); `kept` are judges by entry who stay whatever happens and count. Loads are as even as
    conflicts allow. Of up to
    `TRIES` equally good assignments the first whose graph is connected is taken, else the first.
    Raises ValueError for `per_entry` below 1 or a name that occurs twice.
    """
    if per_entry < 1:
        raise ValueError("an entry needs at least one judge")
    for names in ([entry.name for entry in entries], [judge.name for judge in judges]):
        if len(set(names)) != len(names):
            raise ValueError("a name occurs twice")
    forbidden = set(conflicts)
    by_organisation: dict[str, set[str]] = {}
    for judge in judges:
        for organisation in judge.organisations:
            by_organisation.setdefault(organisation, set()).add(judge.name)
    everyone = {judge.name for judge in judges}
    held = kept or {}
    allowed: dict[str, frozenset[str]] = {}
    for entry in entries:
        related = set().union(*(by_organisation.get(organisation, set()) for organisation in entry.organisations))
        own = {judge for judge in everyone if (judge, entry.name) in forbidden}
        allowed[entry.name] = frozenset(everyone - related - own) | frozenset(held.get(entry.name, ()))
    short = [name for name in sorted(allowed) if len(allowed[name]) < per_entry]
    if short:
        return Impossible(tuple(short), tuple(sorted(set().union(*(allowed[name] for name in short)))))
    limits = {judge.name: judge.most for judge in judges}
    first = _Table(allowed, limits, held, per_entry, seed).solve()
    if isinstance(first, Impossible) or first.connected:
        return first
    for attempt in range(1, TRIES):
        other = _Table(allowed, limits, held, per_entry, f"{seed}:{attempt}").solve()
        if isinstance(other, Assignment) and other.connected:
            return other
    return first


@dataclass
class _Table:
    """An assignment while it is being made."""

    allowed: Mapping[str, frozenset[str]]
    limits: Mapping[str, int | None]
    kept: Mapping[str, Collection[str]]
    per_entry: int
    seed: str
    given: dict[str, set[str]] = field(default_factory=dict)
    entries_of: dict[str, set[str]] = field(default_factory=dict)

    def solve(self) -> Assignment | Impossible:
        """Each entry in the order of chance takes the judges who bear least; then chains even it out."""
        self.entries_of = {judge: set() for judge in self.limits}
        for entry in self.allowed:
            self.given[entry] = set()
            for judge in self.kept.get(entry, ()):
                self._put(entry, judge)
        for entry in sorted(self.allowed, key=lambda entry: (self._chance(entry), entry)):
            free = sorted(
                self.allowed[entry] - self.given[entry],
                key=lambda judge: (self._price(judge), self._chance(entry, judge), judge),
            )
            for judge in free[: max(0, self.per_entry - len(self.given[entry]))]:
                self._put(entry, judge)
        while self._improve():
            pass
        over = [judge for judge, most in self.limits.items() if most is not None and self._load(judge) > most]
        if over:
            return self._impossible(over)
        return Assignment(
            {entry: tuple(sorted(self.given[entry])) for entry in sorted(self.given)},
            {judge: self._load(judge) for judge in sorted(self.limits)},
            self._is_connected(),
        )

    def _put(self, entry: str, judge: str) -> None:
        self.given[entry].add(judge)
        self.entries_of[judge].add(entry)

    def _load(self, judge: str) -> int:
        return len(self.entries_of[judge])

    def _price(self, judge: str, more: int = 1) -> int:
        """What the last of `more` further entries would cost this judge."""
        load, most = self._load(judge) + more, self.limits[judge]
        return load if most is None or load <= most else load + BEYOND_LIMIT

    def _chance(self, *names: str) -> bytes:
        return hashlib.sha256("\0".join((self.seed, *names)).encode()).digest()

    def _improve(self) -> bool:
        """Apply one chain of moves that lightens the burden, from the most burdened judges who have one."""
        burdens = {judge: self._price(judge, 0) for judge in self.limits}
        least = min((self._price(judge) for judge in self.limits), default=0)
        for burden in sorted({burden for burden in burdens.values() if burden > least}, reverse=True):
            starts = [judge for judge in sorted(burdens) if burdens[judge] >= burden]
            came_from = self._reach(starts)
            best = min(came_from, key=lambda judge: (self._price(judge), judge))
            if self._price(best) < burden:
                while (step := came_from[best]) is not None:
                    before, entry = step
                    self.given[entry].remove(before)
                    self.entries_of[before].remove(entry)
                    self._put(entry, best)
                    best = before
                return True
        return False

    def _reach(self, starts: Sequence[str]) -> dict[str, tuple[str, str] | None]:
        """Judges to whom chains of moves lead, each with the judge and the entry before on a shortest chain."""
        came_from: dict[str, tuple[str, str] | None] = dict.fromkeys(starts)
        unreached = set(self.limits) - set(starts)
        waiting = deque(starts)
        seen: set[str] = set()
        while waiting and unreached:
            judge = waiting.popleft()
            for entry in sorted(self.entries_of[judge] - seen):
                if judge in self.kept.get(entry, ()):
                    continue
                seen.add(entry)
                for other in sorted((self.allowed[entry] & unreached) - self.given[entry]):
                    came_from[other] = (judge, entry)
                    unreached.remove(other)
                    waiting.append(other)
        return came_from

    def _impossible(self, over: Sequence[str]) -> Impossible:
        full = self._reach(sorted(over))
        entries = {entry for judge in full for entry in self.entries_of[judge]}
        return Impossible(tuple(sorted(entries)), tuple(sorted(full)))

    def _is_connected(self) -> bool:
        busy = [judge for judge in self.limits if self.entries_of[judge]]
        if not busy:
            return True
        reached, waiting = {busy[0]}, [busy[0]]
        while waiting:
            for entry in self.entries_of[waiting.pop()]:
                new = self.given[entry] - reached
                reached |= new
                waiting += new
        return len(reached) == len(busy)
