"""Values of all pins of the net: which pins carry one, who reads them, and which values are present."""

import numpy as np

from cgplab.cgp.kernels.jit import part, routine
from cgplab.cgp.kernels.nearest_presence import contains, flip, gain, lowest_bit
from cgplab.cgp.kernels.nearest_state import KEPT_ERROR, PRESENCE_ERROR, SERVED_ERROR

_NONE = np.uint64(0)
_ALL = np.uint64(2**64 - 1)
_EVERY_BYTE = np.uint64(0x0101010101010101)
_LOW_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)


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
def is_legal(rules, pin):  # type: ignore[no-untyped-def]
    """Whether outputs may take a pin."""
    return rules.first_output <= pin < rules.end_output


@part
def recount(net, crossed, old, new):  # type: ignore[no-untyped-def]
    """Count that a legal output pin changes its value (indices).

    Values that may have appeared or vanished are added to ``net.crossed``, of which there are ``crossed``; returns
    how many there are then. Without branches: whether a value vanishes cannot be predicted.
    """
    left = net.count[old] - 1
    net.count[old] = left
    net.crossed[crossed] = old
    crossed += np.int64(left == 0)
    before = net.count[new]
    net.count[new] = before + 1
    net.crossed[crossed] = new
    return crossed + np.int64(before == 0)


@part
def settle_presence(rules, net, crossed):  # type: ignore[no-untyped-def]
    """Let presence follow the counts of the first ``crossed`` values of ``net.crossed``."""
    for i in range(crossed):
        value = np.int64(net.crossed[i])
        carried = net.count[value] > 0
        if carried == contains(net.present, value):
            continue
        if carried:
            net.numbers[PRESENCE_ERROR] -= gain(rules.gaps, net.present, value)
        flip(net.present, value)
        if not carried:
            net.numbers[PRESENCE_ERROR] += gain(rules.gaps, net.present, value)


@routine
def relink(rules, net, gate):  # type: ignore[no-untyped-def]
    """Let the edges of a gate follow its genes."""
    reads = rules.reads[net.cones.genes[3 * gate + 2]]
    for k in range(2):
        edge = 2 * gate + k
        pin = net.cones.genes[3 * gate + k] if k < reads else np.int32(-1)
        old = net.edge_pin[edge]
        if old == pin:
            continue
        if old >= 0:
            after, before = net.edge_after[edge], net.edge_before[edge]
            if before >= 0:
                net.edge_after[before] = after
            else:
                net.readers[old] = after
            if after >= 0:
                net.edge_before[after] = before
        if pin >= 0:
            first = net.readers[pin]
            net.edge_after[edge] = first
            net.edge_before[edge] = -1
            if first >= 0:
                net.edge_before[first] = edge
            net.readers[pin] = edge
        net.edge_pin[edge] = pin


@part
def value_of_gate(rules, net, gate):  # type: ignore[no-untyped-def]
    """Value that a gate's genes and the values of its pins give, int8."""
    genes = net.cones.genes
    function = genes[3 * gate + 2]
    a = np.int64(net.values[genes[3 * gate]]) & 255
    b = (np.int64(net.values[genes[3 * gate + 1]]) << 8) & rules.mask[function]
    return rules.table[rules.start[function] + a + b]


@routine
def build(rules, net):  # type: ignore[no-untyped-def]
    """Values, edges and presence of an empty net, from its genes and the values of its inputs."""
    net.numbers[PRESENCE_ERROR] = rules.gaps[0, 257]
    net.numbers[SERVED_ERROR] = rules.gaps[0, 257]
    for gate in range(rules.n_gates):
        net.values[rules.n_inputs + gate] = value_of_gate(rules, net, gate)
        relink(rules, net, gate)
    for pin in range(rules.first_output, rules.end_output):
        net.count[index_of(net.values[pin])] += 1
    for value in range(256):
        net.crossed[value] = value
    settle_presence(rules, net, np.int64(256))
    keep_presence(net)


@routine
def keep_presence(net):  # type: ignore[no-untyped-def]
    """Note which values the parent carries, for :func:`restore_presence`."""
    for i in range(256):
        net.kept_count[i] = net.count[i]
    for i in range(4):
        net.kept_present[i] = net.present[i]
    net.numbers[KEPT_ERROR] = net.numbers[PRESENCE_ERROR]


@part
def restore_presence(net):  # type: ignore[no-untyped-def]
    """Which values are carried, back to what :func:`keep_presence` noted."""
    for i in range(256):
        net.count[i] = net.kept_count[i]
    for i in range(4):
        net.present[i] = net.kept_present[i]
    net.numbers[PRESENCE_ERROR] = net.numbers[KEPT_ERROR]
