"""A season in arrays: what went in gives the same bytes, and every pair is judged as one alone would be."""

import hashlib
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from internships.rules import season
from internships.rules.eligibility import (
    PostingColumns,
    PostingFacts,
    StudentColumns,
    StudentFacts,
    ineligible,
    ineligible_pairs,
    reasons_in,
    sixteen_by,
    years_turned,
)
from internships.rules.fit import Need, Posterior, fit, fit_shortfalls, rank_by_fit, rank_if
from internships.rules.lottery import lottery_number
from internships.rules.market import UNLIMITED
from internships.rules.season import SCALE, Inputs, Mode, Result, decide, figures, pack, prove, rank_with, tell, text

TODAY = date(2026, 5, 4)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
MAJORS = ("530702", "530701", "540101")


def inputs_of(choices, capacity, mode=Mode.FIT, hand=None, score=None, caps=(UNLIMITED, UNLIMITED), seed="spring"):
    """Inputs of students 11, 12, … and postings 1, 2, …; `hand` and `score` by choice."""
    flat = [posting for wishes in choices for posting in wishes]
    empty = np.zeros(0)
    return Inputs(
        seed=text(seed),
        skills=text(""),
        students=np.arange(11, 11 + len(choices)),
        postings=np.arange(1, 1 + len(capacity)),
        capacity=np.array(capacity),
        mode=np.full(len(capacity), mode),
        university=np.zeros(len(choices), dtype=np.int32),
        programme=np.zeros(len(choices), dtype=np.int32),
        university_cap=np.full(len(capacity), caps[1]),
        programme_cap=np.full(len(capacity), caps[0]),
        offsets=np.array([0, *np.cumsum([len(wishes) for wishes in choices])]),
        posting=np.array(flat, dtype=np.int32),
        application=np.arange(100, 100 + len(flat)),
        hand=np.array(hand or [0] * len(flat), dtype=np.int32),
        score=np.array(score or [0] * len(flat), dtype=np.int32),
        left_out=np.array([7, 9]),
        reasons=np.array([1, 66]),
        estimate_offsets=np.zeros(len(choices) + 1, dtype=np.int64),
        estimate_skill=empty,
        estimate_mean=empty,
        estimate_sd=empty,
        need_offsets=np.zeros(len(capacity) + 1, dtype=np.int64),
        need_skill=empty,
        need_level=empty,
        need_weight=empty,
    )


