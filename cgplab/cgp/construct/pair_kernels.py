# mypy: disable-error-code="no-untyped-def"
"""Compiled steps over pairs of values (two vectors).

A pair is a state of 16 bits: the byte of vector 0 above the byte of vector 1. All tables have one entry per
state; distances are int64 weights.
"""

import numpy as np
from numba import njit

STATES = 65536
FAR = np.int64(1) << 58


@njit(nogil=True, cache=True)
def _push(heap_key, heap_state, n, key, state):
    i = n
    while i > 0 and heap_key[(i - 1) >> 1] > key:
        heap_key[i] = heap_key[(i - 1) >> 1]
        heap_state[i] = heap_state[(i - 1) >> 1]
        i = (i - 1) >> 1
    heap_key[i] = key
    heap_state[i] = state


@njit(nogil=True, cache=True)
def spread(distance, by, origin, sources, codes, table, weights, cap, heap_key, heap_state):
    """Shortest paths over unary operators from ``sources``, whose distances are set, up to ``cap``.

    Parameters
    ----------
    distance, by, origin : (65536,) int64, int32, int32
        Changed in place: weight of the cheapest chain to a state, its last operator and the state before.
    sources : (s,) int64
    codes : (u,) int64
        Unary operators.
    table : (codes, 65536) int32
        Result of each operator.
    weights : (codes,) int64
    heap_key, heap_state : work space for (u + 1) * 65536 entries
    """
    n = 0
    for state in sources:
        _push(heap_key, heap_state, n, distance[state], state)
        n += 1
    while n > 0:
        near = heap_key[0]
        state = heap_state[0]
        n -= 1
        if n > 0:
            key = heap_key[n]
            moved = heap_state[n]
            i = 0
            while True:
                j = 2 * i + 1
                if j >= n:
                    break
                if j + 1 < n and heap_key[j + 1] < heap_key[j]:
                    j += 1
                if heap_key[j] >= key:
                    break
                heap_key[i] = heap_key[j]
                heap_state[i] = heap_state[j]
                i = j
            heap_key[i] = key
            heap_state[i] = moved
        if near > distance[state]:
            continue
        for code in codes:
            reached = table[code, state]
            far = near + weights[code]
            if far < distance[reached] and far <= cap:
                distance[reached] = far
                by[reached] = code
                origin[reached] = state
                _push(heap_key, heap_state, n, far, reached)
                n += 1


@njit(nogil=True, cache=True)
def closest_halves(distance, first, first_at, second, second_at):
    """Least distance of any state with a given byte of vector 0 (``first``) and of vector 1 (``second``)."""
    first[:] = FAR
    second[:] = FAR
    for state in range(STATES):
        far = distance[state]
        if far < first[state >> 8]:
            first[state >> 8] = far
            first_at[state >> 8] = state
        if far < second[state & 255]:
            second[state & 255] = far
            second_at[state & 255] = state


@njit(nogil=True, cache=True)
def _best_and(wanted, distance, flip, own, least, least_at):
    """Cheapest states whose bitwise AND is ``wanted``; with ``flip`` = 65535 whose OR is.

    The operands are supersets of the wanted bits; for each, the cheapest superset that shares no other bit
    with it comes from a subset-minimum transform over the free bits.
    """
    base = wanted ^ flip
    free = 65535 & ~base
    bits = 0
    rest = free
    while rest:
        bits += 1
        rest &= rest - 1
    n = 0
    subset = 0
    while True:
        state = (base | subset) ^ flip
        own[n] = distance[state]
        least[n] = own[n]
        least_at[n] = state
        n += 1
        subset = (subset - free) & free
        if subset == 0:
            break
    for bit in range(bits):
        mask = 1 << bit
        for i in range(n):
            if i & mask and least[i ^ mask] < least[i]:
                least[i] = least[i ^ mask]
                least_at[i] = least_at[i ^ mask]
    best = FAR
    one = 0
    other = 0
    subset = 0
    for i in range(n):
        total = own[i] + least[n - 1 - i]
        if total < best:
            best = total
            one = (base | subset) ^ flip
            other = least_at[n - 1 - i]
        subset = (subset - free) & free
    return best, one, other


@njit(nogil=True, cache=True)
def best_merges(
    pointer,
    outputs,
    after,
    distance,
    merge_codes,
    merge_weights,
    first,
    first_at,
    second,
    second_at,
    work,
    result,
):
    """Cheapest way to make each target with one gate of two pins, then a chain of unary gates.

    Parameters
    ----------
    pointer : (t + 1,) int64
        Candidates of target i are ``pointer[i]`` to ``pointer[i + 1] - 1``.
    outputs, after : (c,) int64
        State that the two-pin gate makes, and weight of the chain from there to the target.
    merge_codes, merge_weights : (4,) int64
        Operator codes and weights of and, or, xor, mux; weight -1 leaves one out.
    first, first_at, second, second_at
        See :func:`closest_halves`.
    work : three arrays of 65536 entries
    result : (t, 5) int64
        Filled with weight, candidate, operator code and both operands.
    """
    own, least, least_at = work
    for i in range(pointer.shape[0] - 1):
        best = FAR
        for q in range(pointer[i], pointer[i + 1]):
            made = outputs[q]
            if merge_weights[3] >= 0:
                total = after[q] + merge_weights[3] + first[made >> 8] + second[made & 255]
                if total < best:
                    best = total
                    result[i, 1:] = q, merge_codes[3], first_at[made >> 8], second_at[made & 255]
            for k in range(2):
                if merge_weights[k] >= 0 and after[q] + merge_weights[k] < best:
                    total, one, other = _best_and(made, distance, 65535 * k, own, least, least_at)
                    total += after[q] + merge_weights[k]
                    if total < best:
                        best = total
                        result[i, 1:] = q, merge_codes[k], one, other
            if merge_weights[2] >= 0 and after[q] + merge_weights[2] < best:
                for one in range(STATES):
                    total = after[q] + merge_weights[2] + distance[one] + distance[one ^ made]
                    if total < best:
                        best = total
                        result[i, 1:] = q, merge_codes[2], one, one ^ made
        result[i, 0] = best


@njit(nogil=True, cache=True)
def best_served(first, second, first_weight, second_weight, power, states, distance, prices):
    """State that serves a target pair best: weight plus priced errors of both vectors.

    ``first_weight`` or ``second_weight`` 0 says that the component does not count; ``prices`` is (2,) float64.
    """
    best = 1e300
    chosen = -1
    for state in states:
        d0 = abs(((state >> 8) ^ 128) - 128 - first)
        d1 = abs(((state & 255) ^ 128) - 128 - second)
        if power == 2:
            d0 *= d0
            d1 *= d1
        total = distance[state] + prices[0] * first_weight * d0 + prices[1] * second_weight * d1
        if total < best:
            best = total
            chosen = state
    return best, chosen
