"""Which gates are active, who reads whom, and what the active gates cost.

Every active gate stands in the list of readers of the pins it reads. Uses are counted, so a change of one wire
only walks over gates that become active or idle.
"""

import numpy as np

from cgplab.cgp.kernels.bits import lowest_bit
from cgplab.cgp.kernels.incremental_state import FUNCTION, NOBODY, WIDTH
from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.layout import AREA, ENERGY, ENERGY_PER_OP, GATE_COUNT

ONE = np.uint64(1)


@part
def _link(parent, reader, pin):  # type: ignore[no-untyped-def]
    """Put a gate's pin at the head of the readers of ``pin``."""
    head = parent.first_reader[pin]
    parent.next_reader[reader] = head
    parent.previous_reader[reader] = NOBODY
    if head != NOBODY:
        parent.previous_reader[head] = reader
    parent.first_reader[pin] = reader
    parent.source[reader] = pin


@part
def _unlink(parent, reader):  # type: ignore[no-untyped-def]
    after = parent.next_reader[reader]
    before = parent.previous_reader[reader]
    if before != NOBODY:
        parent.next_reader[before] = after
    else:
        parent.first_reader[parent.source[reader]] = after
    if after != NOBODY:
        parent.previous_reader[after] = before
    parent.source[reader] = NOBODY


@part
def _account(task, parent, function, sign):  # type: ignore[no-untyped-def]
    parent.totals[ENERGY] += sign * task.energy[function]
    parent.totals[ENERGY_PER_OP] += sign * task.energy_per_op[function]
    parent.totals[AREA] += sign * task.area[function]


@part
def _set_row(task, parent, gate):  # type: ignore[no-untyped-def]
    """Note where an active gate's genes are and which of them count."""
    reads = task.reads[parent.function[gate]]
    at = WIDTH * np.int64(parent.active_at[gate])
    for k in range(WIDTH):
        parent.slot[at + k] = WIDTH * gate + k
    parent.row[at] = gate if reads > 0 else task.n_gates
    parent.row[at + 1] = gate if reads > 1 else task.n_gates
    parent.row[at + FUNCTION] = gate if gate < task.locked else task.n_gates


@part
def acquire(task, parent, child, pin):  # type: ignore[no-untyped-def]
    """Use ``pin`` once more; gates that become active link themselves and use what they read."""
    parent.uses[pin] += 1
    height = -1
    if pin >= task.n_inputs and parent.uses[pin] == 1:
        height = 0
        child.cascade[0] = pin - task.n_inputs
    while height >= 0:
        parent.rewired[0] = 1
        gate = np.int64(child.cascade[height])
        height -= 1
        parent.idle[task.n_inputs + gate] = 0
        function = parent.genes[WIDTH * gate + FUNCTION]
        parent.function[gate] = function
        _account(task, parent, function, np.int64(1))
        n = parent.totals[GATE_COUNT]
        parent.active[n] = gate
        parent.active_at[gate] = n
        _set_row(task, parent, gate)
        parent.active_bits[gate >> 6] |= ONE << np.uint64(gate & 63)
        parent.totals[GATE_COUNT] = n + 1
        for k in range(task.reads[function]):
            source = np.int64(parent.genes[WIDTH * gate + k])
            _link(parent, 2 * gate + k, source)
            parent.uses[source] += 1
            if source >= task.n_inputs and parent.uses[source] == 1:
                height += 1
                child.cascade[height] = source - task.n_inputs


