# mypy: disable-error-code="no-untyped-def"
"""Compiled search through every circuit of a tiny grid that could be the cheapest within the budget.

A circuit is what the places of the grid carry, column by column: a value each, or nothing. What a column makes depends
only on the values that it reads, so of all gates that make a value there the cheapest stands for all.
"""

import numpy as np

from cgplab.cgp.construct.value_kernels import VALUES, error_of, gains_of
from cgplab.cgp.kernels.arrays import copy
from cgplab.cgp.kernels.jit import kernel, routine

EMPTY, UNTRIED = -1, -2
NEVER = 1 << 62


@routine
def _look_at(seen, column, chosen, n_chosen, inputs, first, reads_inputs, rows):
    """Which values a column reads, into ``seen`` (256,) bool; column ``cols`` stands for the outputs."""
    for value in range(VALUES):
        seen[value] = inputs[value] and reads_inputs[column]
    for place in range(first[column] * rows, min(column * rows, n_chosen)):
        if chosen[place] >= 0:
            seen[chosen[place]] = True


@routine
def _cheapest_gates(seen, weights, arity, unary, binary, ways):
    """Cheapest gate over the values in ``seen`` for every value, into ``ways``: weight, code, values it reads."""
    for value in range(VALUES):
        ways[value, 0] = NEVER
    for code in range(weights.shape[0]):
        for left in range(VALUES):
            if arity[code] > 0 and not seen[left]:
                continue
            for right in range(VALUES if arity[code] > 1 else 1):
                if arity[code] > 1 and not seen[right]:
                    continue
                value = binary[code, left, right] if arity[code] > 1 else unary[code, left]
                if weights[code] < ways[value, 0]:
                    ways[value, 0] = weights[code]
                    ways[value, 1] = code
                    ways[value, 2] = left if arity[code] > 0 else -1
                    ways[value, 3] = right if arity[code] > 1 else -1
            if arity[code] == 0:
                break


@routine
def _previous(place, chosen, rows):
    """Place before, or of empty ones at the end of a column the first: they were left empty together."""
    place -= 1
    while place >= 0 and chosen[place] == EMPTY and place % rows > 0 and chosen[place - 1] == EMPTY:
        place -= 1
    return place


@kernel
def cheapest_circuit(
    inputs, first, reads_inputs, rows, weights, arity, unary, binary, gaps, budget, best, best_chosen, best_ways,
    chosen, spent, error, needed, ways, seen, gains, most_steps,
):  # fmt: skip
    """Look through all circuits better than ``best``; False if that takes more than ``most_steps``.

    Parameters
    ----------
    inputs : (256,) bool
    first : (cols + 1,) int64
        First column that each column, and then the outputs, reads.
    reads_inputs : (cols + 1,) bool
    rows : int
    weights, arity : (codes,) int64
    unary, binary : (codes, 256), (codes, 256, 256) int64
        Results, see :func:`cgplab.cgp.construct.value_graph.value_tables`.
    gaps : (258, 258) int64
        Error of the targets strictly between two neighbouring carried values.
    budget : int
    best : (2,) int64
        Weight and error of the best circuit, changed in place.
    best_chosen, best_ways : (places,), (places, 4) int64
        What it carries and by which gates, as ``chosen`` and ``ways``; filled if a better one is found.
    chosen : work space like ``best_chosen``
        Value of each place, EMPTY where there is no gate; in a column values rise, and empty places are the last.
    spent, error, needed : work space (places + 1,) int64
        Weight of the places before, error if nothing follows, and what must be saved at each place.
    ways : work space (cols, 256, 4) int64
    seen : work space (256,) bool
    gains : work space (places + 1, 256) int64
    most_steps : int
    """
    places = chosen.shape[0]
    cols = first.shape[0] - 1
    served_from = first[cols] * rows
    place = 0
    chosen[0] = UNTRIED
    for _ in range(most_steps):
        if place < 0:
            return True
        column = place // rows
        if place == places or chosen[place] == UNTRIED:
            _look_at(seen, cols, chosen, place, inputs, first, reads_inputs, rows)
            error[place] = error_of(gaps, seen)
            gains_of(gaps, seen, gains[place])
            # Together the gates still to come save at most what the best of them saves alone, that often.
            left = places - max(place, served_from)
            needed[place] = error[place] - budget
            most = np.int64(0)
            for value in range(VALUES):
                most = max(most, gains[place, value])
            for _ in range(left - 1):
                needed[place] -= min(most, max(needed[place], 0))
            if place < places and place % rows == 0:
                _look_at(seen, column, chosen, place, inputs, first, reads_inputs, rows)
                _cheapest_gates(seen, weights, arity, unary, binary, ways[column])
        if place == places:
            better = spent[place] < best[0] or (spent[place] == best[0] and error[place] < best[1])
            if error[place] <= budget and better:
                best[0] = spent[place]
                best[1] = error[place]
                for i in range(places):
                    best_chosen[i] = chosen[i]
                    if chosen[i] >= 0:
                        copy(best_ways[i], ways[i // rows, chosen[i]])
            place = _previous(place, chosen, rows)
            continue
        if chosen[place] == UNTRIED:
            # First leave the rest of the column empty, then try all values above that of the place before.
            following = (column + 1) * rows
            for i in range(place, following):
                chosen[i] = EMPTY
            spent[following] = spent[place]
            place = following
            if place < places:
                chosen[place] = UNTRIED
            continue
        value = chosen[place] + 1
        if chosen[place] == EMPTY and place % rows > 0:
            value = chosen[place - 1] + 1
        served = place >= served_from
        while value < VALUES and (
            spent[place] + ways[column, value, 0] > best[0]
            or ways[column, value, 0] == NEVER
            or (served and gains[place, value] < needed[place])
        ):
            value += 1
        if value < VALUES:
            chosen[place] = value
            spent[place + 1] = spent[place] + ways[column, value, 0]
            place += 1
            if place < places:
                chosen[place] = UNTRIED
        else:
            place = _previous(place, chosen, rows)
    return False
