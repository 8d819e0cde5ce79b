"""Error budgets in terms of distinct values, one vector."""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.value_graph import VALUES
from cgplab.cgp.problem import Problem

Int64Array = NDArray[np.int64]
UNSERVED = 1 << 62
"""Error where no value at all is carried: more than any error of int8 weights."""


def weighted_values(problem: Problem, vector: int = 0) -> Int64Array:
    """How often each value is needed by one vector, (256,) int64 by value + 128."""
    needed = np.zeros(VALUES, dtype=np.int64)
    np.add.at(needed, problem.targets[vector].astype(np.int64) + 128, problem.effective_weights[vector])
    return needed


def error_limit(budget: int, metric: str, n_counted: int) -> int:
    """Largest weighted sum of errors that keeps one vector's metric within ``budget``."""
    return (budget + 1) * max(n_counted, 1) - 1 if metric == "MSE" else budget


def gap_errors(needed: Int64Array, metric: str) -> Int64Array:
    """Error of the targets strictly between two neighbouring carried values.

    Returns
    -------
    (258, 258) int64
        Entry [l + 1, r + 1] for neighbours l < r; l = -1 and r = 256 stand for "none".
    """
    value = np.arange(VALUES, dtype=np.int64)
    power = 1 if metric == "AE" else 2
    errors = np.zeros((VALUES + 2, VALUES + 2), dtype=np.int64)
    far = np.full(VALUES, UNSERVED)
    for low in range(-1, VALUES):
        below = np.abs(value - low) ** power if low >= 0 else far
        for high in range(low + 2, VALUES + (low >= 0)):
            above = np.abs(high - value) ** power if high < VALUES else far
            between = slice(low + 1, high)
            errors[low + 1, high + 1] = (needed[between] * np.minimum(below, above)[between]).sum()
    errors[0, VALUES + 1] = UNSERVED
    return errors
