"""Push changed values through the active gates, and stop as soon as the child cannot be accepted any more."""

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.bits import lowest_bit
from cgplab.cgp.kernels.incremental_error import moved_change
from cgplab.cgp.kernels.incremental_state import (
    AHEAD,
    FUNCTION,
    GENES_LOGGED,
    REGAIN,
    VALUES_LOGGED,
    WIDTH,
)
from cgplab.cgp.kernels.incremental_values import evaluate_idle, unknown
from cgplab.cgp.kernels.jit import part

_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@part
def set_dirty(child, gate):  # type: ignore[no-untyped-def]
    """Have an active gate evaluated by the next wave."""
    child.dirty[gate >> 6] |= _ONE << np.uint64(gate & 63)
    child.waiting[gate >> 12] |= _ONE << np.uint64((gate >> 6) & 63)


@part
def wave(task, parent, child, state, first, slack, regain, n_moved):  # type: ignore[no-untyped-def]
    """Evaluate dirty gates in the order of the grid, and with them every gate that reads a changed value.

    Gates already passed are final, so the change of their error is certain. What can still be won back
    is at most ``regain``, summed over the dirty gates, and at most the parent's error at gates that are ahead. Once
    the change less that exceeds ``slack``, the rest does not matter.

    What cannot be predicted is computed, not branched on, wherever that is possible.

    Parameters
    ----------
    first : int64
        No gate before this one is dirty.
    slack, regain : int64
    n_moved : int64
        Outputs of the child that moved, see :func:`~cgplab.cgp.kernels.incremental_error.move_forth`.

    Returns
    -------
    change : int64
        Of the summed error; incomplete if stopped.
    stopped : bool
    """
    change = np.int64(0)
    logged = np.int64(0)
    block = first >> 12
    while block < child.waiting.shape[0]:
        words = child.waiting[block]
        if words == _ZERO:
            block += 1
            continue
        word = (block << 6) + np.int64(lowest_bit(words))
        bits = child.dirty[word]
        gate = (word << 6) + np.int64(lowest_bit(bits))
        bits &= bits - _ONE
        child.dirty[word] = bits
        child.waiting[block] = words ^ (np.uint64(bits == _ZERO) << np.uint64(word & 63))
        function = parent.genes[WIDTH * gate + FUNCTION]
        a = np.int64(parent.genes[WIDTH * gate])
        b = np.int64(parent.genes[WIDTH * gate + 1])
        reads = task.reads[function]
        idle_a = np.int64(parent.idle[a]) & np.int64(reads > 0)
        idle_b = np.int64(parent.idle[b]) & np.int64(reads > 1)
        if idle_a | idle_b != 0:
            if idle_a != 0 and unknown(task, parent, child, a):
                evaluate_idle(task, parent, child, a, state)
            if idle_b != 0 and unknown(task, parent, child, b):
                evaluate_idle(task, parent, child, b, state)
        pin = task.n_inputs + gate
        new = apply(task, function, parent.values[a], parent.values[b])
        old = parent.values[pin]
        regain -= parent.sums[pin, REGAIN]
        if new == old:
            continue
        change += moved_change(task, parent, child, n_moved, pin, new, old)
        child.value_pin[logged] = pin
        child.value_old[logged] = old
        logged += 1
        parent.values[pin] = new
        reader = np.int64(parent.first_reader[pin])
        while reader >= 0:
            later = reader >> 1
            bits = child.dirty[later >> 6]
            bit = _ONE << np.uint64(later & 63)
            set_dirty(child, later)
            regain += parent.sums[task.n_inputs + later, REGAIN] if bits & bit == _ZERO else np.int64(0)
            reader = np.int64(parent.next_reader[reader])
        if change - min(regain, parent.sums[pin, AHEAD]) > slack:
            for i in range(word, child.dirty.shape[0]):
                child.dirty[i] = _ZERO
            for i in range(block, child.waiting.shape[0]):
                child.waiting[i] = _ZERO
            child.pending[VALUES_LOGGED] = logged
            return change, True
    child.pending[VALUES_LOGGED] = logged
    return change, False


@part
def undo(parent, child):  # type: ignore[no-untyped-def]
    """Give the parent back its values and genes."""
    for i in range(child.pending[VALUES_LOGGED] - 1, -1, -1):
        parent.values[child.value_pin[i]] = child.value_old[i]
    for i in range(child.pending[GENES_LOGGED] - 1, -1, -1):
        parent.genes[child.log_slot[i]] = child.log_old[i]
    child.pending[VALUES_LOGGED] = 0
    child.pending[GENES_LOGGED] = 0
