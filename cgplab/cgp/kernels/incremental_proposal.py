"""Draw a child, and reject it on what is certain before any gate is evaluated."""

import numpy as np

from cgplab.cgp.kernels.apply import apply
from cgplab.cgp.kernels.bits import count_bits
from cgplab.cgp.kernels.incremental_state import (
    DIRECT,
    FUNCTION,
    GENES_LOGGED,
    IDLE_GENES,
    IDLE_HITS,
    STAMP,
    VALUES_LOGGED,
    WIDTH,
)
from cgplab.cgp.kernels.incremental_values import drawn_gene, evaluate_idle, log_gene, unknown
from cgplab.cgp.kernels.incremental_wave import set_dirty, squared
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import GATE_COUNT
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
    """Draw which outputs and genes of active gates a child redraws; hits on idle gates are only counted.

    The words go to ``child.output_words`` and ``child.gate_words``; upper half: which gene, below the returned
    ``below``; lower half: its new value.

    Returns
    -------
    n_outputs, n_gates, below : int64
    """
    n_free = task.n_mutable - WIDTH * task.n_gates
    matter = n_free + WIDTH * parent.totals[GATE_COUNT]
    counter = state[0] + INCREMENT
    hits = below_high(mix(counter), task.max_mutations + 1)
    drawn = hits
    below = np.int64(task.n_mutable)
    if task.max_mutations > DIRECT:
        drawn, counter = hits_that_matter(hits, matter, task.n_mutable, counter)
        below = np.int64(matter)
    n_outputs = np.int64(0)
    n_gates = np.int64(0)
    for _ in range(drawn):
        counter += INCREMENT
        word = mix(counter)
        which = below_high(word, below)
        # Written to both lists and kept in at most one: this saves an unpredictable branch.
        child.output_words[n_outputs] = word
        child.gate_words[n_gates] = word
        n_outputs += np.int64(which < n_free)
        n_gates += np.int64(which >= n_free) & np.int64(which < matter)
    state[0] = counter
    child.pending[STAMP] += 2
    child.pending[IDLE_HITS] = hits - n_outputs - n_gates
    child.pending[IDLE_GENES] = task.n_mutable - matter
    child.pending[GENES_LOGGED] = 0
    child.pending[VALUES_LOGGED] = 0
    return n_outputs, n_gates, below


@part
def find_gates(task, parent, child, n_gates, below):  # type: ignore[no-untyped-def]
    """Gates of the hits, into ``child.gates``; the lowest, and how much error they can win back in all."""
    n_free = task.n_mutable - WIDTH * task.n_gates
    lowest = np.int64(task.n_gates)
    regain = np.int64(0)
    for i in range(n_gates):
        gate = np.int64(parent.active[(below_high(child.gate_words[i], below) - n_free) // WIDTH])
        child.gates[i] = gate
        regain += parent.regain[task.n_inputs + gate]
        lowest = min(lowest, gate)
    return lowest, regain


@part
def _place(task, word, below):  # type: ignore[no-untyped-def]
    """Which gene of its gate a hit changes."""
    return (below_high(word, below) - (task.n_mutable - WIDTH * task.n_gates)) % WIDTH


@part
def move_outputs(task, parent, child, n_outputs, below, final):  # type: ignore[no-untyped-def]
    """Find the outputs that change their pin, into ``child.moved`` and ``child.moved_to``.

    Pins below ``final`` cannot change any more: the error of outputs that move there is certain. Where such a
    pin is idle its value is not known yet; those outputs go to ``child.postponed``.

    Returns
    -------
    n_moved, n_postponed : int64
    lost : int64
        Squared error, in the parent, of the outputs that move.
    gained : int64
        Squared error of those that move to a pin below ``final`` whose value is known.
    leaves_final : bool
        Whether an output leaves the pin ``final``.
    """
    last = task.low.shape[0] - 1
    stamp = child.pending[STAMP]
    n_moved = np.int64(0)
    n_postponed = np.int64(0)
    lost = np.int64(0)
    gained = np.int64(0)
    leaves_final = False
    for i in range(n_outputs):
        word = child.output_words[i]
        output = below_high(word, below)
        if child.output_mark[output] == stamp:
            continue  # of several hits the first one counts: they are exchangeable
        child.output_mark[output] = stamp
        pin = task.low[last] + below_low(word, task.span[last])
        old = np.int64(parent.output_pin[output])
        if pin == old:
            continue
        weight = task.weights[0, output]
        target = task.targets[0, output]
        child.moved[n_moved] = output
        child.moved_to[n_moved] = pin
        leaves_final |= old == final
        lost += squared(parent.values[old], target, weight)
        if pin < final:
            if unknown(task, parent, child, pin):
                child.postponed[n_postponed] = n_moved
                n_postponed += 1
            else:
                gained += squared(parent.values[pin], target, weight)
        n_moved += 1
    return n_moved, n_postponed, lost, gained, leaves_final


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
def first_gate_change(task, parent, child, n_gates, below, lowest):  # type: ignore[no-untyped-def]
    """Change of squared error at the lowest gate hit; it reads final pins only, so this is certain.

    0 if it reads an idle gate or no output stands there.
    """
    pin = task.n_inputs + lowest
    weight = parent.weight[pin]
    if weight == 0:
        return np.int64(0)
    a = np.int64(parent.genes[WIDTH * lowest])
    b = np.int64(parent.genes[WIDTH * lowest + 1])
    function = np.int64(parent.genes[WIDTH * lowest + FUNCTION])
    for i in range(n_gates):
        if child.gates[i] == lowest:
            word = child.gate_words[i]
            place = _place(task, word, below)
            gene = drawn_gene(task, parent, lowest, place, word)
            if place == FUNCTION:
                function = gene
            elif place == 0:
                a = gene
            else:
                b = gene
    reads = task.reads[function]
    if (reads > 0 and a >= task.n_inputs and parent.uses[a] == 0) or (
        reads > 1 and b >= task.n_inputs and parent.uses[b] == 0
    ):
        return np.int64(0)
    new = np.int64(apply(task, function, parent.values[a], parent.values[b]))
    old = np.int64(parent.values[pin])
    return weight * (new * new - old * old) - 2 * (new - old) * parent.weighted_target[pin]


@part
def change_gates(task, parent, child, n_gates, below):  # type: ignore[no-untyped-def]
    """Change the genes of the active gates that were hit and mark gates whose result may differ.

    Returns
    -------
    first_word, last_word : int64
        Words of ``child.dirty`` between which bits are set; none if the first exceeds the last.
    """
    first_word = np.int64(child.dirty.shape[0])
    last_word = np.int64(-1)
    for i in range(n_gates):
        word = child.gate_words[i]
        gate = np.int64(child.gates[i])
        place = _place(task, word, below)
        gene = drawn_gene(task, parent, gate, place, word)
        slot = WIDTH * gate + place
        if gene != parent.genes[slot]:
            log_gene(parent, child, slot, gene)
            if place == FUNCTION or place < task.reads[parent.genes[WIDTH * gate + FUNCTION]]:
                set_dirty(child, gate)
                first_word = min(first_word, gate >> 6)
                last_word = max(last_word, gate >> 6)
    return first_word, last_word
