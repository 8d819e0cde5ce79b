"""What the nearest-value kernel reads and writes, as plain arrays.

With one vector every pin carries one constant. Values are indexed by ``value + 128`` (0..255) throughout.
"""

from collections import namedtuple
from functools import cache
from typing import Any, Final

import numpy as np

from cgplab.cgp.kernels.bundle import Bundle
from cgplab.cgp.kernels.layout import (
    AE,
    AREA,
    DELAY,
    DEPTH,
    ENERGY,
    ENERGY_PER_OP,
    GATE_COUNT,
    MSE,
    N_MEASURES,
)
from cgplab.cgp.kernels.nearest_presence import gap_table, target_weights
from cgplab.cgp.kernels.task import Task
from cgplab.cgp.operators import CODED, PLAIN_CODES, apply_operator

ADDITIVE: Final = (ENERGY, ENERGY_PER_OP, AREA, GATE_COUNT)
"""Measures that are sums over active gates."""

# Entries of ``Net.numbers``, int64.
PRESENCE_ERROR: Final = 0  # error if every target took the closest value that a legal pin carries
SERVED_ERROR: Final = 1  # error of the served set, undivided like the above
SERVING: Final = 2  # 1 once the error phase is over
CHILD: Final = 3  # number of the child, to stamp the gates it changes
GENE_LOG: Final = 4  # lengths of the logs
VALUE_LOG: Final = 5
SERVE_LOG: Final = 6
CHANGED: Final = 7
FOUND_GENES: Final = 8
FOUND_SERVES: Final = 9
RECOUNTED: Final = 10  # 1 if the child's active gates or served pins differ from the parent's
FOUND_RECOUNTED: Final = 11
DUE: Final = 12  # 1 while a generation waits for its end: the parent is to settle or to be polished
REPLACED: Final = 13  # then: 1 if its parent was replaced
IMPROVING: Final = 14  # then: 1 if by a better child
N_NUMBERS: Final = 15

Rules = namedtuple(
    "Rules",
    [
        "n_inputs", "n_gates", "n_mutable", "max_mutations", "n_functions", "children", "first_output", "end_output",
        "divisor", "largest_error", "primary", "compares_paths", "table", "start", "mask", "reads", "costs", "low",
        "span", "column", "gaps", "wanted", "order", "stops", "derive_start", "derive",
    ],
)  # fmt: skip
"""What the kernel only reads.

n_inputs ... children : int, see :class:`cgplab.cgp.kernels.task.Task`
first_output, end_output : int
    Legal pins of the outputs.
divisor : int
    The error is the weighted sum divided by this, rounded down; 1 unless the metric is MSE.
largest_error : int
    No served set has a larger weighted sum.
primary : int
    The additive measure by which carriers are chosen: the first one of the order, else the gate count.
compares_paths : int
    1 if the order looks at delay or depth.
table, start, mask, reads, low, span, order, stops : arrays, see Task
costs : (codes, N_MEASURES) int64
    Quanta of each operator, 1 for the gate count, 0 for error and depth.
column : (n_gates,) int32
gaps : (258, 258) int64, see :func:`cgplab.cgp.kernels.nearest_presence.gap_table`
wanted : (256,) int64
    Weight of each target value.
derive_start, derive : (257,) int64, (n, 2) int64
    Rows ``derive_start[v]:derive_start[v + 1]`` are the ways to make value v with an operator of at most one
    pin: (operator code, value of the pin or -1).
"""

Cones = namedtuple(
    "Cones", ["n_inputs", "primary", "genes", "refs", "wired", "active", "totals", "stack", "reads", "costs"]
)
"""The gates that served pins depend on.

n_inputs, primary, reads, costs : see Rules
genes : (n_mutable,) int32
    Pin, pin, operator code of every gate.
refs : (n_pins,) int32
    Readers of a pin among active gates, plus 1 if it is served; a gate is active while this is not 0.
wired : (3 * n_gates,) int32
    Genes as they were counted, by active gate; an unread pin is -1.
active : (words,) uint64
    Active gates as a set.
totals : (N_MEASURES,) int64
    Sums of the additive measures.
stack : (n_gates + 1,) int32
    Scratch.
"""

