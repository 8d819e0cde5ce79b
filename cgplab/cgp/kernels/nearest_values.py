"""Values of all pins of the net: which pins carry one, who reads them, and how a change spreads."""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.nearest_presence import flip, gain, lowest_bit
from cgplab.cgp.kernels.nearest_state import PRESENCE_ERROR, SERVED_ERROR, VALUE_LOG

_ONE = np.uint64(1)
_NONE = np.uint64(0)
_ALL = np.uint64(2**64 - 1)
_EVERY_BYTE = np.uint64(0x0101010101010101)
_LOW_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_HERE, _PREVIOUS, _PIN = 0, 1, 2  # columns of edges; _HERE is the next one


@part
def index_of(value):  # type: ignore[no-untyped-def]
    """Index of an int8 value, 0..255."""
    return np.int64(value) + 128


@part
def _zero_bytes(word):  # type: ignore[no-untyped-def]
    """The top bit of every byte that is 0, exactly."""
    return ~(((word & _LOW_BITS) + _LOW_BITS) | word | _LOW_BITS)


@routine
def next_carrier(words, value, pin, end):  # type: ignore[no-untyped-def]
    """First of the pins ``pin..end - 1`` that carries a value (index), or -1; eight pins are looked at in one step."""
    if pin >= end:
        return np.int64(-1)
    pattern = np.uint64(value ^ 128) * _EVERY_BYTE
    word = pin >> 3
    hits = _zero_bytes(words[word] ^ pattern) & (_ALL << np.uint64((pin & 7) << 3))
    while hits == _NONE:
        word += 1
        if word << 3 >= end:
            return np.int64(-1)
        hits = _zero_bytes(words[word] ^ pattern)
    found = (word << 3) + (lowest_bit(hits) >> 3)  # type: ignore[call-arg]
    return found if found < end else np.int64(-1)


@part
def carry(rules, net, value):  # type: ignore[no-untyped-def]
    """Note that one more output pin carries a value (index)."""
    if net.count[value] == 0:
        net.numbers[PRESENCE_ERROR] -= gain(rules.gaps, net.present, value)
        flip(net.present, value)
    net.count[value] += 1


@part
def drop_carrier(rules, net, value):  # type: ignore[no-untyped-def]
    """Undo :func:`carry`."""
    net.count[value] -= 1
    if net.count[value] == 0:
        flip(net.present, value)
        net.numbers[PRESENCE_ERROR] += gain(rules.gaps, net.present, value)


@part
def set_value(rules, net, pin, value):  # type: ignore[no-untyped-def]
    """Give a pin another value, int8."""
    old = net.values[pin]
    net.values[pin] = value
    if rules.first_output <= pin < rules.end_output:
        drop_carrier(rules, net, index_of(old))
        carry(rules, net, index_of(value))


@routine
def relink(rules, net, gate):  # type: ignore[no-untyped-def]
    """Let the edges of a gate follow its genes."""
    reads = rules.reads[net.cones.genes[3 * gate + 2]]
    for k in range(2):
        edge = 2 * gate + k
        pin = net.cones.genes[3 * gate + k] if k < reads else np.int32(-1)
        old = net.edges[edge, _PIN]
        if old == pin:
            continue
        if old >= 0:
            after, before = net.edges[edge, _HERE], net.edges[edge, _PREVIOUS]
            if before >= 0:
                net.edges[before, _HERE] = after
            else:
                net.readers[old] = after
            if after >= 0:
                net.edges[after, _PREVIOUS] = before
        if pin >= 0:
            first = net.readers[pin]
            net.edges[edge, _HERE] = first
            net.edges[edge, _PREVIOUS] = -1
            if first >= 0:
                net.edges[first, _PREVIOUS] = edge
            net.readers[pin] = edge
        net.edges[edge, _PIN] = pin


@part
def value_of_gate(rules, net, gate):  # type: ignore[no-untyped-def]
    """Value that a gate's genes and the values of its pins give, int8."""
    genes = net.cones.genes
    function = genes[3 * gate + 2]
    a = np.int64(net.values[genes[3 * gate]]) & 255
    b = (np.int64(net.values[genes[3 * gate + 1]]) << 8) & rules.mask[function]
    return rules.table[rules.start[function] + a + b]


@part
def mark(net, gate):  # type: ignore[no-untyped-def]
    """Ask :func:`propagate` to evaluate a gate."""
    net.dirty[gate >> 6] |= _ONE << np.uint64(gate & 63)


@part
def propagate(rules, net, low_word, high_word):  # type: ignore[no-untyped-def]
    """Evaluate the marked gates, all in words low..high of ``dirty``, and all that change with them.

    Fills the value log. Gates are taken in order, so that each is evaluated once.
    """
    logged = np.int64(0)
    word = low_word
    while word <= high_word:
        bits = net.dirty[word]
        if bits == _NONE:
            word += 1
            continue
        gate = (word << 6) + lowest_bit(bits)  # type: ignore[call-arg]
        net.dirty[word] = bits & (bits - _ONE)
        pin = rules.n_inputs + gate
        value = value_of_gate(rules, net, gate)
        old = net.values[pin]
        if value == old:
            continue
        net.value_log[logged, 0] = pin
        net.value_log[logged, 1] = old
        logged += 1
        set_value(rules, net, pin, value)
        edge = np.int64(net.readers[pin])
        while edge >= 0:
            reader = edge >> 1
            mark(net, reader)
            high_word = max(high_word, reader >> 6)
            edge = np.int64(net.edges[edge, _HERE])
    net.numbers[VALUE_LOG] = logged


@part
def restore_values(rules, net):  # type: ignore[no-untyped-def]
    """Undo :func:`propagate`."""
    for i in range(net.numbers[VALUE_LOG] - 1, -1, -1):
        set_value(rules, net, np.int64(net.value_log[i, 0]), np.int8(net.value_log[i, 1]))


@routine
def build(rules, net):  # type: ignore[no-untyped-def]
    """Values, edges and presence of an empty net, from its genes and the values of its inputs."""
    net.numbers[PRESENCE_ERROR] = rules.gaps[0, 257]
    net.numbers[SERVED_ERROR] = rules.gaps[0, 257]
    for gate in range(rules.n_gates):
        net.values[rules.n_inputs + gate] = value_of_gate(rules, net, gate)
        relink(rules, net, gate)
    for pin in range(rules.first_output, rules.end_output):
        carry(rules, net, index_of(net.values[pin]))
