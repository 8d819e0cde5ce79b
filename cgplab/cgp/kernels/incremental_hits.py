"""Draw which genes a child has redrawn, and what may change with them."""

import numpy as np

from cgplab.cgp.kernels.bits import count_bits, empty_mask, store_mask, united
from cgplab.cgp.kernels.incremental_state import (
    DIRECT,
    GENES_LOGGED,
    IDLE_GENES,
    IDLE_HITS,
    REGAIN,
    STAMP,
    VALUES_LOGGED,
    WIDTH,
)
from cgplab.cgp.kernels.jit import part
from cgplab.cgp.kernels.layout import GATE_COUNT
from cgplab.cgp.kernels.random import INCREMENT, below_high, mix

_ALL = np.uint64(2**64 - 1)
_NONE = np.uint64(0)


@part
def hits_that_matter(hits, n_first, n_second, n, counter):  # type: ignore[no-untyped-def]
    """How many of ``hits`` fall on the first ``n_first`` of ``n`` genes and how many on the ``n_second`` after them.

    Multinomial, exactly, in whole numbers only: 64 hits are decided at once, each by a random number below or above
    the two quotients by n. The number is drawn, like the quotients themselves, bit by bit from the highest on until
    it differs from both.

    Returns
    -------
    on_first, on_second : int64
    counter : uint64
        Advanced by the random words used.
    """
    below_first = np.int64(0)
    below_second = np.int64(0)
    for done in range(0, hits, 64):
        first = _ALL >> np.uint64(max(0, 64 - (hits - done)))  # undecided
        second = first
        rest_first = np.int64(n_first)
        rest_second = np.int64(n_first + n_second)
        while first | second != _NONE:
            counter += INCREMENT
            bits = mix(counter)
            rest_first <<= 1
            rest_second <<= 1
            if rest_first >= n:
                rest_first -= n
                below_first += count_bits(first & ~bits)
                first &= bits
            else:
                first &= ~bits
            if rest_second >= n:
                rest_second -= n
                below_second += count_bits(second & ~bits)
                second &= bits
            else:
                second &= ~bits
    return below_first, below_second - below_first, counter


@part
def draw_hits(task, parent, child, state):  # type: ignore[no-untyped-def]
    """Draw a child's hits on genes of active gates; those on outputs and on idle gates are only counted.

    A hit on a gate is a word in ``child.gate_words``: its upper half chose ``child.gate_slots``, the lower half is for
    the new value.

    Returns
    -------
    n_outputs, n_gates : int64
        Hits on outputs and on active gates.
    lowest : int64
        Lowest gate hit at a gene that it reads; ``task.n_gates`` if there is none.
    regain : int64
        How much summed error these hits can win back in all.
    """
    n_free = task.n_free
    n_active = WIDTH * parent.totals[GATE_COUNT]
    counter = state[0] + INCREMENT
    hits = below_high(mix(counter), task.max_mutations + 1)
    n_outputs = np.int64(0)
    n_gates = np.int64(0)
    # A new pin that a gate does not read changes nothing, or nothing that a hit on its function does not. It counts as
    # one on a gate beyond the grid, which nothing depends on.
    lowest = np.int64(task.n_gates)
    regain = np.int64(0)
    keeps_sets = parent.descendants.shape[0] > 0
    mask = empty_mask()
    nowhere = parent.row.shape[0] - 1
    if task.max_mutations > DIRECT:
        n_outputs, n_gates, counter = hits_that_matter(hits, n_free, n_active, task.n_mutable, counter)
        for i in range(n_gates):
            counter += INCREMENT
            word = mix(counter)
            place = below_high(word, n_active)
            row = np.int64(parent.row[place])
            child.gate_words[i] = word
            child.gate_slots[i] = parent.slot[place]
            child.gate_rows[i] = row
            regain += parent.sums[task.n_inputs + row, REGAIN]
            lowest = min(lowest, row)
            if keeps_sets:
                mask = united(mask, parent.descendants, row)
    else:
        for _ in range(hits):
            counter += INCREMENT
            word = mix(counter)
            which = below_high(word, task.n_mutable)
            # Looked up and written always, kept or not: this saves an unpredictable branch.
            place = which if which < n_active else nowhere
            row = np.int64(parent.row[place])
            child.gate_words[n_gates] = word
            child.gate_slots[n_gates] = parent.slot[place]
            child.gate_rows[n_gates] = row
            regain += parent.sums[task.n_inputs + row, REGAIN]
            lowest = min(lowest, row)
            if keeps_sets:
                mask = united(mask, parent.descendants, row)
            n_gates += np.int64(which < n_active)
            n_outputs += np.int64(which >= task.n_mutable - n_free)
    if keeps_sets:
        store_mask(mask, child.affected, _first_word(task))
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
def may_change(task, parent, child, pin, final):  # type: ignore[no-untyped-def]
    """1 if the pin of an active gate, or of an input, may depend on a gate that was hit, else 0.

    In large grids, where it is not known what depends on what, these are all pins from the first gate hit, ``final``.
    """
    if parent.descendants.shape[0] == 0:
        return np.int64(pin >= final)
    return _affected(task, child, pin)


@part
def in_regain(task, parent, child, pin):  # type: ignore[no-untyped-def]
    """1 if the error of the outputs at the pin certainly is in what the hits on gates can win back, else 0.

    In large grids this is not known of any pin: not all that stands right of the first gate hit depends on it.
    """
    if parent.descendants.shape[0] == 0:
        return np.int64(0)
    return _affected(task, child, pin)


@part
def _affected(task, child, pin):  # type: ignore[no-untyped-def]
    """1 if ``child.affected`` has the pin of an active gate, or of an input, else 0."""
    place = pin + (-task.n_inputs & 63)
    return np.int64((child.affected[place >> 6] >> np.uint64(place & 63)) & np.uint64(1))
