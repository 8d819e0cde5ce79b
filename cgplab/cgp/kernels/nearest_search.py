"""The loop of the nearest-value kernel.

A child is made by changing the parent in place and undone again. What it costs depends on how many pins change
their value, not on the size of the grid or of the layer.
"""

import numpy as np

from cgplab.cgp.kernels.arrays import copy
from cgplab.cgp.kernels.generation import log_improvement, within_stops
from cgplab.cgp.kernels.jit import kernel, part, routine
from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    CHILDREN,
    DELAY,
    ERROR,
    GENERATION,
    LOGGED,
    N_MEASURES,
    NEUTRAL,
    REJECTED_EARLY,
    STALLED,
    STOPPED,
)
from cgplab.cgp.kernels.nearest_child import become_found, mutate, remember, sync_gates, undo_child
from cgplab.cgp.kernels.nearest_cones import longest_paths
from cgplab.cgp.kernels.nearest_follow import follow
from cgplab.cgp.kernels.nearest_parent import budget_of, measure_parent
from cgplab.cgp.kernels.nearest_serve import (
    compare,
    measure_net,
)
from cgplab.cgp.kernels.nearest_state import (
    DUE,
    FOUND_RECOUNTED,
    IMPROVING,
    PRESENCE_ERROR,
    RECOUNTED,
    REPLACED,
    SERVE_LOG,
    SERVED_ERROR,
    SERVING,
)

POLISH_EVERY = 2000
"""Generations between two polishings of the parent."""


@part
def _judge_error(rules, net):  # type: ignore[no-untyped-def]
    """Compare a child of the error phase with the best so far; 1: better, 0: a tie, which drifts, -1: worse."""
    for i in range(N_MEASURES):
        net.child[i] = -1
    net.child[ERROR] = net.numbers[PRESENCE_ERROR] // rules.divisor
    if net.child[ERROR] == net.found[ERROR]:
        return 0
    return 1 if net.child[ERROR] < net.found[ERROR] else -1


@routine
def _judge_costs(rules, net, parent, recounted, budget):  # type: ignore[no-untyped-def]
    """Compare a child of the energy phase, like :func:`_judge_error`."""
    if net.numbers[SERVED_ERROR] > budget:
        return -1
    net.numbers[RECOUNTED] = recounted
    if not recounted:
        copy(net.child, parent)
        return 0
    measure_net(rules, net, net.child)
    result = compare(rules, net, net.child, net.found)
    if result == 1 and rules.compares_paths and net.child[DELAY] < 0:
        longest_paths(net.cones, net.arrival, net.depth, net.child)
    return result


@kernel
def search_nearest(rules, net, measures, counters, log, random, generations, threshold, patience):  # type: ignore[no-untyped-def]
    """Run generations; see :meth:`cgplab.cgp.kernels.interface.Kernel.advance`.

    Returns early, with ``numbers[DUE]`` set, when the parent is to begin to serve or to be polished: the caller then
    ends this generation.

    Parameters
    ----------
    rules : Rules
    net : Net
    measures : (N_MEASURES,) int64
        Of the parent.
    counters : (N_COUNTERS,) int64
    log : (LOG_ROWS, LOG_COLUMNS) int64
    random : (1,) uint64
    generations, threshold, patience : int64
    """
    budget = budget_of(rules, threshold)
    while counters[GENERATION] < generations and counters[LOGGED] < log.shape[0]:
        if within_stops(rules, measures, threshold):
            counters[STOPPED] = 1
            return
        if counters[STALLED] > patience:
            return
        serving = net.numbers[SERVING] == 1
        found = np.int64(-1)
        copy(net.found, measures)
        for _ in range(rules.children):
            mutate(rules, net, random)
            net.numbers[SERVE_LOG] = 0
            counted = serving and net.numbers[PRESENCE_ERROR] <= budget
            if not serving:
                result = _judge_error(rules, net)
            elif counted:
                recounted = sync_gates(rules, net)
                recounted |= follow(rules, net, random, budget)
                counters[NEUTRAL] += not recounted
                result = _judge_costs(rules, net, measures, recounted, budget)
            else:
                counters[REJECTED_EARLY] += 1
                result = -1
            # A better child becomes the one that later children are compared with; of ties the last one stands,
            # but only while no better child was found.
            if result == 1 or (result == 0 and found < 1):
                found = result
                copy(net.found, net.child)
                remember(net)
            undo_child(rules, net, counted)
        counters[CHILDREN] += rules.children
        counters[GENERATION] += 1
        counters[STALLED] += 1
        if found >= 0:
            counters[ACCEPTED] += 1
            become_found(rules, net)
            copy(measures, net.found)
            if serving and net.numbers[FOUND_RECOUNTED] == 1:
                measure_parent(rules, net, measures)
        due = counters[GENERATION] % POLISH_EVERY == 0 if serving else net.numbers[PRESENCE_ERROR] <= budget
        if due:
            net.numbers[DUE] = 1
            net.numbers[REPLACED] = found >= 0
            net.numbers[IMPROVING] = found == 1
            return
        if found == 1:
            log_improvement(measures, counters, log)
