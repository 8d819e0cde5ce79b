"""The original program's search, draw by draw, defects included.

Told apart from :mod:`cgplab.cgp.kernels.full_search` by what the program does, not by what it was meant to do:

* a linear congruential generator of its own for every place in the population, taken modulo n, with its poor low bits;
* the first generation does not mutate: the children are the start once more, and one of them takes over;
* a child that wins changes places with the parent, generators included;
* functions from ``task.locked`` on never change, though hits on them are drawn and count.

Held bit for bit against recorded runs of the program (``tests/cgp/test_as_built.py``).
"""

from collections import namedtuple

import numpy as np

from cgplab.cgp.as_built import INCREMENT, MULTIPLIER
from cgplab.cgp.kernels.full_search import compare, copy_to, error_of, evaluate_genes, measure_costs
from cgplab.cgp.kernels.generation import count_generation, within_stops
from cgplab.cgp.kernels.jit import kernel, part, routine
from cgplab.cgp.kernels.layout import ERROR, GENERATION, LOGGED, N_MEASURES, STALLED, STOPPED

Work = namedtuple("Work", ["values", "active", "arrival", "depth", "child", "tied"])
"""Scratch: values (d, pins) int8, marks and path lengths by pin, measures of the child and of the last that tied."""

_MULTIPLIER, _INCREMENT = np.uint64(MULTIPLIER), np.uint64(INCREMENT)


@part
def _below(generators, place, n):  # type: ignore[no-untyped-def]
    """Number in 0..n-1, int64; advances the generator of a place."""
    generators[place] = generators[place] * _MULTIPLIER + _INCREMENT
    return np.int64(generators[place] % np.uint64(n))


@routine
def _mutate(task, genes, generators, place):  # type: ignore[no-untyped-def]
    """Redraw k genes, k uniform in 0..max_mutations; the new value is drawn even where a function may not change."""
    width = task.arity + 1
    first = task.n_gates * width
    for _ in range(_below(generators, place, task.max_mutations + 1)):
        slot = _below(generators, place, task.n_mutable)
        if slot < first and slot % width == task.arity:
            function = _below(generators, place, task.plain_codes)
            if slot // width < task.locked:
                genes[slot] = function
        else:
            column = task.low.shape[0] - 1 if slot >= first else slot // width // task.rows
            genes[slot] = task.low[column] + _below(generators, place, task.span[column])


@routine
def _exchange(population, generators, place):  # type: ignore[no-untyped-def]
    """Let a child and the parent change places."""
    for i in range(population.shape[1]):
        gene = population[0, i]
        population[0, i] = population[place, i]
        population[place, i] = gene
    word = generators[0]
    generators[0] = generators[place]
    generators[place] = word


@part
def _measure(task, work, genes, measures, threshold):  # type: ignore[no-untyped-def]
    evaluate_genes(task, genes, work.values)
    for i in range(N_MEASURES):
        measures[i] = -1
    measures[ERROR] = error_of(task, genes, work.values)
    if measures[ERROR] <= threshold:
        measure_costs(task, genes, work.active, work.arrival, work.depth, measures)


@kernel
def measure_as_built(task, work, genes, measures, threshold):  # type: ignore[no-untyped-def]
    """Error of a genome and, when it is within ``threshold``, its costs, into ``measures``."""
    _measure(task, work, genes, measures, threshold)


@kernel
def advance_as_built(  # type: ignore[no-untyped-def]
    task, work, population, generators, bred, measures, counters, log, generations, threshold, patience
):
    """Run generations until ``generations`` are done, the log is full, or a stop or patience is reached.

    Parameters
    ----------
    task : Task fields as a namedtuple
    work : Work
    population : (children + 1, n_genes) int32
        The parent, then the children; functions as codes.
    generators : (children + 1,) uint64
    bred : (1,) int64
        0 where the children are still to be evaluated as they are; else they are bred from the parent first.
    measures : (N_MEASURES,) int64
        Of the parent.
    counters : (N_COUNTERS,) int64
    log : (LOG_ROWS, LOG_COLUMNS) int64
    generations : int64
        Total number of generations after which to return.
    threshold, patience : int64
    """
    while counters[GENERATION] < generations and counters[LOGGED] < log.shape[0]:
        if within_stops(task, measures, threshold):
            counters[STOPPED] = 1
            return
        if counters[STALLED] > patience:
            return
        if bred[0]:
            for place in range(1, task.children + 1):
                copy_to(population[place], population[0])
                _mutate(task, population[place], generators, place)
        bred[0] = 1
        found = -1
        tied = 0
        for place in range(1, task.children + 1):
            _measure(task, work, population[place], work.child, threshold)
            result = compare(task, work.child, measures, threshold)
            if result == 1:
                _exchange(population, generators, place)
                copy_to(measures, work.child)
                found = 1
            elif result == 0:
                tied = place
                copy_to(work.tied, work.child)
        if found != 1 and tied:
            _exchange(population, generators, tied)
            copy_to(measures, work.tied)
            found = 0
        count_generation(task, counters, log, measures, found)
