"""The matching beside a plain implementation with heaps, in one run: how many times as fast, and how both grow."""

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heappush, heapreplace
from itertools import pairwise

import numpy as np

from bench.ratios import Spread, spread_of, table, verdict
from internships.rules.acceptance import accept
from internships.rules.market import Numbers, from_lists

FASTER, TIMES_TEN = 2.5, 20.0  # the targets: at least so many times as fast, at most so many times as long
SEED = 20261124


@dataclass(frozen=True)
class Lists:
    """Both sides' lists in arrays, one list after another, best first."""

    offsets: Numbers
    chosen: Numbers
    starts: Numbers
    ranked: Numbers
    capacity: Numbers


def drawn(students: int, postings: int, choices: int, seed: int = SEED) -> Lists:
    """A market in which some postings are wanted more than others and enterprises agree in part on who is good.

    There are as many seats as students, so that popular postings fill and others stay empty.
    """
    rng = np.random.default_rng(seed)
    popularity = np.cumsum(rng.lognormal(0, 0.5, postings))
    draws = np.searchsorted(popularity, rng.random((students, choices * 3)) * popularity[-1]).astype(np.int32)
    owner = np.repeat(np.arange(students, dtype=np.int64), choices * 3)
    flat = draws.ravel()
    _pairs, first = np.unique(owner * postings + flat, return_index=True)
    first.sort()
    place = np.arange(len(first)) - np.repeat(*_runs(owner[first]))
    first = first[place < choices]
    chosen, owner = flat[first], owner[first]
    score = rng.normal(size=students)[owner] + rng.normal(size=len(owner))
    order = np.lexsort((-score, chosen))
    capacity = 1 + rng.poisson(max(0.0, students / postings - 1), postings)
    return Lists(
        _offsets(np.bincount(owner, minlength=students)),
        chosen,
        _offsets(np.bincount(chosen, minlength=postings)),
        owner[order].astype(np.int32),
        capacity,
    )


def _runs(groups: Numbers) -> tuple[Numbers, Numbers]:
    first = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    return first, np.diff(np.append(first, len(groups)))


def _offsets(counts: Numbers) -> Numbers:
    return np.concatenate(([0], np.cumsum(counts)))


def split(values: Numbers, offsets: Numbers) -> list[list[int]]:
    """The lists that stand one after another in `values`."""
    flat, bounds = values.tolist(), offsets.tolist()
    return [flat[start:end] for start, end in pairwise(bounds)]


def plain(students: Sequence[Sequence[int]], rankings: Sequence[Sequence[int]], capacity: Sequence[int]) -> list[int]:
    """Deferred acceptance as one writes it in Python: a table of ranks and a heap for each posting.

    Returns the posting of each student, -1 for none. It is what the arrays are measured by, and tested against.
    """
    rank_of = [{student: rank for rank, student in enumerate(ranking)} for ranking in rankings]
    held: list[list[tuple[int, int]]] = [[] for _ in rankings]
    has, at = [-1] * len(students), [0] * len(students)
    for newcomer in range(len(students)):
        student = newcomer
        while at[student] < len(students[student]):
            posting = students[student][at[student]]
            at[student] += 1
            rank = rank_of[posting].get(student)
            if rank is None or not capacity[posting]:
                continue
            heap = held[posting]
            if len(heap) < capacity[posting]:
                heappush(heap, (-rank, student))
                has[student] = posting
                break
            if -heap[0][0] > rank:
                loser = heapreplace(heap, (-rank, student))[1]
                has[student], has[loser] = posting, -1
                student = loser
    return has


def arrays(lists: Lists) -> list[int]:
    """The same by the rules of internships."""
    market = from_lists(lists.offsets, lists.chosen, lists.starts, lists.ranked, lists.capacity)
    matched = accept(market)
    return np.where(matched >= 0, lists.chosen[matched], -1).tolist()


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor: others use the machine too, and both ways use one thread."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(students: int = 200_000, postings: int = 10_000, choices: int = 20, rounds: int = 5) -> str:
    """The table: both ways on the whole market and on a tenth of its entries, in turn.

    Raises ValueError if they differ.
    """
    sizes = {"a tenth": (students // 10, postings // 10), "whole": (students, postings)}
    work: dict[tuple[str, str], Callable[[], list[int]]] = {}
    entries = {}
    for size, (few, posts) in sizes.items():
        lists = drawn(few, posts, choices)
        entries[size] = len(lists.chosen)
        sides = split(lists.chosen, lists.offsets), split(lists.ranked, lists.starts), lists.capacity.tolist()
        work["heap", size] = partial(plain, *sides)
        work["arrays", size] = partial(arrays, lists)
        if work["heap", size]() != work["arrays", size]():
            raise ValueError("the two matchings differ")
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(rounds):
        for name in work if number % 2 == 0 else reversed(work):
            took[name].append(_seconds(work[name]))
    rows = []
    for size in sizes:
        ratio = _ratio(took["heap", size], took["arrays", size])
        target = f"{'holds' if ratio.middle >= FASTER else 'misses'} (≥ {FASTER:g})" if size == "whole" else ""
        rows.append([f"heap ÷ arrays, {size}, {entries[size]:,} choices", str(ratio), target])
    for way in ("arrays", "heap"):
        ratio = _ratio(took[way, "whole"], took[way, "a tenth"])
        rows.append([f"{way}, whole ÷ a tenth", str(ratio), verdict(ratio, TIMES_TEN) if way == "arrays" else ""])
    return table(["matching", "processor time", "target"], rows)


def _ratio(these: Sequence[float], those: Sequence[float]) -> Spread:
    return spread_of([one / other for one, other in zip(these, those, strict=True)])
