"""Random numbers of the kernels: wyrand by Wang Yi, a 64-bit state in an array.

The state is an argument, never global, so that a run is determined by its seed alone: on any machine, any
number of threads, and across a checkpoint.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.extending import intrinsic
from numpy.typing import NDArray

from cgplab.cgp.kernels.jit import part

INCREMENT = np.uint64(0xA0761D6478BD642F)
MIX = np.uint64(0xE7037ED1A0B428DB)
_U32 = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


def seed_state(seed: np.random.SeedSequence) -> NDArray[np.uint64]:
    """State of a run's generator, (1,) uint64."""
    return np.asarray(seed.generate_state(1, np.uint64), dtype=np.uint64)


@intrinsic
def _fold(typing_context: Any, a: Any, b: Any) -> Any:
    """Exclusive or of the two halves of the 128-bit product."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide, narrow = ir.IntType(128), ir.IntType(64)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), narrow)
        return builder.xor(builder.trunc(product, narrow), high)

    return types.uint64(types.uint64, types.uint64), generate


@part
def mix(counter):  # type: ignore[no-untyped-def]
    """Random word of a state that was already advanced by INCREMENT."""
    return _fold(counter, counter ^ MIX)  # type: ignore[call-arg]


@part
def random_word(state):  # type: ignore[no-untyped-def]
    """Next 64 random bits; advances ``state``."""
    state[0] += INCREMENT
    return mix(state[0])


@part
def below_high(word, n):  # type: ignore[no-untyped-def]
    """Number in 0..n-1 from the upper half of a word, int64; n < 2**32."""
    return np.int64(((word >> _U32) * np.uint64(n)) >> _U32)


@part
def below_low(word, n):  # type: ignore[no-untyped-def]
    """Number in 0..n-1 from the lower half of a word, int64; n < 2**32."""
    return np.int64(((word & _LOW) * np.uint64(n)) >> _U32)


@part
def uniform(word):  # type: ignore[no-untyped-def]
    """Number in [0, 1) from the upper 53 bits of a word, float64."""
    return np.float64(word >> np.uint64(11)) * (1.0 / 9007199254740992.0)
