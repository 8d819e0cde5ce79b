"""The original program's search as a kernel: see :mod:`cgplab.cgp.kernels.as_built_search`."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.as_built_search import Work, advance_as_built, measure_as_built
from cgplab.cgp.kernels.bundle import Bundle
from cgplab.cgp.kernels.layout import (
    ERROR,
    GENERATION,
    LOG_COLUMNS,
    LOG_ROWS,
    N_COUNTERS,
    N_MEASURES,
    UNLIMITED,
)
from cgplab.cgp.kernels.task import Task
from cgplab.errors import InputError


@dataclass
class AsBuiltKernel:
    """State of a run as the original program searches.

    Attributes
    ----------
    population : (children + 1, n_genes) int32
        The parent, then the children.
    generators : (children + 1,) uint64
        Of each place. The program seeds them with ``rand()``, here they are drawn from ``state``, below 2**31 too.
    bred : (1,) int64
        Whether the next generation breeds children first.

    The other attributes are those of :class:`cgplab.cgp.kernels.interface.Kernel`. Before the first generation the
    parent's error counts as infinite, as in the program.
    """

    name = "as_built"

    task: Task
    genes: NDArray[np.int32]
    state: NDArray[np.uint64]
    population: NDArray[np.int32] = field(init=False)
    generators: NDArray[np.uint64] = field(init=False)
    bred: NDArray[np.int64] = field(init=False)
    measures: NDArray[np.int64] = field(init=False)
    counters: NDArray[np.int64] = field(init=False)
    log: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        n_vectors, n_pins = self.task.inputs.shape[0], self.task.n_inputs + self.task.n_gates
        places = self.task.children + 1
        self.population = np.tile(self.genes, (places, 1))
        words = np.random.SeedSequence(int(self.state[0])).generate_state(places, np.uint32)
        self.generators = (words >> np.uint32(1)).astype(np.uint64)
        self.bred = np.zeros(1, dtype=np.int64)
        self.measures = np.full(N_MEASURES, -1, dtype=np.int64)
        self.counters = np.zeros(N_COUNTERS, dtype=np.int64)
        self.log = np.zeros((LOG_ROWS, LOG_COLUMNS), dtype=np.int64)
        self._task = Bundle(self.task)
        self._work = Bundle(
            Work(
                values=np.zeros((n_vectors, n_pins), dtype=np.int8),
                active=np.zeros(n_pins, dtype=np.uint8),
                arrival=np.zeros(n_pins, dtype=np.int64),
                depth=np.zeros(n_pins, dtype=np.int64),
                child=np.zeros(N_MEASURES, dtype=np.int64),
                tied=np.zeros(N_MEASURES, dtype=np.int64),
            )
        )

    def start(self, threshold: int) -> None:
        """Measure the parent; its children are evaluated once more as they are, under the new threshold."""
        self.bred[0] = 0
        if self.counters[GENERATION]:
            measure_as_built(self._task, self._work, self.population[0], self.measures, threshold)
        else:
            self.measures[:] = -1
            self.measures[ERROR] = UNLIMITED

    def advance(self, generations: int, threshold: int, patience: int) -> None:
        """Run up to generation ``generations``; see :func:`advance_as_built`."""
        advance_as_built(
            self._task, self._work, self.population, self.generators, self.bred, self.measures, self.counters,
            self.log, generations, threshold, patience,
        )  # fmt: skip

    def circuit_genes(self) -> NDArray[np.int32]:
        """Genome of the parent, (n_genes,) int32; a copy."""
        genes: NDArray[np.int32] = self.population[0].copy()
        return genes

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Copies of everything that determines the rest of the search."""
        return {
            "genes": self.circuit_genes(),
            "children": self.population[1:].copy(),
            **{name: getattr(self, name).copy() for name in _STATE},
        }

    def load(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take over what :meth:`arrays` gave; InputError when a child has a gene that is not legal."""
        low, span = _legal(self.task)
        if ((arrays["children"] < low) | (arrays["children"] >= low + span)).any():
            raise InputError("the checkpoint has a child with a gene that is not legal; start again")
        self.population[0], self.population[1:] = arrays["genes"], arrays["children"]
        for name in _STATE:
            np.copyto(getattr(self, name), arrays[name])


_STATE = ("generators", "bred", "measures", "counters")


def _legal(task: Task) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest legal gene and number of legal ones at every place of a genome, (n_genes,) int64 each."""
    column = np.arange(task.n_gates) // task.rows
    functions = np.zeros(task.n_gates, dtype=np.int64)
    outputs = task.targets.shape[1]
    low, span = (
        np.concatenate([np.column_stack([*[pins[column]] * task.arity, codes]).ravel(), np.full(outputs, pins[-1])])
        for pins, codes in ((task.low, functions), (task.span, functions + task.plain_codes))
    )
    return low, span
