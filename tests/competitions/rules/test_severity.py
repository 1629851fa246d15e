"""Correction for severity: against the textbook formulas, against simulated truth, and its laws."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from competitions.rules.marks import Mark, Method, Note, Remark, Uncorrected
from competitions.rules.ranking import rank_entries
from competitions.rules.severity import Severity, fit_severity


def simulated(seed, entries, judges, panel, *, alpha=1.0, sigma=0.5, spread=1.0):
    """Marks by (entry, judge), the true entries and the true judges (which add up to 0)."""
    random = np.random.default_rng(seed)
    truth = random.normal(7, np.sqrt(alpha), entries)
    lenience = random.normal(0, spread, judges)
    lenience -= lenience.mean()
    marks = {}
    for i in range(entries):
        for j in random.choice(judges, panel if isinstance(panel, int) else random.choice(panel), replace=False):
            value = truth[i] + lenience[j] + random.normal(0, sigma)
            marks[i, int(j)] = Decimal(str(round(float(value), 3)))
    return marks, truth, lenience


def textbook(marks, entries, judges):
    """REML and BLUP with every matrix written out: N × N, nothing absorbed, both variances searched."""
    places = sorted(marks)
    y = np.array([float(marks[place]) for place in places])
    fixed = np.zeros((y.size, judges))  # the mean, then judges 2…J against judge 1 so that all add up to 0
    random = np.zeros((y.size, entries))
    for row, (i, j) in enumerate(places):
        random[row, i] = 1
        fixed[row, 0] = 1
        fixed[row, 1:] = np.eye(judges)[j, 1:] if j else -1

    def parts(log_alpha, log_sigma):
        alpha, sigma = np.exp(2 * log_alpha), np.exp(2 * log_sigma)
        inverse = np.linalg.inv(alpha * random @ random.T + sigma * np.eye(y.size))
        information = fixed.T @ inverse @ fixed
        beta = np.linalg.solve(information, fixed.T @ inverse @ y)
        return alpha, sigma, inverse, information, beta

    def deviance(logs):
        _, _, inverse, information, beta = parts(*logs)
        rest = y - fixed @ beta
        return -np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(information)[1] + rest @ inverse @ rest

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    logs = minimize(deviance, [0.0, 0.0], method="Nelder-Mead", options=options).x
    alpha, sigma, inverse, _, beta = parts(*logs)
    deviation = alpha * random.T @ inverse @ (y - fixed @ beta)
    # Henderson's equations give the errors of prediction.
    ratio = sigma / alpha
    system = np.block(
        [[fixed.T @ fixed, fixed.T @ random], [random.T @ fixed, random.T @ random + ratio * np.eye(entries)]]
    )
    errors = sigma * np.linalg.inv(system)
    pick = np.hstack([np.eye(judges)[[0] * entries], np.eye(entries)])
    lenience = np.concatenate(([-beta[1:].sum()], beta[1:]))
    return {
        "mean": beta[0],
        "deviation": deviation,
        "sd": np.sqrt(np.diag(pick @ errors @ pick.T)),
        "lenience": lenience,
        "entry_variance": alpha,
        "residual_variance": sigma,
    }


@pytest.mark.parametrize(("seed", "entries", "judges", "panel"), [(1, 20, 5, 3), (2, 12, 4, 4), (3, 30, 6, [2, 3, 5])])
def test_it_agrees_with_the_textbook(seed, entries, judges, panel):
    marks, _, _ = simulated(seed, entries, judges, panel)
    found = fit_severity(marks, entries, judges)
    for name, expected in textbook(marks, entries, judges).items():
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-4, atol=1e-4, err_msg=name)


def test_a_complete_panel_has_the_known_answer_of_analysis_of_variance():
    marks, _, _ = simulated(4, 15, 4, 4)
    y = np.array([[float(marks[i, j]) for j in range(4)] for i in range(15)])
    rest = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    within = (rest**2).sum() / (14 * 3)
    between = 4 * y.mean(axis=1).var(ddof=1)
    found = fit_severity(marks, 15, 4)
    assert found.residual_variance == pytest.approx(within, rel=1e-6)
    assert found.entry_variance == pytest.approx((between - within) / 4, rel=1e-6)
    np.testing.assert_allclose(found.lenience, y.mean(axis=0) - y.mean(), atol=1e-9)
    np.testing.assert_allclose(found.deviation, (1 - within / between) * (y.mean(axis=1) - y.mean()), rtol=1e-6)


def test_unlucky_entries_are_put_right():
    # Ten judges who differ much, three to an entry: the raw mean says as much of the judges as of the entry.
    marks, truth, lenience = simulated(5, 300, 10, 3, sigma=0.3, spread=1.5)
    found = fit_severity(marks, 300, 10)
    raw = np.array([np.mean([float(v) for (i, _), v in marks.items() if i == n]) for n in range(300)])
    corrected = found.mean + found.deviation
    assert np.abs(found.lenience - lenience).max() < 5 * found.lenience_sd.max()
    assert np.corrcoef(corrected, truth)[0, 1] > 0.97 > 0.85 > np.corrcoef(raw, truth)[0, 1]


def test_a_standard_error_covers_the_truth_as_often_as_it_says():
    covered = []
    for seed in range(30):
        marks, truth, _ = simulated(seed, 80, 8, 3)
        found = fit_severity(marks, 80, 8)
        covered.append(np.abs(found.mean + found.deviation - truth) < 1.96 * found.sd)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_judges_in_several_groups_cannot_be_compared():
    marks = {(0, 0): Decimal(8), (0, 1): Decimal(7), (1, 0): Decimal(6), (1, 1): Decimal(7)}
    other = {(i + 2, j + 2): mark for (i, j), mark in marks.items()}
    assert isinstance(fit_severity(marks, 2, 2), Severity)
    assert fit_severity(marks | other, 4, 4) is Uncorrected.DISCONNECTED


def test_a_single_judge_cannot_be_compared_at_all():
    assert fit_severity({(0, 0): Decimal(8), (1, 0): Decimal(7)}, 2, 1) is Uncorrected.SINGLE_JUDGE
    assert fit_severity({}, 0, 0) is Uncorrected.SINGLE_JUDGE


@pytest.mark.parametrize("step", ["0.1", "0.333", "1000000.01"])
def test_judges_who_agree_but_for_a_constant_leave_no_residual(step):
    marks = {(i, j): Decimal(i * i) / 7 + j * Decimal(step) for i in range(6) for j in range(3)}
    assert fit_severity(marks, 6, 3) is Uncorrected.NO_RESIDUAL
    assert fit_severity({place: Decimal(5) for place in marks}, 6, 3) is Uncorrected.NO_RESIDUAL


def test_a_chain_of_judges_leaves_no_residual():
    chain = {(0, 0): Decimal(8), (0, 1): Decimal(7), (1, 1): Decimal(6), (1, 2): Decimal(9)}
    assert fit_severity(chain, 2, 3) is Uncorrected.NO_RESIDUAL


def test_ten_thousand_entries_are_no_burden():
    marks, truth, _ = simulated(6, 10_000, 120, 3)
    found = fit_severity(marks, 10_000, 120)
    assert np.corrcoef(found.deviation, truth)[0, 1] > 0.9


def test_tiny_disagreement_beside_large_differences_is_still_told_apart():
    marks, truth, _ = simulated(7, 40, 5, 3, alpha=1e4, sigma=0.01, spread=100)
    found = fit_severity(marks, 40, 5)
    assert found.residual_variance == pytest.approx(1e-4, rel=0.4)
    np.testing.assert_allclose(found.mean + found.deviation, truth, atol=0.1)


# ---- laws of the ranking -------------------------------------------------------------------------------------------

VALUES = st.decimals(0, 10, places=1)


@st.composite
def contests(draw):
    """Six entries, four judges, each judge marking some of the entries."""
    pairs = [(i, j) for i in range(6) for j in range(4)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=10))
    return [Mark(f"e{i}", f"J{j}", "Pitch", draw(VALUES)) for i, j in chosen]


def by_entry(ranking):
    return {row.entry: row for row in ranking.rows}


@settings(deadline=None)
@given(contests(), st.integers(0, 3), st.decimals(-50, 50, places=3))
def test_a_judge_who_adds_a_constant_changes_no_corrected_rank(marks, judge, constant):
    before = rank_entries(marks, method=Method.MIXED)
    assume(before.corrected)
    moved = [Mark(m.entry, m.judge, m.criterion, m.mark + constant) if m.judge == f"J{judge}" else m for m in marks]
    after = rank_entries(moved, method=Method.MIXED)
    assert after.corrected
    assert [(row.rank, row.entry, row.sd) for row in after.rows] == [
        (row.rank, row.entry, row.sd) for row in before.rows
    ]
    shifts = {by_entry(after)[row.entry].total - row.total for row in before.rows if row.total is not None}
    assert len(shifts) == 1


@settings(deadline=None)
@given(contests(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_is_nothing(marks, random):
    shuffled = random.sample(marks, len(marks))
    assert rank_entries(shuffled, method=Method.MIXED) == rank_entries(marks, method=Method.MIXED)


@settings(deadline=None)
@given(contests())
def test_severities_add_up_to_nothing_and_raw_stands_beside(marks):
    ranking = rank_entries(marks, method=Method.MIXED)
    for row in ranking.rows:
        values = [m.mark for m in marks if m.entry == row.entry]
        assert abs(row.raw - sum(values) / len(values)) <= Decimal("0.00005")
        assert row.corrected == ranking.corrected
    if ranking.corrected:
        assert abs(sum(judge.severity for judge in ranking.judges)) < Decimal("0.001")
        assert ranking.reason is None
    else:
        assert all(row.total == row.raw and row.sd is None for row in ranking.rows)
        assert all(judge.severity is None for judge in ranking.judges)


def mark(entry, judge, criterion, value):
    return Mark(entry, judge, criterion, None if value is None else Decimal(value))


def test_a_judge_who_left_a_criterion_open_is_left_out_and_named():
    weights = {"Pitch": Decimal(2), "Plan": Decimal("0.5")}
    marks = [
        mark(entry, judge, criterion, value)
        for entry, judge, pitch, plan in [
            ("a", "J1", "8", "6"),
            ("a", "J2", "7", None),
            ("b", "J1", "5", "6"),
            ("c", "J2", None, "6"),
            ("c", "J1", None, None),
        ]
        for criterion, value in (("Pitch", pitch), ("Plan", plan))
    ]
    ranking = rank_entries(marks, weights, Method.MIXED)
    rows = by_entry(ranking)
    assert rows["a"].total == rows["a"].raw == Decimal("19.0000")
    assert rows["a"].notes == (Note(Remark.LEFT_OUT, "Plan", "J2"),)
    assert (rows["c"].rank, rows["c"].total) == (None, None)
    assert rows["c"].notes == (Note(Remark.LEFT_OUT, "Pitch", "J2"), Note(Remark.NO_JUDGE))
    assert ranking.reason is Uncorrected.SINGLE_JUDGE
    assert [(judge.judge, judge.marks) for judge in ranking.judges] == [("J1", 2), ("J2", 0)]


def test_marks_that_do_not_tell_entries_apart_are_said_to_do_so():
    # Every entry has the same mean, and the judges disagree about each.
    marks = [mark(f"e{i}", f"J{j}", "Pitch", "6" if (i + j) % 2 else "8") for i in range(4) for j in range(2)]
    ranking = rank_entries(marks, method=Method.MIXED)
    assert ranking.corrected
    assert [row.rank for row in ranking.rows] == [1, 1, 1, 1]
    assert all(row.notes == (Note(Remark.NO_DIFFERENCE),) for row in ranking.rows)
