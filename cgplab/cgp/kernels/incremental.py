"""Evolved wiring, evaluated incrementally: see :mod:`cgplab.cgp.kernels.incremental_search`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.bundle import Bundle
from cgplab.cgp.kernels.incremental_audit import new_audit
from cgplab.cgp.kernels.incremental_multiplex import ValueGates
from cgplab.cgp.kernels.incremental_search import advance_incremental, build
from cgplab.cgp.kernels.incremental_state import WIDTH, new_child, new_parent
from cgplab.cgp.kernels.layout import (
    GATE_COUNT,
    LOG_COLUMNS,
    LOG_ROWS,
    MSE,
    N_COUNTERS,
    N_MEASURES,
    UNLIMITED,
)
from cgplab.cgp.kernels.task import Task
from cgplab.errors import InputError


class IncrementalKernel:
    """State of a run on the incremental kernel; one vector, gates of two pins.

    The attributes are those of :class:`cgplab.cgp.kernels.interface.Kernel`.
    """

    name = "incremental"

    def __init__(self, task: Task, genes: NDArray[np.int32], state: NDArray[np.uint64]) -> None:
        assert task.inputs.shape[0] == 1
        assert task.arity == 2
        self.task = task
        self._value_gates = ValueGates(task, genes) if ValueGates.fit(task) else None
        self._searched = self._value_gates.task if self._value_gates else task
        self._task = Bundle(self._searched)
        self.state = state
        self.measures = np.full(N_MEASURES, -1, dtype=np.int64)
        self.counters = np.zeros(N_COUNTERS, dtype=np.int64)
        self.log = np.zeros((LOG_ROWS, LOG_COLUMNS), dtype=np.int64)
        self._audit: Bundle | None = None
        self._new_arrays(genes)

    def _new_arrays(self, genes: NDArray[np.int32]) -> None:
        self._parent, self._child = Bundle(new_parent(self._searched)), Bundle(new_child(self._searched))
        np.copyto(self._parent.genes, self._value_gates.without(genes) if self._value_gates else genes)

    def start(self, threshold: int) -> None:
        """Measure the parent, with costs when its error is within ``threshold``."""
        self._build(self.circuit_genes(), threshold)

    def _build(self, genes: NDArray[np.int32], threshold: int) -> None:
        self._new_arrays(genes)
        build(self._task, self._parent, self._child, self.measures, self._bounded(threshold))

    def advance(self, generations: int, threshold: int, patience: int) -> None:
        """Run up to generation ``generations``; see :func:`advance_incremental`."""
        advance_incremental(
            self._task, self._parent, self._child, self.measures, self.counters, self.log, self.state,
            generations, self._bounded(threshold), patience, self._audit,
        )  # fmt: skip

    def _bounded(self, threshold: int) -> int:
        """Threshold whose summed error does not overflow; no circuit's error is above it if ``threshold`` was."""
        return min(threshold, UNLIMITED // int(self.task.n_counted[0]) if self.task.metric == MSE else UNLIMITED)

    def audit(self) -> NDArray[np.int64]:
        """From now on check every child against plain evaluation; slow, for tests.

        Returns
        -------
        (2,) int64
            Checks made and discrepancies found, kept up to date.
        """
        self._audit = Bundle(new_audit(self._searched))
        counts: NDArray[np.int64] = self._audit.counts
        return counts

    def circuit_genes(self) -> NDArray[np.int32]:
        """Genome of the parent, (n_genes,) int32; a copy."""
        genes: NDArray[np.int32] = self._parent.genes.copy()
        return self._value_gates.whole(genes) if self._value_gates else genes

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Copies of everything that determines the rest of the search.

        ``active``: hits on active gates are drawn as positions in this list, and its order depends on how the
        search came here.
        """
        active = self._parent.active.copy()
        active[self._parent.totals[GATE_COUNT] :] = 0
        return {
            "genes": self.circuit_genes(),
            "active": active,
            "state": self.state.copy(),
            "measures": self.measures.copy(),
            "counters": self.counters.copy(),
        }

    def load(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take over what :meth:`arrays` gave."""
        if self._value_gates:
            # With the pins that nothing reads: they are part of the circuit, and this kernel was made from another.
            self._value_gates = ValueGates(self.task, arrays["genes"])
        self._build(arrays["genes"], -1)
        active = arrays["active"][: self._parent.totals[GATE_COUNT]]
        if not np.array_equal(np.sort(active), np.sort(self._parent.active[: active.size])):
            raise InputError("the checkpoint lists other gates as active than its circuit has; start again")
        for table in (self._parent.row[:-1], self._parent.slot[:-1]):
            by_place = table.reshape(-1, WIDTH)
            by_place[: active.size] = by_place[self._parent.active_at[active]]
        self._parent.active[: active.size] = active
        self._parent.active_at[active] = np.arange(active.size)
        for name in ("state", "measures", "counters"):
            np.copyto(getattr(self, name), arrays[name])
