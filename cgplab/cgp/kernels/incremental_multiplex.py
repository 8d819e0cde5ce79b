"""Value gates as outputs.

In multiplex mode the outputs are fixed and the last 256 gates are locked wires. If these fill the last column no gate
reads them, so a wire's pin is in all but name the gene of an output: the search then runs on a grid without them,
and such a gene counts as an output's.
"""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.incremental_state import FUNCTION, WIDTH
from cgplab.cgp.kernels.layout import AREA, DELAY, DEPTH, ENERGY, ENERGY_PER_OP, GATE_COUNT, N_MEASURES
from cgplab.cgp.kernels.task import Task


class ValueGates:
    """Takes the value gates of a task out of its grid and puts them back.

    Parameters
    ----------
    task : Task
    genes : (n_genes,) int32
        Of any circuit of the task; what is never read of the value gates is taken from it.

    Attributes
    ----------
    task : Task
        Without value gates.
    """

    def __init__(self, task: Task, genes: NDArray[np.int32]) -> None:
        self._genes = genes.copy()
        first = WIDTH * task.locked
        self._pins = slice(first, WIDTH * task.n_gates, WIDTH)
        n_wires = task.n_gates - task.locked
        surplus = np.zeros(N_MEASURES, dtype=np.int64)
        wire = genes[first + FUNCTION]
        for measure, costs in ((ENERGY, task.energy), (ENERGY_PER_OP, task.energy_per_op), (AREA, task.area)):
            surplus[measure] = n_wires * costs[wire]
        surplus[DELAY], surplus[DEPTH], surplus[GATE_COUNT] = task.delay[wire], 1, n_wires
        column = task.locked // task.rows
        self.task = task._replace(
            n_gates=task.locked,
            low=np.append(task.low[:-1], task.low[column]),
            span=np.append(task.span[:-1], task.span[column]),
            n_free=n_wires,
            n_void=(WIDTH - 1) * n_wires,
            surplus=surplus,
        )

    @staticmethod
    def fit(task: Task) -> bool:
        """Whether a task has value gates and all of them stand in its last column."""
        return task.locked < task.n_gates and task.locked >= task.n_gates - task.rows

    def without(self, genes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Genome with the pins of the value gates as its outputs."""
        return np.concatenate([genes[: WIDTH * self.task.n_gates], genes[self._pins]])

    def whole(self, genes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Genome with value gates."""
        result = self._genes.copy()
        result[: WIDTH * self.task.n_gates] = genes[: WIDTH * self.task.n_gates]
        result[self._pins] = genes[WIDTH * self.task.n_gates :]
        return result
