"""How much squared error can vanish when a gate changes."""

import numpy as np

from cgplab.cgp.kernels.incremental_state import NOBODY
from cgplab.cgp.kernels.jit import routine
from cgplab.cgp.kernels.layout import ERROR


@routine
def set_regain(task, parent):  # type: ignore[no-untyped-def]
    """Set ``parent.regain`` of every active gate: the squared error of all outputs that depend on it.

    The error is summed over paths, from the last gate to the first, so an output reached in two ways counts
    twice; no entry exceeds the parent's whole error. Needs ``parent.totals[ERROR]``.
    """
    whole = parent.totals[ERROR]
    nowhere = parent.regain.shape[0] - 1
    for pin in range(nowhere):
        parent.regain[pin] = 0
    for pin in range(nowhere - 1, task.n_inputs - 1, -1):
        if parent.uses[pin] == 0:
            continue
        value = np.int64(parent.values[pin])
        own = value * (parent.weight[pin] * value - 2 * parent.weighted_target[pin]) + parent.weighted_square[pin]
        reach = min(whole, parent.regain[pin] + own)
        parent.regain[pin] = reach
        # Inputs get a sum too, which nobody reads, and pins that read nothing add to an entry beyond all pins:
        # whether a gate reads a pin, an input or a gate cannot be predicted, and a branch would cost more than
        # all the rest.
        at = 2 * (pin - task.n_inputs)
        for k in range(2):
            source = np.int64(parent.source[at + k])
            source = nowhere if source == NOBODY else source
            parent.regain[source] = min(whole, parent.regain[source] + reach)
