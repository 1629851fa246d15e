"""Peer review as law: who reviews whose answer, what a mark weighs, what marks mean together."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from app.assessment.rules import peer_review as rules
from app.assessment.rules.handmarks import Meaning
from app.assessment.rules.peer_review import HandedIn, PeerMark, calibrate

shares = st.decimals(0, 1, places=4)
seeds = st.text(max_size=5)
one_each = st.integers(2, 24).map(lambda count: [HandedIn(100 + one, one) for one in range(count)])


@st.composite
def anything_handed_in(draw):
    """People with one to three answers each, of which some wait."""
    found = []
    for author in range(draw(st.integers(1, 12))):
        for _number in range(draw(st.integers(1, 3))):
            found.append(HandedIn(100 + len(found), author, draw(st.booleans())))
    return found


def loads(reviewers, handed_in):
    count = Counter({one.author: 0 for one in handed_in})
    count.update(person for those in reviewers.values() for person in those)
    return count


@given(anything_handed_in(), st.integers(1, 5), seeds)
def test_each_answer_that_waits_gets_as_many_reviewers_as_are_wanted_and_never_its_author(handed_in, peers, seed):
    found = rules.allocate(handed_in, peers, seed)
    people = {one.author for one in handed_in}
    assert set(found) == {one.answer for one in handed_in if one.is_waiting}
    for one in handed_in:
        if one.is_waiting:
            assert len(set(found[one.answer])) == len(found[one.answer]) == min(peers, len(people) - 1)
            assert one.author not in found[one.answer]


@given(one_each, st.integers(1, 5), seeds)
def test_who_hands_in_one_answer_reviews_as_many_as_review_it(handed_in, peers, seed):
    found = rules.allocate(handed_in, peers, seed)
    assert set(loads(found, handed_in).values()) == {min(peers, len(handed_in) - 1)}


@given(one_each, st.integers(1, 5), seeds)
def test_nobody_reviews_who_reviews_them_where_that_can_be(handed_in, peers, seed):
    assume(len(handed_in) > 2 * peers)
    author = {one.answer: one.author for one in handed_in}
    found = rules.allocate(handed_in, peers, seed)
    pairs = {(person, author[answer]) for answer, those in found.items() for person in those}
    assert not any((b, a) in pairs for a, b in pairs)


@given(st.integers(3, 16), st.integers(1, 4), st.data())
def test_answers_that_a_teacher_has_marked_leave_the_load_even(count, peers, data):
    handed_in = [HandedIn(100 + one, one, data.draw(st.booleans())) for one in range(count)]
    load = loads(rules.allocate(handed_in, peers, "seed"), handed_in).values()
    assert max(load) - min(load) <= 1


@given(anything_handed_in(), st.integers(1, 5), seeds, st.randoms(use_true_random=False))
def test_the_same_seed_allocates_the_same_whatever_the_order(handed_in, peers, seed, chance):
    mixed = list(handed_in)
    chance.shuffle(mixed)
    assert rules.allocate(mixed, peers, seed) == rules.allocate(handed_in, peers, seed)


def test_another_seed_allocates_otherwise():
    handed_in = [HandedIn(100 + one, one) for one in range(12)]
    assert len({str(rules.allocate(handed_in, 3, str(seed))) for seed in range(5)}) == 5


def test_who_hands_in_twice_reviews_twice_as_many():
    handed_in = [HandedIn(100 + one, one % 8) for one in range(12)]
    load = loads(rules.allocate(handed_in, 2, "s"), handed_in)
    assert load == {author: 4 if author < 4 else 2 for author in range(8)}


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12), st.integers(0, 5), seeds)
def test_examples_are_never_ones_own(authors, reviewer, seed):
    examples = [HandedIn(number, author) for number, (author, _more) in enumerate(authors)]
    found = rules.examples_for(reviewer, examples, seed)
    others = [one.answer for one in examples if one.author != reviewer]
    assert len(set(found)) == len(found) == min(rules.EXAMPLES, len(others))
    assert set(found) <= set(others)
    assert rules.examples_for(reviewer, examples[::-1], seed) == found


def test_the_numbers_of_a_calibration():
    found = calibrate([(Decimal("0.8"), Decimal("0.7")), (Decimal("0.5"), Decimal("0.6"))])
    assert (found.examples, found.bias, found.distance) == (2, 0, Fraction(1, 10))
    # σ² = (2·0.01 + 2·0.01)/3, a mark's variance 3/2 of that: 0.02
    assert found.weight == Fraction(1, 2)
    assert calibrate([(Decimal("0.9"), Decimal("0.7"))] * 2).bias == Fraction(1, 5)
    assert calibrate([(Decimal("0.9"), Decimal("0.7"))] * 2).weight == 1
    assert calibrate([]).weight == Fraction(1, 2)


@given(st.lists(st.tuples(shares, shares), max_size=12))
def test_a_weight_is_bounded(examples):
    assert rules.LEAST_WEIGHT <= calibrate(examples).weight <= rules.MOST_WEIGHT


@given(
    st.lists(st.tuples(shares, shares), min_size=1, max_size=4),
    shares,
    st.lists(st.tuples(shares, st.lists(st.tuples(shares, shares), max_size=3)), max_size=4),
    st.decimals(-1, 1, places=3),
)
def test_who_always_adds_the_same_changes_nothing(examples, mark, others, more):
    rest = [PeerMark(share, calibrate(pairs)) for share, pairs in others]
    plain = PeerMark(mark, calibrate(examples))
    kind = PeerMark(mark + more, calibrate([(own + more, true) for own, true in examples]))
    assert rules.meaning_of([plain, *rest], 1) == rules.meaning_of([kind, *rest], 1)


@given(st.lists(st.tuples(shares, st.lists(st.tuples(shares, shares), max_size=3)), min_size=1, max_size=5))
def test_a_share_lies_between_nothing_and_all_and_does_not_depend_on_the_order(given_marks):
    marks = [PeerMark(share, calibrate(pairs)) for share, pairs in given_marks]
    found = rules.meaning_of(marks, len(marks))
    assert found == rules.meaning_of(marks[::-1], len(marks))
    assert found.share is None or 0 <= found.share <= 1


def test_who_is_closer_to_the_teacher_counts_for_more():
    close = calibrate([(Decimal("0.7"), Decimal("0.7")), (Decimal("0.4"), Decimal("0.4"))])
    far = calibrate([(Decimal("0.9"), Decimal("0.7")), (Decimal("0.2"), Decimal("0.4"))])
    found = rules.meaning_of([PeerMark(Decimal("0.6"), close), PeerMark(Decimal("0.7"), far)], 2)
    assert far.weight < close.weight == 1
    assert found.meaning is Meaning.SETTLED
    assert Decimal("0.6") < found.share < Decimal("0.65")


def test_marks_that_lie_apart_or_are_too_few_settle_nothing():
    exact = calibrate([(Decimal("0.7"), Decimal("0.7")), (Decimal("0.4"), Decimal("0.4"))])
    low, high = PeerMark(Decimal("0.3"), exact), PeerMark(Decimal("0.5"), exact)
    assert rules.meaning_of([low, high], 2).share == Decimal("0.4")
    assert rules.meaning_of([low, PeerMark(Decimal("0.501"), exact)], 2).meaning is Meaning.DIFFERING
    assert rules.meaning_of([low], 2).meaning is Meaning.WAITING
    assert rules.meaning_of([], 0).meaning is Meaning.WAITING
    assert [rules.enough(peers) for peers in range(1, 6)] == [1, 2, 2, 3, 3]


def test_a_comment_says_something():
    assert rules.says_something("Names no reason.")
    assert rules.says_something("没有说明为什么选这种方式")
    assert not rules.says_something("ok .......... !")
