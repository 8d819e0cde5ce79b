"""Check what the constructive solver is asked for, before anything is compiled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.costs import CostTable
from cgplab.cgp.evaluation import METRICS
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.problem import Problem
from cgplab.errors import InputError

OBJECTIVES = ("energy", "energy_per_op", "area", "gate_count")
MOST_VECTORS = 4
MOST_GATES = 8192
"""Gates that costs are summed over without overflow; constructed circuits have a few hundred."""

Int64Array = NDArray[np.int64]


def check_sizes(problem: Problem, geometry: Geometry) -> None:
    """Refuse a geometry that is not the problem's, and too many vectors."""
    for what in ("inputs", "outputs"):
        has, needs = getattr(geometry, f"n_{what}"), getattr(problem, f"n_{what}")
        if has != needs:
            raise InputError(f"the geometry has {has} {what} but the problem has {needs}; make them equal")
    if problem.n_vectors > MOST_VECTORS:
        raise InputError(
            f"the constructive solver takes at most {MOST_VECTORS} vectors, not {problem.n_vectors}; "
            "evolve a circuit, or split the problem into several"
        )


def check_room(problem: Problem, geometry: Geometry, budgets: list[int] | int) -> None:
    """Refuse a grid with fewer gates than an exact circuit needs in any case: one per distinct missing target."""
    if np.any(budgets):
        return
    counts = (problem.effective_weights > 0).all(axis=0)
    needed = _distinct(problem.targets[:, counts])
    if geometry.l_back > geometry.cols:
        needed -= _distinct(problem.inputs)
    cols = min(geometry.l_back, geometry.cols)
    if len(needed) <= geometry.rows * cols:
        return
    rows = -(-len(needed) // cols)
    last = "last column" if cols == 1 else f"last {cols} columns"
    within = "" if cols == geometry.cols else f" (outputs read the {last} only)"
    raise InputError(
        f"an exact circuit needs a gate for each of {len(needed)} distinct targets, so a grid of at least "
        f"{rows}x{geometry.cols}, not {geometry.rows}x{geometry.cols}{within}; use a larger grid or l-back, "
        "or allow some error"
    )


def _distinct(words: NDArray[np.int8]) -> set[tuple[int, ...]]:
    """Distinct columns."""
    return set(map(tuple, np.unique(words, axis=1).T.tolist()))


def cost_column(costs: CostTable, objective: str, n_vectors: int, ties: int) -> Int64Array:
    """Quanta of one gate by operator code; -1 where the table has no such gate.

    Raises
    ------
    InputError
        Unknown objective, or costs whose weighted sum could overflow.
    """
    if objective not in OBJECTIVES:
        raise InputError(f"unknown objective {objective!r}; allowed: {', '.join(OBJECTIVES)}")
    if objective == "gate_count":
        return np.where(costs.column("area", n_vectors) < 0, -1, 1).astype(np.int64)
    column = costs.column(objective, n_vectors)
    largest = int(column.max())
    limit = 2**63 // (ties * MOST_GATES)
    if largest > limit:
        raise InputError(
            f"cost table {costs.name!r}: {objective} of one gate is {largest} quanta; "
            f"sums would overflow above {limit}; give the costs in a larger unit"
        )
    return column


def vector_budgets(budget: int | Sequence[int], metric: str, problem: Problem) -> list[int] | int:
    """Checked budget: one number for all vectors together, or one per vector.

    Raises
    ------
    InputError
        Unknown metric, a budget below 0 or not a whole number, or not one per vector.
    """
    if metric not in METRICS:
        raise InputError(f"unknown error metric {metric!r}; allowed: {', '.join(METRICS)}")
    several = isinstance(budget, (Sequence, np.ndarray))
    numbers = list(budget) if isinstance(budget, (Sequence, np.ndarray)) else [budget]
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            raise InputError(f"the error budget must be a whole number of at least 0, not {number!r}")
        if number < 0:
            raise InputError(f"the error budget must be at least 0, not {number}")
    # Nothing is gained above the largest possible error, and sums stay far from overflow.
    clipped = [min(int(number), 2**61) for number in numbers]
    if several and len(clipped) != problem.n_vectors:
        raise InputError(f"{len(clipped)} budgets were given for {problem.n_vectors} vectors; give one per vector")
    if metric == "MSE" and not several and problem.n_vectors > 1 and clipped[0] > 0:
        raise InputError("MSE rounds per vector: give one budget per vector, or use SE")
    return clipped if several and problem.n_vectors > 1 else clipped[0]
