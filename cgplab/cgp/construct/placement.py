"""Put derived values into the grid: list scheduling that respects rows, columns and l-back."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, CODED

WIRE = CODE_OF_ID[BY_NAME["id"].id]
IDLE = BY_NAME["zero_const"].id

Derivations = Mapping[int, tuple[int, tuple[int, ...]]]
"""Node -> operator code and the nodes it reads; the value of a node is the solver's business."""


@dataclass(frozen=True)
class Netlist:
    """A circuit before it has places.

    Attributes
    ----------
    gates : mapping
        Derived nodes.
    inputs : mapping of int to int
        Node -> input pin.
    outputs : list of int
        Node of each output.
    """

    gates: Derivations
    inputs: Mapping[int, int]
    outputs: list[int]


def place(netlist: Netlist, geometry: Geometry, dataset_size: int = 1) -> Circuit | None:
    """Circuit of a netlist, with wires where l-back asks for them; None if it does not fit.

    Where l-back is short, several schedules are tried, from as early to as late as possible, and the one with
    the fewest wires is taken.
    """
    best: list[tuple[int, int, int]] | None = None
    for delay in (0.0,) if geometry.l_back >= geometry.cols else (0.0, 0.25, 0.5, 0.75, 1.0):
        slots = _schedule(netlist, geometry.rows, geometry.cols, geometry.l_back, delay)
        if slots is not None and (best is None or len(slots) < len(best)):
            best = slots
    if best is None:
        return None
    return circuit_at(netlist, best, geometry, dataset_size)


def smallest_grid(netlist: Netlist, cols: int) -> tuple[int, int]:
    """Rows and columns of the smallest grid without l-back limit; ``cols`` columns, or more where depth asks."""
    height = _heights(netlist)
    cols = max(cols, max(height.values(), default=1))
    low, high = 1, max(len(netlist.gates), 1)
    while low < high:
        rows = (low + high) // 2
        if _schedule(netlist, rows, cols, cols + 1, 0.0) is None:
            low = rows + 1
        else:
            high = rows
    return low, cols


def _readers(netlist: Netlist) -> dict[int, list[int]]:
    readers: dict[int, list[int]] = {}
    for node, (_, pins) in netlist.gates.items():
        for pin in set(pins):
            readers.setdefault(pin, []).append(node)
    return readers


def _heights(netlist: Netlist) -> dict[int, int]:
    """Gates on the longest path from each derived node to an output, itself included."""
    readers = _readers(netlist)
    height: dict[int, int] = {}
    for root in netlist.gates:
        pending = [root]
        while pending:
            node = pending[-1]
            waiting = [reader for reader in readers.get(node, ()) if reader not in height]
            if node in height or not waiting:
                pending.pop()
                height[node] = 1 + max((height[reader] for reader in readers.get(node, ())), default=0)
            else:
                pending.extend(waiting)
    return height


def _schedule(netlist: Netlist, rows: int, cols: int, l_back: int, delay: float) -> list[tuple[int, int, int]] | None:
    """Slots as (gate number in the grid, node, 1 for a wire that carries the node on); None if it does not fit."""
    readers, height = _readers(netlist), _heights(netlist)
    served = set(netlist.outputs)
    latest = dict.fromkeys(netlist.inputs, -1)  # column of the latest copy; inputs stand before column 0
    order = sorted(netlist.gates, key=lambda node: (-height[node], node))
    waiting = {node: len(readers.get(node, ())) for node in (*netlist.inputs, *netlist.gates)}
    slots: list[tuple[int, int, int]] = []
    for column in range(cols):
        ready: list[int] = []
        later: list[int] = []
        for node in order:
            on_time = column >= math.floor(delay * (cols - height[node]))
            legal = all(pin in latest and column - latest[pin] <= l_back for pin in netlist.gates[node][1])
            (ready if on_time and legal else later).append(node)
        forced: list[tuple[int, int]] = []
        urgent: set[int] = set()
        # A copy l-back columns away can be read for the last time: carry it on, or place its last reader.
        for node, copy in latest.items():
            if column - copy != l_back or not (waiting[node] or node in served):
                continue
            last = [reader for reader in readers.get(node, ()) if reader in ready] if waiting[node] == 1 else []
            if node not in served and last:
                urgent.update(last)
            else:
                forced.append((node, 1))
        ready.sort(key=lambda node: node not in urgent)
        if len(forced) + len(urgent) > rows:
            return None
        room = rows - len(forced)
        here = forced + [(node, 0) for node in ready[:room]]
        order = [*ready[room:], *later]
        order.sort(key=lambda node: (-height[node], node))
        if column >= cols - l_back:
            carried = {node for node, _ in here}
            hidden = [
                node for node in served
                if node in latest and node not in carried and latest[node] < cols - l_back <= latest[node] + cols
                and column - latest[node] <= l_back
            ]  # fmt: skip
            hidden.sort(key=lambda node: (latest[node], node))
            here += [(node, 1) for node in hidden[: rows - len(here)]]
        for row, (node, wire) in enumerate(here):
            slots.append((column * rows + row, node, wire))
            latest[node] = column
            if not wire:
                for pin in set(netlist.gates[node][1]):
                    waiting[pin] -= 1
        if not order and l_back > cols:
            break
    if order or any(cols - latest[node] > l_back for node in served):
        return None
    return slots


def circuit_at(
    netlist: Netlist, slots: Iterable[tuple[int, int, int]], geometry: Geometry, dataset_size: int = 1
) -> Circuit:
    """Circuit of a netlist whose nodes have their places.

    Parameters
    ----------
    netlist : Netlist
    slots : iterable of (int, int, int)
        In rising order: gate number in the grid, node, 1 for a wire that carries the node on. Gates read the latest
        copy before their column.
    geometry : Geometry
    dataset_size : int
        Vectors of the problem.
    """
    rows, arity = geometry.rows, geometry.arity
    low = geometry.pin_low
    gates = np.zeros((geometry.n_gates, arity + 1), dtype=np.int64)
    gates[:, :-1] = np.repeat(low[:-1], rows)[:, None]
    gates[:, -1] = IDLE
    pin_of = dict(netlist.inputs)
    made: list[tuple[int, int]] = []
    column = 0
    for slot, node, wire in slots:
        if slot // rows != column:  # pins of a column are read by later columns only
            pin_of.update(made)
            made, column = [], slot // rows
        code, pins = (WIRE, (node,)) if wire else netlist.gates[node]
        for k, pin in enumerate(pins):
            gates[slot, k] = pin_of[pin]
        gates[slot, -1] = CODED[code].id
        made.append((node, geometry.n_inputs + slot))
    pin_of.update(made)
    outputs = [pin_of[node] for node in netlist.outputs]
    return Circuit.from_genes(geometry, gates, outputs, dataset_size)
