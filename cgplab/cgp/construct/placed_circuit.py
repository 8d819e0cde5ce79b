"""The circuit that a solution of the program over placed gates stands for."""

import numpy as np

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.placed_gates import Gate, Reach
from cgplab.cgp.construct.placement import Netlist, circuit_at
from cgplab.cgp.construct.value_graph import NODES, VALUES
from cgplab.cgp.construct.value_problem import ValueProblem


def placed_circuit(task: ValueProblem, gates: list[Gate]) -> Circuit | None:
    """Circuit of chosen gates, every output at the closest value that it reads (the lower one of two).

    Gates that no output depends on are left out. None if the circuit needs a gate that stands for any gate of two
    pins, or is not within the budget.

    Parameters
    ----------
    task : ValueProblem
    gates : list of Gate
    """
    geometry, reach = task.geometry, Reach.of(task.geometry)
    input_of = {node % VALUES: node for node in task.roots}
    copies: dict[int, dict[int, Gate]] = {}
    for gate in gates:
        copies.setdefault(gate.value, {}).setdefault(gate.column, gate)

    def node(value: int, column: int) -> int | None:
        """What a column reads of a value: the latest copy; the input itself where it can. None if there is none."""
        if reach.inputs[column] and value in input_of:
            return input_of[value]
        legal = [c for c in copies.get(value, ()) if reach.first[column] <= c < column]
        return NODES + VALUES * max(legal) + value if legal else None

    served = {value: found for value in range(VALUES) if (found := node(value, geometry.cols)) is not None}
    needed = np.flatnonzero(task.needed > 0)
    if not served:
        return None
    carried = np.array(list(served), dtype=np.int64)
    closest = carried[np.argmin(np.abs(needed[:, None] - carried), axis=1)]
    if int((task.needed[needed] * np.abs(needed - closest) ** task.power).sum()) > task.budget:
        return None
    takes = dict(zip(needed.tolist(), closest.tolist(), strict=True))
    # A target that does not count takes whatever another output takes.
    outputs = [served[takes.get(target, int(closest[0]))] for target in task.targets.tolist()]
    made: dict[int, tuple[int, tuple[int, ...]]] = {}
    pins: tuple[int, ...]
    pending = [output for output in outputs if output >= NODES]
    while pending:
        at = pending.pop()
        if at in made:
            continue
        column, value = divmod(at - NODES, VALUES)
        gate = copies[value][column]
        if gate.origins:
            read = ((code, node(origin, column)) for origin, code in gate.origins)
            code, pins = next((code, (pin,)) for code, pin in read if pin is not None)
        elif gate.code < 0:
            return None
        else:
            code, pins = gate.code, tuple(pin for of in gate.pins if (pin := node(of, column)) is not None)
        made[at] = code, pins
        pending += [pin for pin in pins if pin >= NODES]
    used = [0] * geometry.cols
    slots: list[tuple[int, int, int]] = []
    for at in sorted(made):
        column = (at - NODES) // VALUES
        slots.append((column * geometry.rows + used[column], at, 0))
        used[column] += 1
    return circuit_at(Netlist(made, task.roots, outputs), slots, geometry)
