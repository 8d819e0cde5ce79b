"""Which pairs of levels differ: post-hoc tests, with p-values adjusted for their number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cgplab.statistics.overall import signed_rank

Array = NDArray[np.float64]

INDEPENDENT = ("conover", "dunn")
"""Post-hoc tests that can follow Kruskal-Wallis."""
BLOCKED = ("nemenyi", "wilcoxon")
"""Post-hoc tests that can follow Friedman."""


@dataclass(frozen=True)
class PostHoc:
    """Outcome of all pairwise tests.

    ``p`` are the p-values of single pairs (NaN where the method gives none), ``adjusted`` those adjusted for
    the number of pairs, ``different`` the decisions; all (k, k) and symmetric. ``critical_difference`` of
    average ranks, and its value ``uncorrected`` for ties, are None unless the decision rests on it.
    """

    name: str
    p: Array
    adjusted: Array
    different: NDArray[np.bool_]
    critical_difference: float | None = None
    uncorrected: float | None = None


def nemenyi(ranks: Array, alpha: float) -> PostHoc:
    """Nemenyi's test (1963) on ranks within blocks, with the variance of tied ranks.

    Two levels differ when their average ranks are at least the critical difference apart (Demsar,
    "Statistical comparisons of classifiers over multiple data sets", 2006):
    CD = q sqrt(k (k + 1) / (6 N)), q the studentized range over sqrt 2. Ties make ranks vary less; the
    variance k (k + 1) / 12 of untied ranks is replaced by the one observed, as in Friedman's test.

    Parameters
    ----------
    ranks : (blocks, levels) float64
    alpha : float
    """
    n, k = ranks.shape
    observed = float(((ranks - (k + 1) / 2) ** 2).sum()) / (n * (k - 1))
    q = float(stats.studentized_range.isf(alpha, k, np.inf))
    critical = q * float(np.sqrt(observed / n))
    mean = ranks.mean(axis=0)
    apart = np.abs(mean[:, None] - mean[None, :])
    adjusted = np.ones((k, k))
    if observed > 0:
        upper = np.triu_indices(k, 1)
        scaled, where = np.unique(apart[upper].round(12) / np.sqrt(observed / n), return_inverse=True)
        adjusted[upper] = stats.studentized_range.sf(scaled, k, np.inf)[where]
        adjusted = np.minimum(adjusted, adjusted.T)
    different = (apart >= critical) & (apart > 0)
    return PostHoc(
        "Nemenyi", np.full((k, k), np.nan), adjusted, different, critical, q * float(np.sqrt(k * (k + 1) / 12 / n))
    )


def signed_ranks(matrix: Array, alpha: float) -> PostHoc:
    """Wilcoxon's signed-rank test of every pair within blocks, adjusted by Holm's method (1979)."""
    return _holm(
        "Wilcoxon signed-rank with Holm", _each_pair(matrix.T, lambda x, y: signed_rank(x - y)[1].value), alpha
    )


def after_kruskal(samples: Sequence[Array], method: str, alpha: float, overall_p: float) -> PostHoc:
    """Conover and Iman's (1979) or Dunn's (1964) test of pooled ranks, adjusted by Holm's method.

    Where no level has any spread, as with circuits from a solver that draws nothing, Conover and Iman's statistic
    is not finite. Pairs of unequal levels then have the overall test's p-value.
    """
    import scikit_posthocs

    test: Callable[..., pd.DataFrame] = getattr(scikit_posthocs, f"posthoc_{method}")
    name = {"conover": "Conover-Iman", "dunn": "Dunn"}[method]
    if method == "conover" and not any(np.ptp(values) for values in samples):
        each = np.array([values[0] for values in samples])
        p = np.where(each[:, None] == each[None, :], 1.0, overall_p)
        return _holm("Overall p-value for each unequal pair with Holm (no level has any spread)", p, alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = test(list(samples)).to_numpy(dtype=float)
    return _holm(f"{name} with Holm", np.where(np.isnan(p), 1.0, p), alpha)


def after_anova(samples: Sequence[Array], equal_variances: bool, alpha: float) -> PostHoc:
    """Tukey and Kramer's test, or Games and Howell's (1976) for unequal variances."""
    adjusted = stats.tukey_hsd(*samples, equal_var=equal_variances).pvalue
    name = "Tukey-Kramer" if equal_variances else "Games-Howell"
    different = adjusted <= alpha
    np.fill_diagonal(different, False)
    return PostHoc(name, np.full_like(adjusted, np.nan), adjusted, different)


def only_pair(p: float, alpha: float) -> PostHoc:
    """The overall test of two levels is that of their pair."""
    matrix = np.array([[1.0, p], [p, 1.0]])
    return PostHoc("", matrix, matrix, matrix <= alpha)


def _each_pair(samples: Sequence[Array] | Array, test: Callable[[Array, Array], float]) -> Array:
    p = np.ones((len(samples), len(samples)))
    for i, j in combinations(range(len(samples)), 2):
        p[i, j] = p[j, i] = test(samples[i], samples[j])
    return p


def holm(p: Array) -> Array:
    """P values adjusted by Holm's method ("A simple sequentially rejective multiple test procedure", 1979).

    The statsmodels version runs the garbage collector on every call, which stops a server of many sessions for seconds.

    Parameters
    ----------
    p : (n,) float64
    """
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(np.arange(len(p), 0, -1) * p[order]), 1.0)
    return adjusted


def _holm(name: str, p: Array, alpha: float) -> PostHoc:
    upper = np.triu_indices(len(p), 1)
    adjusted = np.ones_like(p)
    adjusted[upper] = holm(p[upper])
    adjusted = np.minimum(adjusted, adjusted.T)
    return PostHoc(name, p, adjusted, adjusted <= alpha)
