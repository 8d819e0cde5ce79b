"""(1+lambda) evolution in slices: first the error falls under the threshold, then the costs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.costs import CostTable, to_real
from cgplab.cgp.evaluation import Evaluation, evaluate
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    CHILDREN,
    ERROR,
    GENERATION,
    IMPROVED,
    LOGGED,
    MEASURES,
    STALLED,
    STOPPED,
    UNLIMITED,
)
from cgplab.cgp.problem import Problem
from cgplab.cgp.settings import Settings
from cgplab.errors import InputError

if TYPE_CHECKING:
    from cgplab.cgp.kernels.full import FullKernel

Phase = Literal["error", "energy"]
Reason = Literal["generations", "patience", "early stop", "time limit"]


@dataclass(frozen=True)
class Improvement:
    """One improvement of the parent; costs are None while the error is above the threshold."""

    generation: int
    error: int
    energy: float | None
    area: float | None
    delay: float | None
    depth: int | None
    gate_count: int | None


@dataclass(frozen=True)
class Progress:
    """State of a run after a slice.

    Attributes
    ----------
    generation, children, accepted, improved : int
        Since the start: generations, children proposed, generations with a new parent, of these by a
        strictly better child.
    phase : {"error", "energy"}
    threshold : int
        In force; higher than the settings' if the error phase ran out of patience.
    error : int
        Of the parent.
    energy, area, delay : float or None
        Of the parent, pJ, um2, ns; None while its error is above the threshold.
    gate_count : int or None
    seconds : float
        Spent searching in this process.
    improvements : tuple of Improvement
        New since the last slice.
    finished : reason or None
    """

    generation: int
    children: int
    accepted: int
    improved: int
    phase: Phase
    threshold: int
    error: int
    energy: float | None
    area: float | None
    delay: float | None
    gate_count: int | None
    seconds: float
    improvements: tuple[Improvement, ...]
    finished: Reason | None


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

    Raises
    ------
    InputError
        Sizes do not match, or sums of costs could overflow.
    """

    def __init__(
        self,
        problem: Problem,
        geometry: Geometry,
        costs: CostTable,
        settings: Settings | None = None,
        seed: int | np.random.SeedSequence = 0,
    ) -> None:
        self.problem = problem
        self.geometry = geometry
        self.costs = costs
        self.settings = settings or Settings()
        self._check()
        sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
        # Numbered children instead of spawn(), which would make the result depend on earlier calls.
        start, search = (np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, i)) for i in range(2))
        self.threshold = self.settings.threshold
        self.seconds = 0.0
        self.finished: Reason | None = None
        self._kernel = self._make_kernel(Circuit.random(geometry, start, problem.n_vectors), search)

    def _check(self) -> None:
        problem, geometry = self.problem, self.geometry
        for what in ("inputs", "outputs"):
            has, needs = getattr(geometry, f"n_{what}"), getattr(problem, f"n_{what}")
            if has != needs:
                raise InputError(f"the geometry has {has} {what} but the problem has {needs}")
        if problem.n_vectors > geometry.arity:
            raise InputError(
                f"a problem of {problem.n_vectors} vectors needs gates of as many pins, not {geometry.arity}; "
                f"use Geometry(..., arity={problem.n_vectors})"
            )
        needed = [name for name in ("mux", "demux") if problem.n_vectors > 1]
        for name in needed:
            if not self.costs.has(name, problem.n_vectors):
                raise InputError(f"cost table {self.costs.name!r} has no {name} for {problem.n_vectors} vectors")
        for quantity in ("energy", "area", "delay"):
            dearest = int(self.costs.column(quantity, problem.n_vectors).max())
            if dearest * geometry.n_gates >= UNLIMITED:
                raise InputError(
                    f"{geometry.n_gates} gates of {to_real(dearest, quantity)} {quantity} each would overflow; "
                    "use a smaller grid or cheaper gates"
                )

    def _make_kernel(self, start: Circuit, search: np.random.SeedSequence) -> "FullKernel":
        from cgplab.cgp.kernels.full import FullKernel
        from cgplab.cgp.kernels.random import seed_state
        from cgplab.cgp.kernels.task import genes_of, make_task

        task = make_task(self.problem, self.geometry, self.costs, self.settings)
        kernel = FullKernel(task, genes_of(start), seed_state(search))
        kernel.start(self.threshold)
        kernel.advance(0, self.threshold, UNLIMITED)  # no generation yet: compiles, so that the clock starts after
        return kernel

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
        """Parent: the best circuit so far."""
        from cgplab.cgp.kernels.task import circuit_of

        return circuit_of(self.geometry, self._kernel.genes, self.problem.n_vectors)

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
            About how often to yield.

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
        kernel = self._kernel
        counters = kernel.counters
        log = kernel.log[: counters[LOGGED]]
        now = _improvement(self.generation, kernel.measures.tolist())
        return Progress(
            generation=self.generation,
            children=int(counters[CHILDREN]),
            accepted=int(counters[ACCEPTED]),
            improved=int(counters[IMPROVED]),
            phase=self.phase,
            threshold=self.threshold,
            error=now.error,
            energy=now.energy,
            area=now.area,
            delay=now.delay,
            gate_count=now.gate_count,
            seconds=self.seconds,
            improvements=tuple(_improvement(row[0], row[1:]) for row in log.tolist()),
            finished=self.finished,
        )


def _improvement(generation: int, measures: list[int]) -> Improvement:
    values = dict(zip(MEASURES, measures, strict=True))
    known = values["energy"] >= 0
    return Improvement(
        generation=generation,
        error=values["error"],
        energy=to_real(values["energy"], "energy") if known else None,
        area=to_real(values["area"], "area") if known else None,
        delay=to_real(values["delay"], "delay") if known else None,
        depth=values["depth"] if known else None,
        gate_count=values["gate_count"] if known else None,
    )
