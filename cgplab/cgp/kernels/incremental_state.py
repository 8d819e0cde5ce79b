"""Arrays of the incremental kernel.

Two groups: what is known about the parent and kept up to date, and what describes the child at hand and is
undone after it. Pins and gates are numbered as in a genome; a gate's three genes are two pins and a function.
A gate is *active* when some output depends on it, else *idle*.
"""

from collections import namedtuple
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.kernels.bits import MASK_WORDS
from cgplab.cgp.kernels.layout import AE, N_MEASURES
from cgplab.cgp.kernels.task import Task

WIDTH: Final = 3  # genes of a gate
FUNCTION: Final = 2  # place of the function among them
NOBODY: Final = -1  # end of a list of readers, or no pin

DIRECT: Final = 24
"""Up to this many mutations all hits of a child are drawn; above, first how many fall on what matters."""

_LINE: Final = 64  # bytes of a line of the cache

# Columns of Parent.sums: what a changed value needs of a pin, next to each other in memory.
WEIGHT: Final = 0  # sum of w over the outputs at the pin
TARGET: Final = 1  # sum of w * target over these
REGAIN: Final = 2  # of active gates: at most this much summed error can vanish when one changes; 0 of no pin
AHEAD: Final = 3  # of active gates: summed error of the outputs at later gates

# Numbers of the child at hand, int64 (N_PENDING,).
STAMP: Final = 0  # marks below it are of earlier children; it grows by 2
IDLE_HITS: Final = 1  # hits on idle gates that were not looked at yet
IDLE_GENES: Final = 2  # genes of idle gates that were not looked at yet
GENES_LOGGED: Final = 3
VALUES_LOGGED: Final = 4
N_PENDING: Final = 5

Parent = namedtuple(
    "Parent",
    [
        "genes",  # (n_genes,) int32
        "values",  # (pins,) int8; of idle gates only while a child's mark says so
        "uses",  # (pins,) int32: active gates' pins and outputs that read the pin; 0 = idle; inputs never are
        "idle",  # (pins,) uint8: 1 where "uses" is 0; small enough to stay in the fastest cache
        "first_reader",  # (pins,) int32: a pin of an active gate, 2 * gate + which, or NOBODY
        "next_reader",  # (2 * gates,) int32: the next reader of the same pin
        "previous_reader",  # (2 * gates,) int32
        "source",  # (2 * gates,) int32: pin that an active gate's pin reads, or NOBODY
        "function",  # (gates,) int32: of active gates, as accounted for
        "output_pin",  # (n_out,) int32
        "active",  # (gates,) int32: the active gates, the first totals[GATE_COUNT] entries
        "active_at",  # (gates,) int32: where a gate stands there
        "row",  # (3 * gates + 1,) int32: by place in that list and gene, the gate if it reads the gene, else n_gates,
        # like the last entry
        "slot",  # (3 * gates + 1,) int32: by place in that list and gene, the gene's place in the genome
        "active_bits",  # (gates // 64 + 1,) uint64: bit set of the active gates
        "totals",  # (N_MEASURES,) int64: summed error, energy, energy per op, area, gate count
        "sums",  # (pins + 1, 4) int64: see WEIGHT to AHEAD; the last row is of no pin
        "weighted_square",  # (pins,) int64: sum of w * target**2 over these
        "deviation",  # (pins, 256) int64: sum of w * abs(value - target) over these, by value + 128; None if the metric
        # is not AE
        "worst",  # (1,) int64: no output has more summed error, nor the outputs of a pin together
        "descendants",  # (gates + 1, MASK_WORDS) uint64: bit sets of gates that depend on an active gate, itself
        # included; the last one is empty; (0, MASK_WORDS) if there are more gates than a set holds
        "rewired",  # (1,) int64: 1 if "descendants" is out of date
        "kind",  # (3 * gates,) int32: of each gene, 3 * column + which of the gate's genes
        "gene_low",  # (3 * columns,) int64: least value of a gene, by kind
        "gene_span",  # (3 * columns,) int64: number of values
    ],
)

Child = namedtuple(
    "Child",
    [
        "pending",  # (N_PENDING,) int64
        "output_words",  # (hits,) uint64: random words of the hits on outputs
        "gate_words",  # (hits,) uint64: of the hits on active gates
        "gate_slots",  # (hits,) int32: the genes hit, by place in the genome
        "gate_rows",  # (hits,) int32: what "row" says of them
        "moved",  # (hits,) int32: outputs that change their pin
        "moved_to",  # (hits,) int32: their new pins
        "moved_mark",  # (pins,) int64: STAMP of the child that last moved an output from or to the pin; of AE only
        "postponed",  # (hits,) int32: places in "moved" whose new pin is idle
        "output_mark",  # (n_out,) int64: STAMP of the child that last hit the output
        "mark",  # (pins,) int64: STAMP once hits on an idle gate were drawn, STAMP + 1 once it has its value
        "stack",  # (pins + 4,) int32
        "cascade",  # (4 * pins + 16,) int32: stack of gates that become active or idle
        "affected",  # (words,) uint64: in grids that keep "descendants", bit set of active gates that may change;
        # inputs, which never do, stand before them, and the first gate at the start of a word
        "dirty",  # (gates // 64 + 1,) uint64: bit set of active gates to be evaluated; all zero between children
        "waiting",  # (gates // 4096 + 1,) uint64: bit set of the words of "dirty" that are not zero
        "log_slot",  # (hits,) int32: genes changed, in order
        "log_old",  # (hits,) int32
        "log_new",  # (hits,) int32
        "value_pin",  # (gates + 4,) int32: values changed
        "value_old",  # (gates + 4,) int8
        "measures",  # (N_MEASURES,) int64: of the child, -1 where not computed
        "arrival",  # (pins,) int64: longest path to a pin; inputs stay 0
        "depth",  # (pins,) int64: gates on it; inputs stay 0
        "best_measures",  # (N_MEASURES,) int64: of the best child of this generation
        "best_numbers",  # (4,) int64: its summed error, genes logged, outputs moved, idle hits left
        "best_slot",  # (hits,) int32
        "best_new",  # (hits,) int32
        "best_moved",  # (hits,) int32
        "best_moved_to",  # (hits,) int32
    ],
)


