"""What one gate can make of one value: the graph that the one-vector solver searches.

With one vector every pin carries one int8 constant, so a circuit is a set of values, each derived from others.
A node below 256 is a value that outputs can take (index = value + 128). Where outputs cannot reach the inputs
(``l_back <= cols``) an input's value is a node of its own, 256 higher: gates read it for free, but an output
needs a gate, at least a wire, that carries the value on.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, CODED, PLAIN_CODES, lookup_tables

VALUES = 256
NODES = 2 * VALUES
WIRE_CODE = CODE_OF_ID[BY_NAME["id"].id]

Int64Array = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ValueGraph:
    """Edges between values under given weights.

    Attributes
    ----------
    weights : (PLAIN_CODES,) int64
        Weight of a gate by operator code; at least 1.
    target, code : (256, k) int64
        Unary edges of each value: where they lead and by which operator; the cheapest operator of each
        pair, -1 where a value has fewer edges.
    constants : (c, 2) int64
        Value index and operator code of each constant.
    copier : (256,) int64
        Cheapest operator that makes each value of itself: the wire, unless 0 >> 1, say, is cheaper.
    """

    weights: Int64Array
    target: Int64Array
    code: Int64Array
    constants: Int64Array
    copier: Int64Array

    @property
    def binary_codes(self) -> list[int]:
        """Codes of the operators that read two pins, cheapest first."""
        return sorted(BINARY_CODES, key=lambda code: (int(self.weights[code]), code))


BINARY_CODES: tuple[int, ...] = tuple(code for code, operator in enumerate(CODED[:PLAIN_CODES]) if operator.arity == 2)
UNARY_CODES: tuple[int, ...] = tuple(
    code for code, operator in enumerate(CODED[:PLAIN_CODES]) if operator.arity == 1 and code != WIRE_CODE
)
CONSTANT_CODES: tuple[int, ...] = tuple(
    code for code, operator in enumerate(CODED[:PLAIN_CODES]) if operator.arity == 0
)


@cache
def value_tables() -> tuple[Int64Array, Int64Array]:
    """Results as value indices.

    Returns
    -------
    unary : (PLAIN_CODES, 256) int64
        Result of each operator of at most one pin; rows of binary operators are unused.
    binary : (PLAIN_CODES, 256, 256) int64
        Result of each binary operator by both operands; other rows are unused.
    """
    table, start, _, arity = lookup_tables()
    byte = (np.arange(VALUES) - 128) & 255
    unary = np.zeros((PLAIN_CODES, VALUES), dtype=np.int64)
    binary = np.zeros((PLAIN_CODES, VALUES, VALUES), dtype=np.int64)
    for code in range(PLAIN_CODES):
        if arity[code] == 2:
            entries = start[code] + byte[:, None] + (byte[None, :] << 8)
            binary[code] = table[entries].astype(np.int64) + 128
        else:
            unary[code] = table[start[code] + byte].astype(np.int64) + 128
    return unary, binary


def value_graph(weights: Int64Array) -> ValueGraph:
    """Graph under ``weights``, (PLAIN_CODES,) int64 by operator code."""
    unary, _ = value_tables()
    target = np.full((VALUES, len(UNARY_CODES)), -1, dtype=np.int64)
    code = np.full((VALUES, len(UNARY_CODES)), -1, dtype=np.int64)
    copier = np.full(VALUES, WIRE_CODE, dtype=np.int64)
    for value in range(VALUES):
        cheapest: dict[int, int] = {}
        for operator in UNARY_CODES:
            reached = int(unary[operator, value])
            if reached == value:
                if weights[operator] < weights[copier[value]]:
                    copier[value] = operator
            elif reached not in cheapest or weights[operator] < weights[cheapest[reached]]:
                cheapest[reached] = operator
        for slot, (reached, operator) in enumerate(sorted(cheapest.items())):
            target[value, slot], code[value, slot] = reached, operator
    constants = np.array([[unary[operator, 0], operator] for operator in CONSTANT_CODES], dtype=np.int64)
    return ValueGraph(weights, target, code, constants, copier)
