"""Many-facet Rasch measures: the truth that made the marks is found again, and order and absence change nothing."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competitions.rules.marks import Mark, Method, Remark, Uncorrected
from competitions.rules.ranking import rank_entries

ENTRIES, JUDGES, CRITERIA = 60, 6, 4
SEVERITY = np.array([-0.9, -0.4, 0.0, 0.1, 0.3, 0.9])


def simulated(seed, *, share=1.0):
    """Marks from 0 to 4 as the model makes them; a judge marks an entry with probability `share`."""
    rng = np.random.default_rng(seed)
    quality, difficulty = rng.normal(0, 1, ENTRIES), np.linspace(-0.5, 0.5, CRITERIA)
    steps = np.array([-1.5, -0.5, 0.5, 1.5])
    marks = []
    for entry in range(ENTRIES):
        for judge in range(JUDGES):
            if rng.random() > share:
                continue
            for criterion in range(CRITERIA):
                logit = quality[entry] - difficulty[criterion] - SEVERITY[judge]
                chances = np.exp(np.concatenate(([0.0], np.cumsum(logit - steps))))
                mark = rng.choice(5, p=chances / chances.sum())
                marks.append(Mark(f"e{entry}", f"j{judge}", f"c{criterion}", Decimal(int(mark))))
    return marks


@pytest.mark.parametrize(("share", "near"), [(1.0, 0.3), (0.5, 0.45)])
def test_the_severities_that_made_the_marks_are_found_again(share, near):
    found = rank_entries(simulated(1, share=share), method=Method.RASCH)
    assert found.corrected
    severity = np.array([float(one.severity) for one in found.judges])
    assert np.abs(severity - SEVERITY).max() < near
    assert abs(severity.mean()) < 1e-3
    assert all(Decimal("0.5") < one.infit < Decimal("1.5") for one in found.judges)


def test_who_marks_at_random_does_not_fit():
    rng = np.random.default_rng(3)
    marks = [
        Mark(one.entry, one.judge, one.criterion, Decimal(int(rng.integers(5)))) if one.judge == "j2" else one
        for one in simulated(2)
    ]
    fits = {one.judge: one.infit for one in rank_entries(marks, method=Method.RASCH).judges}
    assert max(fits, key=fits.get) == "j2"
    assert fits["j2"] > Decimal("1.5")


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_marks_changes_not_the_last_digit(rng):
    marks = simulated(4, share=0.4)
    assert rank_entries(rng.sample(marks, len(marks)), method=Method.RASCH) == rank_entries(marks, method=Method.RASCH)


def test_an_absent_judge_changes_nothing():
    marks = simulated(5)
    absent = [Mark(f"e{entry}", "j9", "c0", None) for entry in range(ENTRIES)]
    assert rank_entries(marks + absent, method=Method.RASCH).rows == rank_entries(marks, method=Method.RASCH).rows


def test_the_best_of_all_marks_still_has_a_measure():
    marks = [Mark("top", one.judge, one.criterion, Decimal(4)) if one.entry == "e0" else one for one in simulated(6)]
    found = rank_entries(marks, method=Method.RASCH)
    assert found.rows[0].entry == "top"
    assert found.rows[0].total < 10


def test_judges_who_share_no_entry_are_not_compared():
    marks = [
        Mark(f"e{entry}", f"j{entry % 2}", f"c{criterion}", Decimal((entry + criterion) % 4))
        for entry in range(12)
        for criterion in range(3)
    ]
    found = rank_entries(marks, method=Method.RASCH)
    assert (found.corrected, found.reason) == (False, Uncorrected.DISCONNECTED)
    assert all(row.total == row.raw for row in found.rows)


@pytest.mark.parametrize(
    ("judges", "mark", "reason"), [(1, 3, Uncorrected.SINGLE_JUDGE), (3, 3, Uncorrected.NO_RESIDUAL)]
)
def test_why_there_are_no_measures(judges, mark, reason):
    marks = [Mark(f"e{entry}", f"j{judge}", "c", Decimal(mark)) for entry in range(5) for judge in range(judges)]
    assert rank_entries(marks, method=Method.RASCH).reason is reason


def test_a_mark_beside_a_missing_one_counts():
    marks = simulated(7)
    without = [one for one in marks if (one.entry, one.criterion) != ("e1", "c3")]
    row = next(row for row in rank_entries(without, method=Method.RASCH).rows if row.entry == "e1")
    assert row.corrected
    assert row.raw is None
    assert {note.remark for note in row.notes} == {Remark.LEFT_OUT}
