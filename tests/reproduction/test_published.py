"""Tests against published summaries: by enumeration, by printed examples, and on average by simulation."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cgplab.reproduction.published import (
    correlation_p,
    epsilon_squared,
    mean_interval,
    median_interval,
    median_p,
    range_p,
    rate_interval,
    rate_p,
)


def arrangements(n, published_n):
    """All ways in which two samples of one population can fall into order: places of the published ones."""
    return [frozenset(chosen) for chosen in combinations(range(n + published_n), published_n)]


@pytest.mark.parametrize(("n", "published_n"), [(4, 5), (5, 3), (6, 1)])
def test_median_p_by_enumeration(n, published_n):
    """Of a published sample of odd size the median is one of its values, and every order is as likely."""
    counts = []
    for theirs in arrangements(n, published_n):
        median = sorted(theirs)[published_n // 2]
        counts.append(sum(place < median for place in range(n + published_n) if place not in theirs))
    for below in range(n + 1):
        low = sum(count <= below for count in counts) / len(counts)
        high = sum(count >= below for count in counts) / len(counts)
        assert median_p(below, n, published_n) == pytest.approx(min(1, 2 * min(low, high)))


@pytest.mark.parametrize(("n", "published_n"), [(4, 5), (5, 4), (3, 2)])
def test_range_p_by_enumeration(n, published_n):
    counts = []
    for theirs in arrangements(n, published_n):
        inside = range(min(theirs), max(theirs))
        counts.append(sum(place not in theirs and place not in inside for place in range(n + published_n)))
    for outside in range(n + 1):
        expected = sum(count >= outside for count in counts) / len(counts)
        assert range_p(outside, n, published_n) == pytest.approx(expected)


@given(n=st.integers(1, 60), published_n=st.integers(2, 60), below=st.integers(0, 60))
def test_median_p_is_a_p_value_and_symmetric(n, published_n, below):
    below = min(below, n)
    p = median_p(below, n, published_n)
    assert 0 < p <= 1
    assert p == pytest.approx(median_p(n - below, n, published_n), rel=1e-6)


def test_no_test_rejects_too_often_between_two_samples_of_one_population():
    rng = np.random.default_rng(5)
    rejected = np.zeros(2)
    repeats = 2000
    for _ in range(repeats):
        ours, theirs = rng.normal(size=30), rng.normal(size=30)
        rejected[0] += median_p(int((ours < np.median(theirs)).sum()), 30, 30) <= 0.05
        rejected[1] += range_p(int(((ours < theirs.min()) | (ours > theirs.max())).sum()), 30, 30) <= 0.05
    assert (rejected / repeats < 0.065).all()
    assert (rejected / repeats > 0.01).all()


def test_rate_p_is_fishers():
    """29 of 30 against 30 of 30: two tables are as unlikely as that one or more, of the same margins."""
    assert rate_p(29, 30, 30, 30) == pytest.approx(1.0)
    total = comb(60, 32)
    assert rate_p(2, 30, 30, 30) == pytest.approx((comb(30, 2) + comb(30, 2)) / total)


def test_correlation_p():
    """Fisher's example of 1921 in later notation: z of .6 and .8 differ by 0.4055."""
    z = (np.arctanh(0.8) - np.arctanh(0.6)) / np.sqrt(1 / 22 + 1 / 25)
    assert correlation_p(0.8, 25, 0.6, 28) == pytest.approx(2 * stats.norm.sf(z))
    assert correlation_p(0.5, 100, 0.5, 200) == 1


def test_the_medians_interval_holds_it_as_often_as_tables_say():
    """Order statistics by sample size: Thompson 1936; for 30 values the 10th from either end."""
    interval = median_interval(np.arange(1, 31))
    assert (interval.value, interval.low, interval.high) == (15.5, 10, 21)
    assert np.isnan(median_interval([1, 2, 3, 4, 5]).low)
    six = median_interval([3, 1, 2, 6, 5, 4])
    assert (six.low, six.high) == (1, 6)


@given(st.integers(6, 200))
def test_the_medians_interval_is_the_narrowest_that_holds_95_per_cent(n):
    interval = median_interval(np.arange(1, n + 1))
    cut = int(interval.low)
    assert interval.high == n - cut + 1
    missed = lambda at: 2 * stats.binom(n, 0.5).cdf(at - 1)
    assert missed(cut) <= 0.05 < missed(cut + 1)


def test_means_and_rates():
    values = [1.0, 2.0, 3.0, 4.0, 10.0]
    interval = mean_interval(values)
    assert interval.value == 4
    assert interval.low < 4 < interval.high
    assert np.isnan(mean_interval([2.0, 2.0]).low)
    assert np.isnan(mean_interval([2.0]).low)
    rate = rate_interval(29, 30)
    # Clopper and Pearson's limits are quantiles of the beta law.
    assert (rate.low, rate.high) == pytest.approx((stats.beta(29, 2).ppf(0.025), stats.beta(30, 1).ppf(0.975)))


def test_epsilon_squared():
    assert epsilon_squared(3863, 4160) == pytest.approx(0.9288, abs=1e-4)
