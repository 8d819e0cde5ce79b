"""Exact tests of our runs against what a paper prints: a median, a range, a rate, a correlation, a mean.

Of a published sample only such summaries are known, and its size. The tests take its chance into account as well as
ours, without a law for the values: how much of a continuous population lies below the r-th smallest of N values follows
the Beta(r, N - r + 1) law (Wilks, "Determination of sample sizes for setting tolerance limits", 1941), so that of n
further values the number below it is beta-binomial.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

ALPHA = 0.05
FEWEST = 10
"""Runs from which on a test that finds no difference counts as agreement; fewer could hardly find one."""


@dataclass(frozen=True)
class Interval:
    """95 % interval of a statistic of n values."""

    value: float
    low: float
    high: float
    n: int


def median_p(below: int, n: int, published_n: int) -> float:
    """p-value (two-sided) of ``below`` among n values below the median of another sample.

    Mathisen, "A method of testing the hypothesis that two samples are from the same population", 1943. The median of
    an even number of values lies between the two in the middle: the p-value is the larger of those against either.

    Parameters
    ----------
    below : int
        Ours below the published median; values equal to it count half.
    n, published_n : int
        Sizes of our sample and the published one.
    """
    middle = sorted({(published_n + 1) // 2, published_n // 2 + 1})
    first, last = (stats.betabinom(n, r, published_n - r + 1) for r in (middle[0], middle[-1]))
    return float(min(1.0, 2 * min(first.cdf(below), last.sf(below - 1))))


def range_p(outside: int, n: int, published_n: int) -> float:
    """p-value of ``outside`` or more among n values outside the range of another sample.

    Of a population the share outside the range of N values follows Beta(2, N - 1) (Wilks 1941).
    """
    return float(stats.betabinom(n, 2, published_n - 1).sf(outside - 1))


def rate_p(successes: int, n: int, published_successes: int, published_n: int) -> float:
    """p-value of Fisher's exact test (1935) of two success rates."""
    table = np.array([[successes, n - successes], [published_successes, published_n - published_successes]])
    return float(stats.fisher_exact(table).pvalue)


def correlation_p(r: float, n: int, published_r: float, published_n: int) -> float:
    """p-value (two-sided) of two correlations of independent samples, by Fisher's z (1921)."""
    z = (np.arctanh(r) - np.arctanh(published_r)) / np.sqrt(1 / (n - 3) + 1 / (published_n - 3))
    return float(2 * stats.norm.sf(abs(z)))


def median_interval(values: ArrayLike) -> Interval:
    """Median with the narrowest pair of order statistics that holds the population's with 95 % or more.

    Thompson, "On confidence ranges for the median", 1936. NaN limits below six values, which hold it with less.
    """
    ordered: NDArray[np.float64] = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    cut = int(stats.binom(n, 0.5).ppf(ALPHA / 2))
    low, high = (float(ordered[cut - 1]), float(ordered[n - cut])) if cut else (np.nan, np.nan)
    return Interval(float(np.median(ordered)), low, high, n)


def mean_interval(values: ArrayLike) -> Interval:
    """Mean with its 95 % bootstrap interval (BCa, Efron 1987); NaN limits below two values, or where all are equal."""
    data: NDArray[np.float64] = np.asarray(values, dtype=float)
    mean = float(data.mean())
    if len(data) < 2 or np.ptp(data) == 0:
        return Interval(mean, np.nan, np.nan, len(data))
    found = stats.bootstrap((data,), np.mean, n_resamples=2000, rng=np.random.default_rng(1)).confidence_interval
    return Interval(mean, float(found.low), float(found.high), len(data))


def rate_interval(successes: int, n: int) -> Interval:
    """Share with its exact 95 % interval (Clopper and Pearson 1934)."""
    found = stats.binomtest(successes, n).proportion_ci(0.95, method="exact")
    return Interval(successes / n, float(found.low), float(found.high), n)


def epsilon_squared(h: float, n: int) -> float:
    """Share of the ranks' variance that groups explain: H / (n - 1) (Kelley 1935, as Tomczak and Tomczak 2014)."""
    return h / (n - 1)
