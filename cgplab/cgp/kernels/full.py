"""The plain kernel: see :mod:`cgplab.cgp.kernels.full_search`."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.bundle import Bundle
from cgplab.cgp.kernels.full_search import Work, advance_full, measure
from cgplab.cgp.kernels.layout import LOG_COLUMNS, LOG_ROWS, N_COUNTERS, N_MEASURES
from cgplab.cgp.kernels.task import Task


@dataclass
class FullKernel:
    """State of a run on the plain kernel.

    Attributes
    ----------
    genes : (n_genes,) int32
        The parent: pins and function code of every gate, then the outputs' pins.

    The other attributes are those of :class:`cgplab.cgp.kernels.interface.Kernel`.
    """

    name = "full"

    task: Task
    genes: NDArray[np.int32]
    state: NDArray[np.uint64]
    measures: NDArray[np.int64] = field(init=False)
    counters: NDArray[np.int64] = field(init=False)
    log: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        n_vectors, n_pins = self.task.inputs.shape[0], self.task.n_inputs + self.task.n_gates
        self.measures = np.full(N_MEASURES, -1, dtype=np.int64)
        self.counters = np.zeros(N_COUNTERS, dtype=np.int64)
        self.log = np.zeros((LOG_ROWS, LOG_COLUMNS), dtype=np.int64)
        self._task = Bundle(self.task)
        self._work = Bundle(
            Work(
                child=np.empty_like(self.genes),
                values=np.zeros((n_vectors, n_pins), dtype=np.int8),
                active=np.zeros(n_pins, dtype=np.uint8),
                arrival=np.zeros(n_pins, dtype=np.int64),
                depth=np.zeros(n_pins, dtype=np.int64),
                best=np.empty_like(self.genes),
                measures=np.zeros(N_MEASURES, dtype=np.int64),
                best_measures=np.zeros(N_MEASURES, dtype=np.int64),
            )
        )

    def start(self, threshold: int) -> None:
        """Measure the parent, with costs when its error is within ``threshold``."""
        measure(self._task, self._work, self.genes, self.measures, threshold)

    def advance(self, generations: int, threshold: int, patience: int) -> None:
        """Run up to generation ``generations``; see :func:`advance_full`."""
        advance_full(
            self._task, self._work, self.genes, self.measures, self.counters, self.log, self.state,
            generations, threshold, patience,
        )  # fmt: skip

    def circuit_genes(self) -> NDArray[np.int32]:
        """Genome of the parent, (n_genes,) int32; a copy."""
        return self.genes.copy()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Copies of everything that determines the rest of the search."""
        return {name: getattr(self, name).copy() for name in _STATE}

    def load(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take over what :meth:`arrays` gave."""
        for name in _STATE:
            np.copyto(getattr(self, name), arrays[name])


_STATE = ("genes", "state", "measures", "counters")
