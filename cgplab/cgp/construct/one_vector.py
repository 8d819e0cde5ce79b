"""One vector: choose which values the circuit carries and how each is derived."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.placement import Netlist, place
from cgplab.cgp.construct.relaxation import relax
from cgplab.cgp.construct.value_graph import (
    NODES,
    VALUES,
    WIRE_CODE,
    ValueGraph,
    value_graph,
    value_tables,
)
from cgplab.cgp.geometry import Geometry

Int64Array = NDArray[np.int64]

GATE_TIES = 1024
"""Weight of one gate is 1, that of one quantum is this: fewer gates decide only between equal costs."""

SLICE = 64
"""Iterations between looks at the clock."""
STARTS = 8
PATIENCE_START, PATIENCE_BEST = 12, 40
"""Slices without improvement after which a search ends: each of the starts, and the best of them."""


@dataclass(frozen=True, eq=False)
class ValueProblem:
    """One-vector problem in distinct values.

    Attributes
    ----------
    roots : dict of int to int
        Node of each input -> its pin; nodes as in :mod:`value_graph`.
    targets : (n_out,) int64
        Value index of each output.
    needed : (256,) int64
        How often each value is needed.
    gaps : (258, 258) int64
        See :func:`served_error.gap_errors`.
    power : int
        Of the differences in the error: 1 or 2.
    budget : int
        Largest weighted error.
    quanta : (PLAIN_CODES,) int64
    geometry : Geometry
    """

    roots: dict[int, int]
    targets: Int64Array
    needed: Int64Array
    gaps: Int64Array
    power: int
    budget: int
    quanta: Int64Array
    geometry: Geometry


@dataclass(frozen=True, eq=False)
class ValueSolution:
    """What the search found.

    Attributes
    ----------
    netlist : Netlist
    circuit : Circuit or None
        None if nothing fits the grid; then ``netlist`` is what does not.
    bound : int or None
        No circuit costs less, in quanta.
    bounded : bool
        Whether the relaxation was solved to its end.
    stopped : bool
        Whether the clock cut the search short.
    """

    netlist: Netlist
    circuit: Circuit | None
    bound: int | None
    bounded: bool
    stopped: bool


class _Search:
    """Arrays of one search; see :mod:`value_descent`."""

    def __init__(self, task: ValueProblem, weights: Int64Array, seed: int, distorted: bool) -> None:
        self.task, self.rows, self.cols = task, task.geometry.rows, task.geometry.cols
        self.tight = False
        self.graph: ValueGraph = value_graph(weights)
        self.how, self.left, self.right = (np.full(VALUES, -1, dtype=np.int64) for _ in range(3))
        self.rank = np.array([-2 if distorted else -1, 0, 0], dtype=np.int64)
        self.root = np.zeros(NODES, dtype=np.bool_)
        self.root[list(task.roots)] = True
        self.state = np.array([seed & (2**64 - 1)], dtype=np.uint64)

        def integers(n: int) -> Int64Array:
            return np.zeros(n, dtype=np.int64)

        def flags(n: int) -> NDArray[np.bool_]:
            return np.zeros(n, dtype=np.bool_)

        self.work = (
            np.zeros(NODES), integers(NODES), integers(VALUES), integers(VALUES), integers(VALUES),
            integers(2 * NODES), flags(NODES), flags(VALUES), integers(2 * NODES), integers(NODES),
        )  # fmt: skip
        shape = self.graph.target.shape
        self.scratch = (
            integers(VALUES), integers(VALUES), integers(VALUES), np.zeros(len(weights)), np.ones(shape),
            flags(VALUES), integers(VALUES), integers(VALUES), flags(VALUES), integers(NODES), integers(NODES),
            integers(NODES),
        )  # fmt: skip

    def run(self, iterations: int) -> int:
        from cgplab.cgp.construct.value_descent import improve

        graph, task = self.graph, self.task
        return int(
            improve(
                self.how,
                self.left,
                self.right,
                self.root,
                task.needed > 0,
                task.gaps,
                task.budget,
                graph.weights,
                graph.target,
                graph.code,
                graph.constants,
                WIRE_CODE,
                value_tables()[1],
                np.array(graph.binary_codes, dtype=np.int64),
                self.rows,
                self.cols,
                self.tight,
                iterations,
                self.state,
                self.rank,
                self.work,
                self.scratch,
            )
        )

    def settle(self, patience: int, clock: Clock) -> None:
        """Improve until ``patience`` slices in a row have brought nothing."""
        if self.rank[0] < 0:
            self.run(1)
        idle = 0
        while idle == 0 or (idle < patience and not clock.over()):
            # Once a circuit has not fitted, later ones are grown with a toll on gates and depth.
            self.tight = self.tight or self.rank[0] != 0
            idle = 0 if self.run(SLICE) else idle + 1

    def adopt(self, other: "_Search") -> None:
        """Take over the circuit of another search of the same problem if it fits the grid."""
        if other.rank[0] == 0:
            self.how[:], self.left[:], self.right[:] = other.how, other.left, other.right
            weight = int(self.graph.weights[self.how[self.how >= 0]].sum())
            self.rank[:] = 0, weight, other.rank[2]

    def key(self) -> tuple[int, ...]:
        """What searches are compared by: gates that do not fit, weight, error."""
        return tuple(self.rank.tolist())

    def start_from(self, served: list[int]) -> None:
        """Restart from a solution that carries the given values, if that is better than the present one."""
        from cgplab.cgp.construct.value_descent import cost_of, drop
        from cgplab.cgp.construct.value_growth import grow
        from cgplab.cgp.construct.value_kernels import error_of, prune, unplaced

        graph, task = self.graph, self.task
        how, left, right = (np.full(VALUES, -1, dtype=np.int64) for _ in range(3))
        wanted = np.zeros(VALUES, dtype=np.bool_)
        wanted[served] = True
        unit = np.ones(graph.target.shape)
        exact = task.gaps * 0  # every wanted value is carried, whatever error that leaves
        if not grow(
            how, left, right, self.root, wanted, exact, 0, graph.weights.astype(np.float64), graph.target, graph.code,
            unit, graph.constants, WIRE_CODE, value_tables()[1], np.array(graph.binary_codes, dtype=np.int64),
            self.cols, 0.0, self.state, self.work,
        ):  # fmt: skip
            return
        prune(how, left, right, wanted, self.scratch[7], self.scratch[8])
        carried = self.root[:VALUES] | (how >= 0)
        error = error_of(task.gaps, carried)
        if task.budget > 0:
            error = drop(how, left, right, self.root, task.gaps, task.budget, graph.weights, carried, self.scratch[9])
        over = unplaced(how, left, right, self.rows, self.cols, self.scratch[10], self.scratch[11])
        rank = (over, cost_of(how, graph.weights), error)
        if error <= task.budget and (self.rank[0] < 0 or rank < tuple(self.rank.tolist())):
            self.how[:], self.left[:], self.right[:], self.rank[:] = how, left, right, rank

    def netlist(self) -> Netlist:
        """Solution so far, every output at the closest carried value (the lower one of two)."""
        gates = {
            value: (
                int(self.how[value]),
                tuple(pin for pin in (int(self.left[value]), int(self.right[value])) if pin >= 0),
            )
            for value in np.flatnonzero(self.how >= 0).tolist()
        }
        carried = np.flatnonzero(self.root[:VALUES] | (self.how >= 0))
        needed = np.flatnonzero(self.task.needed > 0)
        closest = np.full(VALUES, -1, dtype=np.int64)
        closest[needed] = carried[np.argmin(np.abs(needed[:, None] - carried), axis=1)]
        # A target that does not count takes whatever another output takes: it must cost nothing.
        closest[closest < 0] = closest[needed[0]]
        return Netlist(gates, self.task.roots, closest[self.task.targets].tolist())

    def cost(self) -> int:
        """Cost in quanta."""
        return int(self.task.quanta[self.how[self.how >= 0]].sum())


def solve_values(
    task: ValueProblem, seed: int, time_limit: float | None, with_bound: bool, report: Callable[[int], None]
) -> ValueSolution:
    """Cheapest circuit found within the budget, and a lower bound.

    Several searches start from differently distorted costs; the best is refined, bounded by the relaxation,
    and refined again from the relaxed optimum. Each ends when it has not improved for a while.

    Parameters
    ----------
    task : ValueProblem
    seed : int
    time_limit : float or None
        Seconds, compilation not counted.
    with_bound : bool
        Whether to solve the relaxation.
    report : callable
        Called with the cost so far, in quanta.
    """
    weights = task.quanta * GATE_TIES + 1
    _Search(task, weights, seed, distorted=False).run(0)  # compiles
    clock = Clock(time_limit)
    best: _Search | None = None
    for start in range(STARTS if task.budget > 0 else 1):
        if best is not None and (clock.over() or best.rank[0] == 0 == best.cost()):
            break
        search = _Search(task, weights, seed + start, distorted=start > 0)
        search.settle(PATIENCE_START, clock)
        if search.rank[0] >= 0 and (best is None or best.rank[0] < 0 or search.key() < best.key()):
            best = search
        best = best or search
        report(best.cost())
    assert best is not None
    if best.rank[0] != 0:
        smallest = _smallest(task, seed, clock)
        if smallest.rank[0] != 0:
            return ValueSolution(smallest.netlist(), None, None, False, clock.over())
        best.adopt(smallest)
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
        bound, bounded = relaxed.bound, relaxed.served is not None
        if relaxed.served is not None and (best.rank[0] != 0 or best.cost() > bound):
            best.start_from(relaxed.served)
            best.settle(PATIENCE_START if best.cost() == bound else PATIENCE_BEST, clock)
    report(best.cost())
    stopped = clock.over()
    netlist = best.netlist()
    circuit = place(netlist, task.geometry) if best.rank[0] == 0 else None
    if circuit is None:
        netlist = _smallest(task, seed, clock).netlist()
        circuit = place(netlist, task.geometry)
    return ValueSolution(netlist, circuit, bound, bounded, stopped)


def _smallest(task: ValueProblem, seed: int, clock: Clock) -> _Search:
    """Search for the fewest gates, whatever they cost."""
    search = _Search(task, np.ones_like(task.quanta) * GATE_TIES, seed, distorted=False)
    search.settle(PATIENCE_START, clock)
    if search.rank[0] < 0:  # nothing is that shallow: what would do in a grid without limits
        search.rows = search.cols = VALUES
        search.settle(PATIENCE_START, clock)
        search.rank[0] = max(search.rank[0], 1)
    return search