Serving = namedtuple("Serving", ["cones", "gaps", "members", "pins", "log", "numbers"])
"""The served set.

cones : Cones
gaps, numbers : see Rules and Net
members : (4,) uint64
    Values that are served, as a set.
pins : (256,) int32
    Pin that serves a value, -1 where it is not served.
log : (n, 3) int32
    To undo steps: (value, old pin, new pin), ``numbers[SERVE_LOG]`` of them.
"""

Net = namedtuple(
    "Net",
    [
        "cones", "serving", "values", "words", "readers", "edges", "count", "present", "numbers", "dirty", "stamp",
        "changed", "gene_log", "value_log", "found_genes", "found_serves", "saving", "arrival", "depth", "child",
        "found", "estimate",
    ],
)  # fmt: skip
"""The parent, or for a moment one of its children, and scratch.

cones : Cones
serving : Serving
values : (n_pins,) int8
words : (n_pins / 8, rounded up,) uint64
    The same memory as ``values``.
readers : (n_pins,) int32
    First edge that reads a pin, -1 for none. Edge 2 * gate + k is pin k of a gate.
edges : (2 * n_gates, 3) int32
    Next and previous edge of the same pin, and that pin; -1 for none.
count : (256,) int32
    Legal output pins that carry a value.
present : (4,) uint64
    Values that at least one legal output pin carries, as a set.
numbers : (N_NUMBERS,) int64
dirty : (words,) uint64
    Gates to evaluate, as a set; empty between steps.
stamp, changed : (n_gates,) int64, (n_gates,) int32
    Last child that changed a gate; gates changed by this child, ``numbers[CHANGED]`` of them.
gene_log, value_log : (max_mutations + 1, 2), (n_gates, 2) int32
    To undo a child: (slot, old gene), (pin, old value).
found_genes, found_serves : (n, 2) int32
    To redo the best child: (slot, new gene), (value, new pin).
saving : (256,) int64
    What the parent would save of the primary measure without the pin that serves a value.
arrival, depth : (n_pins,) int64
    Scratch for the longest paths; inputs stay 0.
child, found : (N_MEASURES,) int64
    Measures of the child at hand and of the best one.
estimate : (n_pins,) float64
    Scratch of the first served set.
"""


