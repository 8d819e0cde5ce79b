"""One vector: the arrays of a search, and the compiled steps that improve them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.placement import Netlist
from cgplab.cgp.construct.value_graph import NODES, VALUES, WIRE_CODE, ValueGraph, value_graph, value_tables
from cgplab.cgp.construct.value_problem import ValueProblem
from cgplab.cgp.construct.value_steps import EXPLORE, IMPROVE, REGROW, step

Int64Array = NDArray[np.int64]

SLICE = 64
"""Iterations between looks at the clock."""
LAST = 1e3
"""Factor on the cost of ways to a value that are not wanted."""

Walk = tuple[Int64Array, Int64Array, Int64Array, Int64Array, Int64Array, Int64Array]
"""A solution, its rank, ranks before, and steps so far; see :func:`late_acceptance.explore`."""


def _new_walk(memory: int, distorted: bool) -> Walk:
    """A walk that has no solution yet and grows its first, from distorted weights or not."""
    how, left, right = (np.full(VALUES, -1, dtype=np.int64) for _ in range(3))
    rank = np.array([-2 if distorted else -1, 0, 0], dtype=np.int64)
    return how, left, right, rank, np.zeros((memory, 2), dtype=np.int64), np.zeros(1, dtype=np.int64)


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
        self.binary = np.array(self.graph.binary_codes, dtype=np.int64)
        self.how, self.left, self.right, self.rank, *_ = _new_walk(1, distorted)
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

    def _step(self, kind: int, iterations: int, wanted: NDArray[np.bool_], walk: Walk | None = None) -> int:
        graph, task = self.graph, self.task
        return int(
            step(
                kind,
                iterations,
                (self.how, self.left, self.right, self.rank),
                walk or _new_walk(1, False),
                (self.root, wanted, task.gaps, task.budget),
                (graph.weights, graph.target, graph.code, graph.constants, WIRE_CODE, value_tables()[1], self.binary),
                self.rows,
                self.cols,
                self.tight,
                self.state,
                self.work,
                self.scratch,
            )
        )

    def run(self, iterations: int) -> int:
        """Destroy and repair that often; returns the iterations that improved."""
        return self._step(IMPROVE, iterations, self.task.needed > 0)

    def settle(self, patience: int, clock: Clock) -> None:
        """Improve until ``patience`` slices in a row have brought nothing."""
        if self.rank[0] < 0:
            self.run(1)
        idle = 0
        while idle == 0 or (idle < patience and not clock.over()):
            # Once a circuit has not fitted, later ones are grown with a toll on gates and depth.
            self.tight = self.tight or self.rank[0] != 0
            idle = 0 if self.run(SLICE) else idle + 1

    def restart(self, rows: int, cols: int) -> None:
        """Forget the solution and look for one that fits another grid."""
        self.rows, self.cols = rows, cols
        self.how, self.left, self.right, self.rank, *_ = _new_walk(1, False)
        # No solution at all ranks behind every one that does not fit.
        self.rank[0] = np.iinfo(np.int64).max

    def explore(self, walks: Sequence[tuple[int, int]], clock: Clock) -> None:
        """Walk through solutions, worse ones too, and keep the best; see :mod:`late_acceptance`.

        Parameters
        ----------
        walks : sequence of (int, int)
            Each starts anew: its slices, and the iterations after which a step counts as long ago.
        clock : Clock
        """
        for number, (slices, memory) in enumerate(walks):
            walk = _new_walk(memory, number > 0)
            for _ in range(slices):
                if clock.over():
                    return
                self._step(EXPLORE, SLICE, self.task.needed > 0, walk)

    def adopt(self, other: "ValueSearch") -> None:
        """Take over the circuit of another search of the same problem if it fits the grid."""
        if other.rank[0] == 0:
            self.how[:], self.left[:], self.right[:] = other.how, other.left, other.right
            weight = int(self.graph.weights[self.how[self.how >= 0]].sum())
            self.rank[:] = 0, weight, other.rank[2]

    def key(self) -> tuple[int, ...]:
        """What searches are compared by: gates that do not fit, weight, error."""
        return tuple(self.rank.tolist())

    def start_from(self, carried: list[int], edges: list[tuple[int, int]]) -> None:
        """Restart from a solution that carries the given values, if that is better than the present one.

        Parameters
        ----------
        carried : list of int
        edges : list of (int, int)
            Pairs of them: a value that is second in some of these is made of a first, where it can be.
        """
        wanted = np.zeros(VALUES, dtype=np.bool_)
        wanted[carried] = True
        noise = self.scratch[4]
        noise[:] = 1.0
        # Other ways to make them come last. Those that cost nothing hardly notice: of these the program takes any.
        noise[np.isin(self.graph.target, [value for _, value in edges])] = LAST
        for origin, value in edges:
            noise[origin, self.graph.target[origin] == value] = 1.0
        self._step(REGROW, 1, wanted)

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
