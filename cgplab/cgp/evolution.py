"""(1+lambda) evolution in slices: first the error falls under the threshold, then the costs."""

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.as_built import constant_start
from cgplab.cgp.checkpoint import fingerprint, kernel_arrays, seal, unseal
from cgplab.cgp.circuit import Circuit
from cgplab.cgp.costs import CostTable
from cgplab.cgp.evaluation import Evaluation, evaluate
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.kernels.layout import ERROR, GATE_COUNT, GENERATION, LOGGED, STALLED, STOPPED, UNLIMITED
from cgplab.cgp.multiplex import (
    multiplexed_circuit,
    multiplexed_geometry,
    multiplexed_problem,
    remove_multiplexing,
)
from cgplab.cgp.problem import Problem
from cgplab.cgp.progress import Phase, Progress, Reason, progress_of
from cgplab.cgp.search_checks import check_search
from cgplab.cgp.settings import Settings
from cgplab.errors import InputError

if TYPE_CHECKING:
    from cgplab.cgp.kernels.interface import Kernel


class Evolution:
    """One run of (1+lambda) Cartesian Genetic Programming.

    The first phase lowers the error to the threshold; equal children replace their parent (neutral
    drift). Within the threshold the settings' order decides and only better children replace it. If the
    first phase runs out of patience, the threshold is raised to the error reached, for this run only.

    Parameters
    ----------
    problem : Problem
    geometry : Geometry
        With the problem's numbers of inputs and outputs.
    costs : CostTable
    settings : Settings
    seed : int or SeedSequence
        Determines the whole run: the same seed gives the same circuits on any machine.
    start : Circuit, optional
        First parent, of this geometry; default: drawn from the seed, or the original's with ``as_built``.

    Raises
    ------
    InputError
        Sizes do not match, sums of costs could overflow, or a measure has no costs.
    """

    def __init__(
        self,
        problem: Problem,
        geometry: Geometry,
        costs: CostTable,
        settings: Settings | None = None,
        seed: int | np.random.SeedSequence = 0,
        start: Circuit | None = None,
    ) -> None:
        self._prepare(problem, geometry, costs, settings or Settings())
        sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
        # Numbered children instead of spawn(), which would make the result depend on earlier calls.
        first, search = (np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, i)) for i in range(2))
        if start is None and self.settings.as_built is not None:
            start = constant_start(geometry, problem.n_vectors)
        elif start is None:
            start = Circuit.random(geometry, first, problem.n_vectors)
        elif start.geometry != geometry:
            raise InputError(f"the start circuit is made for {start.geometry}, not for {geometry}")
        from cgplab.cgp.kernels.choice import choose_kernel
        from cgplab.cgp.kernels.random import seed_state

        self._kernel = self._make_kernel(choose_kernel(problem, geometry, self.settings), start, seed_state(search))
        self._kernel.start(self.threshold)
        self._kernel.advance(0, self.threshold, UNLIMITED)  # no generation: compiles before the clock starts

    def _prepare(self, problem: Problem, geometry: Geometry, costs: CostTable, settings: Settings) -> None:
        self.problem, self.geometry, self.costs, self.settings = problem, geometry, costs, settings
        check_search(problem, geometry, costs, settings)
        multiplex = settings.multiplex
        self._searched = multiplexed_problem(problem) if multiplex else problem
        self._genome = multiplexed_geometry(geometry) if multiplex else geometry
        self.threshold = settings.threshold
        self.seconds = 0.0
        self.finished: Reason | None = None

    def _make_kernel(self, name: str, start: Circuit, state: NDArray[np.uint64]) -> "Kernel":
        from cgplab.cgp.kernels.choice import kernel_named
        from cgplab.cgp.kernels.task import genes_of, make_task

        if self.settings.multiplex:
            start = multiplexed_circuit(start, self.problem)
        task = make_task(self._searched, self._genome, self.costs, self.settings)
        return kernel_named(name)(task, genes_of(start), state)

    @classmethod
    def check(cls, problem: Problem, geometry: Geometry, costs: CostTable, settings: Settings) -> None:
        """Raise InputError unless such a run could start; compiles nothing."""
        cls.__new__(cls)._prepare(problem, geometry, costs, settings)

    def checkpoint(self) -> dict[str, NDArray[Any]]:
        """Everything that determines the rest of the run, as arrays that can be stored as they are.

        Take it between slices. Improvements that a slice already yielded are not part of it.
        """
        arrays = {f"kernel.{name}": array for name, array in self._kernel.arrays().items()}
        # A time limit is a property of a call, not of the search: a resumed run may go on.
        finished = self.finished if self.finished != "time limit" else None
        arrays["name"] = np.array(self._kernel.name)
        arrays["threshold"] = np.array(self.threshold, dtype=np.int64)
        arrays["seconds"] = np.array(self.seconds, dtype=np.float64)
        arrays["finished"] = np.array(finished or "")
        return seal(arrays, fingerprint(self.problem, self.geometry, self.costs, self.settings))

    @classmethod
    def restore(
        cls,
        problem: Problem,
        geometry: Geometry,
        costs: CostTable,
        settings: Settings,
        arrays: Mapping[str, Any],
    ) -> Self:
        """Run that goes on, bit for bit, where :meth:`checkpoint` was taken.

        Raises
        ------
        InputError
            The checkpoint is damaged or was made with another problem, geometry, cost table or settings.
        """
        from cgplab.cgp.kernels.task import circuit_of

        evolution = cls.__new__(cls)
        evolution._prepare(problem, geometry, costs, settings)
        found = unseal(arrays, fingerprint(problem, geometry, costs, settings))
        start = Circuit.random(geometry, 0, problem.n_vectors)
        kernel = evolution._make_kernel(str(found["name"]), start, np.zeros(1, dtype=np.uint64))
        taken = kernel_arrays(found, kernel.arrays())
        # Outputs too, which not every kernel has genes of; raises unless every gene is legal.
        genes = np.concatenate([taken["genes"], kernel.circuit_genes()[taken["genes"].size :]])
        _ = circuit_of(evolution._genome, genes, problem.n_vectors)
        kernel.load(taken)
        evolution._kernel = kernel
        evolution.threshold = int(found["threshold"])
        evolution.seconds = float(found["seconds"])
        reason = str(found["finished"])
        evolution.finished = next((known for known in get_args(Reason) if known == reason), None)
        kernel.advance(0, evolution.threshold, UNLIMITED)
        return evolution

    @property
    def kernel_name(self) -> str:
        """Kernel that runs this search."""
        return self._kernel.name

    @property
    def generation(self) -> int:
        """Generations done."""
        return int(self._kernel.counters[GENERATION])

    @property
    def phase(self) -> Phase:
        """Whether the error or the costs are being lowered."""
        return "error" if self._kernel.measures[ERROR] > self.threshold else "energy"

    @property
    def best(self) -> Circuit:
        """Parent: the best circuit so far; with ``multiplex``, wired to the original problem."""
        from cgplab.cgp.kernels.task import circuit_of

        circuit = circuit_of(self._genome, self._kernel.circuit_genes(), self.problem.n_vectors)
        return remove_multiplexing(circuit, self.problem) if self.settings.multiplex else circuit

    def evaluation(self) -> Evaluation:
        """Plain evaluation of the best circuit."""
        return evaluate(self.best, self.problem, self.costs, self.settings.metric)

    def run(self, time_limit: float | None = None, slice_seconds: float = 0.25) -> Iterator[Progress]:
        """Search, yielding after every slice; the result does not depend on how it is sliced.

        Parameters
        ----------
        time_limit : float, optional
            Seconds after which to finish, counted over all calls; it is looked at between slices.
        slice_seconds : float
            About how often to yield, by the clock: this is for somebody who watches.

        Yields
        ------
        Progress
            The last one has ``finished`` set.
        """
        generations = 1
        while self.finished is None:
            before, begun = self.generation, time.perf_counter()
            self._advance(generations)
            spent = time.perf_counter() - begun
            self.seconds += spent
            if self.finished is None and time_limit is not None and self.seconds >= time_limit:
                self.finished = "time limit"
            yield self._progress()
            # Aim at the asked interval from the measured rate, growing at most fourfold at a time.
            aim = slice_seconds if time_limit is None else min(slice_seconds, max(time_limit - self.seconds, 1e-3))
            done = self.generation - before
            generations = max(1, min(4 * generations, int(done * aim / max(spent, 1e-6)) or generations))

    def _advance(self, generations: int) -> None:
        kernel, settings = self._kernel, self.settings
        last = UNLIMITED if settings.generations is None else settings.generations
        patience = UNLIMITED if settings.patience is None else settings.patience
        kernel.counters[LOGGED] = 0
        kernel.advance(min(self.generation + generations, last), self.threshold, patience)
        if kernel.counters[STOPPED]:
            self.finished = "early stop"
        elif kernel.counters[STALLED] > patience:
            if self.phase == "energy":
                self.finished = "patience"
            else:
                self.threshold = int(kernel.measures[ERROR])
                kernel.counters[STALLED] = 0
                kernel.start(self.threshold)
        if self.finished is None and self.generation >= last:
            self.finished = "generations"

    def _progress(self) -> Progress:
        return progress_of(self._kernel, self.phase, self.threshold, self._active_gates(), self.seconds, self.finished)

    def _active_gates(self) -> int:
        from cgplab.cgp.kernels.task import circuit_of

        count = int(self._kernel.measures[GATE_COUNT])
        if count >= 0:
            return count
        return int(circuit_of(self._genome, self._kernel.circuit_genes(), self.problem.n_vectors).active_gates().sum())
