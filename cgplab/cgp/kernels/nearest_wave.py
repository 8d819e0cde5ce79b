"""How a change spreads through the net: column by column, each gate evaluated at most once.

Which gates change their value, and who reads them, cannot be predicted. Within a column everything is therefore written
to lists whose length grows by 0 or 1, instead of branched on: gates of one column do not read each other, so the
processor works on many of them at once.
"""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.nearest_presence import lowest_bit
from cgplab.cgp.kernels.nearest_state import VALUE_LOG
from cgplab.cgp.kernels.nearest_values import (
    index_of,
    is_legal,
    recount,
    restore_presence,
    settle_presence,
    value_of_gate,
)

_ONE = np.uint64(1)
_NONE = np.uint64(0)


@part
def await_gate(net, gate, changed):  # type: ignore[no-untyped-def]
    """Have a gate evaluated by the next wave if ``changed`` (0 or 1); returns 1 if it did not wait before."""
    waits = np.int64(net.waits[gate])
    column = waits >> 1
    end = np.int64(net.end_waiting[column])
    net.waiting[end] = gate
    new = changed & ~waits
    net.end_waiting[column] = end + new
    net.waits[gate] = waits | changed
    net.busy[column >> 6] |= np.uint64(changed) << np.uint64(column & 63)
    return new


@part
def _evaluate_column(rules, net, column, logged):  # type: ignore[no-untyped-def]
    """Evaluate the gates of a column that wait, and let those wait that read what changes.

    Pins that change are put into the log of values, of which there are ``logged``; returns how many there are then.
    """
    first, end = np.int64(net.first_waiting[column]), np.int64(net.end_waiting[column])
    net.end_waiting[column] = first
    walked = np.int64(0)
    for i in range(first, end):
        gate = np.int64(net.waiting[i])
        net.waits[gate] = 2 * column
        pin = rules.n_inputs + gate
        new, old = value_of_gate(rules, net, gate), net.values[pin]
        net.values[pin] = new
        net.log_pin[logged] = pin
        net.before[pin] = old
        differs = np.int64(new != old)
        logged += differs
        edge = net.readers[pin]
        net.walk[walked] = edge
        walked += differs & np.int64(edge >= 0)
    i = 0
    while i < walked:
        edge = np.int64(net.walk[i])
        i += 1
        await_gate(net, edge >> 1, np.int64(1))
        after = net.edge_after[edge]
        net.walk[walked] = after
        walked += np.int64(after >= 0)
    return logged


@part
def propagate(rules, net):  # type: ignore[no-untyped-def]
    """Evaluate the gates that wait, and all that change with them, into the log of values."""
    logged = np.int64(0)
    for word in range(net.busy.shape[0]):
        while net.busy[word] != _NONE:
            column = (word << 6) + lowest_bit(net.busy[word])  # type: ignore[call-arg]
            net.busy[word] &= net.busy[word] - _ONE
            logged = _evaluate_column(rules, net, column, logged)
    net.numbers[VALUE_LOG] = logged
    crossed = np.int64(0)
    for i in range(logged):
        pin = np.int64(net.log_pin[i])
        if is_legal(rules, pin):
            crossed = recount(net, crossed, index_of(net.before[pin]), index_of(net.values[pin]))
    settle_presence(rules, net, crossed)


@routine
def sort_values(rules, net):  # type: ignore[no-untyped-def]
    """Put the log of values in the order of the grid.

    Within a column it is that in which readers were met, and thus depends on the history of the wires.
    """
    for i in range(net.numbers[VALUE_LOG]):
        gate = np.int64(net.log_pin[i]) - rules.n_inputs
        net.changing[gate >> 6] |= _ONE << np.uint64(gate & 63)
    logged = 0
    for word in range(net.changing.shape[0]):
        bits = net.changing[word]
        net.changing[word] = _NONE
        while bits != _NONE:
            net.log_pin[logged] = rules.n_inputs + (word << 6) + lowest_bit(bits)  # type: ignore[call-arg]
            logged += 1
            bits &= bits - _ONE


@part
def restore_values(rules, net):  # type: ignore[no-untyped-def]
    """Undo :func:`propagate`."""
    for i in range(net.numbers[VALUE_LOG]):
        pin = net.log_pin[i]
        net.values[pin] = net.before[pin]
    restore_presence(net)
