"""Keep the best child of a generation, and make it the parent."""

import numpy as np

from cgplab.cgp.kernels.incremental_bounds import set_bounds
from cgplab.cgp.kernels.incremental_error import weigh
from cgplab.cgp.kernels.incremental_state import (
    GENES_LOGGED,
    IDLE_GENES,
    IDLE_HITS,
    STAMP,
    VALUES_LOGGED,
    WIDTH,
)
from cgplab.cgp.kernels.incremental_structure import follow
from cgplab.cgp.kernels.incremental_values import drawn_gene, evaluate_idle, unknown
from cgplab.cgp.kernels.incremental_wave import set_dirty, wave
from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.layout import ERROR, N_MEASURES
from cgplab.cgp.kernels.random import below_high, random_word

# Entries of Child.best_numbers.
_SUMMED_ERROR, _GENES, _MOVED, _HITS_LEFT = 0, 1, 2, 3


@part
def remember(child, summed_error, n_moved):  # type: ignore[no-untyped-def]
    """Note the child at hand as the best one so far."""
    n_genes = child.pending[GENES_LOGGED]
    child.best_numbers[_SUMMED_ERROR] = summed_error
    child.best_numbers[_GENES] = n_genes
    child.best_numbers[_MOVED] = n_moved
    child.best_numbers[_HITS_LEFT] = child.pending[IDLE_HITS]
    for i in range(N_MEASURES):
        child.best_measures[i] = child.measures[i]
    for i in range(n_genes):
        child.best_slot[i] = child.log_slot[i]
        child.best_new[i] = child.log_new[i]
    for i in range(n_moved):
        child.best_moved[i] = child.moved[i]
        child.best_moved_to[i] = child.moved_to[i]


@routine
def commit(task, parent, child, state):  # type: ignore[no-untyped-def]
    """Make the best child the parent: its genes, values, structure, and the idle hits nobody looked at."""
    n_genes = child.best_numbers[_GENES]
    n_moved = child.best_numbers[_MOVED]
    child.pending[STAMP] += 2
    child.pending[IDLE_HITS] = 0  # those on gates that the child looked at are among its genes
    child.pending[IDLE_GENES] = task.n_mutable
    first = np.int64(task.n_gates)
    for i in range(n_genes):
        slot = np.int64(child.best_slot[i])
        parent.genes[slot] = child.best_new[i]
        gate = slot // WIDTH
        if parent.uses[task.n_inputs + gate] > 0:
            set_dirty(child, gate)
            first = min(first, gate)
    for i in range(n_moved):
        output = child.best_moved[i]
        weigh(task, parent, output, parent.output_pin[output], np.int64(-1))
        weigh(task, parent, output, child.best_moved_to[i], np.int64(1))
    changed = n_moved > 0 or first < task.n_gates
    wave(task, parent, child, state, first, np.int64(1) << 62, np.int64(0), np.int64(0))
    child.pending[VALUES_LOGGED] = 0
    for i in range(n_moved):
        pin = np.int64(child.best_moved_to[i])
        if unknown(task, parent, child, pin):
            evaluate_idle(task, parent, child, pin, state)
    child.pending[GENES_LOGGED] = 0
    _place_idle_hits(task, parent, child, state)
    follow(task, parent, child, child.best_slot, n_genes, child.best_moved, child.best_moved_to, n_moved)
    for i in range(n_moved):
        output = child.best_moved[i]
        parent.output_pin[output] = child.best_moved_to[i]
        parent.genes[WIDTH * task.n_gates + output] = child.best_moved_to[i]
    parent.totals[ERROR] = child.best_numbers[_SUMMED_ERROR]
    if changed:
        set_bounds(task, parent)


@part
def _place_idle_hits(task, parent, child, state):  # type: ignore[no-untyped-def]
    """Apply the best child's remaining hits to idle gates that it did not look at."""
    left = child.best_numbers[_HITS_LEFT]
    while left > 0:
        word = random_word(state)
        slot = below_high(word, WIDTH * task.n_gates + task.n_void)
        if slot >= WIDTH * task.n_gates:
            left -= 1
            continue
        gate = slot // WIDTH
        pin = task.n_inputs + gate
        if parent.uses[pin] == 0 and child.mark[pin] < child.pending[STAMP]:
            parent.genes[slot] = drawn_gene(task, parent, slot, word)
            left -= 1
