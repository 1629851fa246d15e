"""How well shown levels fit what is asked."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.skills.rules.levels import CUTS
from internships.rules.fit import Need, Posterior, fit, rank_by_fit, rank_if

POSTERIORS = st.builds(Posterior, st.floats(-4, 4), st.floats(0.05, 2))
NEEDS = st.lists(
    st.builds(Need, st.sampled_from(["CC01", "CC02", "LG01"]), st.integers(1, 4), st.floats(0.1, 5)), min_size=1
)
EVIDENCE = st.dictionaries(st.sampled_from(["CC01", "CC02", "LG01", "ST01"]), POSTERIORS)


def test_without_evidence_every_level_is_short():
    found = fit([Need("CC02", 3)], {})
    assert found.score == 0
    assert (found.items[0].shown, found.items[0].missing, found.items[0].shortfall) == (0, True, 3)


def test_one_who_surely_has_the_level_fits_wholly():
    found = fit([Need("CC02", 3)], {"CC02": Posterior(9, 0.1)})
    assert found.score == pytest.approx(1)
    assert found.missing == ()


def test_where_nothing_is_asked_everyone_fits():
    assert fit([], {}).score == 1
    assert fit([Need("CC02", 3, weight=0)], {}).score == 1


def test_a_posterior_at_the_cut_counts_half_of_that_level():
    # At the cut of level 1 the chance of level 1 is 1/2 and that of level 2 is P(Z > 1/sd).
    found = fit([Need("CC02", 2)], {"CC02": Posterior(CUTS[0], 1.0)})
    above_two = 0.5 * math.erfc(1 / math.sqrt(2))
    assert found.items[0].shortfall == pytest.approx(0.5 + 1 - above_two)
    assert found.score == pytest.approx(1 - (1.5 - above_two) / 2)


def test_the_weight_says_what_matters():
    has = {"CC02": Posterior(9, 0.1)}
    assert fit([Need("CC02", 2, 3), Need("LG01", 2, 1)], has).score == pytest.approx(0.75)


@given(NEEDS, EVIDENCE)
def test_the_score_lies_between_none_and_all(needs, has):
    found = fit(needs, has)
    assert -1e-12 <= found.score <= 1 + 1e-12
    for need, item in zip(needs, found.items, strict=True):
        assert (item.skill, item.required) == (need.skill, need.level)
        assert item.missing == (item.shown < need.level)
        assert 0 <= item.shortfall <= need.level


@given(NEEDS, EVIDENCE, st.sampled_from(["CC01", "CC02", "LG01"]), st.integers(1, 4))
def test_a_level_more_never_lowers_the_fit(needs, has, skill, level):
    assert fit(needs, has, {skill: level}).score >= fit(needs, has).score - 1e-12


@given(NEEDS, EVIDENCE)
def test_a_stronger_posterior_never_lowers_the_fit(needs, has):
    raised = {skill: Posterior(posterior.mean + 0.5, posterior.sd) for skill, posterior in has.items()}
    assert fit(needs, raised).score >= fit(needs, has).score - 1e-12


def test_the_level_that_would_have_moved_bo_up():
    needs = [Need("CC02", 2), Need("LG01", 2)]
    has = {"CC02": Posterior(3, 0.2)}
    scores = {"amira": 0.9, "bo": fit(needs, has).score, "chen": 0.7, "dina": 0.4}
    assert rank_by_fit(scores, "seed") == ("amira", "chen", "bo", "dina")
    assert rank_if("bo", "LG01", 1, needs=needs, has=has, scores=scores, seed="seed") == 2
    assert rank_if("bo", "LG01", 2, needs=needs, has=has, scores=scores, seed="seed") == 1
    assert rank_if("bo", "ST01", 4, needs=needs, has=has, scores=scores, seed="seed") == 3


def test_equal_fit_is_ordered_by_the_lottery_not_by_name():
    scores = {f"s{n}": 0.1 + 0.2 if n % 2 else 0.3 for n in range(30)}
    assert rank_by_fit(scores, "a") != rank_by_fit(scores, "b")
    assert sorted(rank_by_fit(scores, "a")) == sorted(scores)


@pytest.mark.parametrize(("level", "weight"), [(0, 1), (5, 1), (2, -1), (2, math.nan), (2, math.inf)])
def test_a_need_that_makes_no_sense_is_refused(level, weight):
    with pytest.raises(ValueError):
        Need("CC02", level, weight)


def test_four_hundred_postings_are_weighed():
    has = {f"CC{n:02}": Posterior(n / 5 - 2, 0.6) for n in range(20)}
    postings = [[Need(f"CC{(p + n) % 25:02}", 1 + (p + n) % 4) for n in range(6)] for p in range(400)]
    assert all(0 <= fit(needs, has).score <= 1 for needs in postings)
