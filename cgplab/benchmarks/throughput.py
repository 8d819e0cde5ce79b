"""Children per CPU-second of a kernel, one phase of the search at a time."""

import time
from typing import Literal

import numpy as np

from cgplab.benchmarks.workloads import Workload
from cgplab.cgp import Circuit, CostTable, Evolution
from cgplab.cgp.kernels.choice import choose_kernel, kernel_named
from cgplab.cgp.kernels.interface import Kernel
from cgplab.cgp.kernels.layout import CHILDREN, ERROR, GENERATION, LOGGED, STOPPED, UNLIMITED
from cgplab.cgp.kernels.random import seed_state
from cgplab.cgp.kernels.task import genes_of, make_task
from cgplab.cgp.multiplex import LOWEST, N_VALUES, multiplexed_circuit, multiplexed_geometry, multiplexed_problem

TOLERANCE = 5.0
"""Mean deviation t of a weight within which the energy phase searches."""
SLICE = 0.005
"""CPU-seconds between looks at whether the phase is over."""

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
        self._workload, self._costs = workload, costs
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
        circuit = self._plain(run)
        return multiplexed_circuit(circuit, self._problem) if self._genome != self._geometry else circuit

    def _tolerable(self) -> Circuit:
        """Circuit within the tolerance; nearest wiring gets there soonest, from the first random circuit."""
        if self._within is None:
            settings = self._workload.settings("nearest", self.tolerance)
            evolution = Evolution(self._problem, self._geometry, self._costs, settings, start=self._plain(0))
            progress = evolution.run(slice_seconds=SLICE)
            while evolution.phase == "error":
                next(progress)
            self._within = evolution.best
            if self._genome != self._geometry:
                self._within = self._wired(self._within)
        return self._within

    def _plain(self, run: int) -> Circuit:
        return Circuit.random(self._geometry, np.random.SeedSequence((run, 0)))

    def _wired(self, circuit: Circuit) -> Circuit:
        """Multiplexed circuit whose value gates read what the outputs of ``circuit`` take."""
        multiplexed = multiplexed_circuit(circuit, self._problem)
        gates = multiplexed.gates.copy()
        first = self._geometry.n_gates - N_VALUES
        needed = self._problem.targets[0].astype(np.int64) - LOWEST
        column = (first + needed) // self._geometry.rows
        may = (circuit.outputs >= self._genome.pin_low[column]) & (circuit.outputs < self._genome.pin_high[column])
        gates[first + needed[may], 0] = circuit.outputs[may]
        return Circuit.from_genes(self._genome, gates, multiplexed.outputs, 1)
