"""The error of one vector's targets, summed over the gaps between neighbouring values that a circuit carries."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def target_weights(targets: NDArray[np.int8], weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weight of each target value: equal targets are one.

    Parameters
    ----------
    targets : (n_out,) int8
    weights : (n_out,) int64
        0 where a target does not count.

    Returns
    -------
    (256,) int64, by value + 128
    """
    total = np.zeros(256, dtype=np.int64)
    np.add.at(total, targets.astype(np.intp) + 128, weights)
    return total


def gap_table(weights: NDArray[np.int64], absolute: bool) -> NDArray[np.int64]:
    """Error of all targets between two neighbouring values of a set.

    Parameters
    ----------
    weights : (256,) int64
        Of each target value; their sum times 256**2 must fit.
    absolute : bool
        Absolute instead of squared differences.

    Returns
    -------
    (258, 258) int64
        ``[l + 1, r + 1]`` is for the values strictly between l and r, where l = -1 and r = 256 stand for "no such
        value". The gap from -1 to 256 is the empty set; its error is larger than that of any other set.
    """
    value = np.arange(256)
    sums = [np.concatenate([[0], np.cumsum(weights * value**power)]) for power in range(3)]

    def error(begin: Any, end: Any, to: Any) -> Any:
        """Error of the targets begin..end-1, all on one side of the value they take."""
        s0, s1, s2 = (total[end] - total[begin] for total in sums)
        if absolute:
            return np.abs(s1 - to * s0)
        # The parts may wrap around where weights are huge, their sum does not.
        return s2 - 2 * to * s1 + to**2 * s0

    low, high = np.meshgrid(np.arange(-1, 257), np.arange(-1, 257), indexing="ij")
    low_exists, high_exists = low >= 0, high <= 255
    first = low + 1
    end = np.maximum(high, first)
    # Up to the middle of the gap targets take its lower end.
    split = np.where(high_exists, np.where(low_exists, (low + high) // 2 + 1, first), end).clip(first, end)
    split, first, end = (np.minimum(index, 256) for index in (split, first, end))
    table = error(first, split, low) + error(split, end, high)
    table[0, 257] = weights.sum() * (256 if absolute else 256**2)
    return np.ascontiguousarray(table, dtype=np.int64)
