"""Several vectors: evolution goes on from what was built, with all operators and any error within the budget."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.gates_cost import gates_cost
from cgplab.cgp.costs import CostTable
from cgplab.cgp.evolution import Evolution
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.problem import Problem
from cgplab.cgp.search_checks import check_search
from cgplab.cgp.settings import Settings
from cgplab.errors import InputError

CHILDREN = 4
GENES = 8
"""Most genes that a child redraws."""
MOST_EVALUATIONS = 200_000_000
"""Gates evaluated by one evolution, a CPU-second or two."""
MOST_GENERATIONS, FEWEST_GENERATIONS = 400_000, 5_000
"""In grids so large that there are fewer, evolution has nothing to add."""
RANDOM_STARTS = 3


def evolve_further(
    circuit: Circuit | None,
    problem: Problem,
    geometry: Geometry,
    costs: CostTable,
    quanta: NDArray[np.int64],
    budget: int,
    objective: str,
    metric: str,
    seed: int,
    clock: Clock,
    report: Callable[[int], None],
) -> Circuit | None:
    """Cheapest of a circuit, what evolution makes of it, and what evolution makes of random ones.

    Parameters
    ----------
    circuit : Circuit or None
        Within the budget; None if none was found.
    problem : Problem
    geometry : Geometry
    costs : CostTable
    quanta : (len(CODED),) int64
        Cost of a gate by operator code.
    budget : int
        Largest error of all vectors together.
    objective, metric : str
    seed : int
    clock : Clock
    report : callable
        Called with the cost so far, in quanta.

    Returns
    -------
    Circuit or None
        The circuit itself where evolution does not apply: the cost table has no ``mux`` or the gates too few pins.
    """
    generations = min(MOST_GENERATIONS, MOST_EVALUATIONS // (CHILDREN * geometry.n_gates * problem.n_vectors))
    if generations < FEWEST_GENERATIONS:
        return circuit
    settings = Settings(
        threshold=budget,
        metric=metric,
        children=CHILDREN,
        mutation_rate=min(1.0, GENES / geometry.n_genes),
        generations=generations,
        order=tuple(dict.fromkeys((objective, "gate_count", "error"))),
        stops={objective: 0},
    )
    try:
        check_search(problem, geometry, costs, settings)
    except InputError:
        return circuit
    best = circuit
    starts = [*([] if circuit is None else [circuit]), *[None] * RANDOM_STARTS]
    for number, start in enumerate(starts):
        if clock.over() or (best is not None and gates_cost(best, quanta) == 0):
            break
        evolution = Evolution(problem, geometry, costs, settings, np.random.SeedSequence((seed, number)), start)
        for _ in evolution.run():
            if best is not None:
                report(gates_cost(best, quanta))
            if clock.over():
                break
        if evolution.evaluation().error <= budget and (
            best is None or gates_cost(evolution.best, quanta) < gates_cost(best, quanta)
        ):
            best = evolution.best
    return best
