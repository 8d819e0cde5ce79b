"""One vector: choose which values the circuit carries and how each is derived."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.every_circuit import better_circuit
from cgplab.cgp.construct.gates_cost import GATE_TIES, gate_weights, gates_cost
from cgplab.cgp.construct.placed_relaxation import MOST_PLACES, relax_placed
from cgplab.cgp.construct.placement import Netlist, place, smallest_grid
from cgplab.cgp.construct.relaxation import relax
from cgplab.cgp.construct.value_graph import VALUES
from cgplab.cgp.construct.value_problem import ValueProblem
from cgplab.cgp.construct.value_search import ValueSearch

Int64Array = NDArray[np.int64]

NO_LIMIT = int(np.iinfo(np.int64).max)

STARTS = 8
PATIENCE_START, PATIENCE_BEST = 12, 40
"""Slices without improvement after which a search ends: each of the starts, and the best of them."""

WALKS = ((100, 100), (300, 2000), (100, 100), (300, 2000))
"""Slices and memory of each walk through the circuits of a crowded grid: quick ones and patient ones in turn."""
CROWDED = 0.7
"""Share of a grid's places in use from which it counts as crowded."""


@dataclass(frozen=True, eq=False)
class ValueSolution:
    """What the search found.

    Attributes
    ----------
    circuit : Circuit or None
        None if nothing fits the grid.
    misfit : Netlist or None
        What does not fit, if nothing does.
    bound : int or None
        No circuit costs less, in quanta.
    of_grid : bool
        Whether the bound is known for this grid only; otherwise no circuit of any grid costs less.
    bounded : bool
        Whether the relaxation was solved to its end.
    every : bool
        Whether every circuit of the grid was looked at, so that none costs less.
    stopped : bool
        Whether the clock cut the search short.
    """

    circuit: Circuit | None
    misfit: Netlist | None
    bound: int | None
    of_grid: bool
    bounded: bool
    every: bool
    stopped: bool


def solve_values(
    task: ValueProblem, seed: int, time_limit: float | None, with_bound: bool, report: Callable[[int], None]
) -> ValueSolution:
    """Cheapest circuit found within the budget, and a lower bound.

    Several searches start from differently distorted costs. In a tiny grid every circuit is looked at then. In others
    the best found is refined, bounded by the relaxation, and refined again from the relaxed optimum. Each search ends
    when it has not improved for a while. Where a gap is left and the grid is small, a program over placed gates
    bounds the cost in this grid, or finds a cheaper circuit; where that leaves a gap and few places are left, a search
    that also takes worse steps looks for one.

    Parameters
    ----------
    task : ValueProblem
    seed : int
    time_limit : float or None
        Seconds, compilation not counted.
    with_bound : bool
        Whether to solve the relaxations.
    report : callable
        Called with the cost so far, in quanta, also while nothing improves; what it raises ends the search.
    """
    weights = gate_weights(task.quanta)
    search = ValueSearch(task, weights, seed, distorted=False)
    search.run(0)  # compiles
    clock = Clock(time_limit, lambda: report((best or search).cost()))
    best: ValueSearch | None = None
    for start in range(STARTS if task.budget > 0 else 1):
        if best is not None and (clock.over() or best.rank[0] == 0 == best.cost()):
            break
        search = ValueSearch(task, weights, seed + start, distorted=start > 0)
        search.settle(PATIENCE_START, clock)
        if search.rank[0] >= 0 and (best is None or best.rank[0] < 0 or search.key() < best.key()):
            best = search
        best = best or search
        report(best.cost())
    assert best is not None
    circuit = _placed(best)
    limit = NO_LIMIT if circuit is None else gates_cost(circuit, weights)
    found, every = better_circuit(task, weights, limit)
    circuit = found or circuit
    if every and circuit is not None:
        cost = gates_cost(circuit, task.quanta)
        report(cost)
        return ValueSolution(circuit, None, cost, of_grid=True, bounded=True, every=True, stopped=False)
    if best.rank[0] != 0:
        smallest = _smallest(task, seed, clock)
        if every:
            return _nothing_fits(smallest, clock)
        if smallest.rank[0] == 0:
            best.adopt(smallest)
        elif _is_small(task):
            best.explore(WALKS, clock)
        if best.rank[0] != 0 and circuit is None:
            return _nothing_fits(smallest, clock)
    if task.budget > 0 or not with_bound:
        best.settle(PATIENCE_BEST, clock)
    bound = 0 if best.rank[0] >= 0 and best.cost() == 0 else None
    bounded = True
    if with_bound and bound is None:
        upper = best.cost() if best.rank[0] == 0 else int(task.quanta.max()) * VALUES
        relaxed = relax(
            best.graph,
            task.quanta,
            best.root,
            task.needed,
            task.power,
            task.budget,
            upper,
            clock,
        )
        bound, bounded = relaxed.bound, relaxed.carried is not None or relaxed.bound >= upper
        if relaxed.carried is not None and (best.rank[0] != 0 or best.cost() > bound):
            best.start_from(relaxed.carried, relaxed.edges)
            best.settle(PATIENCE_START if best.cost() == bound else PATIENCE_BEST, clock)
    report(best.cost())
    circuit = _cheaper(circuit, _placed(best), task)
    misfit: Netlist | None = None
    if circuit is None:
        smallest = _smallest(task, seed, clock)
        circuit = place(smallest.netlist(), task.geometry)
        misfit = None if circuit else _in_fewest_rows(smallest, clock)
    of_grid = False
    for explored in (False, True):
        if explored:
            if not _is_crowded(circuit, task) or (circuit and gates_cost(circuit, task.quanta) == (bound or 0)):
                break
            best.explore(WALKS, clock)
            cheaper = _cheaper(circuit, _placed(best), task)
            if cheaper is circuit or cheaper is None:
                break
            circuit = cheaper
            report(gates_cost(circuit, task.quanta))
        if with_bound and circuit is not None and bound is not None:
            placed = relax_placed(task, best.graph, gates_cost(circuit, task.quanta), bound, clock)
            if placed is not None:
                circuit = placed.circuit or circuit
                report(gates_cost(circuit, task.quanta))
                if placed.bound > bound:
                    bound, of_grid, bounded = placed.bound, True, placed.finished
    return ValueSolution(circuit, misfit, bound, of_grid, bounded, every=False, stopped=clock.over())