def _in_lines(shape: tuple[int, int], dtype: type) -> NDArray[Any]:
    """Zeros whose rows, 32 or 64 bytes long, each lie in one line of the cache."""
    size = shape[0] * shape[1] * np.dtype(dtype).itemsize
    memory = np.zeros(size + _LINE, dtype=np.uint8)
    start = -memory.ctypes.data % _LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def new_parent(task: Task) -> Any:
    """Arrays of the parent, empty: nothing is active."""
    n_gates, n_pins, n_out = task.n_gates, task.n_inputs + task.n_gates, task.targets.shape[1]
    ends = np.full(2 * n_gates, NOBODY, dtype=np.int32)
    columns = len(task.low) - 1
    gene_low, gene_span = np.zeros((columns, WIDTH), dtype=np.int64), np.zeros((columns, WIDTH), dtype=np.int64)
    gene_low[:, :FUNCTION], gene_span[:, :FUNCTION] = task.low[:columns, None], task.span[:columns, None]
    gene_span[:, FUNCTION] = task.n_functions
    kind = np.add.outer(WIDTH * (np.arange(n_gates) // task.rows), np.arange(WIDTH)).ravel()
    return Parent(
        genes=np.zeros(n_gates * WIDTH + n_out, dtype=np.int32),
        values=np.zeros(n_pins, dtype=np.int8),
        uses=(np.arange(n_pins) < task.n_inputs).astype(np.int32),
        idle=(np.arange(n_pins) >= task.n_inputs).astype(np.uint8),
        first_reader=np.full(n_pins, NOBODY, dtype=np.int32),
        next_reader=ends.copy(),
        previous_reader=ends.copy(),
        source=ends.copy(),
        function=np.zeros(n_gates, dtype=np.int32),
        output_pin=np.zeros(n_out, dtype=np.int32),
        active=np.zeros(n_gates, dtype=np.int32),
        active_at=np.zeros(n_gates, dtype=np.int32),
        row=np.full(WIDTH * n_gates + 1, n_gates, dtype=np.int32),
        slot=np.zeros(WIDTH * n_gates + 1, dtype=np.int32),
        active_bits=np.zeros(n_gates // 64 + 1, dtype=np.uint64),
        totals=np.zeros(N_MEASURES, dtype=np.int64),
        sums=_in_lines((n_pins + 1, 4), np.int64),
        weighted_square=np.zeros(n_pins, dtype=np.int64),
        deviation=np.zeros((n_pins, 256), dtype=np.int64) if task.metric == AE else None,
        worst=np.zeros(1, dtype=np.int64),
        descendants=_in_lines((n_gates + 1 if n_gates <= 64 * MASK_WORDS else 0, MASK_WORDS), np.uint64),
        rewired=np.ones(1, dtype=np.int64),
        kind=kind.astype(np.int32),
        gene_low=gene_low.ravel(),
        gene_span=gene_span.ravel(),
    )


def new_child(task: Task) -> Any:
    """Arrays of the child at hand."""
    n_gates, n_pins, n_out = task.n_gates, task.n_inputs + task.n_gates, task.targets.shape[1]
    hits = 2 * task.max_mutations + 64
    return Child(
        pending=np.zeros(N_PENDING, dtype=np.int64),
        output_words=np.zeros(hits, dtype=np.uint64),
        gate_words=np.zeros(hits, dtype=np.uint64),
        gate_slots=np.zeros(hits, dtype=np.int32),
        gate_rows=np.zeros(hits, dtype=np.int32),
        moved=np.zeros(hits, dtype=np.int32),
        moved_to=np.zeros(hits, dtype=np.int32),
        moved_mark=np.zeros(n_pins, dtype=np.int64),
        postponed=np.zeros(hits, dtype=np.int32),
        output_mark=np.zeros(n_out, dtype=np.int64),
        mark=np.zeros(n_pins, dtype=np.int64),
        stack=np.zeros(n_pins + 4, dtype=np.int32),
        cascade=np.zeros(4 * n_pins + 16, dtype=np.int32),
        affected=np.zeros(task.n_inputs // 64 + MASK_WORDS + 1, dtype=np.uint64),
        dirty=np.zeros(n_gates // 64 + 1, dtype=np.uint64),
        waiting=np.zeros(n_gates // 64 // 64 + 1, dtype=np.uint64),
        log_slot=np.zeros(hits, dtype=np.int32),
        log_old=np.zeros(hits, dtype=np.int32),
        log_new=np.zeros(hits, dtype=np.int32),
        value_pin=np.zeros(n_gates + 4, dtype=np.int32),
        value_old=np.zeros(n_gates + 4, dtype=np.int8),
        measures=np.zeros(N_MEASURES, dtype=np.int64),
        arrival=np.zeros(n_pins, dtype=np.int64),
        depth=np.zeros(n_pins, dtype=np.int64),
        best_measures=np.zeros(N_MEASURES, dtype=np.int64),
        best_numbers=np.zeros(4, dtype=np.int64),
        best_slot=np.zeros(hits, dtype=np.int32),
        best_new=np.zeros(hits, dtype=np.int32),
        best_moved=np.zeros(hits, dtype=np.int32),
        best_moved_to=np.zeros(hits, dtype=np.int32),
    )
