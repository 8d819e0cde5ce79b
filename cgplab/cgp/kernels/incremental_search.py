"""The incremental kernel: (1+lambda) that evaluates of a child only what differs, and only while it can win.

Compiled code of :class:`cgplab.cgp.kernels.incremental.IncrementalKernel`; ``docs/core.md`` draws the steps.
"""

from typing import Any

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.generation import count_generation, within_stops
from cgplab.cgp.kernels.incremental_audit import check_parent
from cgplab.cgp.kernels.incremental_bounds import set_bounds
from cgplab.cgp.kernels.incremental_child import (
    BETTER,
    REJECTED,
    TIE,
    WORSE,
    path_costs,
    structure_costs,
    try_child,
)
from cgplab.cgp.kernels.incremental_commit import commit
from cgplab.cgp.kernels.incremental_error import divisor_of, output_error, weigh
from cgplab.cgp.kernels.incremental_state import FUNCTION, WIDTH
from cgplab.cgp.kernels.incremental_structure import acquire
from cgplab.cgp.kernels.jit import kernel
from cgplab.cgp.kernels.layout import ERROR, GENERATION, LOGGED, N_MEASURES, REJECTED_EARLY, STALLED, STOPPED


@kernel
def advance_incremental(task, parent, child, measures, counters, log, state, generations, threshold, patience, audit):  # type: ignore[no-untyped-def]
    """Run generations until ``generations`` are done, the log is full, or a stop or patience is reached.

    Parameters
    ----------
    task, parent, child : Task, Parent, Child
    measures : (N_MEASURES,) int64, of the parent
    counters : (N_COUNTERS,) int64
    log : (LOG_ROWS, LOG_COLUMNS) int64
    state : (1,) uint64
    generations : int64
        Total number of generations after which to return.
    threshold, patience : int64
    audit : Audit or None
        Check every child against plain evaluation.
    """
    while counters[GENERATION] < generations and counters[LOGGED] < log.shape[0]:
        if within_stops(task, measures, threshold):
            counters[STOPPED] = 1
            return
        if counters[STALLED] > patience:
            return
        found: Any = np.int64(WORSE)  # not a literal: that would compile everything twice
        for _ in range(task.children):
            result = try_child(task, parent, child, measures, state, threshold, found, counters, audit)
            if result == REJECTED:
                counters[REJECTED_EARLY] += 1
            # Later children are compared with a better one; of ties the last stands if none was better.
            elif result == BETTER or (result == TIE and found != BETTER):
                found = result
        if found >= TIE:
            commit(task, parent, child, state)
            for i in range(N_MEASURES):
                measures[i] = child.best_measures[i]
        count_generation(task, counters, log, measures, found)
        check_parent(task, parent, measures, audit, threshold)


@kernel
def build(task, parent, child, measures, threshold):  # type: ignore[no-untyped-def]
    """Structure, values and sums of ``parent.genes`` and its measures, costs only within ``threshold``.

    Everything in ``parent`` but its genes is as new.
    """
    for i in range(task.n_inputs):
        parent.values[i] = task.inputs[0, i]
    for gate in range(task.n_gates):
        at = WIDTH * gate
        a = parent.values[parent.genes[at]]
        b = parent.values[parent.genes[at + 1]]
        parent.values[task.n_inputs + gate] = apply(task, parent.genes[at + FUNCTION], a, b)
    total = np.int64(0)
    for output in range(task.targets.shape[1]):
        pin = np.int64(parent.genes[WIDTH * task.n_gates + output])
        acquire(task, parent, child, pin)
        parent.output_pin[output] = pin
        weigh(task, parent, output, pin, np.int64(1))
        total += output_error(task, parent, output, parent.values[pin])
    parent.totals[ERROR] = total
    set_bounds(task, parent)
    for i in range(N_MEASURES):
        child.measures[i] = -1
    child.measures[ERROR] = total // divisor_of(task)
    if child.measures[ERROR] <= threshold:
        structure_costs(task, parent, child)
        path_costs(task, parent, child)
    for i in range(N_MEASURES):
        measures[i] = child.measures[i]
