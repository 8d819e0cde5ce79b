"""A child of the nearest-value kernel: the parent changed in place, undone, or made the new parent."""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.nearest_cones import rewire
from cgplab.cgp.kernels.nearest_serve import reassign, undo_serves
from cgplab.cgp.kernels.nearest_state import (
    CHANGED,
    FOUND_GENES,
    FOUND_RECOUNTED,
    FOUND_SERVES,
    FOUND_VALUES,
    GENE_LOG,
    RECOUNTED,
    SERVE_LOG,
    SERVING,
    VALUE_LOG,
)
from cgplab.cgp.kernels.nearest_values import index_of, is_legal, keep_presence, recount, relink, settle_presence
from cgplab.cgp.kernels.nearest_wave import await_gate, propagate, restore_values
from cgplab.cgp.kernels.random import INCREMENT, below_high, below_low, mix


@part
def mutate(rules, net, random):  # type: ignore[no-untyped-def]
    """Redraw k genes, k uniform in 0..max_mutations, log them and evaluate what changes.

    Repeats and unchanged values are allowed. Genes that their gate does not read change no value.
    """
    genes = net.cones.genes
    counter = random[0]
    counter += INCREMENT
    hits = below_high(mix(counter), rules.max_mutations + 1)
    logged = np.int64(0)
    changed = np.int64(0)
    for _ in range(hits):
        counter += INCREMENT
        word = mix(counter)
        slot = below_high(word, rules.n_mutable)
        gate = slot // 3
        which = slot - 3 * gate
        kind = 3 * np.int64(rules.column[gate]) + which
        value = rules.gene_low[kind] + below_low(word, rules.gene_span[kind])
        old = np.int64(genes[slot])
        genes[slot] = value
        net.log_slot[logged] = slot
        net.log_gene[logged] = old
        differs = np.int64(value != old)
        logged += differs
        net.changed[changed] = gate
        changed += await_gate(net, gate, differs & rules.matters[3 * np.int64(genes[3 * gate + 2]) + which])
    random[0] = counter
    net.numbers[GENE_LOG] = logged
    net.numbers[CHANGED] = changed
    propagate(rules, net)


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
        genes[net.log_slot[i]] = net.log_gene[i]
    if counted:
        sync_gates(rules, net)
    restore_values(rules, net)


@routine
def remember(net):  # type: ignore[no-untyped-def]
    """Note how to make the child at hand."""
    for i in range(net.numbers[GENE_LOG]):
        slot = net.log_slot[i]
        net.found_genes[i, 0] = slot
        net.found_genes[i, 1] = net.cones.genes[slot]
    for i in range(net.numbers[VALUE_LOG]):
        pin = net.log_pin[i]
        net.found_values[i, 0] = pin
        net.found_values[i, 1] = net.values[pin]
    for i in range(net.numbers[SERVE_LOG]):
        net.found_serves[i, 0] = net.serving.log[i, 0]
        net.found_serves[i, 1] = net.serving.log[i, 2]
    net.numbers[FOUND_RECOUNTED] = net.numbers[RECOUNTED]
    net.numbers[FOUND_GENES] = net.numbers[GENE_LOG]
    net.numbers[FOUND_VALUES] = net.numbers[VALUE_LOG]
    net.numbers[FOUND_SERVES] = net.numbers[SERVE_LOG]


@routine
def become_found(rules, net):  # type: ignore[no-untyped-def]
    """Turn the parent into the child that :func:`remember` noted."""
    n_genes = net.numbers[FOUND_GENES]
    for i in range(n_genes):
        net.cones.genes[net.found_genes[i, 0]] = net.found_genes[i, 1]
    crossed = np.int64(0)
    for i in range(net.numbers[FOUND_VALUES]):
        pin, new = np.int64(net.found_values[i, 0]), np.int64(net.found_values[i, 1])
        if is_legal(rules, pin):
            crossed = recount(net, crossed, index_of(net.values[pin]), index_of(new))
        net.values[pin] = new
    settle_presence(rules, net, crossed)
    keep_presence(net)
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
