"""Which values the legal output pins carry, and the error if every target takes the closest of them.

The error is a sum over the gaps between neighbouring values of a set. A table (:func:`cgplab.cgp.gap_errors.gap_table`)
holds the error of the targets inside any gap, so that adding or taking away a value changes three terms, however large
the layer is.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.extending import intrinsic

from cgplab.cgp.kernels.jit import part

_ONE = np.uint64(1)
_NONE = np.uint64(0)


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
