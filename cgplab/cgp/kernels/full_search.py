"""The plain kernel: (1+lambda) with every gate of every child evaluated.

It is the reference the faster kernels are held against: nothing here is clever. What bounds it is the walk
over all gates of the grid, one table look-up each.
"""

from collections import namedtuple

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.generation import count_generation, within_stops
from cgplab.cgp.kernels.jit import kernel, part, routine
from cgplab.cgp.kernels.layout import (
    AE,
    AREA,
    DELAY,
    DEPTH,
    ENERGY,
    ENERGY_PER_OP,
    ERROR,
    GATE_COUNT,
    GENERATION,
    LOGGED,
    MSE,
    N_MEASURES,
    STALLED,
    STOPPED,
)
from cgplab.cgp.kernels.random import below_high, below_low, random_word

Work = namedtuple("Work", ["child", "values", "active", "arrival", "depth", "best", "measures", "best_measures"])
"""Scratch: genes of a child and of the best one, values (d, pins) int8, marks and path lengths by pin."""


@routine
def copy_to(target, source):  # type: ignore[no-untyped-def]
    """Copy an array into another of its length."""
    # A slice assignment would allocate a temporary in case the two overlap.
    for i in range(source.shape[0]):
        target[i] = source[i]


@part
def evaluate_genes(task, genes, values):  # type: ignore[no-untyped-def]
    """Value of every pin for every vector, into ``values`` (d, pins) int8."""
    width = task.arity + 1
    for vector in range(task.inputs.shape[0]):
        row = values[vector]
        for pin in range(task.n_inputs):
            row[pin] = task.inputs[vector, pin]
        for gate in range(task.n_gates):
            at = gate * width
            function = genes[at + task.arity]
            if function < task.plain_codes:
                value = apply(task, function, row[genes[at]], row[genes[at + 1]])
            elif function == task.plain_codes:  # mux
                value = row[genes[at + vector]]
            else:  # demux
                value = row[genes[at]] if vector == 0 else np.int8(0)
            row[task.n_inputs + gate] = value


@part
def error_of(task, genes, values):  # type: ignore[no-untyped-def]
    """Error of the outputs in the task's metric, int64."""
    first = task.n_gates * (task.arity + 1)
    total = np.int64(0)
    for vector in range(task.targets.shape[0]):
        row = np.int64(0)
        for output in range(task.targets.shape[1]):
            difference = np.int64(values[vector, genes[first + output]]) - np.int64(task.targets[vector, output])
            if task.metric == AE:
                row += task.weights[vector, output] * abs(difference)
            else:
                row += task.weights[vector, output] * difference * difference
        total += row // task.n_counted[vector] if task.metric == MSE else row
    return total


@routine
def measure_costs(task, genes, active, arrival, depth, measures):  # type: ignore[no-untyped-def]
    """Costs of the active gates, into ``measures``; ``active``, ``arrival``, ``depth`` are scratch (pins,)."""
    width = task.arity + 1
    first = task.n_gates * width
    active[:] = 0
    for output in range(task.targets.shape[1]):
        active[genes[first + output]] = 1
    for gate in range(task.n_gates - 1, -1, -1):
        if active[task.n_inputs + gate]:
            at = gate * width
            for k in range(task.reads[genes[at + task.arity]]):
                active[genes[at + k]] = 1
    for name in (ENERGY, ENERGY_PER_OP, AREA, DELAY, DEPTH, GATE_COUNT):
        measures[name] = 0
    for gate in range(task.n_gates):
        pin = task.n_inputs + gate
        if active[pin]:
            at = gate * width
            function = genes[at + task.arity]
            measures[ENERGY] += task.energy[function]
            measures[ENERGY_PER_OP] += task.energy_per_op[function]
            measures[AREA] += task.area[function]
            measures[GATE_COUNT] += 1
            longest = np.int64(0)
            deepest = np.int64(-1)
            for k in range(task.reads[function]):
                source = genes[at + k]
                longest = max(longest, arrival[source])
                deepest = max(deepest, depth[source])
            arrival[pin] = longest + task.delay[function]
            depth[pin] = deepest + 1  # a constant reads nothing: it starts a path at 0
    for output in range(task.targets.shape[1]):
        pin = genes[first + output]
        measures[DELAY] = max(measures[DELAY], arrival[pin])
        measures[DEPTH] = max(measures[DEPTH], depth[pin])