def make_rules(task: Task) -> Bundle:
    """Rules of a task with one vector and two pins per gate."""
    weights = target_weights(task.targets[0], task.weights[0])
    additive = [measure for measure in task.order.tolist() if measure in ADDITIVE]
    costs = np.zeros((len(CODED), N_MEASURES), dtype=np.int64)
    for measure, column in (
        (ENERGY, task.energy), (ENERGY_PER_OP, task.energy_per_op), (AREA, task.area), (DELAY, task.delay),
    ):  # fmt: skip
        costs[:, measure] = column
    costs[:, GATE_COUNT] = 1
    derive_start, derive = _derivations()
    absolute = task.metric == AE
    return Bundle(
        Rules(
            n_inputs=task.n_inputs,
            n_gates=task.n_gates,
            n_mutable=task.n_mutable,
            max_mutations=task.max_mutations,
            n_functions=task.n_functions,
            children=task.children,
            first_output=int(task.low[-1]),
            end_output=int(task.low[-1] + task.span[-1]),
            divisor=int(task.n_counted[0]) if task.metric == MSE else 1,
            largest_error=int(weights.sum()) * (255 if absolute else 255**2),
            primary=additive[0] if additive else GATE_COUNT,
            compares_paths=int(bool({DELAY, DEPTH} & set(task.order.tolist()))),
            table=task.table,
            start=task.start,
            mask=task.mask,
            reads=task.reads,
            costs=costs,
            low=task.low,
            span=task.span,
            column=(np.arange(task.n_gates) // task.rows).astype(np.int32),
            gaps=gap_table(weights, absolute),
            wanted=weights,
            order=task.order,
            stops=task.stops,
            derive_start=derive_start,
            derive=derive,
        )
    )


def make_net(task: Task, rules: Bundle) -> Bundle:
    """Empty net of a task: no value carried, no pin read, nothing served."""
    n_gates, n_pins, n_sets = task.n_gates, task.n_inputs + task.n_gates, task.n_gates // 64 + 1
    n_logged = task.max_mutations + 1
    # A child loses and serves each of the 256 values at most once; each changed pin may then switch or add one
    # value, and each addition drop two; the rest are the few steps of a change of the served set.
    n_serves = 8 * 256 + 3 * (n_gates + n_logged) + 64

    def none(*shape: int) -> Any:
        return np.full(shape, -1, dtype=np.int32)

    def zeros(*shape: int, dtype: Any = np.int32) -> Any:
        return np.zeros(shape, dtype=dtype)

    words = zeros(n_pins // 8 + 1, dtype=np.uint64)
    numbers = zeros(N_NUMBERS, dtype=np.int64)
    cones = Bundle(
        Cones(
            n_inputs=task.n_inputs,
            primary=rules.primary,
            genes=zeros(3 * n_gates),
            refs=zeros(n_pins),
            wired=none(3 * n_gates),
            active=zeros(n_sets, dtype=np.uint64),
            totals=zeros(N_MEASURES, dtype=np.int64),
            stack=zeros(n_gates + 1),
            reads=rules.reads,
            costs=rules.costs,
        )
    )
    return Bundle(
        Net(
            cones=cones,
            serving=Bundle(
                Serving(
                    cones=cones,
                    gaps=rules.gaps,
                    members=zeros(4, dtype=np.uint64),
                    pins=none(256),
                    log=zeros(n_serves, 3),
                    numbers=numbers,
                )
            ),
            values=words.view(np.int8)[:n_pins],
            words=words,
            readers=none(n_pins),
            edges=none(2 * n_gates, 3),
            count=zeros(256),
            present=zeros(4, dtype=np.uint64),
            numbers=numbers,
            dirty=zeros(n_sets, dtype=np.uint64),
            stamp=zeros(n_gates, dtype=np.int64),
            changed=zeros(n_gates),
            gene_log=zeros(n_logged, 2),
            value_log=zeros(n_gates, 2),
            found_genes=zeros(n_logged, 2),
            found_serves=zeros(n_serves, 2),
            saving=zeros(256, dtype=np.int64),
            arrival=zeros(n_pins, dtype=np.int64),
            depth=zeros(n_pins, dtype=np.int64),
            child=zeros(N_MEASURES, dtype=np.int64),
            found=zeros(N_MEASURES, dtype=np.int64),
            estimate=zeros(n_pins, dtype=np.float64),
        )
    )


@cache
def _derivations() -> tuple[Any, Any]:
    """``derive_start`` and ``derive`` of the rules; what leaves a value as it is is no derivation, except a wire."""
    values = np.arange(-128, 128).astype(np.int8)
    ways: list[list[tuple[int, int]]] = [[] for _ in range(256)]
    for code, operator in enumerate(CODED[:PLAIN_CODES]):
        if operator.arity == 2:
            continue
        made = apply_operator(operator, [values, values]).astype(np.int64) + 128
        if operator.arity == 0:
            ways[made[0]].append((code, -1))
            continue
        for pin, value in enumerate(made.tolist()):
            if value != pin or operator.name == "id":
                ways[value].append((code, pin))
    start = np.zeros(257, dtype=np.int64)
    np.cumsum([len(way) for way in ways], out=start[1:])
    return start, np.array([pair for way in ways for pair in way], dtype=np.int64)
