"""How two measures go together: correlation, and a line that resists outliers."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics.words import p_text

_Z = float(stats.norm.isf(0.025))
FEWEST = 4
"""Pairs of values that an interval of a correlation needs."""
PERMUTATIONS = 9999
_PERMUTED = 50
"""Pairs of values up to which rank correlations are permuted."""


@dataclass(frozen=True)
class Coefficient:
    """Correlation with its p-value and 95 % interval.

    All NaN where a measure is constant; no limits where the correlation is 1 or -1.
    """

    value: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Correlation:
    """Pearson's and Spearman's correlation of ``n`` pairs; ``dropped`` pairs had a missing value."""

    n: int
    dropped: int
    pearson: Coefficient
    spearman: Coefficient

    def report(self) -> str:
        """The result in plain words."""
        if np.isnan(self.pearson.value):
            return f"No correlation of n = {self.n} pairs: one of the measures is constant."
        parts = [
            f"{name} {c.value:.3f} ({_limits(c)}{p_text(c.p)})"
            for name, c in (("Pearson's r", self.pearson), ("Spearman's rho", self.spearman))
        ]
        return f"{'; '.join(parts)}; n = {self.n}."


def correlate(x: Iterable[float], y: Iterable[float]) -> Correlation:
    """Correlation of two measures.

    Pearson's interval is Fisher's (1921), Spearman's that of Bonett and Wright, "Sample size requirements for
    estimating Pearson, Kendall and Spearman correlations", 2000: Fisher's with variance (1 + rho^2 / 2) / (n - 3). A
    correlation of 1 or -1 has no interval. Spearman's p-value counts all orders of up to seven pairs, and permutes up
    to 50; above it is that of Student's t.

    Parameters
    ----------
    x, y : iterable of float
        Of one length; pairs with NaN are left out and counted.

    Raises
    ------
    InputError
        Lengths differ, values are infinite, or fewer than four pairs are left.
    """
    a, b, dropped = _pairs(x, y)
    nothing = Coefficient(np.nan, np.nan, np.nan, np.nan)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return Correlation(len(a), dropped, nothing, nothing)
    pearson, spearman = stats.pearsonr(a, b), stats.spearmanr(a, b)
    r, rho = float(pearson.statistic), float(spearman.statistic)
    n = len(a)
    p = float(spearman.pvalue) if n > _PERMUTED else _spearman_p(a, b)
    return Correlation(
        n,
        dropped,
        Coefficient(r, float(pearson.pvalue), *_interval(r, 1 / np.sqrt(n - 3))),
        Coefficient(rho, p, *_interval(rho, np.sqrt((1 + rho**2 / 2) / (n - 3)))),
    )


@dataclass(frozen=True)
class Line:
    """Robust line of y over x.

    ``slope`` is in y's unit per x's, with its 95 % interval ``low`` to ``high``; ``method`` names the estimator.
    """

    n: int
    dropped: int
    slope: float
    intercept: float
    low: float
    high: float
    method: str

    def at(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height of the line, in y's unit."""
        return self.intercept + self.slope * x


def regress(x: Iterable[float], y: Iterable[float]) -> Line:
    """Fit a line that single outliers cannot turn.

    The M-estimator of Huber, "Robust Statistics", 1981, scaled by the median absolute deviation. Where more
    than half of the residuals vanish, as when most circuits cost nothing, that scale is 0 and the median of all
    pairwise slopes is taken instead (Sen, "Estimates of the regression coefficient based on Kendall's tau",
    1968).

    Parameters
    ----------
    x, y : iterable of float
        Of one length; pairs with NaN are left out and counted.

    Raises
    ------
    InputError
        Lengths differ, values are infinite, fewer than four pairs are left, or x is constant.
    """
    import statsmodels.api as sm

    a, b, dropped = _pairs(x, y)
    if np.ptp(a) == 0:
        raise InputError(f"all x are {a[0]:g}; a line needs two different ones or more")
    if np.ptp(b) == 0:
        return Line(len(a), dropped, 0.0, float(b[0]), 0.0, 0.0, "constant")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a vanishing scale warns; it is looked at below
        fit = sm.RLM(b, sm.add_constant(a), M=sm.robust.norms.HuberT()).fit()
    if np.isfinite(fit.params).all() and np.isfinite(fit.bse).all() and fit.scale > 1e-9 * np.ptp(b):
        low, high = fit.conf_int()[1]
        return Line(len(a), dropped, float(fit.params[1]), float(fit.params[0]), float(low), float(high), "Huber")
    sen = stats.theilslopes(b, a)
    return Line(
        len(a),
        dropped,
        float(sen.slope),
        float(sen.intercept),
        float(sen.low_slope),
        float(sen.high_slope),
        "Theil-Sen",
    )


def _pairs(x: Iterable[float], y: Iterable[float]) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    a, b = list(x), list(y)
    if len(a) != len(b):
        raise InputError(f"{len(a)} values of x and {len(b)} of y; they must be pairs")
    frame = pd.DataFrame({"x": a, "y": b}, dtype=float)
    kept = frame.dropna()
    if np.isinf(kept).any(axis=None):
        raise InputError("x or y hold infinite values; leave them out first")
    if len(kept) < FEWEST:
        raise InputError(f"{len(kept)} pairs of values; {FEWEST} or more are needed")
    return kept["x"].to_numpy(), kept["y"].to_numpy(), len(frame) - len(kept)


def _spearman_p(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Two-sided p of a rank correlation by permutation: of all orders where there are few."""
    x, y = stats.rankdata(a), stats.rankdata(b)
    x, y = x - x.mean(), y - y.mean()
    found = stats.permutation_test(
        (x,), lambda values, axis: np.abs((values * y).sum(axis=axis)), permutation_type="pairings", vectorized=True,
        n_resamples=PERMUTATIONS, alternative="greater", rng=np.random.default_rng(1),
    )  # fmt: skip
    return float(found.pvalue)


def _limits(found: Coefficient) -> str:
    return "" if np.isnan(found.low) else f"95 % interval {found.low:.3f} to {found.high:.3f}, "


def _interval(r: float, error: float) -> tuple[float, float]:
    if abs(r) >= 1 - 1e-12:
        return np.nan, np.nan
    centre = np.arctanh(r)
    return float(np.tanh(centre - _Z * error)), float(np.tanh(centre + _Z * error))
