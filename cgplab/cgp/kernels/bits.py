"""Set bits of a 64-bit word, in one machine instruction."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.extending import intrinsic


@intrinsic
def _lowest_bit(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@intrinsic
def _count_bits(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


# numba's intrinsics are called without their first argument, which mypy cannot know.
lowest_bit: Any = _lowest_bit
"""lowest_bit(word): position of the lowest set bit, uint64; ``word`` is uint64 and not 0."""

count_bits: Any = _count_bits
"""count_bits(word): number of set bits, int64."""