@st.composite
def seasons(draw):
    students, postings = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    choices = [draw(st.permutations(range(postings)))[: draw(st.integers(0, postings))] for _ in range(students)]
    flat = sum(map(len, choices))
    return inputs_of(
        choices,
        [draw(st.integers(0, 3)) for _ in range(postings)],
        draw(st.sampled_from(Mode)),
        [draw(st.integers(0, 3)) for _ in range(flat)],
        [draw(st.sampled_from((0, SCALE // 2, SCALE))) for _ in range(flat)],
        (draw(st.sampled_from((1, UNLIMITED))), draw(st.sampled_from((1, 2, UNLIMITED)))),
    )


@settings(max_examples=150)
@given(seasons())
def test_a_season_is_stable_by_the_orders_as_stated_and_gives_the_same_bytes(inputs):
    result = decide(inputs)
    assert prove(inputs, result).is_clean
    assert pack(decide(inputs)) == pack(result)
    counts = figures(inputs, result)
    assert counts["matched"] == sum(counts["by_choice"]) == int(result.filled.sum())
    assert counts["students"] == counts["matched"] + counts["never_ranked"] + counts["filled_above"]


@settings(max_examples=100)
@given(seasons())
def test_every_choice_is_told_as_it_came_out(inputs):
    result = decide(inputs)
    for choice, student in enumerate(inputs.owner.tolist()):
        told, got = tell(inputs, result, choice), int(result.matched[student])
        assert (told.outcome == "matched") == (choice == got)
        assert (told.outcome == "placed_higher") == (0 <= got < choice)
        if told.outcome == "filled_above":
            assert told.matched == told.capacity
            assert told.capacity == 0 or told.worst_rank < told.rank
        if told.outcome == "not_ranked_by_posting":
            assert told.rank is None
        if told.outcome == "capped":
            assert min(inputs.university_cap.min(), inputs.programme_cap.min()) < UNLIMITED


def test_the_archive_is_what_numpy_reads_and_the_same_on_every_machine():
    inputs = inputs_of([[0, 1], [0]], [1, 1], score=[5, 6, 7])
    content = pack(inputs)
    assert hashlib.sha256(content).hexdigest() == hashlib.sha256(pack(inputs)).hexdigest()
    import io

    with np.load(io.BytesIO(content)) as archive:
        again = season.unpacked({name: archive[name] for name in archive.files})
    assert isinstance(again, Inputs)
    assert again.lottery_seed == "spring"
    assert pack(again) == content
    with np.load(io.BytesIO(pack(decide(inputs)))) as archive:
        assert isinstance(season.unpacked(dict(archive)), Result)


def test_hand_comes_first_equals_by_lottery_and_the_rest_by_fit():
    inputs = inputs_of([[0]] * 5, [2], Mode.BOTH, hand=[0, 2, 2, 0, 0], score=[9, 1, 1, 3, 4])
    equals = sorted((1, 2), key=lambda place: lottery_number("spring", str(11 + place)))
    assert decide(inputs).by_rank.tolist() == [*equals, 0, 4, 3]
    assert decide(inputs_of([[0]] * 3, [2], Mode.HAND, hand=[2, 0, 1])).by_rank.tolist() == [2, 0]


def test_reasons_are_found_by_application():
    inputs = inputs_of([[0]], [1])
    assert [season.reasons_of(inputs, number) for number in (6, 7, 8, 9, 10)] == [0, 1, 0, 66, 0]
    assert season.choice_of(inputs, 11, 1) == 0
    assert season.choice_of(inputs, 12, 1) is season.choice_of(inputs, 11, 2) is None


@given(st.lists(st.sampled_from((0, SCALE // 4, SCALE // 2, SCALE)), min_size=2, max_size=7), st.integers(0, 6))
def test_by_fit_alone_the_order_and_the_counterfactual_are_those_of_the_plain_rules(scores, which):
    choice = which % len(scores)
    inputs = inputs_of([[0]] * len(scores), [1], score=scores)
    result = decide(inputs)
    plain = {str(11 + place): score / SCALE for place, score in enumerate(scores)}
    assert [str(11 + place) for place in result.by_rank.tolist()] == list(rank_by_fit(plain, "spring"))
    needs, has = [Need("CC02", 2)], {}
    raised = fit(needs, has, {"CC02": 2}).score
    expected = rank_if(str(11 + choice), "CC02", 2, needs=needs, has=has, scores=plain, seed="spring")
    assert rank_with(inputs, result, choice, raised) == expected


@given(st.floats(-4, 4), st.floats(0.1, 2), st.integers(1, 4))
def test_many_shortfalls_at_once_are_those_of_one(mean, sd, level):
    one = fit([Need("CC02", level)], {"CC02": Posterior(mean, sd)}).items[0].shortfall
    many = fit_shortfalls(np.array([mean, 0.0]), np.array([sd, 1.0]))
    assert abs(many[0, level] - one) < 1e-12


@st.composite
def people(draw):
    born = draw(st.none() | st.dates(date(2004, 1, 1), date(2013, 12, 1)))
    first = draw(DAYS)
    busy = draw(st.sampled_from(((), ((first, first.replace(year=first.year + 1, day=1)),))))
    major = draw(st.sampled_from(("", *MAJORS)))
    return StudentFacts(
        born.replace(day=1) if born else None,
        draw(st.none() | st.integers(1, 4)),
        draw(st.none() | DAYS),
        frozenset({major} if major else ()),
        busy,
    )


@st.composite
def places(draw):
    starts = draw(DAYS)
    ends = date.fromordinal(starts.toordinal() + draw(st.integers(0, 200)))
    return PostingFacts(starts, draw(st.integers(2, 4)), frozenset(draw(st.sets(st.sampled_from(MAJORS)))), True, ends)


@settings(max_examples=150)
@given(st.lists(people(), min_size=1, max_size=4), st.lists(places(), min_size=1, max_size=3))
def test_many_pairs_at_once_are_judged_as_each_alone(students, postings):
    welcome = np.array([[major in one.majors for major in MAJORS] for one in postings])
    columns = StudentColumns(
        np.array([sixteen_by(one.born).toordinal() if one.born else 0 for one in students]),
        np.array([one.year or 0 for one in students]),
        np.array([one.graduation.toordinal() if one.graduation else 0 for one in students]),
        np.array([MAJORS.index(next(iter(one.majors))) if one.majors else -1 for one in students]),
        [(place, *(day.toordinal() for day in days)) for place, one in enumerate(students) for days in one.busy],
    )
    asked = PostingColumns(
        np.array([one.starts_on.toordinal() for one in postings]),
        np.array([one.ends_on.toordinal() for one in postings]),
        np.array([one.min_year for one in postings]),
        np.array([years_turned(TODAY, one.starts_on) for one in postings]),
        np.array([bool(one.majors) for one in postings]),
        welcome,
    )
    pairs = [(s, p) for s in range(len(students)) for p in range(len(postings))][::-1]
    found = ineligible_pairs(columns, asked, np.array([s for s, _p in pairs]), np.array([p for _s, p in pairs]))
    for (student, posting), bits in zip(pairs, found.tolist(), strict=True):
        assert reasons_in(bits) == ineligible(students[student], postings[posting], TODAY)
