"""What happens to the parent now and then: it is measured, begins to serve, and is polished."""

from typing import Final

import numpy as np

from cgplab.cgp.kernels.jit import kernel, routine
from cgplab.cgp.kernels.layout import ERROR, N_MEASURES
from cgplab.cgp.kernels.nearest_cones import longest_paths, saved_without
from cgplab.cgp.kernels.nearest_polish import polish
from cgplab.cgp.kernels.nearest_presence import gain
from cgplab.cgp.kernels.nearest_serve import NOBODY, measure_net, reassign, serve, serve_nearest
from cgplab.cgp.kernels.nearest_state import PRESENCE_ERROR, SERVE_LOG, SERVED_ERROR, SERVING
from cgplab.cgp.kernels.nearest_values import build, index_of

# Steps of tend.
BUILD: Final = 0
START: Final = 1
RESUME: Final = 2
SETTLE: Final = 3


@routine
def budget_of(rules, threshold):  # type: ignore[no-untyped-def]
    """Largest undivided error within a threshold; the empty set is never within it."""
    budget = (min(threshold, rules.largest_error // rules.divisor) + 1) * rules.divisor - 1
    return min(budget, rules.largest_error)


@routine
def measure_parent(rules, net, measures):  # type: ignore[no-untyped-def]
    """Complete ``measures`` and ``saving`` of a parent that serves."""
    measure_net(rules, net, measures)
    longest_paths(net.cones, net.arrival, net.depth, measures)
    for value in range(256):
        pin = np.int64(net.serving.pins[value])
        net.saving[value] = saved_without(net.cones, pin) if pin >= 0 else 0


@routine
def _begin(rules, net, pins, measures, budget):  # type: ignore[no-untyped-def]
    """Serve from ``pins`` if their values keep the error within the budget; measure what serves nothing yet."""
    serving = net.serving
    if net.numbers[SERVING] == 0:
        for i in range(pins.shape[0]):
            value = index_of(net.values[pins[i]])
            if serving.pins[value] < 0 and gain(rules.gaps, serving.members, value) > 0:
                serve(serving, value, np.int64(pins[i]))
                net.numbers[SERVE_LOG] = 0
        if net.numbers[SERVED_ERROR] <= budget:
            net.numbers[SERVING] = 1
        else:
            for value in range(256):
                if serving.pins[value] >= 0:
                    reassign(serving, value, np.int64(serving.pins[value]), NOBODY)
    if net.numbers[PRESENCE_ERROR] > budget:
        for i in range(N_MEASURES):
            measures[i] = -1
        measures[ERROR] = net.numbers[PRESENCE_ERROR] // rules.divisor


@routine
def _resume(rules, net, pins, measures):  # type: ignore[no-untyped-def]
    """Serve each value from the pin that ``pins`` (256,) names, -1 for none."""
    for value in range(256):
        if pins[value] >= 0:
            reassign(net.serving, value, NOBODY, np.int64(pins[value]))
            net.numbers[SERVING] = 1
    if net.numbers[SERVING] == 1:
        measure_parent(rules, net, measures)


@kernel
def tend(rules, net, pins, measures, step, threshold):  # type: ignore[no-untyped-def]
    """Make a net ready for the search or for polishing.

    Parameters
    ----------
    rules : Rules
    net : Net
    pins : (n,) int32
        START: the outputs' pins of the start circuit. RESUME: the pin that serves each of the 256 values.
    measures : (N_MEASURES,) int64
        Of the parent.
    step : {BUILD, START, RESUME, SETTLE}
    threshold : int64
    """
    budget = budget_of(rules, threshold)
    if step == BUILD:
        build(rules, net)
    elif step == RESUME:
        _resume(rules, net, pins, measures)
    else:
        if step == START:
            _begin(rules, net, pins, measures, budget)
        if net.numbers[PRESENCE_ERROR] <= budget:
            if net.numbers[SERVING] == 0:
                serve_nearest(rules, net)
                net.numbers[SERVING] = 1
            measure_parent(rules, net, measures)


@kernel
def polish_parent(rules, net, measures, threshold):  # type: ignore[no-untyped-def]
    """Polish a parent, if it serves; returns whether it got better. See :func:`tend` for the parameters."""
    if net.numbers[SERVING] == 0:
        return False
    improved = polish(rules, net, measures, budget_of(rules, threshold))
    measure_parent(rules, net, measures)
    return improved
