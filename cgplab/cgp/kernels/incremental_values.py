"""Values of idle gates, found when a child starts to read them.

Hits on idle gates are exchangeable, so a child's are not drawn with the others: only how many there are is
known, and each gate gets its share when somebody looks at it. What is never looked at is never drawn.
"""

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.incremental_state import (
    FUNCTION,
    GENES_LOGGED,
    IDLE_GENES,
    IDLE_HITS,
    STAMP,
    WIDTH,
)
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.random import below_high, below_low, random_word, uniform


@part
def drawn_gene(task, parent, slot, word):  # type: ignore[no-untyped-def]
    """New value of a gate's gene from the lower half of a word, int64; a locked function stays."""
    if slot >= WIDTH * task.locked and slot % WIDTH == FUNCTION:
        return np.int64(parent.genes[slot])
    kind = np.int64(parent.kind[slot])
    return parent.gene_low[kind] + below_low(word, parent.gene_span[kind])


@part
def log_gene(parent, child, slot, value):  # type: ignore[no-untyped-def]
    """Change a gene so that it can be changed back."""
    n = child.pending[GENES_LOGGED]
    child.log_slot[n] = slot
    child.log_old[n] = parent.genes[slot]
    child.log_new[n] = value
    child.pending[GENES_LOGGED] = n + 1
    parent.genes[slot] = value


@part
def touch(task, parent, child, gate, state):  # type: ignore[no-untyped-def]
    """Draw the hits on one idle gate: of those left, each falls on it with chance 3 / genes left."""
    child.mark[task.n_inputs + gate] = child.pending[STAMP]
    hits = child.pending[IDLE_HITS]
    left = child.pending[IDLE_GENES]
    child.pending[IDLE_GENES] = left - WIDTH
    if hits == 0:
        return
    below_one = uniform(random_word(state))
    if below_one * left >= hits * WIDTH:  # the chance of any hit at all is smaller
        return
    chance = WIDTH / left
    here = np.int64(0)
    if left <= WIDTH:
        here = hits
    else:
        # Inversion from the top, so that a small number means many hits.
        term = (1.0 - chance) ** hits
        reached = term
        while 1.0 - below_one > reached and here < hits:
            here += 1
            term *= (hits - here + 1) / here * chance / (1.0 - chance)
            reached += term
    for _ in range(here):
        word = random_word(state)
        slot = WIDTH * gate + below_high(word, WIDTH)
        log_gene(parent, child, slot, drawn_gene(task, parent, slot, word))
    child.pending[IDLE_HITS] = hits - here


@part
def unknown(task, parent, child, pin):  # type: ignore[no-untyped-def]
    """Whether the value of ``pin`` still has to be found: it is an idle gate that this child did not evaluate."""
    return parent.idle[pin] != 0 and child.mark[pin] != child.pending[STAMP] + 1


@part
def evaluate_idle(task, parent, child, pin, state):  # type: ignore[no-untyped-def]
    """Value of an idle gate and of all idle gates it depends on, into ``parent.values``."""
    stamp = child.pending[STAMP]
    height = 0
    child.stack[0] = pin
    while height >= 0:
        top = np.int64(child.stack[height])
        mark = child.mark[top]
        if mark == stamp + 1:
            height -= 1
            continue
        gate = top - task.n_inputs
        if mark != stamp:
            touch(task, parent, child, gate, state)
        function = parent.genes[WIDTH * gate + FUNCTION]
        a = np.int64(parent.genes[WIDTH * gate])
        b = np.int64(parent.genes[WIDTH * gate + 1])
        reads = task.reads[function]
        if reads > 0 and unknown(task, parent, child, a):
            height += 1
            child.stack[height] = a
        elif reads > 1 and unknown(task, parent, child, b):
            height += 1
            child.stack[height] = b
        else:
            parent.values[top] = apply(task, function, parent.values[a], parent.values[b])
            child.mark[top] = stamp + 1
            height -= 1
