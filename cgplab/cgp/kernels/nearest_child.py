"""A child of the nearest-value kernel: the parent changed in place, undone, or made the new parent."""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.nearest_cones import rewire
from cgplab.cgp.kernels.nearest_serve import reassign, undo_serves
from cgplab.cgp.kernels.nearest_state import (
    CHANGED,
    CHILD,
    FOUND_GENES,
    FOUND_RECOUNTED,
    FOUND_SERVES,
    GENE_LOG,
    RECOUNTED,
    SERVE_LOG,
    SERVING,
)
from cgplab.cgp.kernels.nearest_values import mark, propagate, relink, restore_values
from cgplab.cgp.kernels.random import below_high, below_low, random_word


@part
def mutate(rules, net, random):  # type: ignore[no-untyped-def]
    """Redraw k genes, k uniform in 0..max_mutations, log them and evaluate what changes.

    Repeats and unchanged values are allowed. Genes that their gate does not read change no value.
    """
    genes = net.cones.genes
    net.numbers[CHILD] += 1
    child = net.numbers[CHILD]
    low_word, high_word = np.int64(net.dirty.shape[0]), np.int64(-1)
    logged = np.int64(0)
    changed = np.int64(0)
    for _ in range(below_high(random_word(random), rules.max_mutations + 1)):
        word = random_word(random)
        slot = below_high(word, rules.n_mutable)
        gate = slot // 3
        which = slot - 3 * gate
        if which == 2:
            value = below_low(word, rules.n_functions)
        else:
            column = rules.column[gate]
            value = rules.low[column] + below_low(word, rules.span[column])
        old = genes[slot]
        if value == old:
            continue
        net.gene_log[logged, 0] = slot
        net.gene_log[logged, 1] = old
        logged += 1
        genes[slot] = value
        if which < rules.reads[genes[3 * gate + 2]] or which == 2:
            mark(net, gate)
            low_word, high_word = min(low_word, gate >> 6), max(high_word, gate >> 6)
            if net.stamp[gate] != child:
                net.stamp[gate] = child
                net.changed[changed] = gate
                changed += 1
    net.numbers[GENE_LOG] = logged
    net.numbers[CHANGED] = changed
    propagate(rules, net, low_word, high_word)


@routine
def sync_gates(rules, net):  # type: ignore[no-untyped-def]
    """Count the changed genes of active gates; returns whether there were any."""
    any_changed = False
    for i in range(net.numbers[CHANGED]):
        gate = np.int64(net.changed[i])
        if net.cones.refs[rules.n_inputs + gate] > 0 and rewire(net.cones, gate):
            any_changed = True
    return any_changed


@part
def undo_child(rules, net, counted):  # type: ignore[no-untyped-def]
    """Back to the parent; ``counted`` says whether the cones have followed the child."""
    undo_serves(net.serving, np.int64(0))
    genes = net.cones.genes
    for i in range(net.numbers[GENE_LOG] - 1, -1, -1):
        genes[net.gene_log[i, 0]] = net.gene_log[i, 1]
    if counted:
        sync_gates(rules, net)
    restore_values(rules, net)


@routine
def remember(net):  # type: ignore[no-untyped-def]
    """Note how to make the child at hand."""
    for i in range(net.numbers[GENE_LOG]):
        slot = net.gene_log[i, 0]
        net.found_genes[i, 0] = slot
        net.found_genes[i, 1] = net.cones.genes[slot]
    for i in range(net.numbers[SERVE_LOG]):
        net.found_serves[i, 0] = net.serving.log[i, 0]
        net.found_serves[i, 1] = net.serving.log[i, 2]
    net.numbers[FOUND_RECOUNTED] = net.numbers[RECOUNTED]
    net.numbers[FOUND_GENES] = net.numbers[GENE_LOG]
    net.numbers[FOUND_SERVES] = net.numbers[SERVE_LOG]


@routine
def become_found(rules, net):  # type: ignore[no-untyped-def]
    """Turn the parent into the child that :func:`remember` noted."""
    low_word, high_word = np.int64(net.dirty.shape[0]), np.int64(-1)
    n_genes = net.numbers[FOUND_GENES]
    for i in range(n_genes):
        net.cones.genes[net.found_genes[i, 0]] = net.found_genes[i, 1]
        gate = np.int64(net.found_genes[i, 0]) // 3
        mark(net, gate)
        low_word, high_word = min(low_word, gate >> 6), max(high_word, gate >> 6)
    propagate(rules, net, low_word, high_word)
    for i in range(n_genes):
        relink(rules, net, np.int64(net.found_genes[i, 0]) // 3)
    if net.numbers[SERVING] == 1:
        for i in range(n_genes):
            gate = np.int64(net.found_genes[i, 0]) // 3
            if net.cones.refs[rules.n_inputs + gate] > 0:
                rewire(net.cones, gate)
        for i in range(net.numbers[FOUND_SERVES]):
            value, pin = np.int64(net.found_serves[i, 0]), np.int64(net.found_serves[i, 1])
            reassign(net.serving, value, np.int64(net.serving.pins[value]), pin)
