"""What the driver expects of a kernel."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.task import Task


class Kernel(Protocol):
    """State of one search and the compiled code that advances it.

    A kernel is made with ``KernelClass(task, genes, state)``: ``genes`` (n_genes,) int32 is the genome of the
    start circuit (see :func:`cgplab.cgp.kernels.task.genes_of`), ``state`` (1,) uint64 the generator's state.
    Both are the kernel's to change. :meth:`start` comes before the first :meth:`advance`.

    Attributes
    ----------
    name : str
        Recorded with the run.
    task : Task
    state : (1,) uint64
        Of the random number generator.
    measures : (N_MEASURES,) int64
        Of the parent; costs are -1 while its error is above the threshold.
    counters : (N_COUNTERS,) int64
        See :mod:`cgplab.cgp.kernels.layout`. The driver sets ``LOGGED`` to 0 before it advances and
        ``STALLED`` to 0 when it raises the threshold.
    log : (LOG_ROWS, LOG_COLUMNS) int64
        Improvements since ``LOGGED`` was last 0; :meth:`advance` returns when it is full.
    """

    name: str
    task: Task
    state: NDArray[np.uint64]
    measures: NDArray[np.int64]
    counters: NDArray[np.int64]
    log: NDArray[np.int64]

    def start(self, threshold: int) -> None:
        """Measure the parent: before the first generation, and again when the threshold was raised."""

    def advance(self, generations: int, threshold: int, patience: int) -> None:
        """Search until ``generations`` are done in all, or the log is full, or the search stops.

        In this order, before each generation: it returns, with ``STOPPED`` set to 1, once every early stop
        is met; it returns once ``STALLED`` exceeds ``patience``. The result does not depend on how many
        calls the generations are spread over. No generation is done if ``generations`` are done already: the
        driver calls it so to compile.
        """

    def circuit_genes(self) -> NDArray[np.int32]:
        """Genome of the parent with the pins of its outputs, (n_genes,) int32; a copy."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Copies of everything that determines the rest of the search, ``log`` apart.

        Names, shapes and dtypes depend on the task only.
        """

    def load(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take over what :meth:`arrays` gave, in place of :meth:`start`.

        Names, shapes, dtypes and genes were checked; a kernel checks what else it has.

        Raises
        ------
        InputError
            They are of no search of this kernel.
        """
