"""The served set: values that targets take, the pin that serves each, and the gates these depend on.

Every served value is the closest one of at least one target that counts, so that the gates counted here are
exactly the active gates of the circuit that is reported.
"""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.layout import AREA, DELAY, DEPTH, ENERGY, ENERGY_PER_OP, ERROR, GATE_COUNT, N_MEASURES
from cgplab.cgp.kernels.nearest_presence import contains, flip, gain, lowest_bit, next_above, next_below
from cgplab.cgp.kernels.nearest_state import SERVE_LOG, SERVED_ERROR
from cgplab.cgp.kernels.nearest_values import next_carrier

NOBODY = np.int64(-1)
"""Instead of a pin: the value is not served. A plain -1 would be compiled for separately."""
_ONE = np.uint64(1)
_NONE = np.uint64(0)


# --- cones -----------------------------------------------------------------------------------------------


@part
def _count(cones, function, sign):  # type: ignore[no-untyped-def]
    costs = cones.costs[function]
    cones.totals[ENERGY] += sign * costs[ENERGY]
    cones.totals[ENERGY_PER_OP] += sign * costs[ENERGY_PER_OP]
    cones.totals[AREA] += sign * costs[AREA]
    cones.totals[GATE_COUNT] += sign


@routine
def _activate(cones, gate):  # type: ignore[no-untyped-def]
    """Count a gate that has got its first reader, and all that become active with it."""
    waiting = 1
    cones.stack[0] = gate
    while waiting > 0:
        waiting -= 1
        gate = np.int64(cones.stack[waiting])
        function = cones.genes[3 * gate + 2]
        cones.wired[3 * gate + 2] = function
        cones.active[gate >> 6] |= _ONE << np.uint64(gate & 63)
        _count(cones, function, np.int64(1))
        for k in range(2):
            pin = np.int64(-1)
            if k < cones.reads[function]:
                pin = np.int64(cones.genes[3 * gate + k])
                cones.refs[pin] += 1
                if cones.refs[pin] == 1 and pin >= cones.n_inputs:
                    cones.stack[waiting] = pin - cones.n_inputs
                    waiting += 1
            cones.wired[3 * gate + k] = pin


@routine
def _deactivate(cones, gate):  # type: ignore[no-untyped-def]
    """Undo :func:`_activate` for a gate that has lost its last reader."""
    waiting = 1
    cones.stack[0] = gate
    while waiting > 0:
        waiting -= 1
        gate = np.int64(cones.stack[waiting])
        cones.active[gate >> 6] ^= _ONE << np.uint64(gate & 63)
        _count(cones, cones.wired[3 * gate + 2], np.int64(-1))
        for k in range(2):
            pin = np.int64(cones.wired[3 * gate + k])
            if pin >= 0:
                cones.refs[pin] -= 1
                if cones.refs[pin] == 0 and pin >= cones.n_inputs:
                    cones.stack[waiting] = pin - cones.n_inputs
                    waiting += 1


@part
def acquire(cones, pin):  # type: ignore[no-untyped-def]
    """Add a reader to a pin."""
    cones.refs[pin] += 1
    if cones.refs[pin] == 1 and pin >= cones.n_inputs:
        _activate(cones, pin - cones.n_inputs)


@part
def release(cones, pin):  # type: ignore[no-untyped-def]
    """Take a reader from a pin."""
    cones.refs[pin] -= 1
    if cones.refs[pin] == 0 and pin >= cones.n_inputs:
        _deactivate(cones, pin - cones.n_inputs)


@routine
def rewire(cones, gate):  # type: ignore[no-untyped-def]
    """Let the counted wires of an active gate follow its genes; returns whether anything changed."""
    changed = False
    function = cones.genes[3 * gate + 2]
    if function != cones.wired[3 * gate + 2]:
        _count(cones, cones.wired[3 * gate + 2], np.int64(-1))
        _count(cones, function, np.int64(1))
        cones.wired[3 * gate + 2] = function
        changed = True
    for k in range(2):
        pin = np.int64(cones.genes[3 * gate + k]) if k < cones.reads[function] else np.int64(-1)
        old = np.int64(cones.wired[3 * gate + k])
        if old != pin:
            cones.wired[3 * gate + k] = pin
            if pin >= 0:
                acquire(cones, pin)
            if old >= 0:
                release(cones, old)
            changed = True
    return changed


@routine
def longest_paths(cones, arrival, depth, measures):  # type: ignore[no-untyped-def]
    """Delay and depth over the active gates, into ``measures``.

    Each active gate lies on the way to an output and paths only grow, so the longest of all is an output's.
    """
    slowest = np.int64(0)
    deepest = np.int64(0)
    for word in range(cones.active.shape[0]):
        bits = cones.active[word]
        while bits != _NONE:
            gate = (word << 6) + lowest_bit(bits)  # type: ignore[call-arg]
            bits &= bits - _ONE
            time = np.int64(0)
            level = np.int64(-1)  # a constant reads nothing: it starts a path at 0
            for k in range(2):
                pin = np.int64(cones.wired[3 * gate + k])
                if pin >= 0:
                    time = max(time, arrival[pin])
                    level = max(level, depth[pin])
            time += cones.costs[cones.wired[3 * gate + 2], DELAY]
            level += 1
            arrival[cones.n_inputs + gate] = time
            depth[cones.n_inputs + gate] = level
            slowest = max(slowest, time)
            deepest = max(deepest, level)
    measures[DELAY] = slowest
    measures[DEPTH] = deepest


# --- measures --------------------------------------------------------------------------------------------


@part
def cheaper(cones, primary, gates):  # type: ignore[no-untyped-def]
    """Whether the net costs less of the primary measure than it did, or as much with fewer gates."""
    now = cones.totals[cones.primary]
    return now < primary or (now == primary and cones.totals[GATE_COUNT] < gates)


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


# --- served set ------------------------------------------------------------------------------------------


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
def saved_without(cones, pin):  # type: ignore[no-untyped-def]
    """What is saved of the primary measure when a pin loses a reader."""
    if pin < cones.n_inputs or cones.refs[pin] > 1:
        return np.int64(0)
    cost = cones.totals[cones.primary]
    release(cones, pin)
    saved = cost - cones.totals[cones.primary]
    acquire(cones, pin)
    return saved


@routine
def cheapest_carrier(cones, words, value, first, end, limit):  # type: ignore[no-untyped-def]
    """Pin of ``first..end - 1`` whose cone adds least of the primary measure, then fewest gates, to serve a value.

    At most ``limit`` inactive carriers are tried; an active one, or an input, costs nothing and is taken at once.
    Returns -1 if no pin carries the value.
    """
    cost, gates = cones.totals[cones.primary], cones.totals[GATE_COUNT]
    best, best_cost, best_gates = np.int64(-1), np.int64(0), np.int64(0)
    tried = 0
    pin = next_carrier(words, value, first, end)
    while pin >= 0:
        if pin < cones.n_inputs or cones.refs[pin] > 0:
            return pin
        if tried < limit:
            tried += 1
            acquire(cones, pin)
            added, added_gates = cones.totals[cones.primary] - cost, cones.totals[GATE_COUNT] - gates
            release(cones, pin)
            if best < 0 or added < best_cost or (added == best_cost and added_gates < best_gates):
                best, best_cost, best_gates = pin, added, added_gates
        pin = next_carrier(words, value, pin + 1, end)
    return best


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
