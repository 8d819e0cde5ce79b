"""The few values that stand best for many weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NEVER = np.int64(2**60)


def best_codebook(values: NDArray[np.int8], size: int) -> NDArray[np.int8]:
    """Values with the least squared error when every weight takes the nearest of them; exact.

    Optimal one-dimensional quantization by dynamic programming over intervals of the sorted values
    (X. Wu, "Optimal quantization by matrix searching", 1991, without the searching: there are at most
    256 values). Only values that occur are chosen.

    Parameters
    ----------
    values : (n,) int8
        All weights; how often a value occurs is its weight.
    size : int
        1 to the number of distinct values.

    Returns
    -------
    (size,) int8, ascending
    """
    found, counts = np.unique(values, return_counts=True)
    v, n = found.astype(np.int64), len(found)
    # cost[i, j]: least squared error of values i..j served by one of the values, centre[i, j].
    error = counts.astype(np.int64)[:, None] * (v[:, None] - v) ** 2
    sums = np.concatenate([np.zeros((1, n), dtype=np.int64), np.cumsum(error, axis=0)])
    cost = np.full((n, n), _NEVER)
    centre = np.zeros((n, n), dtype=np.int64)
    for i in range(n):
        spans = sums[i + 1 :] - sums[i]
        centre[i, i:] = spans.argmin(axis=1)
        cost[i, i:] = spans.min(axis=1)
    best = cost[0].copy()
    cuts: list[NDArray[Any]] = []
    for _ in range(size - 1):
        # Interval i..j after the best split of the values before i.
        total = np.minimum(best[:-1, None] + cost[1:], _NEVER)
        cuts.append(total.argmin(axis=0) + 1)
        best = total.min(axis=0)
    end, chosen = n - 1, []
    for cut in reversed(cuts):
        start = int(cut[end])
        chosen.append(int(centre[start, end]))
        end = start - 1
    chosen.append(int(centre[0, end]))
    return found[sorted(chosen)]
