"""The law of who marks what: exact numbers, no conflicts, even loads, the same from the same seed."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.rules.assignment import Assignment, Entry, Impossible, Judge, assign


def entries(count: int, *organisations: str) -> list[Entry]:
    return [Entry(f"e{number:03d}", frozenset(organisations)) for number in range(count)]


def judges(count: int, most: int | None = None) -> list[Judge]:
    return [Judge(f"j{number:02d}", most=most) for number in range(count)]


@st.composite
def cases(draw):
    homes = st.frozensets(st.sampled_from("abc"), max_size=1)
    works = [Entry(f"e{n}", draw(homes)) for n in range(draw(st.integers(1, 4)))]
    panel = [Judge(f"j{n}", draw(homes), draw(st.none() | st.integers(0, 4))) for n in range(draw(st.integers(1, 4)))]
    pairs = [(judge.name, entry.name) for judge in panel for entry in works]
    declared = draw(st.sets(st.sampled_from(pairs), max_size=4))
    return works, panel, declared, draw(st.integers(1, 3))


def best_by_trying(works, panel, declared, per_entry):
    """The least Σ load² over all assignments, by trying each; None where there is none."""
    options = []
    for entry in works:
        free = [
            judge.name
            for judge in panel
            if not (judge.organisations & entry.organisations) and (judge.name, entry.name) not in declared
        ]
        options.append(list(combinations(free, per_entry)))
    limits = {judge.name: judge.most for judge in panel}
    best = None
    for chosen in product(*options):
        loads = {name: sum(name in group for group in chosen) for name in limits}
        if all(most is None or loads[name] <= most for name, most in limits.items()):
            burden = sum(load**2 for load in loads.values())
            best = burden if best is None else min(best, burden)
    return best


@given(cases())
def test_each_entry_has_its_number_without_conflict_and_no_assignment_is_more_even(case):
    works, panel, declared, per_entry = case
    found = assign(works, panel, declared, per_entry, "s")
    best = best_by_trying(works, panel, declared, per_entry)
    if best is None:
        assert isinstance(found, Impossible)
        return
    assert isinstance(found, Assignment)
    homes = {judge.name: judge.organisations for judge in panel}
    for entry in works:
        chosen = found.judges[entry.name]
        assert len(set(chosen)) == per_entry
        assert not any(homes[judge] & entry.organisations for judge in chosen)
        assert not any((judge, entry.name) in declared for judge in chosen)
    assert sum(load**2 for load in found.loads.values()) == best
    assert all(judge.most is None or found.loads[judge.name] <= judge.most for judge in panel)


@given(cases(), st.randoms())
def test_the_order_in_which_things_come_changes_nothing(case, chance):
    works, panel, declared, per_entry = case
    mixed_works, mixed_panel = list(works), list(panel)
    chance.shuffle(mixed_works)
    chance.shuffle(mixed_panel)
    first = assign(works, panel, declared, per_entry, "s")
    assert assign(mixed_works, mixed_panel, sorted(declared, reverse=True), per_entry, "s") == first


def test_another_seed_gives_another_assignment_of_the_same_evenness():
    one = assign(entries(12), judges(6), [], 3, "one")
    two = assign(entries(12), judges(6), [], 3, "two")
    assert one.judges != two.judges
    assert set(one.loads.values()) == set(two.loads.values()) == {6}


def test_judges_and_entries_hang_together_where_that_is_possible():
    for seed in range(20):
        assert assign(entries(8), judges(8), [], 3, str(seed)).connected


def test_a_graph_in_several_parts_is_said_to_be_one():
    assert not assign(entries(4), judges(4), [], 1, "s").connected


def test_who_cannot_suffice_is_named():
    works = [Entry("a", frozenset({"school"})), Entry("b")]
    panel = [Judge("j1", frozenset({"school"})), Judge("j2"), Judge("j3")]
    assert assign(works, panel, [], 3, "s") == Impossible(("a",), ("j2", "j3"))


def test_limits_that_are_too_low_name_the_full_judges_and_their_entries():
    found = assign(entries(3), [Judge("j1", most=1), Judge("j2", most=1)], [], 1, "s")
    assert found == Impossible(("e000", "e001", "e002"), ("j1", "j2"))


def test_whom_an_entry_has_it_keeps_even_if_others_bear_less():
    kept = {"e000": ["j00", "j01"], "e001": ["j00"]}
    found = assign(entries(3), judges(4), [("j02", "e001")], 2, "s", kept)
    assert set(found.judges["e000"]) == {"j00", "j01"}
    assert "j00" in found.judges["e001"]
    assert "j02" not in found.judges["e001"]
    assert max(found.loads.values()) == 2


def test_two_thousand_entries_and_three_hundred_judges_are_assigned_evenly():
    homes = [frozenset({f"o{number % 40}"}) for number in range(2000)]
    works = [Entry(f"e{number:04d}", home) for number, home in enumerate(homes)]
    panel = [Judge(f"j{number:03d}", frozenset({f"o{number % 40}"})) for number in range(300)]
    found = assign(works, panel, [], 3, "s")
    assert set(found.loads.values()) == {20}
    assert found.connected
    assert all(int(judge[1:]) % 40 != int(entry[1:]) % 40 for entry, group in found.judges.items() for judge in group)


def test_names_are_used_once_and_an_entry_needs_a_judge():
    with pytest.raises(ValueError, match="twice"):
        assign([Entry("a"), Entry("a")], judges(3), [], 1, "s")
    with pytest.raises(ValueError, match="at least one"):
        assign(entries(1), judges(3), [], 0, "s")
