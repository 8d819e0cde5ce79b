"""Correlation, robust lines and one sample at their edges."""

import numpy as np
import pytest

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


def test_perfect_correlation_has_a_point_interval():
    found = correlate(range(6), range(6))
    assert (found.pearson.low, found.pearson.high) == pytest.approx((1, 1))


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
