"""Every gate that a cheap enough one-vector circuit could have in a given grid: value, column and cost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.value_graph import VALUES, ValueGraph
from cgplab.cgp.geometry import Geometry

Int64Array = NDArray[np.int64]
NEVER = 1 << 60
"""Cost of what cannot be made; above all sums of costs that matter."""


@dataclass(frozen=True)
class Reach:
    """What the columns of a grid read; column ``cols`` stands for the outputs.

    Attributes
    ----------
    first : (cols + 1,) int64
        First column of gates that each reads; the last is the one before it.
    inputs : (cols + 1,) bool
        Whether it reads inputs.
    """

    first: Int64Array
    inputs: NDArray[np.bool_]

    @classmethod
    def of(cls, geometry: Geometry) -> "Reach":
        """Reach in a grid."""
        low = geometry.pin_low
        return cls(np.maximum(low - geometry.n_inputs, 0) // geometry.rows, low == 0)

    @property
    def whole(self) -> bool:
        """Whether every column and every output reads all columns before it, so that no gate need be copied."""
        return bool(self.first[-1] == 0)


@dataclass(frozen=True)
class Gate:
    """A gate that may be placed.

    Attributes
    ----------
    value : int
        Value that it makes, as an index.
    column : int
    cost : int
        In quanta.
    origins : tuple of (int, int)
        Values of earlier gates that it may read, each with the operator code; empty if it reads no gate.
    code : int
        Operator code of a gate without origins; -1 stands for a gate of two pins, whatever these are.
    pins : tuple of int
        Values that a gate with a code reads.
    """

    value: int
    column: int
    cost: int
    origins: tuple[tuple[int, int], ...] = ()
    code: int = -1
    pins: tuple[int, ...] = ()


def placed_gates(
    graph: ValueGraph,
    quanta: Int64Array,
    inputs: list[int],
    servants: NDArray[np.bool_],
    geometry: Geometry,
    most: int,
) -> list[Gate]:
    """Gates that lie on some path from inputs or constants to an output and cost at most ``most`` with it.

    A gate that reads two pins counts as reading none, at the cost of the cheapest such operator. Of gates that make
    the same value in the same column at the same cost one stands for all, and none is dearer than one that
    reads no gate.

    Parameters
    ----------
    graph : ValueGraph
    quanta : (PLAIN_CODES,) int64
    inputs : list of int
        Values of the inputs, as indices.
    servants : (256,) bool
        Values that may serve an output.
    geometry : Geometry
    most : int
        Quanta.
    """
    reach = Reach.of(geometry)
    cols = geometry.cols
    made = _makers(graph, quanta, copies=not reach.whole)
    entries = [_entries(graph, quanta, inputs if reach.inputs[column] else []) for column in range(cols)]
    entry = np.array([[cost for cost, _, _ in column] for column in entries], dtype=np.int64)
    if reach.inputs[cols]:
        entry[:, inputs] = NEVER  # outputs and gates of all columns read the inputs themselves
    origin, end, price = np.array(
        [(u, v, cost) for v, classes in enumerate(made) for cost, of in classes.items() for u, _ in of]
    ).T
    before = entry.copy()  # least cost of all gates from the inputs up to this one
    for column in range(1, cols):
        nearest = before[reach.first[column] : column].min(axis=0)
        np.minimum.at(before[column], end, nearest[origin] + price)
    after = np.full((cols, VALUES), NEVER, dtype=np.int64)  # least cost from this gate on to an output
    for column in reversed(range(cols)):
        if column >= reach.first[cols]:
            after[column, servants] = 0
        readers = [later for later in range(column + 1, cols) if reach.first[later] <= column]
        if readers:
            np.minimum.at(after[column], origin, after[readers].min(axis=0)[end] + price)
    gates: list[Gate] = []
    for column, value in np.argwhere(before + after <= most).tolist():
        left = most - int(after[column, value])
        alone = int(entry[column, value])
        if alone <= left:
            gates.append(Gate(value, column, alone, (), *entries[column][value][1:]))
        if column == 0:
            continue
        nearest = before[reach.first[column] : column].min(axis=0)
        for cost, of in made[value].items():
            near = tuple((u, code) for u, code in of if nearest[u] + cost <= left)
            if near and cost < alone:
                gates.append(Gate(value, column, cost, near))
    return gates


def _makers(graph: ValueGraph, quanta: Int64Array, copies: bool) -> list[dict[int, list[tuple[int, int]]]]:
    """For each value and cost of a gate the values that such a gate makes it of, with the operator code."""
    made: list[dict[int, list[tuple[int, int]]]] = [{} for _ in range(VALUES)]
    for value in range(VALUES):
        for reached, code in zip(graph.target[value].tolist(), graph.code[value].tolist(), strict=True):
            if reached >= 0:
                made[reached].setdefault(int(quanta[code]), []).append((value, code))
        if copies:
            copier = int(graph.copier[value])
            made[value].setdefault(int(quanta[copier]), []).append((value, copier))
    return made


def _entries(graph: ValueGraph, quanta: Int64Array, inputs: list[int]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Cheapest gate that makes each value of no other gate: cost, operator code, values of the inputs it reads."""
    best: list[tuple[int, int, tuple[int, ...]]] = [(int(quanta[graph.binary_codes].min()), -1, ())] * VALUES

    def offer(value: int, code: int, *pins: int) -> None:
        cost = int(quanta[code])
        if cost < best[value][0] or (cost == best[value][0] and best[value][1] < 0):
            best[value] = (cost, code, pins)

    for value, code in graph.constants.tolist():
        offer(value, code)
    for pin in inputs:
        offer(pin, int(graph.copier[pin]), pin)
        for reached, code in zip(graph.target[pin].tolist(), graph.code[pin].tolist(), strict=True):
            if reached >= 0:
                offer(reached, code, pin)
    return best
