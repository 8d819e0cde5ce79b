"""The error of outputs, and how it follows the value of a pin: known at once, however many outputs are there.

The *summed error* of outputs is the sum of w * (v - y)**2, or of w * abs(v - y) for the metric AE, with weight w,
value v and target y. Squared error needs three sums over the outputs at a pin. Absolute error has no such sums and is
kept as a table over all values of the pin, ``parent.deviation``, which is None for the other metrics: numba then leaves
out what reads it. Sums can follow the outputs that a child moves and go back; a table is too long for that, and the
few outputs that moved are looked at one by one.
"""

import numpy as np

from cgplab.cgp.kernels.incremental_state import STAMP, TARGET, WEIGHT
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import MSE

_LEAST = -128  # value of the first column of Parent.deviation


@part
def divisor_of(task):  # type: ignore[no-untyped-def]
    """Summed errors are divided by this, rounded down, to give the metric."""
    return task.n_counted[0] if task.metric == MSE else np.int64(1)


@part
def output_error(task, parent, output, value):  # type: ignore[no-untyped-def]
    """Summed error of one output that has this value, int64."""
    difference = np.int64(value) - np.int64(task.targets[0, output])
    return task.weights[0, output] * _magnitude(parent.deviation, difference)


@part
def _magnitude(deviation, difference):  # type: ignore[no-untyped-def]
    if deviation is None:
        return difference * difference
    return abs(difference)


@part
def pin_error(parent, pin, value):  # type: ignore[no-untyped-def]
    """Summed error of the outputs that the parent has at a pin if this is its value, int64."""
    return _pin_error(parent.deviation, parent, pin, np.int64(value))


@part
def _pin_error(deviation, parent, pin, value):  # type: ignore[no-untyped-def]
    if deviation is None:
        return value * (parent.sums[pin, WEIGHT] * value - 2 * parent.sums[pin, TARGET]) + parent.weighted_square[pin]
    return deviation[pin, value - _LEAST]


@part
def pin_change(parent, pin, new, old):  # type: ignore[no-untyped-def]
    """How that error changes with the value of the pin, int64."""
    return _pin_change(parent.deviation, parent, pin, np.int64(new), np.int64(old))


@part
def _pin_change(deviation, parent, pin, new, old):  # type: ignore[no-untyped-def]
    if deviation is None:
        return parent.sums[pin, WEIGHT] * (new * new - old * old) - 2 * (new - old) * parent.sums[pin, TARGET]
    return deviation[pin, new - _LEAST] - deviation[pin, old - _LEAST]


@part
def moved_change(task, parent, child, n_moved, pin, new, old):  # type: ignore[no-untyped-def]
    """The same of the outputs that the child has at the pin, between :func:`move_forth` and :func:`move_back`."""
    change = pin_change(parent, pin, new, old)
    return change + _moved_difference(parent.deviation, task, parent, child, n_moved, pin, new, old)


@part
def _moved_difference(deviation, task, parent, child, n_moved, pin, new, old):  # type: ignore[no-untyped-def]
    difference = np.int64(0)
    if deviation is not None and child.moved_mark[pin] == child.pending[STAMP]:
        for i in range(n_moved):
            output = child.moved[i]
            change = output_error(task, parent, output, new) - output_error(task, parent, output, old)
            comes = np.int64(child.moved_to[i] == pin)
            goes = np.int64(parent.output_pin[output] == pin)
            difference += (comes - goes) * change
    return difference


@part
def move_forth(task, parent, child, n_moved):  # type: ignore[no-untyped-def]
    """Have :func:`moved_change` know that the child's outputs moved."""
    _move(parent.deviation, task, parent, child, n_moved, np.int64(1))


@part
def move_back(task, parent, child, n_moved):  # type: ignore[no-untyped-def]
    """Take :func:`move_forth` back."""
    _move(parent.deviation, task, parent, child, n_moved, np.int64(-1))


@part
def _move(deviation, task, parent, child, n_moved, sign):  # type: ignore[no-untyped-def]
    for i in range(n_moved):
        output = child.moved[i]
        old = parent.output_pin[output]
        new = child.moved_to[i]
        if deviation is None:
            weight = sign * task.weights[0, output]
            _add_to_sums(parent, old, -weight, task.targets[0, output])
            _add_to_sums(parent, new, weight, task.targets[0, output])
        else:  # marks of earlier children mean nothing, so there is nothing to take back
            child.moved_mark[old] = child.pending[STAMP]
            child.moved_mark[new] = child.pending[STAMP]


@part
def weigh(task, parent, output, pin, sign):  # type: ignore[no-untyped-def]
    """Count an output at a pin from now on, or no longer if ``sign`` is -1."""
    weight = sign * task.weights[0, output]
    target = np.int64(task.targets[0, output])
    _add_to_sums(parent, pin, weight, target)
    parent.weighted_square[pin] += weight * target * target
    _add_to_table(parent.deviation, pin, weight, target)


@part
def _add_to_sums(parent, pin, weight, target):  # type: ignore[no-untyped-def]
    parent.sums[pin, WEIGHT] += weight
    parent.sums[pin, TARGET] += weight * np.int64(target)


@part
def _add_to_table(deviation, pin, weight, target):  # type: ignore[no-untyped-def]
    if deviation is not None:
        for column in range(deviation.shape[1]):
            deviation[pin, column] += weight * abs(column + _LEAST - target)
