"""Correlation, robust lines and one sample at their edges."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics import correlate, one_sample, regress


def test_a_constant_measure_has_no_correlation():
    found = correlate([1, 2, 3, 4], [0, 0, 0, 0])
    assert np.isnan(found.pearson.value)
    assert "constant" in found.report()


def test_correlation_leaves_out_pairs_with_missing_values():
    found = correlate([1, 2, 3, 4, 5, np.nan], [1, 3, 2, 5, 4, 9])
    assert (found.n, found.dropped) == (5, 1)
    assert found.spearman.value == pytest.approx(0.8)
    assert found.spearman.low < 0.8 < found.spearman.high
    assert "n = 5" in found.report()


def test_a_perfect_correlation_has_no_interval_and_an_exact_p():
    found = correlate([1, 2, 3, 4], [1, 2, 4, 8])
    assert found.spearman.value == pytest.approx(1)
    assert found.spearman.p == pytest.approx(2 / 24)  # two of 4! orders are as extreme
    assert np.isnan([found.spearman.low, found.spearman.high]).all()
    assert "Spearman's rho 1.000 (p = 0.083); n = 4." in found.report()
    assert np.isnan(correlate(range(6), range(6)).pearson.low)


@given(st.lists(st.integers(0, 4), min_size=4, max_size=6), st.integers(0, 100))
def test_rank_correlations_of_few_pairs_count_all_orders(x, seed):
    y = np.random.default_rng(seed).integers(0, 4, len(x))
    if len(set(x)) == 1 or len(set(y)) == 1:
        return
    ranks, others = stats.rankdata(x), stats.rankdata(y)
    seen = abs(np.corrcoef(ranks, others)[0, 1])
    found = [abs(np.corrcoef(ranks, order)[0, 1]) >= seen - 1e-9 for order in permutations(others)]
    assert correlate(x, y).spearman.p == pytest.approx(np.mean(found))


@pytest.mark.parametrize("function", [correlate, regress])
def test_too_little_is_refused(function):
    with pytest.raises(InputError, match="3 pairs of values; 4 or more"):
        function([1, 2, 3], [1, 2, 3])
    with pytest.raises(InputError, match="must be pairs"):
        function([1, 2, 3], [1, 2])
    with pytest.raises(InputError, match="infinite"):
        function([1, 2, 3, np.inf], [1, 2, 3, 4])


def test_lines_at_the_edges():
    assert regress(range(5), [2.0] * 5).method == "constant"
    with pytest.raises(InputError, match="all x are 1"):
        regress([1] * 5, range(5))
    # Most energies are 0: the residuals' median absolute deviation vanishes.
    mostly_zero = regress(range(20), [0.0] * 18 + [5.0, 7.0])
    assert mostly_zero.method == "Theil-Sen"
    assert mostly_zero.slope == 0
    exact = regress(range(9), 3 + 2 * np.arange(9))
    assert (exact.slope, exact.intercept) == pytest.approx((2, 3))


def test_line_has_an_interval_that_covers_the_truth(random):
    x = np.arange(100.0)
    line = regress(x, 1 + 0.5 * x + random.normal(size=100))
    assert line.method == "Huber"
    assert line.low < 0.5 < line.high
    assert line.at(np.array([0.0]))[0] == line.intercept


def test_one_sample_of_skewed_values_uses_ranks():
    values = np.concatenate([np.zeros(20), np.arange(10.0) ** 2])
    found = one_sample([*values, np.nan], 30)
    assert found.test == "Wilcoxon's signed-rank test"
    assert found.different
    assert found.dropped == 1
    assert "lies below 30" in found.report()


def test_one_sample_at_the_edges():
    same = one_sample([5.0] * 6, 5)
    assert (same.p, same.different) == (1.0, False)
    assert "cannot be told apart from 5" in same.report()
    with pytest.raises(InputError, match="1 values; 2 or more"):
        one_sample([1.0, np.nan], 0)
    with pytest.raises(InputError, match="must be numbers"):
        one_sample(["a"], 0)