def _nothing_fits(smallest: ValueSearch, clock: Clock) -> ValueSolution:
    return ValueSolution(
        None, _in_fewest_rows(smallest, clock), None, of_grid=False, bounded=False, every=False, stopped=clock.over()
    )


def _in_fewest_rows(smallest: ValueSearch, clock: Clock) -> Netlist:
    """What does not fit the grid, in as few rows of its columns as can be found: the grid that is named to the user."""
    geometry, netlist = smallest.task.geometry, smallest.netlist()
    while True:
        rows, cols = smallest_grid(netlist, geometry.cols)
        known_to_fail = rows - 1 <= geometry.rows and cols == geometry.cols
        if rows == 1 or known_to_fail or (rows - 1) * cols > MOST_PLACES or clock.over():
            return netlist
        smallest.restart(rows - 1, cols)
        smallest.explore(WALKS, clock)
        if smallest.rank[0] != 0:
            return netlist
        netlist = smallest.netlist()


def _placed(search: ValueSearch) -> Circuit | None:
    return place(search.netlist(), search.task.geometry) if search.rank[0] == 0 else None


def _cheaper(known: Circuit | None, other: Circuit | None, task: ValueProblem) -> Circuit | None:
    """The cheaper of two circuits, if there are any; the known one if they cost the same."""
    if known is None or other is None:
        return known or other
    return other if gates_cost(other, task.quanta) < gates_cost(known, task.quanta) else known


def _is_small(task: ValueProblem) -> bool:
    return task.geometry.n_gates <= MOST_PLACES


def _is_crowded(circuit: Circuit | None, task: ValueProblem) -> bool:
    """Whether a small grid has so few places left that a cheaper circuit may have been missed for want of them."""
    used = math.inf if circuit is None else len(circuit.active_gates())
    return _is_small(task) and used >= CROWDED * task.geometry.n_gates


def _smallest(task: ValueProblem, seed: int, clock: Clock) -> ValueSearch:
    """Search for the fewest gates, whatever they cost."""
    search = ValueSearch(task, np.ones_like(task.quanta) * GATE_TIES, seed, distorted=False)
    search.settle(PATIENCE_START, clock)
    if search.rank[0] < 0:  # nothing is that shallow: what would do in a grid without limits
        search.rows = search.cols = VALUES
        search.settle(PATIENCE_START, clock)
        search.rank[0] = max(search.rank[0], 1)
    return search
