"""The served set follows a child: pins that lost their value are replaced, cheaper ones taken over."""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.nearest_cones import cheapest_carrier, saved_without
from cgplab.cgp.kernels.nearest_presence import contains, gain, next_above, next_below
from cgplab.cgp.kernels.nearest_serve import NOBODY, assign, error_without, serve, try_switch, undo_serves
from cgplab.cgp.kernels.nearest_state import CHANGED, SERVE_LOG, SERVED_ERROR, VALUE_LOG
from cgplab.cgp.kernels.nearest_values import index_of
from cgplab.cgp.kernels.nearest_wave import sort_values
from cgplab.cgp.kernels.random import below_high, random_word

RESERVE_CARRIERS = np.int64(8)
"""Carriers looked at when a value has lost its pin."""


@routine
def _cheapest(rules, net, value, random):  # type: ignore[no-untyped-def]
    """Cheapest of the first few carriers of a value that are met from a random pin on."""
    width = rules.end_output - rules.first_output
    origin = rules.first_output + below_high(random_word(random), width)
    pin = cheapest_carrier(net.cones, net.words, value, origin, rules.end_output, RESERVE_CARRIERS)
    if pin < 0:
        pin = cheapest_carrier(net.cones, net.words, value, rules.first_output, origin, RESERVE_CARRIERS)
    return pin


@routine
def _serve_again(rules, net, random, budget):  # type: ignore[no-untyped-def]
    """Drop pins that no longer carry what they serve and find others, or other values, for their targets."""
    serving = net.serving
    for i in range(net.numbers[VALUE_LOG]):
        pin = np.int64(net.log_pin[i])
        value = index_of(net.before[pin])
        if serving.pins[value] == pin:
            assign(serving, value, NOBODY)
    lost = net.numbers[SERVE_LOG]
    for i in range(lost):
        value = np.int64(serving.log[i, 0])
        if net.count[value] > 0:
            assign(serving, value, _cheapest(rules, net, value, random))
    if net.numbers[SERVED_ERROR] <= budget:
        return
    for i in range(lost):
        value = np.int64(serving.log[i, 0])
        if net.count[value] > 0:
            continue
        for neighbour in (next_below(net.present, value), next_above(net.present, value)):
            if not 0 <= neighbour <= 255 or serving.pins[neighbour] >= 0:
                continue
            if gain(rules.gaps, serving.members, neighbour) > 0:
                serve(serving, neighbour, _cheapest(rules, net, neighbour, random))


@routine
def _own_cost(rules, net, pin):  # type: ignore[no-untyped-def]
    """What a pin's gate adds of the primary measure if it becomes active, without what it reads."""
    if pin < rules.n_inputs or net.cones.refs[pin] > 0:
        return np.int64(0)
    return rules.costs[net.cones.genes[3 * (pin - rules.n_inputs) + 2], rules.primary]


@routine
def _least_cost(rules, net, pin):  # type: ignore[no-untyped-def]
    """Lower bound of what a gate's pin adds of the primary measure."""
    cost = _own_cost(rules, net, pin)
    if net.cones.refs[pin] == 0:
        at = 3 * (pin - rules.n_inputs)
        a, b = np.int64(net.cones.genes[at]), np.int64(net.cones.genes[at + 1])
        reads = rules.reads[net.cones.genes[at + 2]]
        if reads > 0:
            cost += _own_cost(rules, net, a)
        if reads > 1 and b != a:
            cost += _own_cost(rules, net, b)
    return cost


@routine
def _adopt(rules, net, pin):  # type: ignore[no-untyped-def]
    """Let a changed output pin serve its value if that is cheaper, or lowers the error for nothing."""
    if pin < rules.first_output or pin >= rules.end_output:
        return
    value = index_of(net.values[pin])
    serving = net.serving
    old = np.int64(serving.pins[value])
    if old >= 0:
        if old != pin and net.saving[value] > _least_cost(rules, net, pin):
            try_switch(serving, value, pin)
        return
    # An error of 0 leaves nothing to gain, and is looked at first because most children of an exact run have it.
    if net.numbers[SERVED_ERROR] == 0 or _least_cost(rules, net, pin) > 0:
        return
    if gain(rules.gaps, serving.members, value) > 0:
        cost = net.cones.totals[rules.primary]
        kept = net.numbers[SERVE_LOG]
        serve(serving, value, pin)
        if net.cones.totals[rules.primary] > cost:
            undo_serves(serving, kept)


@part
def _touched_pin(rules, net, i):  # type: ignore[no-untyped-def]
    """The i-th of the pins that changed their value and of the gates that changed a gene."""
    values = net.numbers[VALUE_LOG]
    if i < values:
        return np.int64(net.log_pin[i])
    return rules.n_inputs + np.int64(net.changed[i - values])


@routine
def _exchange(rules, net, random, budget):  # type: ignore[no-untyped-def]
    """Mutation of the served set, where the budget leaves a choice: maybe add a value, drop up to two."""
    serving = net.serving
    word = random_word(random)
    if word & np.uint64(1) == np.uint64(0):
        return
    if word & np.uint64(2) != np.uint64(0):
        value = below_high(word, 256)
        if serving.pins[value] < 0 and net.count[value] > 0 and gain(rules.gaps, serving.members, value) > 0:
            serve(serving, value, _cheapest(rules, net, value, random))
    for _ in range(2):
        value = below_high(random_word(random), 256)
        if not contains(serving.members, value):
            value = next_below(serving.members, value)
        if value < 0 or net.numbers[SERVED_ERROR] + error_without(serving, value) > budget:
            continue
        if saved_without(net.cones, np.int64(serving.pins[value])) > 0:
            assign(serving, value, NOBODY)


@routine
def follow(rules, net, random, budget):  # type: ignore[no-untyped-def]
    """Change the served set with the child at hand; returns whether it changed."""
    sort_values(rules, net)
    _serve_again(rules, net, random, budget)
    for i in range(net.numbers[VALUE_LOG] + net.numbers[CHANGED]):
        _adopt(rules, net, _touched_pin(rules, net, i))
    if budget > 0:
        _exchange(rules, net, random, budget)
    return net.numbers[SERVE_LOG] > 0
