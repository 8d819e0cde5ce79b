"""Build a circuit instead of evolving it."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.construction import Construction
from cgplab.cgp.construct.gates_cost import GATE_TIES, gates_cost
from cgplab.cgp.construct.placement import Netlist, smallest_grid
from cgplab.cgp.construct.request import check_room, check_sizes, cost_column, vector_budgets
from cgplab.cgp.costs import CostTable, to_real
from cgplab.cgp.evaluation import evaluate, output_error
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.problem import Problem
from cgplab.errors import InputError

if TYPE_CHECKING:
    from cgplab.cgp.construct.one_vector import ValueSolution


def construct(
    problem: Problem,
    geometry: Geometry,
    costs: CostTable,
    budget: int | Sequence[int] = 0,
    objective: str = "energy",
    *,
    metric: str = "SE",
    seed: int = 0,
    bound: bool = True,
    time_limit: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> Construction:
    """Cheapest circuit found whose error is within a budget, placed into a grid.

    Parameters
    ----------
    problem : Problem
        One to four vectors.
    geometry : Geometry
        Grid to place the circuit into.
    costs : CostTable
    budget : int or sequence of int
        Largest error allowed, in ``metric``; 0 asks for an exact circuit. With several vectors a sequence
        limits each of them; three or four vectors are then served exactly.
    objective : {"energy", "energy_per_op", "area", "gate_count"}
        What to minimise; gates and then error decide between equal costs.
    metric : {"SE", "MSE", "AE"}
    seed : int
        The same seed gives the same circuit on any machine; under a time limit unless ``stopped_early``.
    bound : bool
        Whether to look for a lower bound as well; it can also improve the circuit. One vector only.
    time_limit : float, optional
        Seconds, compilation at the first use not counted. Default: none; searches end by themselves.
    progress : callable, optional
        Called now and then with the cost so far, in real units.

    Raises
    ------
    InputError
        Sizes that do not match, a budget below 0, an unknown objective or metric, costs that would overflow,
        too many vectors, or a circuit that does not fit the grid (names the smallest grid that it fits).
    """
    start = time.monotonic()
    if time_limit is not None and not (isinstance(time_limit, (int, float)) and time_limit > 0):
        raise InputError(f"the time limit must be more than 0 seconds, not {time_limit!r}")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"the seed must be a whole number of at least 0, not {seed!r}")
    check_sizes(problem, geometry)
    quanta = cost_column(costs, objective, problem.n_vectors, GATE_TIES)
    budgets = vector_budgets(budget, metric, problem)
    check_room(problem, geometry, budgets)

    def report(cost: int) -> None:
        if progress is not None:
            progress(real_cost(cost, objective))

    lower: int | None = None
    netlist: Netlist | None
    if problem.n_vectors == 1:
        from cgplab.cgp.construct.one_vector import solve_values
        from cgplab.cgp.construct.value_problem import ValueProblem

        assert isinstance(budgets, int)
        task = ValueProblem.of(problem, geometry, quanta, budgets, metric)
        solution = solve_values(task, int(seed), time_limit, bound, report)
        circuit, netlist, lower, stopped = solution.circuit, solution.misfit, solution.bound, solution.stopped
        met = circuit is not None and gates_cost(circuit, quanta) == lower
        explanation = _explain(solution, met, bound)
    else:
        netlist, circuit, stopped = _several_vectors(
            problem, geometry, costs, quanta, budgets, objective, metric, int(seed), time_limit, report
        )
        explanation = "no bound is computed for several vectors"
    if circuit is None:
        assert netlist is not None
        raise InputError(_does_not_fit(netlist, geometry))
    evaluation = evaluate(circuit, problem, costs, metric)
    _verify(circuit, problem, evaluation.outputs, evaluation.error, budgets, metric)
    cost = gates_cost(circuit, quanta)
    if lower is not None and lower > cost:
        raise AssertionError(f"the bound {lower} exceeds the cost {cost}")
    return Construction(
        circuit=circuit,
        evaluation=evaluation,
        objective=objective,
        cost=real_cost(cost, objective),
        cost_quanta=cost,
        bound=None if lower is None else real_cost(lower, objective),
        bound_quanta=lower,
        proved=lower == cost,
        explanation=explanation,
        stopped_early=stopped,
        seconds=time.monotonic() - start,
    )


def _several_vectors(
    problem: Problem, geometry: Geometry, costs: CostTable, quanta: NDArray[np.int64], budgets: int | list[int],
    objective: str, metric: str, seed: int, time_limit: float | None, report: Callable[[int], None],
) -> tuple[Netlist, Circuit | None, bool]:  # fmt: skip
    """What was built, its circuit after evolution (None if it does not fit), and whether the clock cut in."""
    from cgplab.cgp.construct.evolve_further import evolve_further

    start, stopped = time.monotonic(), False
    if problem.n_vectors == 2:
        from cgplab.cgp.construct.two_vectors import solve_pairs

        netlist, circuit, stopped = solve_pairs(problem, geometry, quanta, budgets, metric, seed, time_limit, report)
    else:
        from cgplab.cgp.construct.few_vectors import solve_words

        netlist, circuit = solve_words(problem, geometry, quanta)
    if isinstance(budgets, list) and any(budgets):
        return netlist, circuit, stopped  # evolution knows one budget for all vectors only
    clock = Clock(None if time_limit is None else time_limit - (time.monotonic() - start))
    circuit = evolve_further(
        circuit, problem, geometry, costs, quanta, budgets if isinstance(budgets, int) else 0, objective, metric, seed,
        clock, report,
    )  # fmt: skip
    return netlist, circuit, stopped or clock.over()


def real_cost(quanta: int, objective: str) -> float:
    """Cost in real units: pJ, um2 or gates."""
    return float(quanta) if objective == "gate_count" else to_real(quanta, objective)


def _explain(solution: "ValueSolution", met: bool, asked: bool) -> str:
    if solution.bound == 0 and solution.bounded:
        return "nothing costs less than 0"
    if solution.every:
        return "no circuit of this grid costs less: every one was looked at"
    if not asked or solution.bound is None:
        return "no bound was asked for"
    grid, less = "this grid" if solution.of_grid else "any grid", "less" if met else "less than the bound"
    covers = f"no circuit of {grid} costs {less}: binary gates count as the cheapest of them, made from nothing"
    return covers if solution.bounded else f"{covers}; the search for the bound was cut short"


def _does_not_fit(netlist: Netlist, geometry: Geometry) -> str:
    grid = f"{geometry.rows}x{geometry.cols}"
    if not netlist.gates and geometry.l_back > geometry.cols:
        return f"no circuit within the budget was found for a {grid} grid; allow more error or a larger grid"
    rows, cols = smallest_grid(netlist, geometry.cols)
    if rows <= geometry.rows and cols <= geometry.cols:
        hides = ": it hides the inputs from the outputs" if geometry.l_back <= geometry.cols else ""
        return (
            f"the circuit does not fit a {grid} grid with l-back {geometry.l_back}{hides}; "
            f"use l-back {geometry.cols + 1} or more rows"
        )
    # What l-back hides, the circuit does without.
    l_back = geometry.l_back if geometry.l_back >= cols else cols + 1
    return (
        f"no circuit within the budget was found for a {grid} grid; the smallest grid found to hold one is "
        f"{rows}x{cols} with l-back {l_back}; use that grid or allow more error"
    )


def _verify(
    circuit: Circuit, problem: Problem, outputs: NDArray[np.int8], error: int, budgets: int | list[int], metric: str
) -> None:
    """Fail loudly if the circuit misses its budget: that would be a flaw of the solver."""
    if isinstance(budgets, int):
        if error > budgets:
            raise AssertionError(f"the constructed circuit has error {error}, above the budget {budgets}")
        return
    weights = problem.effective_weights
    for vector, limit in enumerate(budgets):
        one = slice(vector, vector + 1)
        if weights[one].any():
            part = Problem(problem.inputs[one], problem.targets[one], weights[one] > 0, weights[one])
            missed = output_error(outputs[one], part, metric)
            if missed > limit:
                raise AssertionError(f"vector {vector} has error {missed}, above its budget {limit}")
