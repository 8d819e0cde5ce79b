"""Success rates: exact tests against scipy, statsmodels and enumeration, and what a reader is told."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from cgplab.errors import InputError
from cgplab.statistics.success import compare_success, exact_p, permutation_p
from tests import naive


def frame(counts, blocks=None):
    """Runs: ``{level: (within, n)}``, or one such mapping per block."""
    rows = []
    for block, own in (blocks or {"only": counts}).items():
        for level, (within, n) in own.items():
            rows += [{"factor": level, "block": block, "within": i < within} for i in range(n)]
    return pd.DataFrame(rows)


def test_the_rates_of_the_grid_study_differ_though_costs_cannot_be_compared():
    found = compare_success(frame({"2x2": (0, 40), "3x3": (0, 40), "5x5": (40, 40), "10x10": (40, 40)}), "factor")
    assert list(found.levels.index) == ["2x2", "3x3", "5x5", "10x10"]
    assert found.p == 1 / 10_000
    assert "p ≤ 0.0001" in found.report()
    assert "0 of 40 at 2x2, 0 of 40 at 3x3, 40 of 40 at 5x5, 40 of 40 at 10x10" in found.report()
    apart = {frozenset(pair) for pair in found.pairs.loc[found.pairs["different"], ["a", "b"]].to_numpy()}
    assert apart == {frozenset(pair) for pair in product(("2x2", "3x3"), ("5x5", "10x10"))}


@given(*[st.integers(0, 12) for _ in range(4)])
def test_one_block_is_fishers_exact_test(a, b, c, d):
    expected = stats.fisher_exact([[a, b], [c, d]]).pvalue
    assert exact_p(np.array([[[a + b, a], [c + d, c]]])) == pytest.approx(expected, rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1,
                max_size=3))  # fmt: skip
def test_blocks_agree_with_the_enumeration_of_all_outcomes(counts):
    tables = np.array([[[a + b, a], [c + d, c]] for a, b, c, d in counts])
    assert exact_p(tables) == pytest.approx(naive.exact_success_p(tables), rel=1e-6)


def test_many_blocks_agree_with_cochran_mantel_haenszel():
    random = np.random.default_rng(3)
    tables = np.array([[[20, random.binomial(20, 0.5)], [20, random.binomial(20, 0.62)]] for _ in range(30)])
    strata = [np.array([[s_a, n_a - s_a], [s_b, n_b - s_b]]) for (n_a, s_a), (n_b, s_b) in tables]
    asymptotic = StratifiedTable(strata).test_null_odds(correction=True).pvalue
    assert exact_p(tables) == pytest.approx(asymptotic, rel=0.1)


def test_three_levels_agree_with_chi_squared_where_counts_are_large():
    tables = np.array([[[300, 140], [300, 160], [300, 170]]])
    observed = np.array([[140, 160], [160, 140], [170, 130]])
    assert permutation_p(tables, 1) == pytest.approx(stats.chi2_contingency(observed).pvalue, rel=0.15)


def test_permutations_are_uniform_where_levels_are_alike():
    random = np.random.default_rng(7)
    p = [
        permutation_p(np.stack([np.full((3, 4), 6), random.binomial(6, 0.5, size=(3, 4))], axis=2), seed)
        for seed in range(120)
    ]
    assert 0.02 < np.mean(np.array(p) <= 0.1) < 0.2
    assert np.mean(p) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("within", [0, 7])
def test_equal_rates_of_nothing_or_everything_leave_nothing_to_test(within):
    found = compare_success(frame({"a": (within, 7), "b": (within, 7)}), "factor")
    assert (found.test, found.p) == ("", 1.0)
    assert found.complete == (within == 7)
    assert "differ" not in found.report()


def test_wilsons_interval():
    levels = compare_success(frame({"a": (29, 30), "b": (30, 30)}), "factor").levels
    # (k + z^2/2) / (n + z^2) plus and minus z / (n + z^2) sqrt(k (n - k) / n + z^2 / 4)
    assert levels.loc["a", ["low", "high"]].tolist() == pytest.approx([0.8333, 0.9941], abs=1e-4)
    assert levels.loc["b", ["low", "high"]].tolist() == pytest.approx([0.8865, 1.0], abs=1e-4)


def test_the_original_s_thirty_of_thirty_is_not_beaten_by_twenty_nine():
    assert compare_success(frame({"original": (30, 30), "ours": (29, 30)}), "factor").p == 1.0


def test_no_circuit_at_all_is_refused():
    with pytest.raises(InputError, match="no run has a circuit"):
        compare_success(frame({"a": (1, 1)}).iloc[:0], "factor")
