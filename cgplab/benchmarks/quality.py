"""How soon a search is exact and how little energy it gets to."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    now, error = None, evolution.evaluation().error
    exact: int | None = 0 if error == 0 else None
    energy: dict[float, float | None] = {}
    pending = list(moments)
    begun = time.thread_time()
    for progress in evolution.run(slice_seconds=0.02):
        spent = time.thread_time() - begun
        now, error = progress.energy, progress.error
        if exact is None:
            exact = next((step.generation for step in progress.improvements if step.error == 0), None)
        while pending and spent >= pending[0]:
            energy[pending.pop(0)] = now
        if not pending:
            break
    # A search that stopped because nothing is left to gain keeps what it has.
    energy.update(dict.fromkeys(pending, now))
    return Quality(error, None if exact is None else _seconds_to(workload, costs, wiring, exact), energy)


def _seconds_to(workload: Workload, costs: CostTable, wiring: Literal["evolved", "nearest"], generation: int) -> float:
    """CPU-seconds until a generation is done, by a second run of the same seed.

    A slice of the first run ends up to its own length after that generation, and slices follow the clock: how much
    work one holds depends on what else the machine does.
    """
    if generation == 0:
        return 0.0
    settings = replace(workload.settings(wiring), generations=generation)
    evolution = Evolution(workload.problem(), workload.geometry(), costs, settings)
    begun = time.thread_time()
    deque(evolution.run(slice_seconds=3600), maxlen=0)
    return time.thread_time() - begun


def constructed_quality(workload: Workload, costs: CostTable) -> Quality:
    """Construct an exact circuit; its energy is given at the CPU-seconds that this took.

    What is compiled is made by a first run that does not count.
    """
    for _ in range(2):
        begun = time.thread_time()
        result = construct(workload.problem(), workload.geometry(), costs)
        spent = time.thread_time() - begun
    return Quality(result.evaluation.error, spent, {spent: result.evaluation.energy})
