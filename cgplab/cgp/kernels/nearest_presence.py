"""Which values the legal output pins carry, and the error if every target takes the closest of them.

The error is a sum over the gaps between neighbouring values of a set: :func:`gap_table` holds the error of the
targets inside any gap, so that adding or taking away a value changes three terms, however large the layer is.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.extending import intrinsic
from numpy.typing import NDArray

from cgplab.cgp.kernels.jit import part

_ONE = np.uint64(1)
_NONE = np.uint64(0)


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


@intrinsic
def lowest_bit(typing_context: Any, word: Any) -> Any:
    """Index of the lowest bit that is set in a word other than 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@intrinsic
def _leading_zeros(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@part
def contains(members, value):  # type: ignore[no-untyped-def]
    """Whether a set (4,) uint64 holds a value."""
    return (members[value >> 6] >> np.uint64(value & 63)) & _ONE != _NONE


@part
def flip(members, value):  # type: ignore[no-untyped-def]
    """Put a value into a set, or take it out."""
    members[value >> 6] ^= _ONE << np.uint64(value & 63)


@part
def next_below(members, value):  # type: ignore[no-untyped-def]
    """Largest member below a value, or -1."""
    word = value >> 6
    bits = members[word] & ((_ONE << np.uint64(value & 63)) - _ONE)
    while bits == _NONE:
        word -= 1
        if word < 0:
            return -1
        bits = members[word]
    return (word << 6) + 63 - _leading_zeros(bits)  # type: ignore[call-arg]


@part
def next_above(members, value):  # type: ignore[no-untyped-def]
    """Smallest member above a value, or 256."""
    value += 1
    if value > 255:
        return 256
    word = value >> 6
    bits = members[word] & ~((_ONE << np.uint64(value & 63)) - _ONE)
    while bits == _NONE:
        word += 1
        if word > 3:
            return 256
        bits = members[word]
    return (word << 6) + lowest_bit(bits)  # type: ignore[call-arg]


@part
def gain(gaps, members, value):  # type: ignore[no-untyped-def]
    """Error that a value takes away when it joins a set; the set must not hold it."""
    low = next_below(members, value) + 1
    high = next_above(members, value) + 1
    return gaps[low, high] - gaps[low, value + 1] - gaps[value + 1, high]
