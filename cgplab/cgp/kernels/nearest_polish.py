"""Local search on the parent that changes no pin's value: cheaper carriers, cheaper gates, values not worth serving.

Every step is kept only if it makes the parent better in the order of the run, so polishing never hurts.
"""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.layout import DELAY, GATE_COUNT, N_MEASURES
from cgplab.cgp.kernels.nearest_cones import cheaper, cheapest_carrier, longest_paths, rewire, saved_without
from cgplab.cgp.kernels.nearest_presence import gain
from cgplab.cgp.kernels.nearest_serve import (
    NOBODY,
    assign,
    compare,
    error_without,
    measure_net,
    serve,
    try_switch,
    undo_serves,
)
from cgplab.cgp.kernels.nearest_state import SERVE_LOG, SERVED_ERROR
from cgplab.cgp.kernels.nearest_values import index_of, next_carrier, relink

ROUNDS = 3
CARRIERS = np.int64(16)
"""Carriers of a value that are looked at."""
IDLE_CARRIERS = 8
"""Of these, how many may belong to inactive gates where a gate's pin is re-sourced."""


@routine
def _keep(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """Whether the net is better than ``measures``, which then become its own."""
    if net.numbers[SERVED_ERROR] > budget:
        return False
    measure_net(rules, net, net.child)
    if compare(rules, net, net.child, measures) != 1:
        return False
    if rules.compares_paths and net.child[DELAY] < 0:
        longest_paths(net.cones, net.arrival, net.depth, net.child)
    for i in range(N_MEASURES):
        measures[i] = net.child[i]
    return True


@routine
def _keep_or_undo(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """:func:`_keep` for the logged steps of the served set, which are undone otherwise."""
    kept = _keep(rules, net, measures, budget)
    if kept:
        net.numbers[SERVE_LOG] = 0
    else:
        undo_serves(net.serving, np.int64(0))
    return kept


@part
def _is_freed(cones, pin, readers):  # type: ignore[no-untyped-def]
    """Whether a gate becomes idle when a pin loses so many readers; if not, nothing is saved."""
    return pin >= cones.n_inputs and cones.refs[pin] == readers


@routine
def _can_save(cones, gate, function):  # type: ignore[no-untyped-def]
    """Whether another operator may make an active gate cheaper: by itself, or by what is not read any more."""
    a, b = np.int64(cones.wired[3 * gate]), np.int64(cones.wired[3 * gate + 1])
    readers = np.int64(1) + np.int64(a == b)
    if _is_freed(cones, a, readers) or _is_freed(cones, b, readers):
        return True
    return cones.costs[function, cones.primary] < cones.costs[cones.wired[3 * gate + 2], cones.primary]


@routine
def _switch_carriers(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """Serve values from cheaper pins."""
    improved = False
    for value in range(256):
        pin = np.int64(net.serving.pins[value])
        if pin < 0 or not _is_freed(net.cones, pin, np.int64(1)):
            continue
        pin = next_carrier(net.words, value, rules.first_output, rules.end_output)
        for _ in range(CARRIERS):
            if pin < 0:
                break
            if pin != net.serving.pins[value] and try_switch(net.serving, value, pin):
                improved |= _keep_or_undo(rules, net, measures, budget)
            pin = next_carrier(net.words, value, pin + 1, rules.end_output)
    return improved


@routine
def _drop_values(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """Spend what the error budget leaves: drop the served values that save most for the error they add."""
    serving = net.serving
    improved = False
    while True:
        best = np.int64(-1)
        best_rate = 0.0
        for value in range(256):
            pin = np.int64(serving.pins[value])
            if pin < 0:
                continue
            error = error_without(serving, value)
            if net.numbers[SERVED_ERROR] + error > budget:
                continue
            rate = saved_without(net.cones, pin) / (error + 1.0)
            if rate > best_rate:
                best, best_rate = np.int64(value), rate
        if best < 0:
            return improved
        assign(serving, best, NOBODY)
        if not _keep_or_undo(rules, net, measures, budget):
            return improved
        improved = True


@routine
def _add_values(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """Serve values that lower the error at no cost that counts before it."""
    serving = net.serving
    improved = False
    for value in range(256):
        if serving.pins[value] < 0 and net.count[value] > 0 and gain(rules.gaps, serving.members, value) > 0:
            pin = cheapest_carrier(net.cones, net.words, value, rules.first_output, rules.end_output, CARRIERS)
            serve(serving, value, pin)
            improved |= _keep_or_undo(rules, net, measures, budget)
    return improved


@routine
def _try_gate(rules, net, gate, a, b, function, measures, budget):  # type: ignore[no-untyped-def]
    """Give an active gate other genes of the same value if that is better; returns whether it is."""
    cones = net.cones
    genes = cones.genes
    old_a, old_b, old_function = genes[3 * gate], genes[3 * gate + 1], genes[3 * gate + 2]
    cost, gates = cones.totals[cones.primary], cones.totals[GATE_COUNT]
    genes[3 * gate], genes[3 * gate + 1], genes[3 * gate + 2] = a, b, function
    rewire(cones, gate)
    if cheaper(cones, cost, gates) and _keep(rules, net, measures, budget):
        relink(rules, net, gate)
        return True
    genes[3 * gate], genes[3 * gate + 1], genes[3 * gate + 2] = old_a, old_b, old_function
    rewire(cones, gate)
    return False


@routine
def _resource(rules, net, gate, which, function, value, measures, budget):  # type: ignore[no-untyped-def]
    """Let pin ``which`` of a gate read other carriers of a value, applying ``function``."""
    cones = net.cones
    low = rules.gene_low[3 * rules.column[gate]]
    end = low + rules.gene_span[3 * rules.column[gate]]
    improved = False
    idle = 0
    pin = next_carrier(net.words, value, low, end)
    while pin >= 0:
        is_idle = pin >= cones.n_inputs and cones.refs[pin] == 0
        if not (is_idle and idle >= IDLE_CARRIERS):
            idle += is_idle
            a, b = np.int64(cones.genes[3 * gate]), np.int64(cones.genes[3 * gate + 1])
            if which == 0:
                a = pin
            else:
                b = pin
            improved |= _try_gate(rules, net, gate, a, b, function, measures, budget)
        pin = next_carrier(net.words, value, pin + 1, end)
    return improved


@routine
def _rewrite_gates(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """Make the values of active gates in other ways: from other pins, or with another operator."""
    cones = net.cones
    genes = cones.genes
    improved = False
    for gate in range(rules.n_gates):
        for k in range(2):
            if cones.refs[rules.n_inputs + gate] == 0 or k >= rules.reads[genes[3 * gate + 2]]:
                continue
            if _is_freed(cones, np.int64(cones.wired[3 * gate + k]), np.int64(1)):
                value = index_of(net.values[genes[3 * gate + k]])
                improved |= _resource(
                    rules, net, gate, np.int64(k), np.int64(genes[3 * gate + 2]), value, measures, budget
                )
        made = index_of(net.values[rules.n_inputs + gate])
        for i in range(rules.derive_start[made], rules.derive_start[made + 1]):
            if cones.refs[rules.n_inputs + gate] == 0:
                break
            function, value = rules.derive[i, 0], rules.derive[i, 1]
            if not _can_save(cones, gate, function):
                continue
            if value >= 0:
                improved |= _resource(rules, net, gate, np.int64(0), function, value, measures, budget)
            else:
                a, b = np.int64(genes[3 * gate]), np.int64(genes[3 * gate + 1])
                improved |= _try_gate(rules, net, gate, a, b, function, measures, budget)
    return improved


@routine
def polish(rules, net, measures, budget):  # type: ignore[no-untyped-def]
    """Improve the parent, and its measures with it; returns whether it got better.

    Parameters
    ----------
    rules : Rules
    net : Net
        Serving.
    measures : (N_MEASURES,) int64
        Of the net, complete.
    budget : int64
        Largest undivided error.
    """
    improved = False
    net.numbers[SERVE_LOG] = 0
    for _ in range(ROUNDS):
        better = _rewrite_gates(rules, net, measures, budget)
        better |= _switch_carriers(rules, net, measures, budget)
        better |= _drop_values(rules, net, measures, budget)
        better |= _add_values(rules, net, measures, budget)
        if not better:
            break
        improved = True
    if improved:
        longest_paths(net.cones, net.arrival, net.depth, measures)
    return improved
