"""A one-vector problem in terms of distinct values."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.served_error import error_limit
from cgplab.cgp.construct.value_graph import VALUES
from cgplab.cgp.gap_errors import gap_table, target_weights
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.operators import PLAIN_CODES
from cgplab.cgp.problem import Problem

Int64Array = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ValueProblem:
    """One-vector problem in distinct values.

    Attributes
    ----------
    roots : dict of int to int
        Node of each distinct input -> its first pin; nodes as in :mod:`value_graph`.
    targets : (n_out,) int64
        Value index of each output.
    needed : (256,) int64
        How often each value is needed.
    gaps : (258, 258) int64
        See :func:`cgplab.cgp.gap_errors.gap_table`.
    power : int
        Of the differences in the error: 1 or 2.
    budget : int
        Largest weighted error; less than if no value at all is carried.
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

    @classmethod
    def of(cls, problem: Problem, geometry: Geometry, quanta: Int64Array, budget: int, metric: str) -> Self:
        """A problem of one vector.

        Parameters
        ----------
        problem : Problem
        geometry : Geometry
        quanta : (len(CODED),) int64
            Cost of a gate by operator code.
        budget : int
            In ``metric``.
        metric : {"SE", "MSE", "AE"}
        """
        needed = target_weights(problem.targets[0], problem.effective_weights[0])
        gaps = gap_table(needed, metric == "AE")
        return cls(
            roots=_input_nodes(problem, geometry),
            targets=problem.targets[0].astype(np.int64) + 128,
            needed=needed,
            gaps=gaps,
            power=1 if metric == "AE" else 2,
            budget=min(error_limit(budget, metric, int(problem.n_counted[0])), int(gaps[0, -1]) - 1),
            quanta=quanta[:PLAIN_CODES],
            geometry=geometry,
        )


def _input_nodes(problem: Problem, geometry: Geometry) -> dict[int, int]:
    hidden = VALUES if geometry.l_back <= geometry.cols else 0
    nodes: dict[int, int] = {}
    for pin, value in enumerate(problem.inputs[0].tolist()):
        nodes.setdefault(value + 128 + hidden, pin)
    return nodes
