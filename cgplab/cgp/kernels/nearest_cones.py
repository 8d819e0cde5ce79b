"""Gates that served pins depend on, counted by references, and what they cost."""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.layout import AREA, DELAY, DEPTH, ENERGY, ENERGY_PER_OP, GATE_COUNT
from cgplab.cgp.kernels.nearest_presence import lowest_bit
from cgplab.cgp.kernels.nearest_values import next_carrier

_ONE = np.uint64(1)
_NONE = np.uint64(0)


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


@part
def cheaper(cones, primary, gates):  # type: ignore[no-untyped-def]
    """Whether the net costs less of the primary measure than it did, or as much with fewer gates."""
    now = cones.totals[cones.primary]
    return now < primary or (now == primary and cones.totals[GATE_COUNT] < gates)


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
