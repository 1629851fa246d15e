"""Student-proposing deferred acceptance on arrays: everybody who is free proposes at once, postings keep their best.

The order of proposals does not change the result (Gale & Shapley 1962; McVitie & Wilson 1971), so that a whole round
is a few operations on arrays. When few are free a round costs more than its proposals, and the rest is done one by one.

Caps within a posting, each group within one group of the next cap, make the choice of a posting that of a matroid:
taking the best first while there is room in every group is substitutable and obeys the law of aggregate demand, so that
the result is stable, best for the students and safe for the truth (Hatfield & Milgrom 2005).
"""

from bisect import insort

import numpy as np

from internships.rules.market import Market, Numbers, places_within

# Measured on two cores: below this a round of arrays over all who hold a place is dearer than its proposals one by one.
FEW = 500


def accept(market: Market, few: int = FEW) -> Numbers:
    """The student-optimal stable matching: for each student the choice (its number) that became the match, or -1."""
    run = _Run(market)
    free = np.arange(len(market.offsets) - 1)
    while len(free) > few:
        free = run.round(free)
    run.one_by_one(free.tolist())
    return run.result()


class _Run:
    """Where every student stands on the own list, and the slots that are held."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.at = market.offsets[:-1].copy()
        self.end = market.offsets[1:]
        self.posting_of = market.posting_of_slot
        self.held = np.zeros(0, dtype=market.slot.dtype)
        # A posting that is full takes nobody at or after its cutoff any more; the cutoff only ever falls.
        self.cutoff = np.where(market.capacity > 0, market.starts[1:], market.starts[:-1])

    def round(self, free: Numbers) -> Numbers:
        """Everybody in `free` proposes to the next posting that may still take them; returns who is free then."""
        proposals = self._proposals(free)
        if not len(proposals):
            return np.zeros(0, dtype=free.dtype)
        slots = np.sort(np.concatenate((self.held, proposals)))
        kept = self._chosen(slots)
        self.held = slots[kept]
        self._lower_cutoffs()
        rejected = self.market.student[slots[~kept]]
        self.at[rejected] += 1
        return np.asarray(rejected)

    def _proposals(self, free: Numbers) -> Numbers:
        slot, found = self.market.slot, [self.held[:0]]
        while len(free):
            free = free[self.at[free] < self.end[free]]
            slots = slot[self.at[free]]
            able = slots >= 0
            able[able] = slots[able] < self.cutoff[self.posting_of[slots[able]]]
            found.append(slots[able])
            free = free[~able]
            self.at[free] += 1
        return np.concatenate(found)

    def _chosen(self, slots: Numbers) -> Numbers:
        """Which of `slots`, sorted, their postings keep."""
        kept = np.ones(len(slots), dtype=bool)
        posting = self.posting_of[slots]
        for cap in self.market.caps:
            limited = np.flatnonzero(kept & (cap.most[posting] < len(slots)))
            if not len(limited):
                continue
            groups = posting[limited] * (int(cap.group.max()) + 1) + cap.group[self.market.student[slots[limited]]]
            order = np.argsort(groups, kind="stable")
            over = places_within(groups[order]) >= cap.most[posting[limited[order]]]
            kept[limited[order[over]]] = False
        left = np.flatnonzero(kept)
        over = places_within(posting[left]) >= self.market.capacity[posting[left]]
        kept[left[over]] = False
        return kept

    def _lower_cutoffs(self) -> None:
        posting = self.posting_of[self.held]
        counts = np.bincount(posting, minlength=len(self.cutoff))
        full = np.flatnonzero((counts == self.market.capacity) & (counts > 0))
        last = np.cumsum(counts)[full] - 1
        self.cutoff[full] = self.held[last] + 1

    def one_by_one(self, free: list[int]) -> None:
        """The rest of the proposals, each by itself."""
        market, holds = self.market, _Holds(self)
        capacity, cutoff, student_of = market.capacity.tolist(), self.cutoff.tolist(), market.student
        slot_of, posting_of, offsets = market.slot, self.posting_of, market.offsets
        lists: dict[int, tuple[list[int], list[int]]] = {}
        while free:
            student = free.pop()
            known = lists.get(student)
            if known is None:
                slots = slot_of[offsets[student] : offsets[student + 1]]
                # A slot of -1 reads some posting or other, and is passed over below.
                postings = posting_of.take(slots, mode="clip") if len(posting_of) else slots
                known = lists[student] = slots.tolist(), postings.tolist()
            first = int(offsets[student])
            slots_, postings_ = known
            for place in range(int(self.at[student]) - first, len(slots_)):
                slot, posting = slots_[place], postings_[place]
                if slot < 0 or slot >= cutoff[posting]:
                    continue
                rejected = holds.take(posting, slot, capacity[posting])
                if rejected == slot:
                    continue
                self.at[student] = first + place
                group = holds.of(posting)
                if len(group) == capacity[posting]:
                    cutoff[posting] = group[-1] + 1
                if rejected is not None:
                    loser = int(student_of[rejected])
                    self.at[loser] += 1
                    free.append(loser)
                break
            else:
                self.at[student] = first + len(slots_)
        self.held = holds.all()

    def result(self) -> Numbers:
        """The choice of everybody who holds a slot."""
        matched = np.full(len(self.at), -1, dtype=np.int64)
        holders = self.market.student[self.held]
        matched[holders] = self.at[holders]
        return matched


class _Holds:
    """The slots that postings hold, each posting's as a sorted list, made when it is first asked for."""

    def __init__(self, run: _Run) -> None:
        self.market, self.held = run.market, run.held
        self.bounds = np.searchsorted(run.held, run.market.starts)
        self.lists: dict[int, list[int]] = {}

    def of(self, posting: int) -> list[int]:
        """What a posting holds, best first."""
        found = self.lists.get(posting)
        if found is None:
            found = self.held[self.bounds[posting] : self.bounds[posting + 1]].tolist()
            self.lists[posting] = found
        return found

    def take(self, posting: int, slot: int, capacity: int) -> int | None:
        """Let a slot propose to its posting; returns the slot rejected for it, itself perhaps, or None."""
        held = self.of(posting)
        for cap in self.market.caps:
            most = int(cap.most[posting])
            if most > len(held):
                continue
            group = cap.group[self.market.student[slot]]
            same = [one for one in held if cap.group[self.market.student[one]] == group]
            if len(same) >= most:
                # The group is full: it changes its worst member for a better one, and no other group notices.
                if not same or slot > same[-1]:
                    return slot
                held.remove(same[-1])
                insort(held, slot)
                return same[-1]
        if len(held) < capacity:
            insort(held, slot)
            return None
        if slot > held[-1]:
            return slot
        worst = held.pop()
        insort(held, slot)
        return worst

    def all(self) -> Numbers:
        """All slots held, in order."""
        untouched = np.ones(len(self.market.capacity), dtype=bool)
        untouched[list(self.lists)] = False
        kept = self.held[np.repeat(untouched, np.diff(self.bounds))]
        changed = [slot for held in self.lists.values() for slot in held]
        return np.sort(np.concatenate((kept, np.array(changed, dtype=self.held.dtype))))
