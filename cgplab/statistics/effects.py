"""Effect sizes and their 95 % intervals, which hold the estimate and reach 0 where nothing differs."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Array = NDArray[np.float64]

LEVEL = 0.95
"""Of intervals."""
_Z = float(stats.norm.isf((1 - LEVEL) / 2))
_BATCH_VALUES = 500_000
"""Values held at once while resampling; bounds the memory."""


@dataclass(frozen=True)
class Effect:
    """An effect size.

    Attributes
    ----------
    name : str
    value : float
        As it is usually defined.
    low, high : float
        95 % interval of its value in the population; NaN where none can be told.
    corrected : float
        Estimate without bias of the value in the population, at least 0; NaN for a measure that has no bias.
    method : str
        How the interval is made.
    untold : str
        Why there is no interval; empty where there is one, or none was asked for.
    """

    name: str
    value: float
    low: float = np.nan
    high: float = np.nan
    corrected: float = np.nan
    method: str = ""
    untold: str = ""


def cliffs_delta(x: Array, y: Array, axis: int = -1) -> Array:
    """P(x > y) - P(x < y), from -1 to 1 (Cliff, "Dominance statistics", 1993).

    It equals 2 A12 - 1 (Vargha and Delaney, 2000), and is taken from the rank sum.
    """
    n, m = x.shape[axis], y.shape[axis]
    ranks = stats.rankdata(np.concatenate([x, y], axis=axis), axis=axis)
    rank_sum = np.take(ranks, range(n), axis=axis).sum(axis=axis)
    return np.asarray(2 * (rank_sum - n * (n + 1) / 2) / (n * m) - 1)


def matched_delta(x: Array, y: Array, axis: int = -1) -> Array:
    """Share of blocks with x > y less the share with x < y (Cliff's within-pair d)."""
    return np.asarray(np.sign(x - y).mean(axis=axis))


def variance_explained(*samples: Array, axis: int = -1) -> Array:
    """Eta squared: sum of squares between levels over the total; 0 where nothing varies."""
    pooled = np.concatenate(samples, axis=axis)
    grand = pooled.mean(axis=axis, keepdims=True)
    total = np.asarray(((pooled - grand) ** 2).sum(axis=axis))
    between = sum(s.shape[axis] * (s.mean(axis=axis) - grand.squeeze(axis)) ** 2 for s in samples)
    return np.asarray(np.divide(between, total, out=np.zeros_like(total), where=total > 0))


def epsilon_squared(*samples: Array, axis: int = -1) -> Array:
    """Epsilon squared of the Kruskal-Wallis test, H / (n - 1), as eta squared of the pooled ranks.

    Source: Tomczak and Tomczak, "The need to report effect size estimates revisited", 2014.
    """
    ranks = stats.rankdata(np.concatenate(samples, axis=axis), axis=axis)
    ends = np.cumsum([s.shape[axis] for s in samples])[:-1]
    return variance_explained(*np.split(ranks, ends, axis=axis), axis=axis)


def kendalls_w(*ranks: Array, axis: int = -1) -> Array:
    """Kendall's W corrected for ties, from ranks within blocks, one array of blocks per level.

    W = T / (N (k - 1)) with Friedman's T (Conover, "Practical Nonparametric Statistics", 1999); 0 where
    every block ties.
    """
    k, n = len(ranks), ranks[0].shape[axis]
    centre = (k + 1) / 2
    spread = np.asarray(sum(((r - centre) ** 2).sum(axis=axis) for r in ranks))
    between = np.asarray(sum((r.sum(axis=axis) - n * centre) ** 2 for r in ranks))
    return np.asarray(np.divide(between, n * spread, out=np.zeros_like(between), where=spread > 0))


def delta(x: Array, y: Array) -> Effect:
    """Cliff's delta of independent samples with a score interval, which is never a point, even at -1 and 1.

    Method 5 of Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2",
    2006: the shares of pairs from which the estimate is no further than its standard error there times 1.96.
    """
    n, m = len(x), len(y)
    value = float(cliffs_delta(x, y))
    share = (value + 1) / 2

    def beyond(theta: float) -> float:
        others = (n + m) / 2 - 1
        unit = 1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (theta - share) ** 2 - _Z**2 * theta * (1 - theta) * unit / (n * m)

    # At 0 and 1 the standard error vanishes, so there the estimate itself solves the equation as well.
    low = 0.0 if share == 0 else float(optimize.brentq(beyond, 0.0, min(share, 1 - 1e-9)))
    high = 1.0 if share == 1 else float(optimize.brentq(beyond, max(share, 1e-9), 1.0))
    return _holding(Effect("Cliff's delta", value, 2 * low - 1, 2 * high - 1, method="Newcombe's score interval"))


def delta_within(x: Array, y: Array) -> Effect:
    """Cliff's delta within pairs, with an interval that is never a point, even at -1 and 1.

    Bonett and Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data",
    2012: one pair more on either side.
    """
    n = len(x)
    above, below = (np.count_nonzero(x > y) + 1) / (n + 2), (np.count_nonzero(x < y) + 1) / (n + 2)
    reach = _Z * np.sqrt((above + below - (above - below) ** 2) / (n + 2))
    low, high = max(-1.0, above - below - reach), min(1.0, above - below + reach)
    value = float(matched_delta(x, y))
    return _holding(Effect("Cliff's delta", value, low, high, method="Bonett and Price's interval"))


def omega_squared(f: float, between: float, within: float, n: int) -> Effect:
    """Omega squared: share of the variance between levels in the population.

    The estimate is Hays' ("Statistics for Psychologists", 1963), written by F: (k - 1) (F - 1) / ((k - 1) (F - 1) + n).
    The interval inverts the noncentral F distribution (Steiger, "Beyond the F test", 2004). With Welch's F both are
    approximate.

    Parameters
    ----------
    f : float
        Of the analysis of variance.
    between, within : float
        Its degrees of freedom.
    n : int
        Values.
    """
    if not np.isfinite(f):
        return Effect("omega squared", 1.0, corrected=1.0, untold="no level varies")
    value = max(0.0, between * (f - 1) / (between * (f - 1) + n))
    low, high = _shares(f, between, within, n)
    return _holding(Effect("omega squared", value, low, high, value, "noncentral F"))


def epsilon_squared_of(samples: Sequence[Array]) -> Effect:
    """Epsilon squared of the Kruskal-Wallis test with an interval by noncentral F, as the analysis of ranks.

    Without bias it is (H - k + 1) / (n - k), the adjusted epsilon squared of the ranks.
    """
    k, n = len(samples), sum(map(len, samples))
    value = float(epsilon_squared(*samples))
    if value >= 1 - 1e-12 or n <= k:
        why = "no level varies in rank" if n > k else "no level has two values"
        return Effect("epsilon squared", value, corrected=value, untold=why)
    corrected = max(0.0, (value * (n - 1) - (k - 1)) / (n - k))
    low, high = _shares(value / (k - 1) / ((1 - value) / (n - k)), k - 1, n - k, n)
    return _holding(Effect("epsilon squared", value, low, high, corrected, "noncentral F of the ranks"))


def concordance(ranks: Sequence[Array]) -> Effect:
    """Kendall's W of ranks within blocks, one array of blocks per level.

    Without bias it is (N W - 1) / (N - 1), the mean correlation of two blocks' ranks; W itself is 1 / N on average
    where nothing differs. The interval is that of the noncentral F distribution, which reaches 0 but is too short where
    blocks agree much, joined with that of the jackknife of Fisher's z, which is too short where they do not.
    """
    matrix = np.column_stack(list(ranks))
    n, k = matrix.shape
    value = float(kendalls_w(*ranks))
    if value >= 1 - 1e-12:
        return Effect("Kendall's W", value, corrected=value, untold="all blocks agree, so nothing tells how they vary")
    if not np.ptp(matrix, axis=1).any():
        return Effect("Kendall's W", 0.0, corrected=0.0, untold="every block ties")
    f = (n - 1) * value / (1 - value)
    low, high = _shares(f, k - 1, (n - 1) * (k - 1), n * (k - 1))
    without = np.array([_mean_correlation(np.delete(matrix, i, axis=0)) for i in range(n)])
    estimate = _mean_correlation(matrix)
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    if abs(estimate) < 1:
        reach = float(stats.t.isf((1 - LEVEL) / 2, n - 1)) * error / (1 - estimate**2)
        centre = np.arctanh(estimate)
        low, high = min(low, np.tanh(centre - reach)), max(high, np.tanh(centre + reach))
    low, high, estimate = max(0.0, float(low)), max(0.0, float(high)), max(0.0, estimate)
    return _holding(Effect("Kendall's W", value, low, high, estimate, "noncentral F and jackknife"))


def _mean_correlation(matrix: Array) -> float:
    n = len(matrix)
    return float((n * kendalls_w(*matrix.T) - 1) / (n - 1))


def _shares(f: float, between: float, within: float, n: float) -> tuple[float, float]:
    """95 % interval of lambda / (lambda + n), lambda the noncentrality of an F."""

    def noncentrality(q: float) -> float:
        if stats.f.cdf(f, between, within) <= q:
            return 0.0

        def beyond(x: float) -> float:
            return float(stats.ncf.cdf(f, between, within, x)) - q

        high = max(1.0, between * f)
        while beyond(high) > 0:
            high *= 2
        return float(optimize.brentq(beyond, 0.0, high))

    low, high = noncentrality((1 + LEVEL) / 2), noncentrality((1 - LEVEL) / 2)
    return low / (low + n), high / (high + n)


def _holding(effect: Effect) -> Effect:
    """The effect with its interval widened to its own estimates, where rounding or their bias puts them outside."""
    estimates = [e for e in (effect.value, effect.corrected) if not np.isnan(e)]
    return replace(effect, low=min(effect.low, *estimates), high=max(effect.high, *estimates))


def with_interval(
    name: str,
    statistic: Callable[..., Array],
    samples: Sequence[Array],
    paired: bool,
    resamples: int,
    seed: int,
) -> Effect:
    """Effect size with its percentile bootstrap interval at 95 %.

    Parameters
    ----------
    name : str
    statistic : callable
        Takes the samples and ``axis``.
    samples : sequence of (n,) float64
    paired : bool
        Resample blocks, the same of every sample, rather than each sample on its own.
    resamples : int
        0 for no interval.
    seed : int
    """
    value = float(statistic(*samples, axis=-1))
    if resamples == 0 or min(map(len, samples)) < 2:
        return Effect(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        interval = stats.bootstrap(
            samples,
            statistic,
            paired=paired,
            vectorized=True,
            n_resamples=resamples,
            batch=max(1, _BATCH_VALUES // sum(map(len, samples))),
            method="percentile",
            rng=np.random.default_rng(seed),
        ).confidence_interval
    return Effect(name, value, float(interval.low), float(interval.high))


_DELTA_BOUNDS = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"))


def magnitude(delta: float) -> str:
    """Cliff's delta in a word, after Romano et al., "Appropriate statistics for ordinal level data", 2006."""
    return next((word for bound, word in _DELTA_BOUNDS if abs(delta) < bound), "large")
