"""Draw a child, and reject it on what is certain before any gate is evaluated."""

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.bits import count_bits, unite
from cgplab.cgp.kernels.incremental_state import (
    DIRECT,
    FUNCTION,
    GENES_LOGGED,
    IDLE_GENES,
    IDLE_HITS,
    REGAIN,
    STAMP,
    TARGET,
    VALUES_LOGGED,
    WEIGHT,
    WIDTH,
)
from cgplab.cgp.kernels.incremental_values import drawn_gene, evaluate_idle, unknown
from cgplab.cgp.kernels.incremental_wave import squared
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import ERROR, GATE_COUNT
from cgplab.cgp.kernels.random import INCREMENT, below_high, below_low, mix

_ALL = np.uint64(2**64 - 1)
_NONE = np.uint64(0)


@part
def hits_that_matter(hits, matter, n, counter):  # type: ignore[no-untyped-def]
    """How many of ``hits`` fall on the first ``matter`` of ``n`` genes: binomial, exactly, in whole numbers only.

    64 hits are decided at once, each by a random number below or above matter / n that is drawn, like the quotient
    itself, bit by bit from the highest on until the two differ.

    Returns
    -------
    those_that_matter : int64
    counter : uint64
        Advanced by the random words used.
    """
    count = np.int64(0)
    for done in range(0, hits, 64):
        undecided = _ALL >> np.uint64(max(0, 64 - (hits - done)))
        rest = np.int64(matter)
        while undecided != _NONE:
            counter += INCREMENT
            bits = mix(counter)
            rest <<= 1
            if rest >= n:
                rest -= n
                count += count_bits(undecided & ~bits)
                undecided &= bits
            else:
                undecided &= ~bits
    return count, counter


@part
def draw_hits(task, parent, child, state):  # type: ignore[no-untyped-def]
    """Draw a child's hits on genes of active gates; those on outputs and on idle gates are only counted.

    A hit on a gate is a word in ``child.gate_words``: its upper half chose ``child.gate_genes``, the lower half is for
    the new value.

    Returns
    -------
    n_outputs, n_gates : int64
        Hits on outputs and on active gates.
    lowest : int64
        Lowest gate hit at a gene that it reads; ``task.n_gates`` if there is none.
    regain : int64
        How much squared error these hits can win back in all.
    """
    n_free = task.n_free
    n_active = WIDTH * parent.totals[GATE_COUNT]
    counter = state[0] + INCREMENT
    hits = below_high(mix(counter), task.max_mutations + 1)
    n_outputs = np.int64(0)
    n_gates = np.int64(0)
    if task.max_mutations > DIRECT:
        n_gates, counter = hits_that_matter(hits, n_active + n_free, task.n_mutable, counter)
        if n_free > 0:
            n_outputs, counter = hits_that_matter(n_gates, n_free, n_active + n_free, counter)
            n_gates -= n_outputs
        for i in range(n_gates):
            counter += INCREMENT
            word = mix(counter)
            child.gate_words[i] = word
            child.gate_genes[i] = below_high(word, n_active)
    else:
        for _ in range(hits):
            counter += INCREMENT
            word = mix(counter)
            which = below_high(word, task.n_mutable)
            # Written always, kept or not: this saves an unpredictable branch.
            child.gate_words[n_gates] = word
            child.gate_genes[n_gates] = which
            n_gates += np.int64(which < n_active)
            n_outputs += np.int64(which >= task.n_mutable - n_free)
    lowest = np.int64(task.n_gates)
    regain = np.int64(0)
    for i in range(n_gates):
        # A new pin that the gate does not read changes nothing, or nothing that a hit on its function does not. It
        # counts as one on a gate beyond the grid, which nothing depends on.
        row = np.int64(parent.row[child.gate_genes[i]])
        child.gate_rows[i] = row
        regain += parent.sums[task.n_inputs + row, REGAIN]
        lowest = min(lowest, row)
    first = _first_word(task)
    if parent.descendants.shape[0] > 0:
        unite(child.affected, first, parent.descendants, child.gate_rows, n_gates)
    else:
        split = first + (lowest >> 6)
        for i in range(first, child.affected.shape[0]):
            child.affected[i] = _NONE if i < split else _ALL
        child.affected[split] = _ALL << np.uint64(lowest & 63)
    state[0] = counter
    child.pending[STAMP] += 2
    child.pending[IDLE_HITS] = hits - n_outputs - n_gates
    child.pending[IDLE_GENES] = task.n_mutable - n_active - n_free
    child.pending[GENES_LOGGED] = 0
    child.pending[VALUES_LOGGED] = 0
    return n_outputs, n_gates, lowest, regain


@part
def _first_word(task):  # type: ignore[no-untyped-def]
    """Word of ``child.affected`` of the first gates; those before it are of inputs and stay 0."""
    return (task.n_inputs + 63) >> 6


