"""Law of promotion: quotas, caps, direct places, reserves, withdrawals, beside a computation written another way."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules.promotion import By, Decision, Entry, Result, Rule, Rules, Ties, Undecided, promote

SCHOOLS = st.sampled_from(["A", "B", "C", "D"])
HOME = {"A": "浙江", "B": "浙江", "C": "福建", "D": "福建"}


@st.composite
def contests(draw, *, tied=False):
    """Entries of four schools in two provinces with ranks, and the rules of a round."""
    schools = draw(st.lists(SCHOOLS, min_size=1, max_size=12))
    ranks = draw(
        st.lists(st.integers(1, 5), min_size=len(schools), max_size=len(schools))
        if tied
        else st.permutations(range(1, len(schools) + 1))
    )
    entries = [
        Entry(f"e{place}", school, HOME[school], rank)
        for place, (school, rank) in enumerate(zip(schools, ranks, strict=True))
    ]
    names = [entry.name for entry in entries]
    quota = draw(
        st.one_of(
            st.builds(dict, places=st.integers(0, 6)),
            st.builds(dict, percent=st.integers(0, 100).map(Decimal)),
        )
    )
    rules = Rules(
        **quota,
        by=draw(st.sampled_from(By)),
        per_school=draw(st.one_of(st.none(), st.integers(0, 4))),
        direct=tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=2))),
        reserve=draw(st.integers(0, 3)),
        ties=draw(st.sampled_from(Ties)),
        withdrawn=tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=3))),
    )
    return entries, rules


def otherwise(entries, rules):
    """Who is promoted before any withdrawal, without ties: each asks who stands before it, from the definition."""
    best_first = sorted(entries, key=lambda entry: entry.rank)
    promoted = set(rules.direct)
    for entry in best_first:
        group = [one for one in entries if rules.by is By.ALL or one.province == entry.province]
        quota = rules.places if rules.places is not None else ceil(rules.percent * len(group) / 100)
        by_quota = [one for one in group if one.name in promoted and one.name not in rules.direct]
        of_school = [one for one in entries if one.name in promoted and one.school == entry.school]
        has_room = rules.per_school is None or len(of_school) < rules.per_school
        if entry.name not in promoted and len(by_quota) < quota and has_room:
            promoted.add(entry.name)
    return promoted


def names(found, result):
    return {name for name, decision in found.items() if decision.result is result}


@given(contests())
def test_those_go_on_whom_an_independent_computation_names(contest):
    entries, rules = contest
    found = promote(entries, replace(rules, withdrawn=()))
    assert names(found, Result.PROMOTED) == otherwise(entries, rules)


@given(contests())
def test_a_withdrawal_lets_in_the_first_reserve_of_the_group_that_the_cap_lets_in(contest):
    entries, rules = contest
    by_name = {entry.name: entry for entry in entries}
    before = promote(entries, replace(rules, withdrawn=()))
    going = names(before, Result.PROMOTED)
    waiting = sorted(names(before, Result.RESERVE), key=lambda name: by_name[name].rank)
    for gone in rules.withdrawn:
        if gone not in going:
            continue
        going.remove(gone)
        for name in waiting:
            same = rules.by is By.ALL or by_name[name].province == by_name[gone].province
            sent = sum(by_name[one].school == by_name[name].school for one in going)
            if same and name not in rules.withdrawn and (rules.per_school is None or sent < rules.per_school):
                going.add(name)
                waiting.remove(name)
                break
    assert names(promote(entries, rules), Result.PROMOTED) == going


def undecided_in(entries, rules):
    """The equals between whom somebody must decide."""
    try:
        promote(entries, rules)
    except Undecided as undecided:
        return undecided.names
    return ()


@given(contests(tied=True))
def test_equals_are_never_told_apart_and_no_cap_is_exceeded_by_rank(contest):
    entries, rules = contest
    equals = undecided_in(entries, replace(rules, withdrawn=()))
    if equals:
        ranks = {entry.name: entry.rank for entry in entries}
        assert len({ranks[name] for name in equals}) == 1 < len(equals)
        return
    found = promote(entries, replace(rules, withdrawn=()))
    by_name = {entry.name: entry for entry in entries}
    sent = Counter(by_name[name].school for name in names(found, Result.PROMOTED))
    direct = Counter(by_name[name].school for name in rules.direct)
    if rules.per_school is not None:
        assert all(count <= max(rules.per_school, direct[school]) for school, count in sent.items())
    for one in entries:
        for other in entries:
            if (one.school, one.rank) == (other.school, other.rank) and not {one.name, other.name} & set(rules.direct):
                assert found[one.name] == found[other.name]


@given(contests(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(contest, rng):
    entries, rules = contest
    try:
        assert promote(rng.sample(entries, len(entries)), rules) == promote(entries, rules)
    except Undecided:
        pytest.fail("ranks without equals need nobody's decision")


def field(*places):
    return [Entry(name, school, "浙江", rank) for name, school, rank in places]


def test_a_share_is_rounded_up_and_direct_places_do_not_count_to_it():
    entries = field(("a", "A", 1), ("b", "A", 2), ("c", "B", 3), ("d", "C", None))
    found = promote(entries, Rules(percent=Decimal(26), direct=("d",), per_school=2))
    assert found["d"] == Decision(Result.PROMOTED, Rule.DIRECT)
    assert names(found, Result.PROMOTED) == {"d", "a", "b"}
    assert names(promote(entries, Rules(percent=Decimal(25))), Result.PROMOTED) == {"a"}


def test_a_direct_place_uses_the_cap_of_its_school():
    entries = field(("a", "A", 1), ("b", "A", 2), ("c", "B", 3))
    found = promote(entries, Rules(places=2, direct=("b",), per_school=1))
    assert found["a"] == Decision(Result.NO, Rule.PER_SCHOOL)
    assert found["c"] == Decision(Result.PROMOTED, Rule.QUOTA)


def test_equals_at_the_last_place_all_go_on_or_somebody_must_decide():
    entries = field(("a", "A", 1), ("b", "B", 2), ("c", "C", 2), ("d", "D", 4))
    found = promote(entries, Rules(places=2, ties=Ties.INCLUDE))
    assert [found[name].rule for name in "abc"] == [Rule.QUOTA, Rule.TIES, Rule.TIES]
    with pytest.raises(Undecided) as undecided:
        promote(entries, Rules(places=2, ties=Ties.ASK))
    assert undecided.value.names == ("b", "c")


def test_a_cap_is_not_exceeded_for_equals():
    entries = field(("a", "A", 1), ("b", "A", 1), ("c", "C", 3))
    with pytest.raises(Undecided) as undecided:
        promote(entries, Rules(places=3, per_school=1, ties=Ties.INCLUDE))
    assert (undecided.value.names, undecided.value.rule) == (("a", "b"), Rule.PER_SCHOOL)


def test_equal_first_reserves_need_a_decision_only_when_a_place_is_free():
    entries = field(("a", "A", 1), ("b", "B", 2), ("c", "C", 2))
    rules = Rules(places=1, reserve=2)
    assert names(promote(entries, rules), Result.RESERVE) == {"b", "c"}
    with pytest.raises(Undecided):
        promote(entries, replace(rules, withdrawn=("a",)))
    assert promote(entries, replace(rules, withdrawn=("b", "a")))["c"] == Decision(Result.PROMOTED, Rule.WITHDRAWAL)
