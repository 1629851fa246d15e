"""Laws of the matching, on small markets whose every matching can be listed."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from internships.rules.matching import (
    Candidate,
    CandidateOutcome,
    Choice,
    Outcome,
    PostingSide,
    candidates,
    explain,
    match,
)
from internships.rules.stability import blocking_pairs, certificate

STUDENTS, POSTINGS = ("s1", "s2", "s3", "s4"), ("p1", "p2", "p3")


def lists_of(names):
    return st.lists(st.sampled_from(names), unique=True)


MARKETS = st.tuples(
    st.fixed_dictionaries({student: lists_of(POSTINGS) for student in STUDENTS}),
    st.fixed_dictionaries(
        {posting: st.builds(PostingSide, st.integers(0, 3), lists_of(STUDENTS)) for posting in POSTINGS}
    ),
)


def every_stable_matching(students, postings):
    """Each matching that the definition allows, found by trying all of them."""
    for gets in product((None, *POSTINGS), repeat=len(STUDENTS)):
        has = dict(zip(STUDENTS, gets, strict=True))
        groups = {p: {s for s in STUDENTS if has[s] == p} for p in POSTINGS}
        if any(p is not None and (p not in students[s] or s not in postings[p].ranking) for s, p in has.items()):
            continue
        if any(len(groups[p]) > postings[p].capacity for p in POSTINGS):
            continue
        if not any(
            wants(students[s], p, has[s]) and welcomes(postings[p], s, groups[p]) for s in STUDENTS for p in POSTINGS
        ):
            yield has


def wants(chosen, posting, got):
    return posting in chosen and (got is None or chosen.index(posting) < chosen.index(got))


def welcomes(side, student, group):
    if student not in side.ranking:
        return False
    return len(group) < side.capacity or any(side.ranking.index(student) < side.ranking.index(o) for o in group)


@given(MARKETS)
def test_every_student_gets_the_best_that_any_stable_matching_gives(market):
    students, postings = market
    found = match(students, postings)
    stable = list(every_stable_matching(students, postings))
    assert {s: found.by_student.get(s) for s in STUDENTS} in stable
    for student in STUDENTS:
        chosen = students[student]
        got = found.by_student.get(student)
        assert not any(wants(chosen, other[student], got) for other in stable if other[student])


@given(MARKETS)
def test_the_same_posts_are_filled_and_the_same_people_left_out_in_every_stable_matching(market):
    students, postings = market
    found = match(students, postings)
    for other in every_stable_matching(students, postings):
        assert {s for s in STUDENTS if other[s] is None} == set(found.unmatched)
        for posting in POSTINGS:
            assert len(found.by_posting[posting]) == sum(got == posting for got in other.values())


@given(MARKETS)
def test_the_certificate_finds_nothing_in_a_matching_and_all_that_is_wrong_elsewhere(market):
    students, postings = market
    assert certificate(students, postings, match(students, postings).by_posting).is_clean
    stable = list(every_stable_matching(students, postings))
    for gets in product((None, *POSTINGS), repeat=len(STUDENTS)):
        has = dict(zip(STUDENTS, gets, strict=True))
        groups = {p: [s for s in STUDENTS if has[s] == p] for p in POSTINGS}
        assert certificate(students, postings, groups).is_clean == (has in stable)


@given(MARKETS, st.permutations(STUDENTS), st.permutations(POSTINGS))
def test_who_comes_first_in_the_file_is_no_advantage(market, student_order, posting_order):
    students, postings = market
    shuffled = match({s: students[s] for s in student_order}, {p: postings[p] for p in posting_order})
    assert shuffled.by_student == match(students, postings).by_student


@given(MARKETS, st.sampled_from(STUDENTS), lists_of(POSTINGS))
def test_no_student_gains_by_stating_another_list(market, student, lie):
    students, postings = market
    honest = match(students, postings).by_student.get(student)
    lying = match({**students, student: lie}, postings).by_student.get(student)
    assert lying is None or not wants(students[student], lying, honest)


@given(MARKETS)
def test_each_student_reads_what_became_of_every_choice(market):
    students, postings = market
    found = match(students, postings)
    for student, choices in explain(students, postings, found).students.items():
        assert [choice.posting for choice in choices] == list(students[student])[: len(choices)]
        assert all(choice.outcome is not Outcome.MATCHED for choice in choices[:-1])
        got = found.by_student.get(student)
        assert (choices[-1].posting if choices and choices[-1].outcome is Outcome.MATCHED else None) == got
        for choice in choices:
            side = postings[choice.posting]
            assert (choice.rank is None) == (choice.outcome is Outcome.NOT_RANKED_BY_POSTING)
            if choice.outcome is Outcome.FILLED_ABOVE:
                assert len(found.by_posting[choice.posting]) == side.capacity
                assert side.capacity == 0 or choice.worst_rank < choice.rank


@given(MARKETS)
def test_each_enterprise_reads_what_became_of_every_candidate(market):
    students, postings = market
    found = match(students, postings)
    for posting, side in postings.items():
        fates = candidates(posting, students, postings, found)
        assert [fate.student for fate in fates] == list(side.ranking)
        for fate in fates:
            got = found.by_student.get(fate.student)
            expected = (
                CandidateOutcome.ADMITTED
                if got == posting
                else CandidateOutcome.NOT_CHOSEN
                if posting not in students[fate.student]
                else CandidateOutcome.FILLED_ABOVE
                if wants(students[fate.student], posting, got)
                else CandidateOutcome.PLACED_HIGHER
            )
            assert fate.outcome is expected


def test_amira_is_told_that_the_posting_filled_above_her():
    students = {"amira": ["p1", "p2"], "bo": ["p1"], "chen": ["p2", "p1"]}
    postings = {"p1": PostingSide(1, ["bo", "amira", "chen"]), "p2": PostingSide(1, ["chen"])}
    found = match(students, postings)
    assert found.by_posting == {"p1": ("bo",), "p2": ("chen",)}
    assert found.unmatched == ("amira",)
    assert explain(students, postings, found).students["amira"] == (
        Choice("p1", Outcome.FILLED_ABOVE, capacity=1, rank=2, worst_rank=1),
        Choice("p2", Outcome.NOT_RANKED_BY_POSTING, capacity=1, rank=None, worst_rank=1),
    )
    assert candidates("p1", students, postings, found)[2] == Candidate("chen", 3, CandidateOutcome.PLACED_HIGHER)


def test_a_market_of_nobody_has_the_empty_matching():
    found = match({}, {})
    assert (found.by_posting, found.by_student, found.unmatched) == ({}, {}, ())
    assert blocking_pairs({}, {}, {}) == []


def test_a_chain_of_displacements_reaches_everyone():
    # Each newcomer pushes out the one before, who then takes the next posting: n(n+1)/2 proposals in all.
    names = [f"s{n:03}" for n in range(200)]
    posts = [f"p{n:03}" for n in range(200)]
    postings = {post: PostingSide(1, names[::-1]) for post in posts}
    found = match(dict.fromkeys(names, posts), postings)
    assert found.by_student == dict(zip(names[::-1], posts, strict=True))
