"""How much error can vanish when a gate changes."""

import numpy as np

from cgplab.cgp.kernels.bits import MASK_WORDS, highest_bit
from cgplab.cgp.kernels.incremental_error import pin_error
from cgplab.cgp.kernels.incremental_state import AHEAD, NOBODY, REGAIN
from cgplab.cgp.kernels.jit import routine
from cgplab.cgp.kernels.layout import ERROR, GATE_COUNT

_ONE = np.uint64(1)


@routine
def set_bounds(task, parent):  # type: ignore[no-untyped-def]
    """Set the columns REGAIN and AHEAD of ``parent.sums``, ``parent.descendants`` and ``parent.worst``.

    What can vanish with a gate is the summed error of all outputs that depend on it. It is summed over paths, from
    the last gate to the first, so an output reached in two ways counts twice; but no entry exceeds the error of the
    outputs from that gate on. Needs ``parent.totals[ERROR]``.
    """
    if parent.rewired[0] != 0 and parent.descendants.shape[0] > 0:
        _set_descendants(task, parent)
    parent.rewired[0] = 0
    whole = parent.totals[ERROR]
    nowhere = parent.sums.shape[0] - 1
    for i in range(parent.totals[GATE_COUNT]):
        parent.sums[task.n_inputs + parent.active[i], REGAIN] = 0
    ahead = np.int64(0)
    worst = np.int64(0)
    for word in range(parent.active_bits.shape[0] - 1, -1, -1):
        bits = parent.active_bits[word]
        while bits != np.uint64(0):
            bit = highest_bit(bits)
            bits ^= _ONE << bit
            gate = (word << 6) + np.int64(bit)
            pin = task.n_inputs + gate
            own = pin_error(parent, pin, parent.values[pin])
            worst = max(worst, own)
            parent.sums[pin, AHEAD] = ahead
            ahead += own
            reach = min(ahead, parent.sums[pin, REGAIN] + own)
            parent.sums[pin, REGAIN] = reach
            # Inputs get a sum too, which nobody reads, and pins that read nothing add to an entry beyond all pins:
            # whether a gate reads a pin, an input or a gate cannot be predicted, and a branch would cost more than
            # all the rest.
            for k in range(2):
                source = np.int64(parent.source[2 * gate + k])
                source = nowhere if source == NOBODY else source
                parent.sums[source, REGAIN] = min(whole, parent.sums[source, REGAIN] + reach)
    parent.sums[nowhere, REGAIN] = 0
    for pin in range(task.n_inputs):
        worst = max(worst, pin_error(parent, pin, parent.values[pin]))
    parent.worst[0] = worst


@routine
def _set_descendants(task, parent):  # type: ignore[no-untyped-def]
    for i in range(parent.totals[GATE_COUNT]):
        gate = np.int64(parent.active[i])
        for j in range(MASK_WORDS):
            parent.descendants[gate, j] = np.uint64(0)
        parent.descendants[gate, gate >> 6] = _ONE << np.uint64(gate & 63)
    for word in range(parent.active_bits.shape[0] - 1, -1, -1):
        bits = parent.active_bits[word]
        while bits != np.uint64(0):
            bit = highest_bit(bits)
            bits ^= _ONE << bit
            gate = (word << 6) + np.int64(bit)
            for k in range(2):
                source = np.int64(parent.source[2 * gate + k]) - task.n_inputs
                if source >= 0:
                    for j in range(MASK_WORDS):
                        parent.descendants[source, j] |= parent.descendants[gate, j]
