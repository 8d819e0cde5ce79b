"""Exact tests of our runs against what a paper prints: a median, a range, a rate, a correlation, a mean.

Of a published sample only such summaries are known, and its size. The tests take its chance into account as well as
ours, without a law for the values: how much of a continuous population lies below the r-th smallest of N values follows
the Beta(r, N - r + 1) law (Wilks, "Determination of sample sizes for setting tolerance limits", 1941), so that of n
further values the number below it is beta-binomial.
"""

from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

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


def median_reach(n: int, published_n: int, alpha: float = ALPHA, power: float = 0.8) -> float:
    """How far off a printed median has to lie for Mathisen's test to find it: which quantile of ours it has to be.

    Of n runs the number below a printed median that is the q-quantile of our population is binomial (n, q).

    Parameters
    ----------
    n, published_n : int
        Sizes of our sample and the published one.
    alpha : float
        Level of the test.
    power : float
        Probability with which it is to reject.

    Returns
    -------
    float
        The least such q above one half; 1 - q is the one below. NaN where the samples are too small to reject at all.
    """
    rejecting = [below for below in range(n + 1) if median_p(below, n, published_n) <= alpha]
    if not rejecting:
        return float("nan")
    missing = lambda q: float(np.sum(stats.binom.pmf(rejecting, n, q))) - power
    return float(optimize.brentq(missing, 0.5, 1.0))


def range_p(outside: int, reaching: int, n: int, published_n: int, ends: int = 2) -> float:
    """p-value (two-sided) of how many of n values lie outside the range of another sample.

    Of a population the share outside the range of N values follows Beta(2, N - 1), the share above their maximum
    Beta(1, N) (Wilks 1941). That none of n lies outside has the probability N (N - 1) / ((n + N) (n + N - 1)): both
    extremes of all n + N values then belong to the N. The p-value is twice that of the rarer side. A value that ties
    with a published limit may have lain on either side of it, so that it counts for neither: as inside where many
    outside would reject, as outside where few would.

    Parameters
    ----------
    outside : int
        Ours beyond a published limit.
    reaching : int
        These, and those that equal a limit.
    n, published_n : int
        Sizes of our sample and the published one.
    ends : int
        Limits that were published: 2 of a range, 1 of a maximum alone.
    """
    law = stats.betabinom(n, ends, published_n + 1 - ends)
    return float(min(1.0, 2 * min(law.sf(outside - 1), law.cdf(reaching))))


def range_reach(published_n: int, alpha: float = ALPHA) -> int:
    """Least number of runs of ours that a published range tells apart when all lie inside it, however close."""
    return next(n for n in count(1) if range_p(0, 0, n, published_n) <= alpha)


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
