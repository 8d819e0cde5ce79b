"""Set bits of 64-bit words, in few machine instructions."""

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core.datamodel import models, register_default
from numba.core.extending import intrinsic

_WORD = ir.IntType(64)


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


@intrinsic
def _highest_bit(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zeros = builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))
        return builder.sub(ir.Constant(ir.IntType(64), 63), zeros)

    return types.uint64(types.uint64), generate


MASK_WORDS: Final = 8
"""A bit set in registers has so many words: it holds the gates of a small grid."""

_WIDE = ir.VectorType(ir.IntType(64), MASK_WORDS)


class _MaskType(types.Type):  # type: ignore[misc]
    """A bit set in registers."""

    def __init__(self) -> None:
        super().__init__(name="Mask")


_MASK = _MaskType()


@register_default(_MaskType)
class _MaskModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: _MaskType) -> None:
        super().__init__(manager, kind, _WIDE)


@intrinsic
def _empty_mask(typing_context: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(_WIDE, None)

    return _MASK(), generate


@intrinsic
def _united(typing_context: Any, mask: Any, sets: Any, member: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words = _words_at(context, builder, sets, arguments[1], builder.mul(arguments[2], _WORD(MASK_WORDS)))
        return builder.or_(arguments[0], builder.load(words, align=8))

    return _MASK(_MASK, sets, types.int64), generate


@intrinsic
def _store_mask(typing_context: Any, mask: Any, target: Any, place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[0], _words_at(context, builder, target, arguments[1], arguments[2]), align=8)
        return context.get_dummy_value()

    return types.void(_MASK, target, types.int64), generate


def _words_at(context: Any, builder: Any, kind: Any, array: Any, place: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [place]), _WIDE.as_pointer())


# numba's intrinsics are called without their first argument, which mypy cannot know.
lowest_bit: Any = _lowest_bit
"""lowest_bit(word): position of the lowest set bit, uint64; ``word`` is uint64 and not 0."""

highest_bit: Any = _highest_bit
"""highest_bit(word): position of the highest set bit, uint64; ``word`` is uint64 and not 0."""

count_bits: Any = _count_bits
"""count_bits(word): number of set bits, int64."""

empty_mask: Any = _empty_mask
"""empty_mask(): bit set of 8 words, in registers."""

united: Any = _united
"""united(mask, sets, member): the bit set with sets[member] in it; ``sets`` is (rows, 8) uint64."""

store_mask: Any = _store_mask
"""store_mask(mask, target, place): write a bit set to target[place:place + 8], (words,) uint64."""