@part
def compare(task, a, b, threshold):  # type: ignore[no-untyped-def]
    """1: a is better than b, 0: a tie that may drift, -1: worse, or a tie that may not."""
    if a[ERROR] > threshold or b[ERROR] > threshold:
        return 1 if a[ERROR] < b[ERROR] else (0 if a[ERROR] == b[ERROR] else -1)
    for i in range(task.order.shape[0]):
        x = a[task.order[i]]
        y = b[task.order[i]]
        if x != y:
            return 1 if x < y else -1
    return -1


@part
def mutate(task, genes, state):  # type: ignore[no-untyped-def]
    """Redraw k genes, k uniform in 0..max_mutations; repeats and unchanged values are allowed.

    Hits on locked functions count, but change nothing.
    """
    width = task.arity + 1
    first = task.n_gates * width
    for _ in range(below_high(random_word(state), task.max_mutations + 1)):
        word = random_word(state)
        slot = below_high(word, task.n_mutable)
        if slot >= first:
            column = task.low.shape[0] - 1
            genes[slot] = task.low[column] + below_low(word, task.span[column])
        elif slot % width == task.arity:
            if slot // width < task.locked:
                genes[slot] = below_low(word, task.n_functions)
        else:
            column = slot // width // task.rows
            genes[slot] = task.low[column] + below_low(word, task.span[column])


@kernel
def advance_full(task, work, parent, parent_measures, counters, log, state, generations, threshold, patience):  # type: ignore[no-untyped-def]
    """Run generations until ``generations`` are done, the log is full, or a stop or patience is reached.

    Parameters
    ----------
    task : Task fields as a namedtuple
    work : Work
    parent : (n_genes,) int32, functions as codes
    parent_measures : (N_MEASURES,) int64
    counters : (N_COUNTERS,) int64
    log : (LOG_ROWS, LOG_COLUMNS) int64
    state : (1,) uint64
    generations : int64
        Total number of generations after which to return.
    threshold, patience : int64
    """
    while counters[GENERATION] < generations and counters[LOGGED] < log.shape[0]:
        if within_stops(task, parent_measures, threshold):
            counters[STOPPED] = 1
            return
        if counters[STALLED] > patience:
            return
        found = -1
        for _ in range(task.children):
            copy_to(work.child, parent)
            mutate(task, work.child, state)
            evaluate_genes(task, work.child, work.values)
            for i in range(N_MEASURES):
                work.measures[i] = -1
            work.measures[ERROR] = error_of(task, work.child, work.values)
            if work.measures[ERROR] <= threshold:
                measure_costs(task, work.child, work.active, work.arrival, work.depth, work.measures)
            # A better child becomes the one that later children are compared with; of ties the last one
            # stands, but only while no better child was found.
            result = compare(task, work.measures, work.best_measures if found == 1 else parent_measures, threshold)
            if result == 1 or (result == 0 and found < 1):
                found = result
                copy_to(work.best, work.child)
                copy_to(work.best_measures, work.measures)
        if found >= 0:
            copy_to(parent, work.best)
            copy_to(parent_measures, work.best_measures)
        count_generation(task, counters, log, parent_measures, found)


@kernel
def measure(task, work, genes, measures, threshold):  # type: ignore[no-untyped-def]
    """Error of a genome and, when it is within ``threshold``, its costs, into ``measures``."""
    evaluate_genes(task, genes, work.values)
    for i in range(N_MEASURES):
        measures[i] = -1
    measures[ERROR] = error_of(task, genes, work.values)
    if measures[ERROR] <= threshold:
        measure_costs(task, genes, work.active, work.arrival, work.depth, measures)
