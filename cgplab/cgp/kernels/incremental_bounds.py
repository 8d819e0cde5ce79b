"""How much squared error can vanish when a gate changes."""

import numpy as np

from cgplab.cgp.kernels.bits import leading_zeros
from cgplab.cgp.kernels.incremental_state import NOBODY
from cgplab.cgp.kernels.incremental_wave import set_dirty
from cgplab.cgp.kernels.jit import routine
from cgplab.cgp.kernels.layout import ERROR, GATE_COUNT


@routine
def set_regain(task, parent, child):  # type: ignore[no-untyped-def]
    """Set ``parent.regain`` of every active gate: the squared error of all outputs that depend on it.

    The error is summed over paths, from the last gate to the first, so an output reached in two ways counts
    twice; no entry exceeds the parent's whole error. Needs ``parent.totals[ERROR]``.
    """
    whole = parent.totals[ERROR]
    nowhere = parent.regain.shape[0] - 1
    for i in range(parent.totals[GATE_COUNT]):
        gate = np.int64(parent.active[i])
        set_dirty(child, gate)
        parent.regain[task.n_inputs + gate] = 0
    for word in range(child.dirty.shape[0] - 1, -1, -1):
        bits = child.dirty[word]
        child.dirty[word] = np.uint64(0)
        while bits != np.uint64(0):
            at = np.uint64(63) - leading_zeros(bits)
            bits ^= np.uint64(1) << at
            gate = (word << 6) + np.int64(at)
            pin = task.n_inputs + gate
            value = np.int64(parent.values[pin])
            own = (
                parent.weight[pin] * value * value
                - 2 * value * parent.weighted_target[pin]
                + parent.weighted_square[pin]
            )
            reach = min(whole, parent.regain[pin] + own)
            parent.regain[pin] = reach
            # Inputs get a sum too, which nobody reads, and pins that read nothing add to an entry beyond all
            # pins: whether a gate reads a pin, an input or a gate cannot be predicted, and a branch would cost
            # more than all the rest.
            for k in range(2):
                source = np.int64(parent.source[2 * gate + k])
                source = nowhere if source == NOBODY else source
                parent.regain[source] = min(whole, parent.regain[source] + reach)
