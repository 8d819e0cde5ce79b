"""The served set: values that targets take, and the pin that serves each.

Every served value is the closest one of at least one target that counts, so that the gates counted here are
exactly the active gates of the circuit that is reported.
"""

import numpy as np

from cgplab.cgp.kernels.jit import routine
from cgplab.cgp.kernels.layout import DELAY, DEPTH, ERROR, GATE_COUNT, N_MEASURES
from cgplab.cgp.kernels.nearest_cones import acquire, cheaper, longest_paths, release
from cgplab.cgp.kernels.nearest_presence import contains, flip, gain, next_above, next_below
from cgplab.cgp.kernels.nearest_state import SERVE_LOG, SERVED_ERROR
from cgplab.cgp.kernels.nearest_values import next_carrier

NOBODY = np.int64(-1)
"""Instead of a pin: the value is not served. A plain -1 would be compiled for separately."""


@routine
def measure_net(rules, net, measures):  # type: ignore[no-untyped-def]
    """Measures of the served set; delay and depth are left at -1."""
    for i in range(N_MEASURES):
        measures[i] = net.cones.totals[i]
    measures[ERROR] = net.numbers[SERVED_ERROR] // rules.divisor
    measures[DELAY] = -1
    measures[DEPTH] = -1


@routine
def compare(rules, net, mine, other):  # type: ignore[no-untyped-def]
    """1: the net at hand, of measures ``mine``, is better than ``other``; 0: equal in all that counts; -1: worse.

    Paths of the net are measured when the comparison comes to them.
    """
    for i in range(rules.order.shape[0]):
        measure = rules.order[i]
        if mine[measure] < 0:
            longest_paths(net.cones, net.arrival, net.depth, mine)
        if mine[measure] != other[measure]:
            return 1 if mine[measure] < other[measure] else -1
    return 0


@routine
def reassign(serving, value, old, pin):  # type: ignore[no-untyped-def]
    """Let a pin serve a value instead of the pin ``old``; -1 stands for none. Its cone is counted."""
    if pin >= 0:
        acquire(serving.cones, pin)
    if old >= 0:
        release(serving.cones, old)
    if (old >= 0) != (pin >= 0):
        if pin >= 0:
            serving.numbers[SERVED_ERROR] -= gain(serving.gaps, serving.members, value)
            flip(serving.members, value)
        else:
            flip(serving.members, value)
            serving.numbers[SERVED_ERROR] += gain(serving.gaps, serving.members, value)
    serving.pins[value] = pin


@routine
def assign(serving, value, pin):  # type: ignore[no-untyped-def]
    """:func:`reassign`, logged."""
    old = np.int64(serving.pins[value])
    step = serving.log[serving.numbers[SERVE_LOG]]
    step[0] = value
    step[1] = old
    step[2] = pin
    serving.numbers[SERVE_LOG] += 1
    reassign(serving, value, old, pin)


@routine
def undo_serves(serving, kept):  # type: ignore[no-untyped-def]
    """Undo the logged steps but the first ``kept``."""
    for i in range(serving.numbers[SERVE_LOG] - 1, kept - 1, -1):
        old, new = np.int64(serving.log[i, 1]), np.int64(serving.log[i, 2])
        reassign(serving, np.int64(serving.log[i, 0]), new, old)
    serving.numbers[SERVE_LOG] = kept


@routine
def error_without(serving, value):  # type: ignore[no-untyped-def]
    """Error that is added when a served value is dropped."""
    flip(serving.members, value)
    error = gain(serving.gaps, serving.members, value)
    flip(serving.members, value)
    return error


@routine
def serve(serving, value, pin):  # type: ignore[no-untyped-def]
    """Serve a value that is not served, and drop the neighbours that no target takes any more."""
    assign(serving, value, pin)
    below = next_below(serving.members, value)
    if below >= 0 and error_without(serving, below) == 0:
        assign(serving, below, NOBODY)
    above = next_above(serving.members, value)
    if above <= 255 and error_without(serving, above) == 0:
        assign(serving, above, NOBODY)


@routine
def try_switch(serving, value, pin):  # type: ignore[no-untyped-def]
    """Serve a value from another pin if that is cheaper; returns whether it is."""
    cones = serving.cones
    old = np.int64(serving.pins[value])
    cost, gates = cones.totals[cones.primary], cones.totals[GATE_COUNT]
    acquire(cones, pin)
    release(cones, old)
    better = cheaper(cones, cost, gates)
    acquire(cones, old)
    release(cones, pin)
    if better:
        assign(serving, value, pin)
    return better


@routine
def serve_nearest(rules, net):  # type: ignore[no-untyped-def]
    """First served set: for every target the closest value that is present, from the pin of the smallest tree."""
    genes = net.cones.genes
    for pin in range(rules.n_inputs):
        net.estimate[pin] = 0.0
    for gate in range(rules.n_gates):
        function = genes[3 * gate + 2]
        # One gate counts like a little of the primary measure: it decides between equals.
        size = rules.costs[function, rules.primary] * 4096.0 + 1.0
        for k in range(rules.reads[function]):
            size += net.estimate[genes[3 * gate + k]]
        net.estimate[rules.n_inputs + gate] = size
    for target in range(256):
        if rules.wanted[target] == 0:
            continue
        value = np.int64(target)
        if not contains(net.present, value):
            below, above = next_below(net.present, value), next_above(net.present, value)
            value = below if above > 255 or (below >= 0 and value - below <= above - value) else above
        if net.serving.pins[value] >= 0 or gain(rules.gaps, net.serving.members, value) == 0:
            continue
        best = next_carrier(net.words, value, rules.first_output, rules.end_output)
        pin = best
        while pin >= 0:
            if net.estimate[pin] < net.estimate[best]:
                best = pin
            pin = next_carrier(net.words, value, pin + 1, rules.end_output)
        serve(net.serving, value, best)
        net.numbers[SERVE_LOG] = 0
