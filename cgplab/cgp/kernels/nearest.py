"""Nearest-value wiring: no output genes, every target takes the closest value that a legal pin carries.

See ``docs/nearest.md``.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    GENERATION,
    IMPROVED,
    LOG_COLUMNS,
    LOG_ROWS,
    LOGGED,
    N_COUNTERS,
    N_MEASURES,
    STALLED,
)
from cgplab.cgp.kernels.nearest_parent import BUILD, RESUME, SETTLE, START, polish_parent, tend
from cgplab.cgp.kernels.nearest_rules import make_rules
from cgplab.cgp.kernels.nearest_search import search_nearest
from cgplab.cgp.kernels.nearest_state import DUE, IMPROVING, REPLACED, SERVING, make_net
from cgplab.cgp.kernels.task import Task
from cgplab.errors import InputError


class NearestKernel:
    """State of a run with nearest-value wiring; see :class:`cgplab.cgp.kernels.interface.Kernel`.

    While the error is above the threshold, it is what the targets would have if each took the closest value that
    any legal pin carries. Below it, a set of values is served, each from one pin.

    Parameters
    ----------
    task : Task
        Of one vector.
    genes : (n_genes,) int32
        Start. If its outputs' values keep the error within the threshold, their pins are the first to serve.
    state : (1,) uint64

    Raises
    ------
    InputError
        The task has several vectors.
    """

    name = "nearest"

    def __init__(self, task: Task, genes: NDArray[np.int32], state: NDArray[np.uint64]) -> None:
        if task.inputs.shape[0] != 1:
            raise InputError(
                f"nearest-value wiring needs a problem of one vector, not {task.inputs.shape[0]}; "
                "use wiring evolved, or one circuit per vector"
            )
        self.task = task
        self.state = state
        self.measures = np.full(N_MEASURES, -1, dtype=np.int64)
        self.counters = np.zeros(N_COUNTERS, dtype=np.int64)
        self.log = np.zeros((LOG_ROWS, LOG_COLUMNS), dtype=np.int64)
        self._rules = make_rules(task)
        self._build(genes[: task.n_mutable])
        # The start's pins serve once only: later the genes of their gates have changed.
        self._outputs = np.ascontiguousarray(genes[task.n_mutable :])

    def _build(self, genes: NDArray[np.int32]) -> None:
        """Make the net of the gates' genes; nothing is served."""
        self._net = make_net(self.task, self._rules)
        self._net.cones.genes[:] = genes
        self._net.values[: self.task.n_inputs] = self.task.inputs[0]
        self._tend(BUILD, _NO_PINS, 0)

    def _tend(self, step: int, pins: NDArray[np.int32], threshold: int) -> None:
        tend(self._rules, self._net, pins, self.measures, step, threshold)

    def start(self, threshold: int) -> None:
        """Measure the parent, with costs when its error is within ``threshold``."""
        self._tend(START, self._outputs, threshold)
        self._outputs = _NO_PINS
        polish_parent(self._rules, self._net, self.measures, threshold)

    def advance(self, generations: int, threshold: int, patience: int) -> None:
        """Run up to generation ``generations``; see :func:`search_nearest`."""
        while True:
            search_nearest(
                self._rules, self._net, self.measures, self.counters, self.log, self.state,
                generations, threshold, patience,
            )  # fmt: skip
            if not self._net.numbers[DUE]:
                return
            self._end_generation(threshold)

    def _end_generation(self, threshold: int) -> None:
        """End a generation that the search left because the parent begins to serve or is to be polished."""
        numbers, counters = self._net.numbers, self.counters
        self._tend(SETTLE, _NO_PINS, threshold)
        polished = polish_parent(self._rules, self._net, self.measures, threshold)
        if polished and not numbers[REPLACED]:
            counters[ACCEPTED] += 1
        if polished or numbers[IMPROVING]:
            counters[IMPROVED] += 1
            counters[STALLED] = 0
            self.log[counters[LOGGED], 0] = counters[GENERATION]
            self.log[counters[LOGGED], 1:] = self.measures
            counters[LOGGED] += 1
        numbers[DUE] = 0

    def circuit_genes(self) -> NDArray[np.int32]:
        """Genome of the parent, every output wired to the closest value: of equally close ones to the lower."""
        rules, net = self._rules, self._net
        pins = net.serving.pins.copy()
        if not net.numbers[SERVING]:
            carried = net.values[rules.first_output : rules.end_output].astype(np.int64) + 128
            pins[carried[::-1]] = np.arange(rules.end_output - 1, rules.first_output - 1, -1)
        values = np.flatnonzero(pins >= 0)
        closest = np.abs(np.arange(256)[:, None] - values).argmin(axis=1)
        outputs = pins[values[closest]][self.task.targets[0].astype(np.intp) + 128]
        return np.concatenate([net.cones.genes, outputs])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Copies of everything that determines the rest of the search."""
        return {
            "genes": self._net.cones.genes.copy(),
            "served": self._net.serving.pins.copy(),
            "state": self.state.copy(),
            "measures": self.measures.copy(),
            "counters": self.counters.copy(),
        }

    def load(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take over what :meth:`arrays` gave."""
        served, rules = arrays["served"], self._rules
        if ((served != -1) & ((served < rules.first_output) | (served >= rules.end_output))).any():
            raise InputError("the checkpoint serves values from pins that no output may read; start again")
        for name in ("state", "measures", "counters"):
            np.copyto(getattr(self, name), arrays[name])
        self._build(arrays["genes"])
        self._tend(RESUME, served.copy(), 0)
        self._outputs = _NO_PINS


_NO_PINS = np.empty(0, dtype=np.int32)
