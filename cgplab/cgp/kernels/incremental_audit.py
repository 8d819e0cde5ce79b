"""Hold what the incremental kernel concludes against plain evaluation; compiled for tests only.

The steps here do nothing when ``audit`` is None: numba then leaves them out.
"""

from collections import namedtuple

import numpy as np

from cgplab.cgp.kernels.full_search import error_of, evaluate_genes, measure_costs
from cgplab.cgp.kernels.incremental_state import WIDTH
from cgplab.cgp.kernels.incremental_values import drawn_gene
from cgplab.cgp.kernels.jit import routine
from cgplab.cgp.kernels.layout import ERROR, GATE_COUNT, N_MEASURES
from cgplab.cgp.kernels.random import MIX, below_high, below_low, mix
from cgplab.cgp.kernels.task import Task

Audit = namedtuple("Audit", ["genes", "values", "active", "arrival", "depth", "measures", "counts"])
"""Scratch of a plain evaluation as in kernels.full, and counts (2,) int64: checks made, discrepancies found."""


def new_audit(task: Task) -> Audit:
    """Scratch for a task."""
    n_pins = task.n_inputs + task.n_gates
    return Audit(
        genes=np.zeros(WIDTH * task.n_gates + task.targets.shape[1], dtype=np.int32),
        values=np.zeros((1, n_pins), dtype=np.int8),
        active=np.zeros(n_pins, dtype=np.uint8),
        arrival=np.zeros(n_pins, dtype=np.int64),
        depth=np.zeros(n_pins, dtype=np.int64),
        measures=np.zeros(N_MEASURES, dtype=np.int64),
        counts=np.zeros(2, dtype=np.int64),
    )


@routine
def _expect(audit, holds):  # type: ignore[no-untyped-def]
    audit.counts[0] += 1
    if not holds:
        audit.counts[1] += 1


@routine
def _evaluate(task, audit):  # type: ignore[no-untyped-def]
    evaluate_genes(task, audit.genes, audit.values)
    measure_costs(task, audit.genes, audit.active, audit.arrival, audit.depth, audit.measures)
    for i in range(N_MEASURES):
        audit.measures[i] += task.surplus[i]
    audit.measures[ERROR] = error_of(task, audit.genes, audit.values)


@routine
def check_rejected(task, parent, child, audit, state, n_outputs, n_drawn, n_gates, changed, limit):  # type: ignore[no-untyped-def]
    """A child rejected early has an error above ``limit``; ``changed``: its gates' genes were changed already.

    Of its ``n_outputs`` hits on outputs ``n_drawn`` were drawn; the others, which must not matter, are drawn here.
    """
    if audit is not None:
        for i in range(n_drawn, n_outputs):
            child.output_words[i] = mix(state[0] - np.uint64(i) * MIX)
        _complete(task, parent, child, audit, n_outputs, n_gates, changed)
        _evaluate(task, audit)
        _expect(audit, audit.measures[ERROR] > limit)


@routine
def check_child(task, parent, child, audit, n_outputs, error):  # type: ignore[no-untyped-def]
    """A child that was not rejected has this error."""
    if audit is not None:
        _complete(task, parent, child, audit, n_outputs, np.int64(0), True)
        _evaluate(task, audit)
        _expect(audit, audit.measures[ERROR] == error)


@routine
def check_costs(child, audit):  # type: ignore[no-untyped-def]
    """The costs found for the child of the last :func:`check_child` are right."""
    if audit is not None:
        for i in range(N_MEASURES):
            _expect(audit, child.measures[i] < 0 or child.measures[i] == audit.measures[i])


@routine
def check_parent(task, parent, measures, audit, threshold):  # type: ignore[no-untyped-def]
    """Everything known about the parent after a generation is right."""
    if audit is not None:
        for i in range(audit.genes.shape[0]):
            audit.genes[i] = parent.genes[i]
        _evaluate(task, audit)
        for i in range(N_MEASURES):
            known = i == ERROR or measures[ERROR] <= threshold
            _expect(audit, measures[i] == (audit.measures[i] if known else -1))
        _expect(audit, parent.totals[GATE_COUNT] + task.surplus[GATE_COUNT] == audit.measures[GATE_COUNT])
        for gate in range(task.n_gates):
            pin = task.n_inputs + gate
            active = audit.active[pin] != 0
            _expect(audit, active == (parent.uses[pin] > 0))
            _expect(audit, not active or audit.values[0, pin] == parent.values[pin])


@routine
def _complete(task, parent, child, audit, n_outputs, n_gates, changed):  # type: ignore[no-untyped-def]
    """Genome of the child at hand, with its hits on outputs, and on gates unless these are ``changed`` already."""
    for i in range(audit.genes.shape[0]):
        audit.genes[i] = parent.genes[i]
    last = task.low.shape[0] - 1
    first = WIDTH * task.n_gates
    for i in range(n_outputs - 1, -1, -1):  # of several hits the first one counts
        word = child.output_words[i]
        audit.genes[first + below_high(word, task.n_free)] = task.low[last] + below_low(word, task.span[last])
    if not changed:
        for i in range(n_gates):
            slot = np.int64(child.gate_slots[i])
            audit.genes[slot] = drawn_gene(task, parent, slot, child.gate_words[i])
