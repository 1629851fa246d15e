"""Laws of the matching on arrays: against all matchings of small markets; plain heaps and the proof on large ones."""

import ast
from inspect import getsource
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.matching import drawn, plain, split
from internships.rules import proof
from internships.rules.acceptance import FEW, accept
from internships.rules.caps import Fault, Grouping, Span, fault
from internships.rules.market import UNLIMITED, Cap, from_lists, from_orders, ordered_by
from internships.rules.proof import Stated, findings

NOBODY = -1


@st.composite
def markets(draw):
    """Choices, rankings and capacities of up to four students and three postings; nobody and nothing are allowed."""
    students, postings = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    lists = st.permutations(range(postings)).flatmap(lambda all_: st.integers(0, postings).map(lambda n: all_[:n]))
    ranks = st.permutations(range(students)).flatmap(lambda all_: st.integers(0, students).map(lambda n: all_[:n]))
    return (
        [draw(lists) for _ in range(students)],
        [draw(ranks) for _ in range(postings)],
        [draw(st.integers(0, 3)) for _ in range(postings)],
    )


@st.composite
def capped(draw):
    """A market whose students have a university and a programme within it, with caps on some postings."""
    choices, rankings, capacity = draw(markets())
    university = [draw(st.integers(0, 1)) for _ in choices]
    programme = [2 * one + draw(st.integers(0, 1)) for one in university]
    most = [[draw(st.sampled_from((0, 1, 2, UNLIMITED))) for _ in capacity] for _ in range(2)]
    return choices, rankings, capacity, ((programme, most[0]), (university, most[1]))


def array(values):
    return np.array(values, dtype=np.int64)


def flat(lists):
    """Lists one after another, and where each begins."""
    return array([0, *np.cumsum([len(one) for one in lists])]), array([one for each in lists for one in each])


def market_of(choices, rankings, capacity, caps=()):
    (offsets, chosen), (starts, ranked) = flat(choices), flat(rankings)
    held = [Cap(array(group), array(most)) for group, most in caps]
    return from_lists(offsets, chosen, starts, ranked, array(capacity), held)


def stated_of(choices, rankings, capacity, caps=()):
    offsets, chosen = flat(choices)
    tiers = [rankings[p].index(s) if s in rankings[p] else NOBODY for s, wishes in enumerate(choices) for p in wishes]
    return Stated(offsets, chosen, array(tiers), array(capacity), [(array(g), array(m)) for g, m in caps])


def gets(choices, matched):
    """The posting of each student, NOBODY for none."""
    flat_ = [p for wishes in choices for p in wishes]
    return [flat_[place] if place >= 0 else NOBODY for place in matched.tolist()]


def places(choices, has):
    """The choice that each student got, as the arrays number them."""
    offsets = flat(choices)[0]
    return array([offsets[s] + choices[s].index(p) if p != NOBODY else NOBODY for s, p in enumerate(has)])


def fits(group, posting, capacity, caps):
    """Whether a posting may have exactly this group."""
    if len(group) > capacity[posting]:
        return False
    return all(sum(of[s] == one for s in group) <= most[posting] for of, most in caps for one in {of[s] for s in group})


def stable_matchings(choices, rankings, capacity, caps=()):
    """Each matching that the definition allows, found by trying all of them."""
    for has in product(*[(NOBODY, *wishes) for wishes in choices]):
        groups = [{s for s, p in enumerate(has) if p == posting} for posting in range(len(rankings))]
        if any(p != NOBODY and s not in rankings[p] for s, p in enumerate(has)):
            continue
        if not all(fits(group, p, capacity, caps) for p, group in enumerate(groups)):
            continue
        if not any(
            blocks(s, p, groups[p], rankings[p], capacity, caps)
            for s, wishes in enumerate(choices)
            for p in (wishes[: wishes.index(has[s])] if has[s] != NOBODY else wishes)
        ):
            yield list(has)


def blocks(student, posting, group, ranking, capacity, caps):
    """Whether a posting would take a student beside those it has, or for one whom it likes less."""
    if student not in ranking:
        return False
    for out in ({}, *({other} for other in group if ranking.index(other) > ranking.index(student))):
        if fits((group - set(out)) | {student}, posting, capacity, caps):
            return True
    return False


def liked(wishes, posting):
    return wishes.index(posting) if posting != NOBODY else len(wishes)


@pytest.mark.parametrize("few", [0, FEW])
@settings(max_examples=150)
@given(market=markets())
def test_every_student_gets_the_best_that_any_stable_matching_gives(few, market):
    choices = market[0]
    found = gets(choices, accept(market_of(*market), few))
    stable = list(stable_matchings(*market))
    assert found in stable
    for other in stable:
        assert all(liked(c, mine) <= liked(c, theirs) for c, mine, theirs in zip(choices, found, other, strict=True))


@pytest.mark.parametrize("few", [0, FEW])
@settings(max_examples=150)
@given(market=capped())
def test_under_nested_caps_too_every_student_gets_the_best_stable_place(few, market):
    choices = market[0]
    found = gets(choices, accept(market_of(*market), few))
    stable = list(stable_matchings(*market))
    assert found in stable
    for other in stable:
        assert all(liked(c, mine) <= liked(c, theirs) for c, mine, theirs in zip(choices, found, other, strict=True))