@part
def release(task, parent, child, pin):  # type: ignore[no-untyped-def]
    """Use ``pin`` once less; gates that become idle unlink themselves and release what they read."""
    parent.uses[pin] -= 1
    height = -1
    if pin >= task.n_inputs and parent.uses[pin] == 0:
        height = 0
        child.cascade[0] = pin - task.n_inputs
    while height >= 0:
        parent.rewired[0] = 1
        gate = np.int64(child.cascade[height])
        height -= 1
        parent.idle[task.n_inputs + gate] = 1
        _account(task, parent, parent.function[gate], np.int64(-1))
        n = parent.totals[GATE_COUNT] - 1
        last = parent.active[n]
        parent.active[parent.active_at[gate]] = last
        parent.active_at[last] = parent.active_at[gate]
        for k in range(WIDTH):
            at = WIDTH * parent.active_at[gate] + k
            parent.row[at] = parent.row[WIDTH * n + k]
            parent.slot[at] = parent.slot[WIDTH * n + k]
        parent.active_bits[gate >> 6] &= ~(ONE << np.uint64(gate & 63))
        parent.totals[GATE_COUNT] = n
        for k in range(2):
            source = np.int64(parent.source[2 * gate + k])
            if source != NOBODY:
                _unlink(parent, 2 * gate + k)
                parent.uses[source] -= 1
                if source >= task.n_inputs and parent.uses[source] == 0:
                    height += 1
                    child.cascade[height] = source - task.n_inputs


@part
def follow_gates(task, parent, child, slots, n):  # type: ignore[no-untyped-def]
    """Make the structure agree with the genes of the gates that ``slots[:n]`` belong to."""
    for i in range(n):
        gate = np.int64(slots[i]) // WIDTH
        if parent.uses[task.n_inputs + gate] == 0:
            continue
        function = parent.genes[WIDTH * gate + FUNCTION]
        if function != parent.function[gate]:
            parent.rewired[0] = 1
            _account(task, parent, parent.function[gate], np.int64(-1))
            _account(task, parent, function, np.int64(1))
            parent.function[gate] = function
            _set_row(task, parent, gate)
        for k in range(2):
            wanted = np.int64(parent.genes[WIDTH * gate + k]) if k < task.reads[function] else np.int64(NOBODY)
            held = np.int64(parent.source[2 * gate + k])
            if held != wanted:
                parent.rewired[0] = 1
                if held != NOBODY:
                    _unlink(parent, 2 * gate + k)
                if wanted != NOBODY:
                    _link(parent, 2 * gate + k, wanted)
                    acquire(task, parent, child, wanted)
                if held != NOBODY:
                    release(task, parent, child, held)


@routine
def follow(task, parent, child, slots, n_slots, moved, moved_to, n_moved):  # type: ignore[no-untyped-def]
    """Make the structure agree with the changed genes and with outputs moved to their new pins."""
    for i in range(n_moved):
        acquire(task, parent, child, np.int64(moved_to[i]))
        release(task, parent, child, np.int64(parent.output_pin[moved[i]]))
    follow_gates(task, parent, child, slots, n_slots)


@routine
def go_back(task, parent, child, n_slots, n_moved):  # type: ignore[no-untyped-def]
    """Take :func:`follow` back once the genes are the parent's again."""
    for i in range(n_moved):
        acquire(task, parent, child, np.int64(parent.output_pin[child.moved[i]]))
        release(task, parent, child, np.int64(child.moved_to[i]))
    follow_gates(task, parent, child, child.log_slot, n_slots)


@routine
def longest_paths(task, parent, child):  # type: ignore[no-untyped-def]
    """Delay and depth of the active gates, int64 each."""
    delay = np.int64(0)
    depth = np.int64(0)
    for word in range(parent.active_bits.shape[0]):
        bits = parent.active_bits[word]
        while bits != np.uint64(0):
            gate = (word << 6) + np.int64(lowest_bit(bits))
            bits &= bits - np.uint64(1)
            longest = np.int64(0)
            deepest = np.int64(-1)  # a constant reads nothing: it starts a path at 0
            for k in range(2):
                source = parent.source[2 * gate + k]
                if source != NOBODY:
                    longest = max(longest, child.arrival[source])
                    deepest = max(deepest, child.depth[source])
            longest += task.delay[parent.function[gate]]
            deepest += 1
            child.arrival[task.n_inputs + gate] = longest
            child.depth[task.n_inputs + gate] = deepest
            # Every active gate reaches an output, and paths only grow on the way there.
            delay = max(delay, longest)
            depth = max(depth, deepest)
    return delay, depth
