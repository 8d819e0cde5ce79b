"""One vector: the arrays of a search, and the compiled steps that improve them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.placement import Netlist
from cgplab.cgp.construct.value_graph import NODES, VALUES, WIRE_CODE, ValueGraph, value_graph, value_tables
from cgplab.cgp.construct.value_problem import ValueProblem

Int64Array = NDArray[np.int64]

SLICE = 64
"""Iterations between looks at the clock."""


class ValueSearch:
    """Arrays of one search; see :mod:`value_descent`.

    Parameters
    ----------
    task : ValueProblem
    weights : (PLAIN_CODES,) int64
        Of each operator; their sum is minimised.
    seed : int
    distorted : bool
        Whether the first circuit is grown from distorted weights.
    """

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
            integers(2 * NODES), flags(NODES), flags(VALUES), integers(2 * NODES), integers(NODES), integers(VALUES),
        )  # fmt: skip
        shape = self.graph.target.shape
        self.scratch = (
            integers(VALUES), integers(VALUES), integers(VALUES), np.zeros(len(weights)), np.ones(shape),
            flags(VALUES), integers(VALUES), integers(VALUES), flags(VALUES), integers(NODES), integers(NODES),
            integers(NODES),
        )  # fmt: skip

    def run(self, iterations: int) -> int:
        """Destroy and repair that often; returns the iterations that improved."""
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

    def explore(self, walks: Sequence[tuple[int, int]], clock: Clock) -> None:
        """Walk through solutions, worse ones too, and keep the best; see :mod:`late_acceptance`.

        Parameters
        ----------
        walks : sequence of (int, int)
            Each starts anew: its slices, and the iterations after which a step counts as long ago.
        clock : Clock
        """
        from cgplab.cgp.construct.late_acceptance import explore

        graph, task = self.graph, self.task
        for walk, (slices, memory) in enumerate(walks):
            how, left, right = (np.full(VALUES, -1, dtype=np.int64) for _ in range(3))
            now = np.array([-2 if walk else -1, 0, 0], dtype=np.int64)
            past, steps = np.zeros((memory, 2), dtype=np.int64), np.zeros(1, dtype=np.int64)
            for _ in range(slices):
                if clock.over():
                    return
                explore(
                    how, left, right, now, past, steps, self.how, self.left, self.right, self.rank, self.root,
                    task.needed > 0, task.gaps, task.budget, graph.weights, graph.target, graph.code, graph.constants,
                    WIRE_CODE, value_tables()[1], np.array(graph.binary_codes, dtype=np.int64), self.rows, self.cols,
                    SLICE, self.state, self.work, self.scratch,
                )  # fmt: skip

    def adopt(self, other: "ValueSearch") -> None:
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
            self.cols, 0.0, False, self.work,
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
