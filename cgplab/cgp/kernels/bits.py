"""Set bits of 64-bit words, in few machine instructions."""

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


@intrinsic
def _highest_bit(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zeros = builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))
        return builder.sub(ir.Constant(ir.IntType(64), 63), zeros)

    return types.uint64(types.uint64), generate


_MASK_WORDS = 8


@intrinsic
def _unite(typing_context: Any, target: Any, place: Any, sets: Any, members: Any, n: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide, whole = ir.VectorType(ir.IntType(64), _MASK_WORDS), ir.IntType(64)

        def data(i: int) -> Any:
            return context.make_array(signature.args[i])(context, builder, arguments[i]).data

        def row(base: Any, index: Any) -> Any:
            return builder.bitcast(builder.gep(base, [index]), wide.as_pointer())

        before, loop, after = builder.block, builder.append_basic_block("unite"), None
        after = builder.append_basic_block("united")
        nothing = ir.Constant(wide, None)
        builder.cbranch(builder.icmp_signed(">", arguments[4], whole(0)), loop, after)
        builder.position_at_end(loop)
        i, union = builder.phi(whole), builder.phi(wide)
        member = builder.sext(builder.load(builder.gep(data(3), [i])), whole)
        loaded = builder.load(row(data(2), builder.mul(member, whole(_MASK_WORDS))), align=8)
        united, following = builder.or_(union, loaded), builder.add(i, whole(1))
        for phi, first, later in ((i, whole(0), following), (union, nothing, united)):
            phi.add_incoming(first, before)
            phi.add_incoming(later, loop)
        builder.cbranch(builder.icmp_signed("<", following, arguments[4]), loop, after)
        builder.position_at_end(after)
        result = builder.phi(wide)
        result.add_incoming(nothing, before)
        result.add_incoming(united, loop)
        builder.store(result, row(data(0), arguments[1]), align=8)
        return context.get_dummy_value()

    return types.void(target, types.int64, sets, members, types.int64), generate


# numba's intrinsics are called without their first argument, which mypy cannot know.
lowest_bit: Any = _lowest_bit
"""lowest_bit(word): position of the lowest set bit, uint64; ``word`` is uint64 and not 0."""

highest_bit: Any = _highest_bit
"""highest_bit(word): position of the highest set bit, uint64; ``word`` is uint64 and not 0."""

count_bits: Any = _count_bits
"""count_bits(word): number of set bits, int64."""

unite: Any = _unite
"""unite(target, place, sets, members, n): union of the bit sets sets[members[:n]], into 8 words of ``target``.

``target`` is (words,) uint64, written from ``place`` on; ``sets`` (rows, 8) uint64; ``members`` int32.
"""