@part
def may_change(task, child, pin):  # type: ignore[no-untyped-def]
    """1 if the pin of an active gate, or of an input, depends on a gate that was hit, else 0."""
    place = pin + (-task.n_inputs & 63)
    return np.int64((child.affected[place >> 6] >> np.uint64(place & 63)) & np.uint64(1))


@part
def floor_of(whole, lost, gained, regain):  # type: ignore[no-untyped-def]
    """Squared error that is certain, int64.

    Outputs that moved from pins that do not change had ``lost`` of the parent's ``whole`` and have at least ``gained``
    now; at pins that may change no more than ``regain`` can vanish, nor more than there is.
    """
    return gained + max(np.int64(0), whole - lost - regain)


@part
def move_outputs(task, parent, child, state, n_outputs, final, regain, highest):  # type: ignore[no-untyped-def]
    """Draw the outputs that change their pin, into ``child.moved`` and ``child.moved_to``.

    The error of outputs that move to a pin that cannot change is certain. Idle pins below ``final`` cannot either, but
    their value is not known yet; those outputs go to ``child.postponed``. Once the squared error certainly exceeds
    ``highest``, the rest is not drawn.

    Returns
    -------
    n_drawn, n_moved, n_postponed : int64
    lost, lost_for_sure : int64
        Squared error, in the parent, of the outputs that move; of those that leave a pin that cannot change.
    gained : int64
        Squared error of those that move to a pin of an active gate that cannot change, or to an input.
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
    lost_for_sure = np.int64(0)
    gained = np.int64(0)
    leaves_final = False
    while n_drawn < n_outputs:
        if floor_of(whole, lost_for_sure, gained, regain + (n_outputs - n_drawn) * worst) > highest:
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
        weight = task.weights[0, output]
        target = task.targets[0, output]
        child.moved[n_moved] = output
        child.moved_to[n_moved] = pin
        leaves_final |= old == final
        here = squared(parent.values[old], target, weight)
        lost += here
        lost_for_sure += here * (1 - may_change(task, child, old))
        idle = np.int64(parent.uses[pin] == 0)
        gained += squared(parent.values[pin], target, weight) * (1 - (idle | may_change(task, child, pin)))
        child.postponed[n_postponed] = n_moved
        n_postponed += idle & np.int64(pin < final)
        n_moved += 1
    state[0] = counter
    return n_drawn, n_moved, n_postponed, lost, lost_for_sure, gained, leaves_final


@part
def settle_outputs(task, parent, child, state, n_postponed, most):  # type: ignore[no-untyped-def]
    """Squared error of the postponed outputs, int64; incomplete once it exceeds ``most``."""
    gained = np.int64(0)
    for i in range(n_postponed):
        at = child.postponed[i]
        pin = np.int64(child.moved_to[at])
        if unknown(task, parent, child, pin):
            evaluate_idle(task, parent, child, pin, state)
        output = child.moved[at]
        gained += squared(parent.values[pin], task.targets[0, output], task.weights[0, output])
        if gained > most:
            break
    return gained


@part
def first_gate_change(task, parent, child, n_gates, lowest):  # type: ignore[no-untyped-def]
    """Change of squared error at the lowest gate hit; it reads final pins only, so this is certain.

    0 if it reads an idle gate or no output stands there.
    """
    pin = task.n_inputs + lowest
    weight = parent.sums[pin, WEIGHT]
    if weight == 0:
        return np.int64(0)
    a = np.int64(parent.genes[WIDTH * lowest])
    b = np.int64(parent.genes[WIDTH * lowest + 1])
    function = np.int64(parent.genes[WIDTH * lowest + FUNCTION])
    for i in range(n_gates):
        which = np.int64(child.gate_genes[i])
        if parent.active[which // WIDTH] == lowest:
            place = which % WIDTH
            gene = drawn_gene(task, parent, lowest, place, child.gate_words[i])
            function = gene if place == FUNCTION else function
            a = gene if place == 0 else a
            b = gene if place == 1 else b
    reads = task.reads[function]
    if (reads > 0 and parent.uses[a] == 0) or (reads > 1 and parent.uses[b] == 0):
        return np.int64(0)
    new = np.int64(apply(task, function, parent.values[a], parent.values[b]))
    old = np.int64(parent.values[pin])
    return weight * (new * new - old * old) - 2 * (new - old) * parent.sums[pin, TARGET]


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
        which = np.int64(child.gate_genes[i])
        gate = np.int64(parent.active[which // WIDTH])
        place = which % WIDTH
        gene = drawn_gene(task, parent, gate, place, child.gate_words[i])
        slot = WIDTH * gate + place
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
        marked |= mark
    child.pending[GENES_LOGGED] = n
    return marked != np.uint64(0)
