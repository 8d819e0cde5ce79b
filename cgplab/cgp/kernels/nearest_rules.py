"""What the nearest-value kernel only reads.

Values are indexed by ``value + 128`` (0..255) throughout.
"""

from collections import namedtuple
from functools import cache
from typing import Any, Final

import numpy as np

from cgplab.cgp.gap_errors import gap_table, target_weights
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
from cgplab.cgp.kernels.task import Task
from cgplab.cgp.operators import CODED, PLAIN_CODES, apply_operator

ADDITIVE: Final = (ENERGY, ENERGY_PER_OP, AREA, GATE_COUNT)
"""Measures that are sums over active gates."""

Rules = namedtuple(
    "Rules",
    [
        "n_inputs", "n_gates", "n_mutable", "max_mutations", "children", "first_output", "end_output", "divisor",
        "largest_error", "primary", "compares_paths", "table", "start", "mask", "reads", "matters", "costs", "gene_low",
        "gene_span", "column", "gaps", "wanted", "order", "stops", "derive_start", "derive",
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
table, start, mask, reads, order, stops : arrays, see Task
matters : (3 * codes,) int64
    1 for the genes of a gate with an operator that decide its value: pins that are read and the operator, else 0.
costs : (codes, N_MEASURES) int64
    Quanta of each operator, 1 for the gate count, 0 for error and depth.
gene_low, gene_span : (3 * columns,) int64
    Least value and number of values of the genes of a column's gates: pin, pin, operator code.
column : (n_gates,) int32
gaps : (258, 258) int64, see :func:`cgplab.cgp.gap_errors.gap_table`
wanted : (256,) int64
    Weight of each target value.
derive_start, derive : (257,) int64, (n, 2) int64
    Rows ``derive_start[v]:derive_start[v + 1]`` are the ways to make value v with an operator of at most one
    pin: (operator code, value of the pin or -1).
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
    columns = len(task.low) - 1
    gene_low, gene_span = np.zeros((columns, 3), dtype=np.int64), np.zeros((columns, 3), dtype=np.int64)
    gene_low[:, :2], gene_span[:, :2] = task.low[:columns, None], task.span[:columns, None]
    gene_span[:, 2] = task.n_functions
    return Bundle(
        Rules(
            n_inputs=task.n_inputs,
            n_gates=task.n_gates,
            n_mutable=task.n_mutable,
            max_mutations=task.max_mutations,
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
            matters=np.column_stack([task.reads > 0, task.reads > 1, task.reads >= 0]).astype(np.int64).ravel(),
            costs=costs,
            gene_low=gene_low.ravel(),
            gene_span=gene_span.ravel(),
            column=(np.arange(task.n_gates) // task.rows).astype(np.int32),
            gaps=gap_table(weights, absolute),
            wanted=weights,
            order=task.order,
            stops=task.stops,
            derive_start=derive_start,
            derive=derive,
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
