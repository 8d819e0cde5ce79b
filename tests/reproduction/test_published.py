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
    median_reach,
    range_p,
    range_reach,
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


def outside_all(n, published_n, ends):
    """How many of ours lie outside the published range, or above its maximum, in every order of the two samples."""
    counts = []
    for theirs in arrangements(n, published_n):
        ours = [place for place in range(n + published_n) if place not in theirs]
        counts.append(sum(place > max(theirs) or (ends == 2 and place < min(theirs)) for place in ours))
    return counts


@pytest.mark.parametrize("ends", [1, 2])
@pytest.mark.parametrize(("n", "published_n"), [(4, 5), (5, 4), (3, 2)])
def test_range_p_by_enumeration(n, published_n, ends):
    """Twice the rarer side, as every order of all values is equally likely."""
    counts = outside_all(n, published_n, ends)
    for outside in range(n + 1):
        many = sum(count >= outside for count in counts) / len(counts)
        few = sum(count <= outside for count in counts) / len(counts)
        assert range_p(outside, outside, n, published_n, ends) == pytest.approx(min(1, 2 * min(many, few)))


def test_that_none_lies_outside_is_as_likely_as_that_both_extremes_are_published():
    n, published_n = 150, 30
    chance = published_n * (published_n - 1) / ((n + published_n) * (n + published_n - 1))
    assert range_p(0, 0, n, published_n) == pytest.approx(2 * chance)


@pytest.mark.parametrize(
    "values", [(1, 1, 1, 1, 2, 2, 3), (1, 1, 2, 2, 2, 3, 3), (1, 1, 1, 1, 1, 1, 1), (1, 2, 2, 2, 2, 2, 2)]
)
def test_ties_never_make_range_p_reject_too_often(values):
    """Over all ways to deal out values of which many are equal."""
    ps = []
    for theirs in combinations(range(len(values)), 2):
        published = [values[place] for place in theirs]
        ours = [value for place, value in enumerate(values) if place not in theirs]
        outside = sum(value < min(published) or value > max(published) for value in ours)
        reaching = sum(value <= min(published) or value >= max(published) for value in ours)
        ps.append(range_p(outside, reaching, len(ours), 2))
    for alpha in np.linspace(0, 1, 101):
        assert np.mean(np.array(ps) <= alpha) <= alpha + 1e-12


def test_range_reach_is_the_least_sample_that_a_range_tells_apart():
    """Twice 30 x 29 / ((n + 30) (n + 29)) falls below 5 % at n = 158."""
    assert range_reach(30) == 158
    assert 2 * 30 * 29 / (188 * 187) <= 0.05 < 2 * 30 * 29 / (187 * 186)


@pytest.mark.parametrize(("n", "published_n", "alpha"), [(30, 30, 0.05), (30, 30, 0.025), (12, 30, 0.05)])
def test_median_reach_by_simulation(n, published_n, alpha):
    """Of uniform values the q-quantile is q: as many samples are rejected against it as asked for."""
    reach = median_reach(n, published_n, alpha)
    ours = np.random.default_rng(3).uniform(size=(20_000, n))
    rejecting = np.array([median_p(below, n, published_n) <= alpha for below in range(n + 1)])
    for quantile in (reach, 1 - reach):
        assert rejecting[(ours < quantile).sum(axis=1)].mean() == pytest.approx(0.8, abs=0.01)


def test_what_thirty_runs_a_side_can_show_of_a_median():
    assert median_reach(30, 30) == pytest.approx(0.839, abs=5e-4)
    assert np.isnan(median_reach(2, 2))  # no outcome of so few rejects


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
        outside = int(((ours < theirs.min()) | (ours > theirs.max())).sum())
        rejected[1] += range_p(outside, outside, 30, 30) <= 0.05
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
