"""Children per CPU-second of a kernel, one phase of the search at a time."""

import time
from typing import Literal

import numpy as np

from cgplab.benchmarks.workloads import Workload
from cgplab.cgp import Circuit, CostTable
from cgplab.cgp.kernels.choice import choose_kernel, kernel_named
from cgplab.cgp.kernels.interface import Kernel
from cgplab.cgp.kernels.layout import CHILDREN, ERROR, GENERATION, LOGGED, STOPPED, UNLIMITED
from cgplab.cgp.kernels.random import seed_state
from cgplab.cgp.kernels.task import circuit_of, genes_of, make_task
from cgplab.cgp.multiplex import multiplexed_circuit, multiplexed_geometry, multiplexed_problem

TOLERANCE = 5.0
"""Mean deviation t of a weight within which the energy phase searches."""
SLICE = 0.005
"""CPU-seconds between looks at whether the phase is over."""
APPROACH = 500
"""Generations between looks for the start of the energy phase."""

Phase = Literal["error", "energy"]


class Bench:
    """One workload in evolved wiring, ready to be searched by any kernel from given circuits.

    Parameters
    ----------
    workload : Workload
    costs : CostTable
    """

    def __init__(self, workload: Workload, costs: CostTable) -> None:
        problem, geometry = workload.problem(), workload.geometry()
        settings = workload.settings()
        self.chosen = choose_kernel(problem, geometry, settings)
        self.tolerance = workload.error_budget(TOLERANCE)
        self._problem, self._geometry = problem, geometry
        self._genome = multiplexed_geometry(geometry) if settings.multiplex else geometry
        searched = multiplexed_problem(problem) if settings.multiplex else problem
        self._task = make_task(searched, self._genome, costs, settings)
        self._within: Circuit | None = None

    def rate(self, kernel: str, phase: Phase, seconds: float) -> float:
        """Children per CPU-second of this thread.

        The error phase starts at random circuits, the energy phase at one circuit within ``tolerance``; every
        kernel gets the same ones. A search whose phase is over makes way for the next.

        Parameters
        ----------
        kernel : str
            Name, see :func:`cgplab.cgp.kernels.choice.kernel_named`.
        phase : {"error", "energy"}
        seconds : float
            CPU-seconds to search for; setting up does not count.
        """
        children, spent, generations, run = 0, 0.0, 1, 0
        while spent < seconds:
            search = self._start(kernel, phase, run)
            threshold = 0 if phase == "error" else self.tolerance
            over = False
            while spent < seconds and not over:
                before = int(search.counters[GENERATION])
                search.counters[LOGGED] = 0
                begun = time.thread_time()
                search.advance(before + generations, threshold, UNLIMITED)
                took = time.thread_time() - begun
                spent += took
                done = int(search.counters[GENERATION]) - before
                generations = max(1, min(4 * generations, int(done * SLICE / max(took, 1e-6))))
                over = bool(search.counters[STOPPED]) or (phase == "error" and search.measures[ERROR] <= threshold)
            children += int(search.counters[CHILDREN])
            run += 1
        return children / spent

    def _start(self, kernel: str, phase: Phase, run: int) -> Kernel:
        """Kernel at the start circuit of a run, compiled."""
        if phase == "error":
            circuit, threshold = self._random(run), 0
        else:
            circuit, threshold = self._tolerable(), self.tolerance
        return self._kernel(kernel, circuit, run, threshold)

    def _kernel(self, name: str, circuit: Circuit, run: int, threshold: int) -> Kernel:
        search = kernel_named(name)(self._task, genes_of(circuit), seed_state(np.random.SeedSequence((run, 1))))
        search.start(threshold)
        search.advance(0, threshold, UNLIMITED)
        return search

    def _random(self, run: int) -> Circuit:
        circuit = Circuit.random(self._geometry, np.random.SeedSequence((run, 0)))
        return multiplexed_circuit(circuit, self._problem) if self._genome != self._geometry else circuit

    def _tolerable(self) -> Circuit:
        """Circuit within the tolerance that the chosen kernel gets to from the first random one."""
        if self._within is None:
            search = self._kernel(self.chosen, self._random(0), 0, self.tolerance)
            while search.measures[ERROR] > self.tolerance:
                search.counters[LOGGED] = 0
                search.advance(int(search.counters[GENERATION]) + APPROACH, self.tolerance, UNLIMITED)
            self._within = circuit_of(self._genome, search.circuit_genes(), 1)
        return self._within
