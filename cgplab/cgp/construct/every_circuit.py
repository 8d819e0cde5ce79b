"""Tiny grids, one vector: look at every circuit that could be the cheapest."""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.placed_circuit import placed_circuit
from cgplab.cgp.construct.placed_gates import Gate, Reach
from cgplab.cgp.construct.value_graph import VALUES, value_tables
from cgplab.cgp.construct.value_problem import ValueProblem
from cgplab.cgp.operators import CODED

MOST_PLACES = 4
"""Places of the largest grid that is searched through."""
MOST_STEPS = 300_000
"""A few CPU-seconds; a search that takes more is given up."""

Int64Array = NDArray[np.int64]


def better_circuit(task: ValueProblem, weights: Int64Array, limit: int) -> tuple[Circuit | None, bool]:
    """Cheapest circuit of a tiny grid under all operators, if it weighs less than ``limit``.

    Of equally cheap circuits one with the least error.

    Parameters
    ----------
    task : ValueProblem
    weights : (PLAIN_CODES,) int64
        Of a gate by operator code; their sum is minimised.
    limit : int

    Returns
    -------
    circuit : Circuit or None
        None if none was found.
    finished : bool
        Whether every circuit was looked at, so that none is better; False if the grid is not tiny or that took too
        long.
    """
    geometry = task.geometry
    if geometry.n_gates > MOST_PLACES:
        return None, False
    from cgplab.cgp.construct.every_circuit_kernel import cheapest_circuit

    reach = Reach.of(geometry)
    inputs = np.zeros(VALUES, dtype=np.bool_)
    inputs[[node % VALUES for node in task.roots]] = True
    arity = np.array([CODED[code].arity for code in range(len(weights))], dtype=np.int64)
    places, cols = geometry.n_gates, geometry.cols
    best = np.array([limit - 1, np.iinfo(np.int64).max], dtype=np.int64)
    values, chosen = (np.full(places, -1, dtype=np.int64) for _ in range(2))
    gates = np.zeros((places, 4), dtype=np.int64)
    finished = cheapest_circuit(
        inputs, reach.first, reach.inputs, geometry.rows, weights, arity, *value_tables(), task.gaps, task.budget, best,
        values, gates, chosen, *(np.zeros(places + 1, dtype=np.int64) for _ in range(3)),
        np.zeros((cols, VALUES, 4), dtype=np.int64),
        np.zeros(VALUES, dtype=np.bool_), np.zeros((places + 1, VALUES), dtype=np.int64), MOST_STEPS,
    )  # fmt: skip
    if best[1] == np.iinfo(np.int64).max:
        return None, finished
    placed = [
        Gate(value, place // geometry.rows, weight, (), code, tuple(pin for pin in pins if pin >= 0))
        for place, (value, (weight, code, *pins)) in enumerate(zip(values.tolist(), gates.tolist(), strict=True))
        if value >= 0
    ]
    return placed_circuit(task, placed), finished
