"""How soon a search is exact and how little energy it gets to."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cgplab.benchmarks.workloads import Workload
from cgplab.cgp import CostTable, Evolution
from cgplab.cgp.construct import construct


@dataclass(frozen=True)
class Quality:
    """Result of one search for an exact circuit.

    Attributes
    ----------
    error : int
        Squared error in the end.
    exact_seconds : float or None
        CPU-seconds until the error was 0; None if it never was.
    energy : dict of float to (float or None)
        Energy (power x delay) in pJ after so many CPU-seconds; None while the error was above 0.
    """

    error: int
    exact_seconds: float | None
    energy: dict[float, float | None]


def evolved_quality(
    workload: Workload, costs: CostTable, wiring: Literal["evolved", "nearest"], moments: Sequence[float]
) -> Quality:
    """Evolve from a random circuit, looking at the energy at ``moments``, CPU-seconds in rising order."""
    evolution = Evolution(workload.problem(), workload.geometry(), costs, workload.settings(wiring))
    begun = time.thread_time()
    exact: float | None = None
    energy: dict[float, float | None] = {}
    pending = list(moments)
    now = None
    error = evolution.evaluation().error
    for progress in evolution.run(slice_seconds=0.02):
        spent = time.thread_time() - begun
        now, error = progress.energy, progress.error
        if exact is None and error == 0:
            exact = spent
        while pending and spent >= pending[0]:
            energy[pending.pop(0)] = now
        if not pending:
            break
    # A search that stopped because nothing is left to gain keeps what it has.
    energy.update(dict.fromkeys(pending, now))
    return Quality(error, exact, energy)


def constructed_quality(workload: Workload, costs: CostTable) -> Quality:
    """Construct an exact circuit; its energy is given at the CPU-seconds that this took.

    What is compiled is made by a first run that does not count.
    """
    for _ in range(2):
        begun = time.thread_time()
        result = construct(workload.problem(), workload.geometry(), costs)
        spent = time.thread_time() - begun
    return Quality(result.evaluation.error, spent, {spent: result.evaluation.energy})
