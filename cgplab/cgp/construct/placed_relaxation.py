"""Lower bound of the cost in a given grid, and often the optimum there, by integer programming over placed gates."""

import math
from dataclasses import dataclass

import numpy as np

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.placed_circuit import placed_circuit
from cgplab.cgp.construct.placed_gates import Reach, placed_gates
from cgplab.cgp.construct.value_graph import VALUES, ValueGraph
from cgplab.cgp.construct.value_problem import ValueProblem

MOST_PLACES = 128
"""Places of the largest grid that is looked at: in larger ones the bound for any grid is hardly ever missed."""
MOST_SIZE = 15_000
"""Entries of the largest program that is tried; of those in which a gate of two pins pays, which take longer, half."""
WIDENING = 8
"""Circuits that cost this many times the bound are asked for only when no cheaper one exists."""
INFEASIBLE = 2
"""Status that SciPy's ``milp`` gives a program without solutions."""
NODES = 50
"""Branch-and-bound nodes."""


@dataclass(frozen=True, eq=False)
class PlacedRelaxation:
    """Solution of the relaxed problem.

    Attributes
    ----------
    bound : int
        No circuit of this grid within the budget costs less, in quanta; whatever its operators.
    circuit : Circuit or None
        Cheaper than the known one; None if none was found.
    finished : bool
        Whether the program was solved to its end.
    """

    bound: int
    circuit: Circuit | None
    finished: bool


def relax_placed(
    task: ValueProblem, graph: ValueGraph, upper: int, lower: int, clock: Clock
) -> PlacedRelaxation | None:
    """Cheapest circuit of a small grid, over unary operators; None if that is known or the grid is not small.

    As in :func:`cgplab.cgp.construct.relaxation.relax` a gate with two pins is relaxed to one that makes any value
    from nothing at the cost of the cheapest binary operator, but here each gate, a free one and a wire too, takes
    a place in a column and reads only what l-back lets it. What is asked is whether a circuit cheaper than the known
    one exists, so most gates drop out beforehand; where the gap is wide, cheaper ones are asked for first. Sizes and
    branch-and-bound nodes are limited, so the result is the same on every machine unless the clock cuts in.

    Parameters
    ----------
    task : ValueProblem
    graph : ValueGraph
    upper : int
        Cost of a known circuit of this grid, in quanta.
    lower : int
        Bound for any grid.
    clock : Clock
    """
    if upper <= lower or task.geometry.n_gates > MOST_PLACES:
        return None
    bound, least = lower, min((cost for cost in task.quanta.tolist() if cost > 0), default=upper)
    while not clock.over():
        ceiling = WIDENING * max(bound, least)
        ceiling = upper if WIDENING * ceiling >= upper else ceiling
        found = _cheapest_below(task, graph, ceiling, clock)
        if found is None:
            break
        bound = max(bound, found.bound)
        if bound < ceiling or ceiling == upper:
            return PlacedRelaxation(bound, found.circuit, found.finished)
    return PlacedRelaxation(bound, None, False)


def _cheapest_below(task: ValueProblem, graph: ValueGraph, upper: int, clock: Clock) -> PlacedRelaxation | None:
    """Cheapest circuit that costs less than ``upper``, which is the bound if none does; None if that is too large."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    from cgplab.cgp.construct.placed_program import placed_program

    geometry = task.geometry
    inputs = sorted({node % VALUES for node in task.roots})
    reach = Reach.of(geometry)
    inputs_read = inputs if reach.inputs[-1] else []
    servings = _servings(task, inputs_read)
    servants = np.zeros(VALUES, dtype=np.bool_)
    servants[[value for _, value, _ in servings]] = True
    most, cheaper = upper, upper - 1
    while cheaper < most:
        # All costs are multiples of what those of the gates share, so the next cheaper one may rule out more gates.
        most = cheaper
        gates = placed_gates(graph, task.quanta, inputs, servants, geometry, most)
        step = math.gcd(*(gate.cost for gate in gates)) or upper
        cheaper = most // step * step
    reachable = {gate.value for gate in gates if gate.column >= reach.first[-1]}.union(inputs_read)
    servings = [serving for serving in servings if serving[1] in reachable]
    if len({target for target, _, _ in servings}) < np.count_nonzero(task.needed):
        return PlacedRelaxation(upper, None, True)
    program = placed_program(gates, servings, inputs_read, task.budget, geometry, most)
    loose = any(gate.code < 0 and not gate.origins for gate in gates)
    if program.matrix.nnz > (MOST_SIZE // 2 if loose else MOST_SIZE):
        return None
    result = milp(
        program.objective,
        constraints=LinearConstraint(program.matrix, program.low, program.high),
        integrality=np.ones(len(program.objective), dtype=np.int64),
        bounds=Bounds(0, 1),
        options=clock.milp_options(node_limit=NODES, mip_rel_gap=0.0),
    )
    if result.status == INFEASIBLE:
        return PlacedRelaxation(upper, None, True)
    dual = result.mip_dual_bound
    bound = 0
    if dual is not None and np.isfinite(dual):
        # The solver's tolerance is taken off before rounding up to a multiple of what all costs share.
        bound = max(0, int(np.ceil((dual * program.unit * (1 - 1e-6) - 0.5) / step)) * step)
    if result.x is None:
        return PlacedRelaxation(min(bound, upper), None, False)
    chosen = [gate for gate, taken in zip(gates, result.x[: len(gates)], strict=True) if taken > 0.5]
    cost = sum(gate.cost for gate in chosen)
    finished = result.status == 0
    return PlacedRelaxation(cost if finished else min(bound, cost), placed_circuit(task, chosen), finished)


def _servings(task: ValueProblem, inputs: list[int]) -> list[tuple[int, int, int]]:
    """Target, value that may serve it, weighted error; ``inputs`` are those that outputs read."""
    values = np.arange(VALUES)
    servings: list[tuple[int, int, int]] = []
    for target in np.flatnonzero(task.needed > 0).tolist():
        errors = int(task.needed[target]) * np.abs(values - target) ** task.power
        closest = min(inputs, key=lambda value: (errors[value], value), default=-1)
        useful = (errors < errors[closest]) | (values == closest) if closest >= 0 else np.ones(VALUES, dtype=np.bool_)
        servings += [
            (target, value, int(errors[value])) for value in np.flatnonzero(useful & (errors <= task.budget)).tolist()
        ]
    return servings