@settings(max_examples=100)
@given(capped())
def test_the_proof_finds_nothing_in_a_stable_matching_and_something_in_every_other(market):
    choices = market[0]
    stable = list(stable_matchings(*market))
    for has in product(*[(NOBODY, *wishes) for wishes in choices]):
        assert findings(stated_of(*market), places(choices, has)).is_clean == (list(has) in stable)


@settings(max_examples=60)
@given(markets(), st.integers(0, 5))
def test_the_arrays_give_what_heaps_give(market, few):
    assert gets(market[0], accept(market_of(*market), few)) == plain(*market)


def test_equals_do_not_block():
    stated = Stated(array([0, 1, 2]), array([0, 0]), array([4, 4]), array([1]))
    assert findings(stated, array([-1, 1])).is_clean
    better = Stated(array([0, 1, 2]), array([0, 0]), array([3, 4]), array([1]))
    assert findings(better, array([-1, 1])).blocking.tolist() == [0]


def test_somebody_elses_choice_is_no_matching():
    stated = Stated(array([0, 1, 2]), array([0, 0]), array([0, 1]), array([1]))
    with pytest.raises(ValueError, match="somebody else"):
        findings(stated, array([1, -1]))


@pytest.mark.parametrize("few", [0, 50, FEW, 10_000])
def test_a_large_market_is_matched_as_by_heaps_and_proved_apart(few):
    lists = drawn(5_000, 250, 12)
    matched = accept(from_lists(lists.offsets, lists.chosen, lists.starts, lists.ranked, lists.capacity), few)
    choices, rankings = split(lists.chosen, lists.offsets), split(lists.ranked, lists.starts)
    assert gets(choices, matched) == plain(choices, rankings, lists.capacity.tolist())
    assert findings(stated_by_rank(lists), matched).is_clean
    assert (matched < 0).sum() > 50


def stated_by_rank(lists, caps=()):
    """A drawn market as stated: the rank of each choice, looked up by a dictionary."""
    rank = {
        (student, posting): place
        for posting, ranking in enumerate(split(lists.ranked, lists.starts))
        for place, student in enumerate(ranking)
    }
    tiers = [rank[s, p] for s, wishes in enumerate(split(lists.chosen, lists.offsets)) for p in wishes]
    return Stated(lists.offsets, lists.chosen, array(tiers), lists.capacity, caps)


@pytest.mark.parametrize("few", [0, FEW, 10_000])
def test_a_large_market_under_caps_is_proved_apart(few):
    lists = drawn(4_000, 200, 12)
    rng = np.random.default_rng(5)
    university = rng.integers(0, 30, 4_000)
    programme = university * 4 + rng.integers(0, 4, 4_000)
    most = rng.choice(array([1, 2, 4, UNLIMITED]), (2, 200))
    caps = [(programme, most[0]), (university, most[1])]
    stated = stated_by_rank(lists, caps)
    market = from_orders(stated.offsets, stated.posting, stated.tier, stated.capacity, [Cap(*one) for one in caps])
    matched = accept(market, few)
    assert findings(stated, matched).is_clean
    free = accept(from_orders(stated.offsets, stated.posting, stated.tier, stated.capacity), few)
    assert len(findings(stated, free).over_cap) > 50
    assert len(findings(stated, np.full(4_000, -1)).blocking) == len(stated.posting)


def test_a_chain_of_displacements_reaches_everyone():
    # Each newcomer pushes out the one before, who then takes the next posting.
    n = 300
    everyone = list(range(n))
    market = market_of([everyone] * n, [everyone[::-1]] * n, [1] * n)
    for few in (0, 10, FEW):
        assert gets([everyone] * n, accept(market, few)) == everyone[::-1]


@given(st.lists(st.integers(0, 200_000), max_size=40))
def test_numbers_are_ordered_with_equals_as_they_stand(values):
    found = ordered_by(array(values), 200_001).tolist()
    assert found == sorted(range(len(values)), key=values.__getitem__)


def test_caps_that_leave_no_stable_matching_are_refused_with_the_reason():
    each, together = Span.EACH_POSTING, Span.ALL_TOGETHER
    assert fault([]) is None
    assert fault([(Grouping.PROGRAMME, each), (Grouping.UNIVERSITY, each)]) is None
    assert fault([(Grouping.MAJOR_ANYWHERE, each)]) is None
    assert fault([(Grouping.UNIVERSITY, together)]) is Fault.ACROSS_POSTINGS
    assert fault([(Grouping.MAJOR_ANYWHERE, each), (Grouping.UNIVERSITY, each)]) is Fault.NOT_NESTED


def test_a_cap_over_two_postings_together_can_leave_no_stable_matching():
    """The reason for the refusal, on the smallest market: one seat for both postings together."""
    choices, rankings = [[0, 1], [1, 0]], [[1, 0], [0, 1]]
    for has in product((NOBODY, 0, 1), repeat=2):
        if sum(p != NOBODY for p in has) > 1:
            continue
        # With one seat in all, whoever sits can be outbid from the other posting, and an empty seat is wanted.
        seated = [(s, p) for s, p in enumerate(has) if p != NOBODY]
        assert not seated or any(
            choices[s].index(q) < choices[s].index(p) or rankings[p].index(1 - s) < rankings[p].index(s)
            for s, p in seated
            for q in (0, 1)
        )


def test_the_proof_shares_no_code_with_the_matching():
    tree = ast.parse(getsource(proof))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules <= {"collections.abc", "dataclasses", "typing", "numpy", "numpy.typing"}
