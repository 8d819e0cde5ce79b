"""Move a child's outputs, change its gates, and reject it on what is certain before any gate is evaluated."""

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.incremental_error import output_error, pin_error
from cgplab.cgp.kernels.incremental_hits import in_regain, may_change
from cgplab.cgp.kernels.incremental_state import (
    FUNCTION,
    GENES_LOGGED,
    STAMP,
    WEIGHT,
    WIDTH,
)
from cgplab.cgp.kernels.incremental_values import drawn_gene, evaluate_idle, unknown
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import ERROR
from cgplab.cgp.kernels.random import INCREMENT, below_high, below_low, mix


@part
def floor_of(whole, lost, gained, regain):  # type: ignore[no-untyped-def]
    """Summed error that is certain, int64.

    Of the parent's ``whole``, outputs that moved and are not counted in ``regain`` had ``lost``; those that moved have
    at least ``gained`` now. At pins that depend on a gate hit at most ``regain`` can vanish, nor more than is left.
    """
    return gained + max(np.int64(0), whole - lost - regain)


@part
def move_outputs(task, parent, child, state, n_outputs, final, regain, highest):  # type: ignore[no-untyped-def]
    """Draw the outputs that change their pin, into ``child.moved`` and ``child.moved_to``.

    The error of outputs that move to a pin that cannot change is certain. Idle pins below ``final`` cannot either, but
    their value is not known yet; those outputs go to ``child.postponed``. Once the summed error certainly exceeds
    ``highest``, the rest is not drawn.

    Returns
    -------
    n_drawn, n_moved, n_postponed : int64
    lost, lost_besides : int64
        Summed error, in the parent, of the outputs that move; of those among them that ``regain`` may not count.
    gained : int64
        Summed error of those that move to a pin of an active gate that cannot change, or to an input.
    leaves_final : bool
        Whether an output leaves the pin ``final``.
    """
    last = task.low.shape[0] - 1
    low = task.low[last]
    span = task.span[last]
    n_free = task.n_free
    stamp = child.pending[STAMP]
    whole = parent.totals[ERROR]
    worst = parent.worst[0]
    counter = state[0]
    n_drawn = np.int64(0)
    n_moved = np.int64(0)
    n_postponed = np.int64(0)
    lost = np.int64(0)
    lost_besides = np.int64(0)
    gained = np.int64(0)
    leaves_final = False
    while n_drawn < n_outputs:
        if floor_of(whole, lost_besides, gained, regain + (n_outputs - n_drawn) * worst) > highest:
            break
        counter += INCREMENT
        word = mix(counter)
        child.output_words[n_drawn] = word
        n_drawn += 1
        output = below_high(word, n_free)
        if child.output_mark[output] == stamp:
            continue  # of several hits the first one counts: they are exchangeable
        child.output_mark[output] = stamp
        pin = low + below_low(word, span)
        old = np.int64(parent.output_pin[output])
        if pin == old:
            continue
        child.moved[n_moved] = output
        child.moved_to[n_moved] = pin
        leaves_final |= old == final
        here = output_error(task, parent, output, parent.values[old])
        lost += here
        lost_besides += here * (1 - in_regain(task, parent, child, old))
        idle = np.int64(parent.idle[pin])
        certain = 1 - (idle | may_change(task, parent, child, pin, final))
        gained += output_error(task, parent, output, parent.values[pin]) * certain
        child.postponed[n_postponed] = n_moved
        n_postponed += idle & np.int64(pin < final)
        n_moved += 1
    state[0] = counter
    return n_drawn, n_moved, n_postponed, lost, lost_besides, gained, leaves_final


@part
def settle_outputs(task, parent, child, state, n_postponed, most):  # type: ignore[no-untyped-def]
    """Summed error of the postponed outputs, int64; incomplete once it exceeds ``most``."""
    gained = np.int64(0)
    for i in range(n_postponed):
        at = child.postponed[i]
        pin = np.int64(child.moved_to[at])
        if unknown(task, parent, child, pin):
            evaluate_idle(task, parent, child, pin, state)
        gained += output_error(task, parent, child.moved[at], parent.values[pin])
        if gained > most:
            break
    return gained


@part
def first_gate_error(task, parent, child, n_gates, lowest):  # type: ignore[no-untyped-def]
    """Summed error of the outputs at the lowest gate hit; it reads final pins only, so this is certain.

    0 if it reads an idle gate or no output stands there.
    """
    pin = task.n_inputs + lowest
    if parent.sums[pin, WEIGHT] == 0:
        return np.int64(0)
    a = np.int64(parent.genes[WIDTH * lowest])
    b = np.int64(parent.genes[WIDTH * lowest + 1])
    function = np.int64(parent.genes[WIDTH * lowest + FUNCTION])
    for i in range(n_gates):
        slot = np.int64(child.gate_slots[i])
        if slot // WIDTH == lowest:
            place = slot % WIDTH
            gene = drawn_gene(task, parent, slot, child.gate_words[i])
            function = gene if place == FUNCTION else function
            a = gene if place == 0 else a
            b = gene if place == 1 else b
    reads = task.reads[function]
    if (reads > 0 and parent.uses[a] == 0) or (reads > 1 and parent.uses[b] == 0):
        return np.int64(0)
    new = apply(task, function, parent.values[a], parent.values[b])
    return pin_error(parent, pin, new)


@part
def change_gates(task, parent, child, n_gates):  # type: ignore[no-untyped-def]
    """Change the genes of the active gates that were hit and mark gates whose result may differ.

    Returns
    -------
    bool
        Whether any gate was marked.
    """
    marked = np.uint64(0)
    n = child.pending[GENES_LOGGED]
    for i in range(n_gates):
        slot = np.int64(child.gate_slots[i])
        gate = slot // WIDTH
        gene = drawn_gene(task, parent, slot, child.gate_words[i])
        old = parent.genes[slot]
        # Logged always, counted only if it differs: this saves an unpredictable branch.
        child.log_slot[n] = slot
        child.log_old[n] = old
        child.log_new[n] = gene
        parent.genes[slot] = gene
        differs = gene != old
        n += np.int64(differs)
        # A pin that the gate begins to read goes with a change of its function, which counts.
        mark = np.uint64(differs & (child.gate_rows[i] < task.n_gates)) << np.uint64(gate & 63)
        child.dirty[gate >> 6] |= mark
        child.waiting[gate >> 12] |= np.uint64(mark != np.uint64(0)) << np.uint64((gate >> 6) & 63)
        marked |= mark
    child.pending[GENES_LOGGED] = n
    return marked != np.uint64(0)
