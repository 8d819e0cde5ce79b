"""What the nearest-value kernel reads and writes, as plain arrays.

With one vector every pin carries one constant. Values are indexed by ``value + 128`` (0..255) throughout.
"""

from collections import namedtuple
from typing import Any, Final

import numpy as np

from cgplab.cgp.kernels.bundle import Bundle
from cgplab.cgp.kernels.layout import N_MEASURES
from cgplab.cgp.kernels.task import Task

# Entries of ``Net.numbers``, int64.
PRESENCE_ERROR: Final = 0  # error if every target took the closest value that a legal pin carries
SERVED_ERROR: Final = 1  # error of the served set, undivided like the above
SERVING: Final = 2  # 1 once the error phase is over
KEPT_ERROR: Final = 3  # presence error of the parent
GENE_LOG: Final = 4  # lengths of the logs
VALUE_LOG: Final = 5
SERVE_LOG: Final = 6
CHANGED: Final = 7
FOUND_GENES: Final = 8
FOUND_VALUES: Final = 9
FOUND_SERVES: Final = 10
RECOUNTED: Final = 11  # 1 if the child's active gates or served pins differ from the parent's
FOUND_RECOUNTED: Final = 12
DUE: Final = 13  # 1 while a generation waits for its end: the parent is to settle or to be polished
REPLACED: Final = 14  # then: 1 if its parent was replaced
IMPROVING: Final = 15  # then: 1 if by a better child
N_NUMBERS: Final = 16

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
        "cones", "serving", "values", "words", "readers", "edge_after", "edge_before", "edge_pin", "count", "present",
        "kept_count", "kept_present", "numbers", "waiting", "first_waiting", "end_waiting", "waits", "busy", "walk",
        "crossed", "changed", "log_slot", "log_gene", "log_pin", "before", "changing", "found_genes", "found_values",
        "found_serves", "saving", "arrival", "depth", "child", "found", "estimate",
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
edge_after, edge_before, edge_pin : (2 * n_gates,) int32
    Next and previous edge of the same pin, and that pin; -1 for none.
count : (256,) int32
    Legal output pins that carry a value.
present : (4,) uint64
    Values that at least one legal output pin carries, as a set.
kept_count, kept_present : arrays
    The parent's ``count`` and ``present``, to undo a child.
numbers : (N_NUMBERS,) int64
waiting : (n_gates + columns,) int32
    Gates to evaluate: those of a column from ``first_waiting[column]`` to before ``end_waiting[column]``; none between
    steps.
first_waiting, end_waiting : (columns,) int32
waits : (n_gates,) int32
    Twice the column of each gate, plus 1 while it waits.
busy : (words,) uint64
    Columns in which gates wait, as a set.
walk : (2 * n_gates + 1,) int32
    Scratch: edges that read what has changed in a column.
crossed : (2 * n_gates + 256,) int32
    Scratch: values that may have appeared or vanished.
changed : (n_gates + 1,) int32
    Gates changed by this child, ``numbers[CHANGED]`` of them.
log_slot, log_gene : (max_mutations + 1,) int32
    To undo a child: genes that it changed, and what they were; ``numbers[GENE_LOG]`` of them.
log_pin : (n_gates + 1,) int32
    Pins that changed their value, each once; ``numbers[VALUE_LOG]`` of them.
before : (n_pins,) int8
    What they carried before.
changing : (words,) uint64
    Scratch: gates that changed their value, as a set.
found_genes, found_values, found_serves : (n, 2) int32
    To redo the best child: (slot, new gene), (pin, new value), (value, new pin).
saving : (256,) int64
    What the parent would save of the primary measure without the pin that serves a value.
arrival, depth : (n_pins,) int64
    Scratch for the longest paths; inputs stay 0.
child, found : (N_MEASURES,) int64
    Measures of the child at hand and of the best one.
estimate : (n_pins,) float64
    Scratch of the first served set.
"""


def make_net(task: Task, rules: Bundle) -> Bundle:
    """Empty net of a task: no value carried, no pin read, nothing served."""
    n_gates, n_pins, n_sets = task.n_gates, task.n_inputs + task.n_gates, task.n_gates // 64 + 1
    columns = n_gates // task.rows
    n_logged = task.max_mutations + 1
    # A child loses and serves each of the 256 values at most once; each changed pin may then switch or add one
    # value, and each addition drop two; the rest are the few steps of a change of the served set.
    n_serves = 8 * 256 + 3 * (n_gates + n_logged) + 64

    def none(*shape: int) -> Any:
        return np.full(shape, -1, dtype=np.int32)

    def zeros(*shape: int, dtype: Any = np.int32) -> Any:
        return np.zeros(shape, dtype=dtype)

    # One place more than there are gates, for a gate that is written down but does not count.
    first_waiting = (np.arange(columns) * (task.rows + 1)).astype(np.int32)
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
            edge_after=none(2 * n_gates),
            edge_before=none(2 * n_gates),
            edge_pin=none(2 * n_gates),
            count=zeros(256),
            present=zeros(4, dtype=np.uint64),
            kept_count=zeros(256),
            kept_present=zeros(4, dtype=np.uint64),
            numbers=numbers,
            waiting=zeros(n_gates + columns),
            first_waiting=first_waiting,
            end_waiting=first_waiting.copy(),
            waits=2 * rules.column,
            busy=zeros(columns // 64 + 1, dtype=np.uint64),
            walk=zeros(2 * n_gates + 1),
            crossed=zeros(2 * n_gates + 256),
            changed=zeros(n_gates + 1),
            log_slot=zeros(n_logged),
            log_gene=zeros(n_logged),
            log_pin=zeros(n_gates + 1),
            before=zeros(n_pins, dtype=np.int8),
            changing=zeros(n_sets, dtype=np.uint64),
            found_genes=zeros(n_logged, 2),
            found_values=zeros(n_gates + 1, 2),
            found_serves=zeros(n_serves, 2),
            saving=zeros(256, dtype=np.int64),
            arrival=zeros(n_pins, dtype=np.int64),
            depth=zeros(n_pins, dtype=np.int64),
            child=zeros(N_MEASURES, dtype=np.int64),
            found=zeros(N_MEASURES, dtype=np.int64),
            estimate=zeros(n_pins, dtype=np.float64),
        )
    )
