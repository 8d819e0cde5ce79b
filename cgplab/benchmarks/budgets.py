"""How the constructive solver and evolution compare when an error budget may be spent."""

import time
from dataclasses import dataclass
from typing import Literal

from cgplab.benchmarks.workloads import Workload
from cgplab.cgp import CostTable, Evolution
from cgplab.cgp.construct import construct

TOLERANCES: tuple[float, ...] = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Mean deviations t of a weight: the budget is t**2 per output."""


@dataclass(frozen=True)
class BudgetRow:
    """The least energy (power x delay, pJ) each method found within one error budget.

    Attributes
    ----------
    workload : str
    tolerance : float
        t.
    budget : int
        Squared error allowed.
    construct, construct_seconds : float
        Energy, and the CPU-seconds it took.
    proved : bool
        Whether no circuit of this budget costs less.
    evolved, nearest : float or None
        Energy that evolution reached in ``seconds``, by wiring; None if it never came within the budget.
    seconds : float
        CPU-seconds of each evolution.
    """

    workload: str
    tolerance: float
    budget: int
    construct: float
    construct_seconds: float
    proved: bool
    evolved: float | None
    nearest: float | None
    seconds: float


def compare_budget(workload: Workload, costs: CostTable, tolerance: float, seconds: float = 60.0) -> BudgetRow:
    """Construct and evolve one workload within ``tolerance``; compiling does not count."""
    budget = workload.error_budget(tolerance)
    for _ in range(2):
        begun = time.thread_time()
        made = construct(workload.problem(), workload.geometry(), costs, budget=budget, bound=True)
        spent = time.thread_time() - begun
    assert made.evaluation.error <= budget
    return BudgetRow(
        workload=workload.name,
        tolerance=tolerance,
        budget=budget,
        construct=made.evaluation.energy,
        construct_seconds=spent,
        proved=made.proved,
        evolved=_evolved_energy(workload, costs, "evolved", budget, seconds),
        nearest=_evolved_energy(workload, costs, "nearest", budget, seconds),
        seconds=seconds,
    )


def _evolved_energy(
    workload: Workload, costs: CostTable, wiring: Literal["evolved", "nearest"], budget: int, seconds: float
) -> float | None:
    """Energy after ``seconds``; sooner if it is 0 by then."""
    evolution = Evolution(workload.problem(), workload.geometry(), costs, workload.settings(wiring, budget))
    begun = time.thread_time()
    energy = None
    for progress in evolution.run(slice_seconds=0.25):
        energy = progress.energy
        if energy == 0 or time.thread_time() - begun >= seconds:
            break
    return energy
