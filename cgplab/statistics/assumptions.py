"""What a test takes for granted, checked."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FEWEST_FOR_NORMALITY = 3
_MOST_FOR_NORMALITY = 5000
"""Above it the p-value of scipy's Shapiro-Wilk test is not accurate."""


def normality(values: NDArray[np.float64]) -> float:
    """p-value of the Shapiro-Wilk test (Shapiro and Wilk, "An analysis of variance test for normality", 1965).

    NaN where it says nothing: fewer than three values, or all equal. Of more than 5000 values an evenly
    spaced part of the sorted ones is tested.
    """
    if len(values) < FEWEST_FOR_NORMALITY or np.ptp(values) == 0:
        return np.nan
    if len(values) > _MOST_FOR_NORMALITY:
        values = np.sort(values)[np.linspace(0, len(values) - 1, _MOST_FOR_NORMALITY).astype(int)]
    with warnings.catch_warnings():
        # A range at the edge of floating point makes scipy warn; the p-value then is near 0, as it should be.
        warnings.simplefilter("ignore")
        return float(stats.shapiro(values).pvalue)


def equal_variances(samples: Sequence[NDArray[np.float64]]) -> float:
    """p-value of Levene's test centred at medians (Brown and Forsythe, 1974); NaN if no sample varies."""
    if any(len(values) < 2 for values in samples) or all(np.ptp(values) == 0 for values in samples):
        return np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(stats.levene(*samples, center="median").pvalue)
