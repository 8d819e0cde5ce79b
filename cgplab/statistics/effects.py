"""Effect sizes and their bootstrap intervals."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

_BATCH_VALUES = 500_000
"""Values held at once while resampling; bounds the memory."""


@dataclass(frozen=True)
class Effect:
    """An effect size; ``low`` and ``high`` bound its 95 % bootstrap interval, NaN where none can be made."""

    name: str
    value: float
    low: float = np.nan
    high: float = np.nan


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
